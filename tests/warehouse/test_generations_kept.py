"""Which generations stay, what each says of itself, and the data as a past day had them."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.access import Viewer
from lib.cli import main
from lib.errors import UserError
from lib.insight.ranking.officers import officer_ranking
from lib.warehouse import generation
from lib.warehouse.generation import Generation, Keeping, Noted, begin, current, in_force_on, listed, note, publish
from lib.warehouse.marts import build_marts
from lib.warehouse.skeleton import create_tables
from lib.warehouse.store import Warehouse, as_known_on, open_warehouse
from tests.cities import handmade

JAN, FEB = date(2022, 1, 10), date(2022, 2, 10)


def made(home: Path, day: date, reason: str = "load", rows: int = 7) -> Generation:
    """The next generation, as a load on that day makes it: from the one before."""
    before = current(home)
    tmp = begin(home, before)
    with duckdb.connect(str(tmp)) as con:
        if before is None:
            create_tables(con)
        con.execute("insert or replace into dataset_state values ('org', ?, 1, null)", [rows])
        number = generation.next_number(tmp)
        note(con, number, reason, day, datetime.combine(day, time(9)), f"B{number}")
        con.execute("insert or replace into meta values ('day', ?)", [day.isoformat()])
    return publish(home, tmp)


def numbers(home: Path) -> list[int]:
    return [one.number for one in listed(home)]


def test_the_last_ones_and_the_last_of_each_month_stay_and_say_why(tmp_path: Path, capsys, monkeypatch):
    for day in (JAN, JAN, FEB, FEB + timedelta(days=1), date(2022, 3, 1), date(2022, 3, 2), date(2022, 3, 3)):
        made(tmp_path, day)
    assert {one.number: one.kept for one in listed(tmp_path)} == {
        7: "现用、最近2代、2022年3月最后一代",
        6: "最近2代",
        4: "2022年2月最后一代",
        2: "2022年1月最后一代",
    }
    newest = listed(tmp_path)[0].noted
    assert newest == Noted(7, date(2022, 3, 3), datetime(2022, 3, 3, 9), "load", "B7", 7)
    monkeypatch.setenv("COCKPIT_HOME", str(tmp_path))
    assert main(["generations", "--prune"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "没有要清理的。" and len(told) == 5
    for text in ("第 7 代", "数据日期 2022-03-03", "发布 2022-03-03 09:00", "装载", "B7", "7 行", "完好", "保留：现用"):
        assert text in told[1]


def test_other_settings_prune_at_once_and_never_what_is_in_force(tmp_path: Path, capsys, monkeypatch):
    for month in range(1, 6):
        made(tmp_path, date(2022, month, 10))
    assert numbers(tmp_path) == [5, 4, 3, 2, 1]
    monkeypatch.setattr(generation, "keeping", lambda: Keeping(last=1, month_ends=2))
    assert [one.number for one in listed(tmp_path) if not one.kept] == [3, 2, 1]
    monkeypatch.setenv("COCKPIT_HOME", str(tmp_path))
    assert main(["generations", "--prune"]) == 0
    assert capsys.readouterr().out.startswith("已清理 3 代")
    assert numbers(tmp_path) == [5, 4]
    monkeypatch.setattr(generation, "keeping", lambda: Keeping(last=1, month_ends=0))
    generation._point(tmp_path, Generation(4, tmp_path / "warehouse" / "gen-000004.duckdb"))
    assert generation.prune(tmp_path) == []
    assert {one.number: one.kept for one in listed(tmp_path)} == {5: "尚未启用、最近1代", 4: "现用"}


@given(
    days=st.lists(st.integers(0, 400).map(lambda n: date(2022, 1, 1) + timedelta(days=n)), min_size=1, max_size=30),
    last=st.integers(1, 4),
    month_ends=st.integers(0, 6),
    data=st.data(),
)
def test_what_stays_on_any_list(days: list[date], last: int, month_ends: int, data: st.DataObject):
    noted = [Noted(number, day, datetime.combine(day, time())) for number, day in enumerate(sorted(days), 1)]
    in_force = data.draw(st.integers(1, len(noted)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(generation, "keeping", lambda: Keeping(last, month_ends))
        kept = {number for number, why in generation._why_kept(noted, in_force).items() if why}
    months = sorted({(one.day.year, one.day.month) for one in noted}, reverse=True)[:month_ends]
    ends = {max(one.number for one in noted if (one.day.year, one.day.month) == month) for month in months}
    newest = range(max(len(noted) - last, 0) + 1, len(noted) + 1)
    assert kept == {*newest, *range(in_force, len(noted) + 1), *ends}


READ = """
import sys
from pathlib import Path
from lib.warehouse.store import Warehouse
from lib.warehouse.generation import Generation
held = Warehouse(Generation(1, Path(sys.argv[1])))
print("open", flush=True)
sys.stdin.read()
"""


@contextmanager
def reading_elsewhere(path: Path) -> Iterator[None]:
    command = [sys.executable, "-c", READ, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as reader:
        assert reader.stdout is not None and reader.stdout.readline() == b"open\n"
        yield
        reader.kill()


def test_what_somebody_reads_stays_until_it_is_let_go(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(generation, "keeping", lambda: Keeping(last=1, month_ends=0))
    first = made(tmp_path, JAN)
    with reading_elsewhere(first.path):
        second = made(tmp_path, FEB)
        here = Warehouse(second)
        made(tmp_path, date(2022, 3, 1))
        assert {one.number: one.kept for one in listed(tmp_path)} == {3: "现用、最近1代", 2: "正有人读", 1: "正有人读"}
        assert generation.prune(tmp_path) == []
        # To look for readers takes none of them away.
        assert generation.prune(tmp_path) == []
        assert here.query("select count(*) as n from org")["n"].tolist() == [0]
    here.close()
    assert [one.number for one in generation.prune(tmp_path)] == [2, 1]


KILLED = """
import os, signal, sys
from pathlib import Path
from lib.warehouse import generation
from lib.warehouse.generation import Keeping
generation.keeping = lambda: Keeping(last=1, month_ends=0)
unlink = Path.unlink
left = int(sys.argv[2])
def dying(path, missing_ok=False):
    global left
    if path.suffix == ".duckdb":
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
    unlink(path, missing_ok=missing_ok)
