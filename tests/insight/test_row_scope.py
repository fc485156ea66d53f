"""Source rows respect the reader's scope down to the rows: what is outside is counted, not shown."""

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from lib.access import SYSTEM, Viewer
from lib.access.personas import personas
from lib.access.scope import sees_area
from lib.casework.reading.visible import warnings
from lib.casework.store.register import Register, forget_register, open_register
from lib.insight.row_scope import scoped
from lib.insight.warnings.source_rows import source_tables
from lib.insight.warnings.why import params_in_force
from lib.rules import read_rules, sources
from lib.warehouse.store import Warehouse, open_warehouse

COUNTY = Viewer("c", "县甲", "county", area_code="330483")


@pytest.fixture(scope="module")
def city(small_city: Path) -> Iterator[tuple[Register, Warehouse]]:
    yield open_register(small_city), open_warehouse(small_city)
    forget_register(small_city)


def test_rows_belong_to_their_case_their_unit_or_their_officer(city) -> None:
    _, warehouse = city
    orgs = warehouse.query("select org_id, area_code from org where area_code is not null order by org_id")
    own = orgs[orgs["area_code"].str.startswith("330483")]["org_id"].iloc[0]
    other = orgs[~orgs["area_code"].str.startswith("330483")]["org_id"].iloc[0]
    kept = scoped(COUNTY, warehouse, pd.DataFrame({"org_id": [own, other, None], "n": [1, 2, 3]}))
    assert (kept.rows["n"].tolist(), kept.outside) == ([1], 2)
    assert scoped(SYSTEM, warehouse, pd.DataFrame({"org_id": [own, other, None]})).outside == 0
    people = warehouse.query(
        "select officer_id, org.area_code as there from officer join org using (org_id) order by officer_id"
    )
    kept = scoped(COUNTY, warehouse, people.drop(columns="there"))
    assert len(kept.rows) == people["there"].str.startswith("330483").sum()
    cases = warehouse.query("select case_id, area_code from penalty_case order by case_id limit 2000")
    handlers = pd.DataFrame({"case_id": cases["case_id"], "officer_id": people["officer_id"].iloc[0]})
    assert len(scoped(COUNTY, warehouse, handlers).rows) == cases["area_code"].str.startswith("330483").sum()
    firms = pd.DataFrame({"uscc": ["91330400MA28A12345"], "entity_name": ["某公司"]})
    assert scoped(COUNTY, warehouse, firms).outside == 0


def test_nobody_is_shown_rows_about_the_own_number(city) -> None:
    _, warehouse = city
    own = Viewer("o", "某", "office", officer_id="P1")
    rows = pd.DataFrame({"case_id": ["C1", "C2"], "approver_id": ["P1", "P2"]})
    assert scoped(own, warehouse, rows).rows["approver_id"].tolist() == ["P2"]


BOUNDED = [viewer for viewer in personas(True)[2:] if viewer.may("view", "warning")]


@pytest.mark.parametrize("viewer", BOUNDED, ids=lambda viewer: viewer.role)
def test_no_source_row_of_any_visible_warning_is_of_another_place(city, viewer: Viewer) -> None:
    register, warehouse = city
    orgs = warehouse.query("select org_id, area_code, domain_code from org").set_index("org_id")
    frame = warnings(register, viewer, warehouse)
    hidden = looked = 0
    for rule_id, rows in frame[frame["firing"] & frame["origin"].eq("model")].groupby("rule_id"):
        rule = read_rules()[rule_id]
        for _, row in rows.head(3).iterrows():
            ids = json.loads(row["evidence"]).get("signals")
            params = params_in_force(register, rule)
            for _, raw in sources(warehouse, rule, row["subject_id"], warehouse.as_of, params, ids):
                kept = scoped(viewer, warehouse, raw)
                hidden, looked = hidden + kept.outside, looked + len(kept.rows)
                assert kept.outside + len(kept.rows) == len(raw)
                if "case_id" in raw or "org_id" not in raw:
                    continue
                there = kept.rows["org_id"].map(orgs["area_code"])
                assert there.map(lambda area: sees_area(viewer, str(area))).all()
                if viewer.domains is not None:
                    assert kept.rows["org_id"].map(orgs["domain_code"]).isin(viewer.domains).all()
    assert looked > 0


def test_what_is_outside_is_counted_beside_the_table(city) -> None:
    register, warehouse = city
    frame = warnings(register, SYSTEM, warehouse)
    row = frame[frame["rule_id"].eq("M09") & frame["firing"]].iloc[0]
    rule = read_rules()["M09"]
    nowhere = Viewer("n", "县乙", "county", area_code="339999")
    every = source_tables(register, warehouse, SYSTEM, rule, row["subject_id"])
    none = source_tables(register, warehouse, nowhere, rule, row["subject_id"])
    assert [one.title for one in every] == [one.title for one in none]
    assert [(len(one.rows), one.outside) for one in none] == [(0, len(one.rows)) for one in every]
