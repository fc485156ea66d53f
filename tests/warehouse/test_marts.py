"""Marts of an earlier release are made anew, once, from the data in force."""

import shutil
from pathlib import Path

import duckdb

from lib.casework.rules.runs import stale_rules
from lib.catalog import load_catalog
from lib.warehouse.generation import begin, current, publish
from lib.warehouse.marts import build_marts, datasets_behind, renew_marts
from lib.warehouse.store import open_warehouse
from tests.cities import handmade


def test_marts_of_an_earlier_release_are_made_anew_and_no_model_is_due(tmp_path: Path):
    handmade.put(tmp_path)
    assert renew_marts(tmp_path) is None
    tmp = begin(tmp_path, current(tmp_path))
    with duckdb.connect(str(tmp)) as con:
        # A table where a view stands now, and the other way round.
        con.execute("drop view mart_officer_exposure; create table mart_officer_exposure as select 1 as officer_id")
        con.execute("drop table mart_case_work; create view mart_case_work as select 1 as officer_id")
        con.execute("update meta set value = 'earlier' where key = 'marts'")
    publish(tmp_path, tmp)
    register, warehouse = handmade.opened(tmp_path)
    due = {rule.id for rule in stale_rules(register, warehouse)}
    renewed = renew_marts(tmp_path)
    assert renewed is not None and renewed.number == warehouse.generation.number + 1
    columns = open_warehouse(tmp_path).query("select * from mart_officer_exposure limit 0").columns
    assert "role" in columns
    assert {rule.id for rule in stale_rules(register, open_warehouse(tmp_path))} == due
    assert renew_marts(tmp_path) is None


def test_an_empty_home_has_nothing_to_renew(tmp_path: Path):
    assert renew_marts(tmp_path) is None


def _marts(con: duckdb.DuckDBPyConnection) -> dict[str, list]:
    names = con.execute("select table_name from duckdb_tables() where table_name like 'mart_%' order by all").fetchall()
    return {name: con.execute(f'from "{name}" order by all').fetchall() for (name,) in names}


def test_marts_made_for_what_changed_are_those_made_for_all(small_city: Path, tmp_path: Path):
    copy = tmp_path / "changed.duckdb"
    shutil.copyfile(open_warehouse(small_city).generation.path, copy)
    with duckdb.connect(str(copy)) as con:
        # Those of which only the newest moment is told need no turn each.
        told = set().union(*(datasets_behind(mart) for mart in _marts(con) if mart != "mart_dataset_latest"))
        for turn in [*({dataset} for dataset in sorted(told)), set(load_catalog()) - told]:
            for dataset in turn:
                con.execute(f'delete from "{dataset}" where hash(rowid) % 3 = 0')
            build_marts(con, turn)
            found = _marts(con)
            build_marts(con)
            assert found == _marts(con), turn


def test_a_mart_of_other_datasets_is_left_as_it_is(tmp_path: Path):
    handmade.put(tmp_path)
    assert datasets_behind("mart_officer_exposure") == {
        "penalty_case",
        "case_officer",
        "grid_dispatch",
        "inspection_record",
        "power_item",
        "org",
    }
    tmp = begin(tmp_path, current(tmp_path))
    with duckdb.connect(str(tmp)) as con:
        con.execute("delete from mart_case_lead")
        con.execute("delete from mart_area_month")
        build_marts(con, {"grid_dispatch"})
        found = _marts(con)
        assert found["mart_case_lead"] == [] and found["mart_area_month"] != []
        # One made by an earlier release is never kept beside new ones.
        con.execute("update meta set value = 'earlier' where key = 'marts'")
        build_marts(con, {"grid_dispatch"})
        assert _marts(con)["mart_case_lead"] != []