Path.unlink = dying
generation.prune(Path(sys.argv[1]))
"""


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_pruning_killed_half_way_leaves_a_whole_list(tmp_path: Path, after: int):
    for month in range(1, 5):
        made(tmp_path, date(2022, month, 10))
    died = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), str(after)], check=False)
    assert died.returncode == -signal.SIGKILL
    left = listed(tmp_path)
    assert [one.number for one in left] == [4, 3, 2, 1][:1] + [3, 2, 1][after:]
    assert all(one.whole for one in left) and open_warehouse(tmp_path).meta["day"] == "2022-04-10"
    made(tmp_path, date(2022, 5, 10))


def test_pruning_waits_for_no_writer(tmp_path: Path):
    made(tmp_path, JAN)
    entered, leave = threading.Event(), threading.Event()

    def write() -> None:
        with generation.write_lock(tmp_path):
            entered.set()
            leave.wait(5)

    writer = threading.Thread(target=write)
    writer.start()
    entered.wait(5)
    with pytest.raises(UserError, match="另一个装载"):
        generation.prune(tmp_path)
    leave.set()
    writer.join()


def test_a_past_day_has_the_data_that_were_in_force_on_it(tmp_path: Path):
    for day in (JAN, JAN, FEB):
        made(tmp_path, day)
    found = {day: in_force_on(tmp_path, day).number for day in (JAN, FEB - timedelta(days=1), FEB, date(2022, 9, 1))}
    assert found == {JAN: 2, FEB - timedelta(days=1): 2, FEB: 3, date(2022, 9, 1): 3}
    with pytest.raises(UserError, match="2022-01-09 还没有数据：最早的一代是 2022-01-10 的"):
        in_force_on(tmp_path, JAN - timedelta(days=1))
    past = as_known_on(tmp_path, JAN)
    assert (past.meta["day"], past.as_of, past.generation.number) == ("2022-01-10", JAN, 2)
    assert as_known_on(tmp_path, JAN) is past


def test_a_day_whose_data_are_gone_says_so_and_shows_nothing_else(tmp_path: Path):
    for day in (JAN, JAN + timedelta(days=5), JAN + timedelta(days=9), FEB, FEB + timedelta(days=1)):
        made(tmp_path, day)
    assert numbers(tmp_path) == [5, 4, 3]
    with pytest.raises(UserError, match="2022-01-17 用的第 2 代数据已按保留设置清理"):
        in_force_on(tmp_path, JAN + timedelta(days=7))
    assert in_force_on(tmp_path, JAN + timedelta(days=9)).number == 3


def test_marts_made_anew_stand_for_the_generation_they_were_made_from(tmp_path: Path):
    made(tmp_path, JAN)
    made(tmp_path, JAN, reason="marts")
    made(tmp_path, FEB)
    made(tmp_path, FEB, reason="marts")
    assert numbers(tmp_path) == [4, 3, 2]
    (tmp_path / "warehouse" / "gen-000003.duckdb").unlink()
    assert [in_force_on(tmp_path, day).number for day in (JAN, FEB)] == [2, 4]


def test_generations_of_an_earlier_release_have_the_day_of_their_file(tmp_path: Path):
    tmp = begin(tmp_path)
    with duckdb.connect(str(tmp)) as con:
        create_tables(con)
    publish(tmp_path, tmp)
    (only,) = listed(tmp_path)
    assert (only.noted.reason, only.noted.rows, only.noted.day) == ("", None, only.published_at.date())
    assert in_force_on(tmp_path, only.noted.day).number == 1
    with pytest.raises(UserError, match="还没有数据"):
        in_force_on(tmp_path, only.noted.day - timedelta(days=1))


def test_the_ranking_as_it_was_is_that_of_the_day_whatever_was_loaded_since(tmp_path: Path):
    handmade.build(tmp_path)
    tmp = begin(tmp_path, current(tmp_path))
    with duckdb.connect(str(tmp)) as con:
        note(con, 2, "load", handmade.AS_OF, datetime.combine(handmade.AS_OF, time()))
    publish(tmp_path, tmp)
    register, warehouse = handmade.opened(tmp_path)
    leader = Viewer("boss", "领导", "leader")
    before = officer_ranking(register, warehouse, leader)
    assert len(before.table)
    tmp = begin(tmp_path, current(tmp_path))
    with duckdb.connect(str(tmp)) as con:
        con.execute("delete from case_officer")
        con.execute("delete from grid_dispatch")
        con.execute("update meta set value = ? where key = 'as_of'", [str(handmade.AS_OF + timedelta(days=1))])
        build_marts(con)
        note(con, 3, "load", handmade.AS_OF + timedelta(days=1), datetime.combine(handmade.AS_OF, time()))
    publish(tmp_path, tmp)
    register, warehouse = handmade.opened(tmp_path)
    now = officer_ranking(register, warehouse, leader)
    assert not now.table.equals(before.table)
    was = officer_ranking(register, warehouse, leader, known_on=handmade.AS_OF)
    assert was.table.equals(before.table) and (was.span, was.counted) == (before.span, before.counted)
    past = begin(tmp_path, current(tmp_path))
    with duckdb.connect(str(past)) as con:
        con.execute("update meta set value = 'later release' where key = 'marts'")
        note(con, 4, "marts", handmade.AS_OF + timedelta(days=1), datetime.combine(handmade.AS_OF, time()))
    publish(tmp_path, past)
    with pytest.raises(UserError, match="统计表是另一版程序做的"):
        officer_ranking(register, open_warehouse(tmp_path), leader, known_on=handmade.AS_OF)
