"""A city by months straight into a lake: the same whoever makes which month, whole in itself, resumed after a crash."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from lib.catalog import load_catalog
from lib.catalog.dataset import ROOT
from lib.cli import main
from lib.errors import UserError
from lib.warehouse.demo import build_months
from lib.warehouse.demo.months import Made
from lib.warehouse.demo.spec import spec_of
from lib.warehouse.integrity import check_warehouse
from lib.warehouse.lake import Manifest, Place, manifest_of, place_of, prune_lake, publish_lake, verify_lake
from tests.cities import handmade

AS_OF = date(2022, 9, 25)
MONTHS = ("2020-09", "2021-11", "2022-08")
CITY = {"rows": 90_000, "seed": 7, "as_of": AS_OF}


def _made(root: Path, *months: str, to: str = "lake") -> Made:
    return build_months(root / "home", place_of(str(root / to), root), months=months or None, **CITY)  # type: ignore[arg-type]


def _opened(place: Place, manifest: Manifest) -> duckdb.DuckDBPyConnection:
    """Its tables in a database in memory."""
    con = duckdb.connect()
    for name, table in manifest.tables.items():
        typed = ", ".join(f'"{column}" {kind}' for column, kind in table.columns.items())
        con.execute(f'create table "{name}" ({typed})')
        if table.files:
            files = [f"{place.folder}/{path}" for path in manifest.paths(name)]
            columns = ", ".join(f'"{column}"' for column in table.columns)
            con.execute(
                f'insert into "{name}" select {columns} from read_parquet($files, hive_partitioning = false)',
                {"files": files},
            )
    return con


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three months made at once. Shared: read it, never write to it."""
    found = tmp_path_factory.mktemp("months")
    _made(found, *MONTHS)
    return found


@pytest.fixture(scope="module")
def lake(root: Path) -> Place:
    return place_of(str(root / "lake"), root)


@pytest.fixture(scope="module")
def held(lake: Place) -> Iterator[duckdb.DuckDBPyConnection]:
    manifest = manifest_of(lake)
    assert manifest is not None
    with _opened(lake, manifest) as con:
        yield con


def _values(con: duckdb.DuckDBPyConnection, sql: str) -> list:
    return [value for (value,) in con.execute(sql).fetchall()]


# Soon the two tests below see it: what a crash or a lost file made anew is the same lake.
@pytest.mark.scale
def test_months_made_one_at_a_time_in_another_order_are_the_same_files(lake: Place, tmp_path: Path) -> None:
    assert set(_made(tmp_path, MONTHS[2]).pieces) == {"lists", MONTHS[2]}
    made = _made(tmp_path, MONTHS[1], MONTHS[0])
    assert set(made.pieces) == set(MONTHS[:2])
    assert made.manifest == manifest_of(lake)
    assert _made(tmp_path, *MONTHS).pieces == {}


def test_keys_references_times_and_counts_are_whole(held: duckdb.DuckDBPyConnection) -> None:
    assert check_warehouse(held) == []


def test_what_follows_from_a_month_lies_in_the_month_of_its_own_day(lake: Place) -> None:
    manifest = manifest_of(lake)
    assert manifest is not None
    months = {one.month for one in manifest.tables["case_event"].files}
    assert {"2021-11", "2021-12", "2022-01", "2022-08", "2022-09"} <= months
    assert {one.month for one in manifest.tables["penalty_case"].files} == set(MONTHS)
    assert all(one.path.startswith(f"case_event/month={one.month}/") for one in manifest.tables["case_event"].files)


