"""High-frequency items on cases known by heart: volumes, days of each step, what jumped back, tiers and teams."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from lib.access import Forbidden, Viewer
from lib.access.personas import personas
from lib.catalog import load_catalog
from lib.catalog.steps import steps
from lib.insight.interval import median_interval
from lib.insight.library import items
from lib.insight.library.items import ALL, BACK, EVENTLESS, FINED, OPEN, STANDING, STEP, TEAM, TIER
from lib.insight.period import Span
from lib.rules import read_rules
from lib.warehouse.store import Warehouse, open_warehouse
from tests.cities import items as city
from tests.cities.items import ITEM

YEAR = Span(date(2022, 1, 1), date(2022, 9, 25))
OFFICE, COUNTY, TOWN, LIAISON = (
    next(one for one in personas(True) if one.person_id == f"demo-{who}")
    for who in ("office", "county", "town", "liaison")
)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return open_warehouse(city.put(tmp_path_factory.mktemp("items")))


def course(warehouse: Warehouse, viewer: Viewer = OFFICE) -> items.Course:
    return items.course(warehouse, viewer, ITEM, YEAR)


def test_items_are_counted_by_decisions_of_the_span(warehouse: Warehouse) -> None:
    frame = items.items(warehouse, OFFICE, YEAR).set_index("item_code")
    # straight, quick, back, one_day, no_events; neither the undecided one nor last year's.
    row = frame.loc[ITEM]
    assert (row["cases"], row["units"], row["fined"], row["fine_amt"]) == (5, 3, 4, 950.0)
    assert row["item_name"] == "占道经营" and row["share"] == 1.0 and row["together"] == 1.0
    assert items.items(warehouse, OFFICE, Span(date(2021, 12, 31), date(2021, 12, 31)))["cases"].tolist() == [1]


def test_each_viewer_counts_the_own_scope(warehouse: Warehouse) -> None:
    town = items.items(warehouse, TOWN, YEAR).set_index("item_code")
    assert (town.loc[ITEM, "cases"], town.loc[ITEM, "units"]) == (3, 1)
    inspector = Viewer("i", "某", "inspector", domains=frozenset({"JT"}))
    assert items.counted(course(warehouse, inspector), ALL, "")["case_id"].tolist() == ["no_events"]
    with pytest.raises(Forbidden):
        items.items(warehouse, LIAISON, YEAR)


def test_the_days_of_each_step_are_those_since_the_step_before_it(warehouse: Warehouse) -> None:
    flow = items.flow(course(warehouse)).set_index("step")
    assert flow.index.tolist() == ["立案", "调查取证", "调查终结", "决定"]
    # 立案 opens a case: nothing came before it, but of one day it is the first by its stage.
    assert flow.loc["立案", "cases"] == 4 and np.isnan(flow.loc["立案", "middle"])
    assert (flow.loc["调查取证", "cases"], flow.loc["调查取证", "middle"]) == (3, 1.0)
    # 8, 2, 4 and 0 days: the median is 3, nine of ten within 6.8.
    assert (flow.loc["调查终结", "middle"], round(flow.loc["调查终结", "late"], 6)) == (3.0, 6.8)
    # 10, 1, 23 (after the evidence was taken again) and 0.
    assert flow.loc["决定", "middle"] == 5.5


def test_what_jumps_back_and_where_cases_stand(warehouse: Warehouse) -> None:
    held = course(warehouse)
    flow = items.flow(held).set_index("step")
    assert flow["back"].to_dict() == {"立案": 0, "调查取证": 1, "调查终结": 0, "决定": 0}
    assert flow["standing"].to_dict() == {"立案": 0, "调查取证": 1, "调查终结": 0, "决定": 0}
    # From 5 March to 25 September.
    assert flow.loc["调查取证", "standing_days"] == 204


@pytest.mark.parametrize(
    ("part", "value", "expected"),
    [
        (ALL, "", {"straight", "quick", "back", "one_day", "no_events"}),
        (FINED, "", {"straight", "quick", "one_day", "no_events"}),
        (OPEN, "", {"waiting"}),
        (STEP, "调查取证", {"straight", "quick", "back"}),
        (BACK, "调查取证", {"back"}),
        (STANDING, "调查取证", {"waiting"}),
        (TEAM, "O0003", {"straight", "quick", "back"}),
        (TIER, "B1", {"straight", "quick"}),
        (EVENTLESS, "", {"no_events"}),
        ("unknown", "", set()),
    ],
)
def test_every_number_opens_the_cases_it_counts(
    warehouse: Warehouse, part: str, value: str, expected: set[str]
) -> None:
    assert set(items.counted(course(warehouse), part, value)["case_id"]) == expected


def test_every_number_of_the_flow_is_the_length_of_its_list(warehouse: Warehouse) -> None:
    held = course(warehouse)
    for row in items.flow(held).to_dict("records"):
        for part, column in ((STEP, "cases"), (BACK, "back"), (STANDING, "standing")):
            assert len(items.counted(held, part, row["step"])) == row[column], (row["step"], part)


def test_tiers_are_those_of_the_time_with_what_was_decided_under_them(warehouse: Warehouse) -> None:
    frame = items.tiers(warehouse, OFFICE, ITEM, course(warehouse), YEAR).set_index("benchmark_id")
    assert frame.index.tolist() == ["B1", "B2"]
    assert frame["cases"].to_dict() == {"B1": 2, "B2": 1} and frame.loc["B1", "fine"] == 200.0


def test_small_teams_are_marked_and_fines_without_enough_cases_have_no_interval(warehouse: Warehouse) -> None:
    frame = items.teams(warehouse, OFFICE, course(warehouse)).set_index("org_id")
    assert frame.loc["O0003", "cases"] == 3 and frame["few"].all() and frame["low"].isna().all()
    # 20, 4 and 30 days from filing to decision.
    assert (frame.loc["O0003", "days"], frame.loc["O0003", "fine"]) == (20.0, 200.0)


def test_the_interval_of_a_median_holds_it_in_at_least_95_of_100_samples() -> None:
    drawn = np.random.default_rng(7).lognormal(5, 1, (2000, 12))
    held = [between[0] <= np.exp(5) <= between[1] for row in drawn if (between := median_interval(pd.Series(row)))]
    assert len(held) == 2000 and np.mean(held) >= 0.95
    assert median_interval(pd.Series([1.0, 2, 3, 4, 5])) is None and median_interval(pd.Series(dtype=float)) is None


def test_every_step_of_the_catalogue_has_a_stage_and_every_risk_a_model_that_exists() -> None:
    known = {step.name for step in steps()}
    assert set(load_catalog()["case_event"]["event_type"].enum) <= known
    assert {model for step in steps() for model in step.models} <= set(read_rules())
    watched = {model for step in steps() for model in step.models}
    assert {"M01", "M05", "M06", "M11", "M13"} <= watched
