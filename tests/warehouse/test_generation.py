import json
import subprocess
import sys
import threading
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from lib.errors import UserError
from lib.warehouse import generation
from lib.warehouse.skeleton import create_tables
from lib.warehouse.store import NoWarehouse, open_warehouse


def _write(home: Path, value: str) -> generation.Generation:
    tmp = generation.begin(home)
    with duckdb.connect(str(tmp)) as con:
        create_tables(con)
        con.execute("insert into meta values ('value', ?)", [value])
    return generation.publish(home, tmp)


def test_readers_of_the_old_generation_keep_it_and_new_readers_get_the_new_one(tmp_path: Path):
    _write(tmp_path, "old")
    before = open_warehouse(tmp_path)
    _write(tmp_path, "new")
    assert before.query("select value from meta where key = 'value'")["value"].tolist() == ["old"]
    assert open_warehouse(tmp_path).meta["value"] == "new"


def test_another_process_reads_the_new_generation_as_soon_as_it_is_published(tmp_path: Path):
    _write(tmp_path, "old")
    code = (
        "import sys; from pathlib import Path; from lib.warehouse.store import open_warehouse\n"
        "for _ in sys.stdin:\n    print(open_warehouse(Path(sys.argv[1])).meta['value'], flush=True)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdin and other.stdout
        for value in ("old", "new", "newer"):
            if value != "old":
                _write(tmp_path, value)
            other.stdin.write("\n")
            other.stdin.flush()
            assert other.stdout.readline() == f"{value}\n"
        other.stdin.close()


def test_only_the_two_newest_generations_are_kept(tmp_path: Path):
    for number in range(4):
        _write(tmp_path, str(number))
    kept = sorted(path.name for path in (tmp_path / "warehouse").glob("*.duckdb"))
    assert kept == ["gen-000003.duckdb", "gen-000004.duckdb"]


def test_a_temporary_file_of_a_dead_writer_is_swept_and_its_work_never_seen(tmp_path: Path):
    _write(tmp_path, "whole")
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    left = tmp_path / "warehouse" / f"gen-000002.{dead.pid}.tmp"
    left.write_bytes(b"half")
    spilled = left.with_name(left.name + ".tmp")
    spilled.mkdir()
    (spilled / "duckdb_temp_storage-0.tmp").write_bytes(b"spilled")
    assert open_warehouse(tmp_path).meta["value"] == "whole"
    assert generation.begin(tmp_path).name.startswith("gen-000002.")
    assert not left.exists() and not spilled.exists()


@pytest.mark.parametrize("text", ["{", "", "[]", "null", '{"number": 2}', '{"number": "x", "file": "y"}', "\0\0\0\0"])
def test_a_broken_pointer_falls_back_on_the_newest_whole_generation_and_says_so(tmp_path: Path, text: str):
    _write(tmp_path, "x")
    _write(tmp_path, "y")
    (tmp_path / "warehouse" / "current.json").write_text(text, encoding="utf-8")
    found = generation.current(tmp_path)
    assert found is not None and found.number == 2
    assert "current.json" in found.fallen and "第 2 代" in found.fallen
    assert open_warehouse(tmp_path).meta["value"] == "y"
    assert generation.repair(tmp_path).fallen == ""
    assert generation.current(tmp_path) == generation.Generation(2, found.path)


def test_a_pointer_that_is_gone_never_makes_a_home_look_empty(tmp_path: Path):
    _write(tmp_path, "x")
    (tmp_path / "warehouse" / "current.json").unlink()
    found = generation.current(tmp_path)
    assert found is not None and found.number == 1 and "不在了" in found.fallen


def _cut(path: Path) -> None:
    with open(path, "r+b") as handle:
        handle.truncate(path.stat().st_size // 2)


def _zeroed(path: Path) -> None:
    with open(path, "r+b") as handle:
        handle.write(b"\0" * 8192)


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("spoil", [_cut, _zeroed, _emptied, Path.unlink])
def test_a_file_cut_short_or_spoilt_falls_back_on_the_one_before(tmp_path: Path, spoil, capsys, monkeypatch):
    from lib.cli import main

    monkeypatch.setenv("COCKPIT_HOME", str(tmp_path))
    _write(tmp_path, "whole")
    spoil(_write(tmp_path, "spoilt").path)
    assert open_warehouse(tmp_path).meta["value"] == "whole"
    assert "第 1 代" in open_warehouse(tmp_path).generation.fallen
    assert main(["where"]) == 0
    assert "generations --repair" in capsys.readouterr().err
    main(["generations"])
    listed = capsys.readouterr().out
    assert "第 1 代" in listed and "现用" in listed
    assert main(["generations", "--repair"]) == 0
    assert generation.current(tmp_path).fallen == ""  # type: ignore[union-attr]
    # The next one is numbered past all that were, and takes over.
    assert _write(tmp_path, "next").number >= 2
    assert open_warehouse(tmp_path).meta["value"] == "next"


def test_with_nothing_whole_left_it_says_what_to_do(tmp_path: Path):
    _emptied(_write(tmp_path, "x").path)
    with pytest.raises(UserError, match="没有其他完好"):
        generation.current(tmp_path)
    with pytest.raises(UserError):
        generation.repair(tmp_path)


def test_a_second_writer_is_told_to_wait(tmp_path: Path):
    (tmp_path / "warehouse").mkdir()
    code = (
        "import sys; from pathlib import Path; from lib.warehouse.generation import write_lock\n"
        "with write_lock(Path(sys.argv[1])):\n    print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout and other.stdout.readline() == "held\n"
        with pytest.raises(UserError, match="正在进行"), generation.write_lock(tmp_path):
            pass
        other.communicate("")
    with generation.write_lock(tmp_path):
        pass


def test_before_the_first_generation_the_message_says_what_to_run(tmp_path: Path):
    with pytest.raises(NoWarehouse, match="python -m lib demo"):
        open_warehouse(tmp_path)


def test_the_reader_can_neither_write_nor_reach_files(tmp_path: Path):
    _write(tmp_path, "x")
    warehouse = open_warehouse(tmp_path)
    for statement in (
        "insert into meta values ('a', 'b')",
        "with x as (insert into meta values ('a', 'b') returning 1) select * from x",
        f"copy meta to '{tmp_path}/out.csv'",
        "select * from read_csv('/etc/passwd')",
        "set enable_external_access = true",
    ):
        with pytest.raises(duckdb.Error):
            warehouse.query(statement)


def test_threads_reading_at_once_get_their_own_rows(tmp_path: Path):
    _write(tmp_path, "x")
    warehouse, answers = open_warehouse(tmp_path), {}

    def read(number: int) -> None:
        frame = warehouse.query("select $n as n from range(2000)", {"n": number})
        answers[number] = frame["n"].unique().tolist()

    threads = [threading.Thread(target=read, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {number: [number] for number in range(24)}


def test_the_pointer_names_number_and_file(tmp_path: Path):
    published = _write(tmp_path, "x")
    named = json.loads((tmp_path / "warehouse" / "current.json").read_text(encoding="utf-8"))
    assert named == {"number": 1, "file": "gen-000001.duckdb", "size": published.path.stat().st_size}
    assert generation.current(tmp_path) == published


def test_workdays_follow_the_shifted_days_of_2022():
    from lib.warehouse.reference import workdays

    days = workdays().assign(day=lambda frame: frame["day_date"].astype(str)).set_index("day")
    shifted = ["2022-01-29", "2022-01-30", "2022-04-02", "2022-04-24", "2022-05-07", "2022-10-08", "2022-10-09"]
    assert days.loc[shifted, "is_workday"].all()
    assert not days.loc["2022-10-01", "is_workday"] and days.loc["2022-10-01", "is_holiday"]
    assert not days.loc["2022-09-24", "is_workday"] and not days.loc["2022-09-24", "is_holiday"]
    assert days.loc["2022-02-07", "wd_seq"] - days.loc["2022-01-30", "wd_seq"] == 1
    assert isinstance(days, pd.DataFrame)