def test_a_month_has_the_rows_of_its_share(held: duckdb.DuckDBPyConnection) -> None:
    spec = spec_of(load_catalog(), clean=False, **CITY)  # type: ignore[arg-type]
    assert [spec.months[0].first, spec.months[-1].last] == [spec.first_day, spec.last_day]
    for name, size in spec.sizes.items():
        assert sum(span.rows[name] for span in spec.months) == size
    (november,) = [span for span in spec.months if span.month == "2021-11"]
    for table, day in (
        ("hotline_ticket", "received_at"),
        ("vehicle_trip", "started_at"),
        ("grid_event", "reported_at"),
    ):
        (count,) = _values(held, f"select count(*) from {table} where strftime({day}, '%Y-%m') = '2021-11'")
        assert count == november.rows[table], table
    for table, day in (("penalty_case", "filed_date"), ("inspection_record", "started_at")):
        (count,) = _values(held, f"select count(*) from {table} where strftime({day}, '%Y-%m') = '2021-11'")
        assert count == pytest.approx(november.rows[table], rel=0.35), table
    for name in ("enterprise", "officer", "enterprise_credit", "inspection_plan"):
        (count,) = _values(held, f"select count(*) from {name}")
        assert count == pytest.approx(spec.sizes[name], rel=0.1), name


def test_what_goes_round_goes_on_where_the_month_before_ended(held: duckdb.DuckDBPyConnection) -> None:
    """Not from the start in every month: addresses, persons, parties, document numbers, visits."""
    for distinct, table, where in (
        ("place_text", "grid_event", "event_type <> '流动摊贩'"),
        ("case_no", "penalty_case", "true"),
        ("doc_no", "penalty_case", "doc_no is not null"),
    ):
        (twice,) = _values(held, f"select count(*) - count(distinct {distinct}) from {table} where {where}")
        assert twice == 0, distinct
    persons = "select count(*), count(distinct party_id) from penalty_case where party_type = '自然人'"
    cases, parties = held.execute(persons).fetchall()[0]
    assert cases > 50 and parties > cases * 0.8
    visited = """
        select count(*) filter (where months = 2) / count(*) from (
            select count(distinct date_trunc('month', started_at)) as months from inspection_record
            where started_at >= date '2021-11-01' and joint_id is null group by party_id
        )
    """
    (again,) = _values(held, visited)
    assert again < 0.2


