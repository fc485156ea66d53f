"""Marts of an earlier release are made anew, once, from the data in force."""

from pathlib import Path

import duckdb

from lib.casework.rules.runs import stale_rules
from lib.warehouse.generation import begin, current, publish
from lib.warehouse.marts import renew_marts
from lib.warehouse.store import open_warehouse
from tests.cities import handmade


def test_marts_of_an_earlier_release_are_made_anew_and_no_model_is_due(tmp_path: Path):
    handmade.put(tmp_path)
    assert renew_marts(tmp_path) is None
    tmp = begin(tmp_path, current(tmp_path))
    with duckdb.connect(str(tmp)) as con:
        con.execute("alter table mart_officer_exposure drop column role")
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
