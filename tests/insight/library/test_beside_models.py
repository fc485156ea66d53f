"""Indicators that speak of what a model looks for: with its limits, and finding what it finds."""

import json
from datetime import date, datetime
from pathlib import Path

import pandas as pd

from lib.access import Viewer
from lib.access.personas import personas
from lib.casework.rules import versions
from lib.casework.rules.backtests import keep_backtest
from lib.casework.store.register import Register, open_register
from lib.engines import opened
from lib.insight.library.facts import as_counted, put_facts
from lib.insight.library.indicator_rows import rows_behind
from lib.insight.library.indicators import ALL, indicator_table
from lib.rules import read_rules
from lib.rules.indicators import MET, counted, read_indicators
from lib.rules.run import run_rule
from lib.warehouse.store import Warehouse, open_warehouse
from tests.casework.stepping import on_version

INDICATORS, RULES = read_indicators(), read_rules()
PEOPLE = {one.role: one for one in personas(True)}
LEADER, OFFICE = PEOPLE["leader"], PEOPLE["office"]


def rows(city: Path, indicator_id: str) -> pd.DataFrame:
    """What an indicator counts of the city."""
    warehouse, register = open_warehouse(city), open_register(city)
    session = opened(warehouse)
    put_facts(session, [INDICATORS[indicator_id]], register, warehouse)
    return counted(session, INDICATORS[indicator_id], warehouse.as_of).to_pandas()


def missed(city: Path, indicator_id: str) -> set[str]:
    """What it counts and does not find in order."""
    found = rows(city, indicator_id)
    return set(found.loc[~found["met"], "subject_id"])


def evidence(warehouse: Warehouse, rule_id: str) -> dict[str, dict]:
    """What a model finds, by subject."""
    found = run_rule(opened(warehouse), RULES[rule_id], warehouse.as_of, {}).to_pylist()
    return {row["subject_id"]: json.loads(row["evidence"]) for row in found}


def test_a_limit_tuned_with_its_model_moves_the_indicator(city_copy: Path) -> None:
    """Published for M02, the shorter limit holds for I05, its rows and its definition, and for no other indicator."""
    register, warehouse = open_register(city_copy), open_warehouse(city_copy)
    before = indicator_table(register, warehouse, LEADER)
    tune(register, "M02", {"recheck_days": 3})
    after = indicator_table(register, warehouse, LEADER)
    own = after["indicator_id"].eq("I05")
    pd.testing.assert_frame_equal(after[~own].reset_index(drop=True), before[~own].reset_index(drop=True))
    here = own & after["level"].eq(ALL) & after["month"].eq("2022-08-01")
    was, held = before[here].iloc[0], after[here].iloc[0]
    assert held["met"] < was["met"] and held["value"] < was["value"]
    behind = rows_behind(register, warehouse, LEADER, "I05", date(2022, 8, 1), ALL, "", MET, most=100_000)
    assert behind.total == held["met"]
    cases, events = (warehouse.query(f"select * from {name}") for name in ("penalty_case", "case_event"))
    decided = pd.to_datetime(cases.set_index("case_id")["decision_date"])
    looks = events[events["event_type"].eq("复查") & events["case_id"].isin(behind.rows["subject_id"])]
    first = looks.groupby("case_id")["event_at"].min()
    assert (first.dt.normalize() - decided.reindex(first.index)).dt.days.between(0, 3).all()
    assert {one.name: one.default for one in as_counted(register, INDICATORS["I05"]).parameters} == {"recheck_days": 3}


def tune(register: Register, rule_id: str, params: dict) -> None:
    """Take a version of a model with these thresholds all the way to publication."""
    live = versions.live_versions(register)[rule_id]
    at = datetime(2022, 9, 25, 23, 30)
    given = {"submission_id": f"tune-{rule_id}", "at": at, "text": "试行。"}
    made = str(versions.save_version(register, OFFICE, live, params, **given).created)

    def step(who: Viewer, action: str) -> None:
        on_version(action, register, who, made, submission_id=f"{made}-{action}", at=at, text="同意。")

    step(OFFICE, "try")
    keep_backtest(
        register, OFFICE, made, live.version_id, {}, generation=1, as_of=at.date(), submission_id=f"{made}-b", at=at
    )
    step(OFFICE, "submit")
    step(LEADER, "publish")


def test_fines_that_a_model_holds_unchecked_are_not_rechecked(small_city: Path) -> None:
    found = evidence(open_warehouse(small_city), "M02")
    unchecked = missed(small_city, "I05")
    assert found
    for one in found.values():
        assert len(unchecked.intersection(one["case_ids"])) >= one["unchecked_count"]


def test_handlers_that_a_model_does_not_count_are_uncertified(small_city: Path) -> None:
    found = evidence(open_warehouse(small_city), "M03")
    uncertified = missed(small_city, "I06")
    assert any(one["unqualified_officers"] for one in found.values())
    for case_id, one in found.items():
        ours = {subject.split()[1] for subject in uncertified if subject.split()[0] == case_id}
        assert ours == set(one["unqualified_officers"])


def test_who_was_spared_again_is_no_first_offender(small_city: Path) -> None:
    warehouse = open_warehouse(small_city)
    found = evidence(warehouse, "M10")
    first = set(rows(small_city, "I10")["subject_id"])
    decided = warehouse.query("select case_id, decision_date from penalty_case").set_index("case_id")["decision_date"]
    assert found
    for one in found.values():
        days = decided[one["case_ids"]]
        assert not first.intersection(days.index[days.gt(days.min())])


def test_cases_without_a_clip_are_those_of_the_model(small_city: Path) -> None:
    warehouse = open_warehouse(small_city)
    found = {subject for subject, one in evidence(warehouse, "M19").items() if "no_clip" in one["branches"]}
    cases = warehouse.query("select event_id, case_id from case_event").set_index("event_id")["case_id"]
    held = rows(small_city, "I14")
    recent = pd.to_datetime(held["occurred_on"]).gt(pd.Timestamp(warehouse.as_of) - pd.DateOffset(months=12))
    assert found
    assert set(held.loc[recent & ~held["met"], "subject_id"].map(cases)) == found


def test_fines_with_a_gap_are_those_of_the_model(small_city: Path) -> None:
    found = {
        subject for subject, one in evidence(open_warehouse(small_city), "M05").items() if "gap" in one["branches"]
    }
    unpaid = missed(small_city, "I15")
    assert found
    assert found <= unpaid