def test_nothing_is_planted_and_the_manifest_names_the_months_that_are_missing(
    held: duckdb.DuckDBPyConnection, lake: Place, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = manifest_of(lake)
    assert manifest is not None and len(manifest.missing) == 22 and "2021-12" in manifest.missing
    assert not set(MONTHS) & set(manifest.missing)
    assert _values(held, "select value from meta where key = 'planted'") == ["false"]
    assert verify_lake(lake) == (manifest, [])
    assert main(["publish", "--verify", str(lake.folder)]) == 0
    assert "还没有写的月份：2020-10、" in capsys.readouterr().out
    assert list((root / "home" / "warehouse").glob("*.tmp*")) == []


# Makes months and kills itself before a file of that name is put in its place.
_DIE = """
import os, signal, sys
from datetime import date
from pathlib import Path
from lib.warehouse.demo import build_months
from lib.warehouse.lake import place_of

replace = os.replace

def watched(source, target):
    if sys.argv[2] == Path(target).name:
        os.kill(os.getpid(), signal.SIGKILL)
    replace(source, target)

os.replace = watched
root = Path(sys.argv[1])
build_months(root / "home", place_of(str(root / "lake"), root), rows=90_000, seed=7, as_of=date(2022, 9, 25),
             months=["2020-09", "2021-11", "2022-08"])
"""


def test_killed_in_the_middle_only_what_was_not_whole_is_made_again(lake: Place, tmp_path: Path) -> None:
    script = [sys.executable, "-c", _DIE, str(tmp_path), "2021-11.json"]
    done = subprocess.run(script, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert manifest_of(place_of(str(tmp_path / "lake"), tmp_path)) is None
    after = _made(tmp_path, *MONTHS)
    assert set(after.pieces) == {"2021-11", "2022-08"}
    assert after.manifest == manifest_of(lake)
    assert list((tmp_path / "home" / "warehouse").glob("*.tmp*")) == []


def test_a_month_whose_file_is_gone_is_made_again_and_pruning_takes_nothing(lake: Place, tmp_path: Path) -> None:
    assert lake.folder is not None
    shutil.copytree(lake.folder, tmp_path / "lake")
    place = place_of(str(tmp_path / "lake"), tmp_path)
    manifest = manifest_of(place)
    assert manifest is not None and place.folder is not None
    (tmp_path / "home" / "warehouse").mkdir(parents=True)
    assert prune_lake(tmp_path / "home", place) == {}
    (path,) = [one.path for one in manifest.tables["penalty_case"].files if one.month == "2021-11"]
    (place.folder / path).unlink()
    assert len(verify_lake(place)[1]) == 1
    after = _made(tmp_path, "2021-11")
    assert set(after.pieces) == {"2021-11"} and after.manifest == manifest
    assert verify_lake(place) == (manifest, [])


def test_a_lake_holds_one_city_and_nothing_beside_it(lake: Place, tmp_path: Path) -> None:
    home = handmade.put(tmp_path / "other", synthetic=True)
    with pytest.raises(UserError, match="按月写成的合成城市"):
        publish_lake(home, lake)
    with pytest.raises(UserError, match="已有别的数据"):
        build_months(tmp_path / "home", lake, rows=50_000, seed=7, as_of=AS_OF, months=["2021-11"])
    publish_lake(home, place_of(str(tmp_path / "lake"), home))
    with pytest.raises(UserError, match="已有别的数据"):
        _made(tmp_path, "2021-11")
    with pytest.raises(UserError, match="没有这些月份：2022-10"):
        _made(tmp_path, "2022-10", to="new")


def test_the_command_names_months_as_a_list_or_a_range_and_says_what_it_wrote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[list[str] | None] = []

    def made(home: Path, place: Place, *, months: list[str] | None, **_: object) -> Made:
        asked.append(months)
        return Made(Manifest(1, "", None, True, "", {}, city="x", missing=("2022-05",)), {"lists": (7, 2_000_000)})

    monkeypatch.setenv("COCKPIT_HOME", str(tmp_path))
    monkeypatch.setattr("lib.warehouse.demo.build_months", made)
    command = ["demo", "--rows", "60000", "--to", str(tmp_path / "lake")]
    for months in ("2021-11:2022-02", "2022-03,2021-01", "2022-03"):
        assert main([*command, "--months", months]) == 0
    assert main(command) == 0
    assert asked == [["2021-11", "2021-12", "2022-01", "2022-02"], ["2022-03", "2021-01"], ["2022-03"], None]
    said = capsys.readouterr().out
    assert "名册：写出 7 行，2.0 MB" in said and "还没有写的月份：2022-05。未植入违规，没有真值。" in said
    for wrong in ("2022-13", "2022-05:2022-03", "八月"):
        assert main([*command, "--months", wrong]) == 2
    assert main(["demo", "--rows", "60000", "--months", "2022-03"]) == 1
    assert "请同时用 --to" in capsys.readouterr().err


@pytest.mark.scale
def test_all_months_together_are_a_city_like_that_of_one_piece(tmp_path: Path) -> None:
    made = build_months(
        tmp_path / "home", place_of(str(tmp_path / "lake"), tmp_path), rows=300_000, seed=7, as_of=AS_OF
    )
    assert made.manifest.missing == ()
    spec = spec_of(load_catalog(), rows=300_000, seed=7, as_of=AS_OF, clean=False)
    with _opened(place_of(str(tmp_path / "lake"), tmp_path), made.manifest) as con:
        assert check_warehouse(con) == []
        for name, size in spec.sizes.items():
            (count,) = _values(con, f'select count(*) from "{name}"')
            assert count == pytest.approx(size, rel=0.25 if name in ("criminal_referral", "case_review") else 0.12), (
                name
            )
        # Complaints that proved right go round the staff over all months: nobody has two.
        proved = "select target_officer_id as p from {} where verify_result in ('属实', '部分属实') and p is not null"
        named = " union all ".join(proved.format(table) for table in ("hotline_ticket", "petition"))
        ((complaints, officers),) = con.execute(f"select count(p), count(distinct p) from ({named})").fetchall()
        assert complaints == officers > 10
        for distinct, table in (("case_no", "penalty_case"), ("doc_no", "penalty_case"), ("source_pk", "case_event")):
            assert _values(con, f"select count({distinct}) - count(distinct {distinct}) from {table}") == [0]
