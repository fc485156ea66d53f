"""Indicators that speak of what a model looks for: with its limits, and finding what it finds."""

import json
from pathlib import Path

import pandas as pd
import pytest

from lib.casework.store.register import open_register
from lib.insight.library.facts import put_facts
from lib.rules import read_rules
from lib.rules.indicators import counted, read_indicators
from lib.rules.run import run_rule
from lib.warehouse.store import Warehouse, open_warehouse

INDICATORS, RULES = read_indicators(), read_rules()


def rows(city: Path, indicator_id: str) -> pd.DataFrame:
    """What an indicator counts of the city."""
    warehouse, register = open_warehouse(city), open_register(city)
    cursor = warehouse.cursor()
    put_facts(cursor, [INDICATORS[indicator_id]], register, warehouse)
    return counted(cursor, INDICATORS[indicator_id], warehouse.as_of).to_pandas()


def missed(city: Path, indicator_id: str) -> set[str]:
    """What it counts and does not find in order."""
    found = rows(city, indicator_id)
    return set(found.loc[~found["met"], "subject_id"])


def evidence(warehouse: Warehouse, rule_id: str) -> dict[str, dict]:
    """What a model finds, by subject."""
    found = run_rule(warehouse.cursor(), RULES[rule_id], warehouse.as_of, {}).to_pylist()
    return {row["subject_id"]: json.loads(row["evidence"]) for row in found}


@pytest.mark.parametrize(
    ("indicator_id", "rule_id", "name"),
    [
        ("I05", "M02", "recheck_days"),
        ("I06", "M03", "renewal_days"),
        ("I10", "M10", "series_months"),
        ("I14", "M19", "clip_minutes"),
        ("I14", "M19", "upload_days"),
        ("I15", "M05", "pay_days"),
        ("I15", "M05", "service_workdays"),
    ],
)
def test_the_limit_is_that_of_the_model(indicator_id: str, rule_id: str, name: str) -> None:
    ours, theirs = (
        next(one for one in definition.parameters if one.name == name)
        for definition in (INDICATORS[indicator_id], RULES[rule_id])
    )
    assert (ours.default, ours.lowest, ours.highest) == (theirs.default, theirs.lowest, theirs.highest)
    assert rule_id in " ".join((*INDICATORS[indicator_id].assumptions, *INDICATORS[indicator_id].decisions))


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
