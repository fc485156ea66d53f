"""Two versions of M05 on a handful of cases: what a past day knew, and what a version adds, loses and changes.

A case is fined 1,000 on its decision day, never served and never paid, so it fires from the 16th day after the seventh
workday after the decision.
"""

import itertools
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.rules import Rule, RuleError, Variant, backtest, candidates, compare, days_of, monthly, preview, warning_id
from lib.rules.backtest import forget
from lib.rules.known import session_on
from lib.warehouse.marts.of_rules import make_rule_marts
from lib.warehouse.reference import fill_reference
from lib.warehouse.skeleton import create_tables
from tests.rules.conftest import put

AS_OF = date(2022, 9, 25)
DAYS = (date(2022, 6, 30), date(2022, 7, 31), date(2022, 8, 31), AS_OF)
_numbers = itertools.count(1)


class City:
    """A warehouse in memory: what the rules need of one."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con, self.as_of = con, AS_OF
        make_rule_marts(con, "view")
        self.generation = SimpleNamespace(number=next(_numbers), path=Path("memory/none"))
        self.opened = 0

    def cursor(self) -> duckdb.DuckDBPyConnection:
        self.opened += 1
        return self.con.cursor()


def case(case_id: str, decided: date, **columns: Any) -> dict[str, Any]:
    usual = {"case_id": case_id, "decision_date": decided, "fine_amt": 1000, "org_id": "O1", "result_type": "处罚"}
    return {**usual, "version_no": 1, "is_void": False, **columns}


def loaded(con: duckdb.DuckDBPyConnection, day: date) -> None:
    """The first load of the cases was on that day."""
    row = {"dataset": "penalty_case", "loaded_at": day, "rows_accepted": 1, "status": "loaded"}
    put(con, "load_log", row)


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(":memory:", config={"threads": "1"}) as opened:
        create_tables(opened)
        fill_reference(opened)
        yield opened


@pytest.fixture
def m05(rules: dict[str, Rule]) -> Rule:
    return rules["M05"]


def the_id(case_id: str) -> str:
    return warning_id("M05", "penalty_case", case_id, "")


def fired(city: City, rule: Rule, **params: Any) -> dict[date, list[str]]:
    """The cases that fire on each of the days."""
    found = backtest(city, None, Variant(rule, params), AS_OF, months=4)
    names = {the_id(f"C{n}"): f"C{n}" for n in range(10)}
    return {
        day: sorted(names[one] for one in found.proposed.loc[found.proposed["day"].eq(day), "warning_id"])
        for day in found.days
    }


@pytest.fixture
def three(con: duckdb.DuckDBPyConnection) -> City:
    """C1 fires from 06-26 on, C2 (fined 200) and C3 (closed on 09-10, orange) from 09-15 on."""
    put(con, "penalty_case", case("C1", date(2022, 5, 31)), case("C2", date(2022, 8, 20), fine_amt=200))
    put(con, "penalty_case", case("C3", date(2022, 8, 20), closed_date=date(2022, 9, 10)))
    return City(con)


def test_the_days_are_the_month_ends_and_the_day_itself() -> None:
    assert days_of(AS_OF, 4) == DAYS
    assert days_of(date(2022, 3, 31), 3) == (date(2022, 1, 31), date(2022, 2, 28), date(2022, 3, 31))
    assert len(days_of(AS_OF)) == 12


def test_a_preview_says_what_is_lost(three: City, m05: Rule) -> None:
    found = preview(three, Variant(m05, {}), Variant(m05, {"tolerance_amt": 500}), AS_OF)
    assert found.comparison.lost["subject_id"].tolist() == ["C2"]
    assert (len(found.comparison.added), len(found.comparison.changed), found.comparison.kept) == (0, 0, 2)
    assert found.live is not None
    assert (found.live.signals, found.proposed.signals) == (3, 2)
    assert (found.live.tested, found.proposed.tested) == (3, 3)


def test_the_other_way_round_it_is_added(three: City, m05: Rule) -> None:
    found = preview(three, Variant(m05, {"tolerance_amt": 500}), Variant(m05, {}), AS_OF)
    assert found.comparison.added["subject_id"].tolist() == ["C2"]
    assert found.comparison.lost.empty


def test_without_a_live_version_everything_is_added(three: City, m05: Rule) -> None:
    found = preview(three, None, Variant(m05, {}), AS_OF)
    assert found.live is None
    assert found.comparison.added["subject_id"].tolist() == ["C1", "C2", "C3"]
    months = _months(three, None, Variant(m05, {}))
    assert months["live_total"].tolist() == [0, 0, 0, 0]
    assert months["added"].tolist() == months["proposed_total"].tolist() == [1, 1, 1, 3]


def test_another_level_is_a_change() -> None:
    live = pd.DataFrame({"warning_id": ["W1", "W2", "W3"], "level": ["red", "yellow", "orange"]})
    proposed = pd.DataFrame({"warning_id": ["W2", "W3", "W4"], "level": ["red", "orange", "yellow"]})
    found = compare(live, proposed)
    assert found.changed[["warning_id", "level_before", "level"]].values.tolist() == [["W2", "yellow", "red"]]
    assert found.added["warning_id"].tolist() == ["W4"]
    assert found.lost["warning_id"].tolist() == ["W1"]
    assert found.kept == 1


def _months(city: City, live: Variant | None, proposed: Variant) -> pd.DataFrame:
    found = backtest(city, live, proposed, AS_OF, months=4)
    return monthly(found.days, found.live, found.proposed)


def test_month_by_month(three: City, m05: Rule) -> None:
    months = _months(three, Variant(m05, {}), Variant(m05, {"tolerance_amt": 500}))
    assert months["day"].tolist() == list(DAYS)
    assert months["live_total"].tolist() == [1, 1, 1, 3]
    assert months["live_yellow"].tolist() == [1, 1, 1, 2]
    assert months["live_orange"].tolist() == [0, 0, 0, 1]
    assert months["live_new"].tolist() == [1, 0, 0, 2]
    assert months["proposed_total"].tolist() == [1, 1, 1, 2]
    assert months["proposed_new"].tolist() == [1, 0, 0, 1]
    assert months["lost"].tolist() == [0, 0, 0, 1]
    assert months[["added", "changed"]].to_numpy().sum() == 0


def test_a_changed_level_is_counted_in_its_month() -> None:
    days = (date(2022, 8, 31), AS_OF)
    live = pd.DataFrame({"day": list(days), "warning_id": ["W1", "W1"], "level": ["red", "red"]})
    months = monthly(days, live, live.assign(level=["red", "orange"]))
    assert months["changed"].tolist() == [0, 1]
    assert months["proposed_orange"].tolist() == [0, 1]
    assert months["proposed_new"].tolist() == [1, 0]


def test_the_same_version_makes_no_difference_and_runs_once(three: City, m05: Rule) -> None:
    given_in_full = Variant(m05, {parameter.name: parameter.default for parameter in m05.parameters})
    found = preview(three, Variant(m05, {}), given_in_full, AS_OF)
    assert found.live is found.proposed
    assert (len(found.comparison.added), len(found.comparison.lost), found.comparison.kept) == (0, 0, 3)
    past = backtest(three, Variant(m05, {}), given_in_full, AS_OF, months=4)
    assert past.live is past.proposed
    assert _months(three, Variant(m05, {}), given_in_full)[["added", "lost", "changed"]].to_numpy().sum() == 0


def test_what_is_known_is_not_computed_again(three: City, m05: Rule) -> None:
    live, proposed = Variant(m05, {}), Variant(m05, {"tolerance_amt": 500})
    first = _months(three, live, proposed)
    opened = three.opened
    assert _months(three, live, proposed).equals(first)
    assert three.opened - opened == 8  # one look at the state of the inputs for each version and day
    forget()
    _months(three, live, proposed)
    assert three.opened - opened > 16


def test_another_generation_is_computed_anew(con: duckdb.DuckDBPyConnection, three: City, m05: Rule) -> None:
    assert len(preview(three, None, Variant(m05, {}), AS_OF).comparison.added) == 3
    put(con, "penalty_case", case("C4", date(2022, 7, 1)))
    assert len(preview(City(con), None, Variant(m05, {}), AS_OF).comparison.added) == 4


def test_progress_reaches_the_end(three: City, m05: Rule) -> None:
    seen: list[float] = []
    backtest(three, None, Variant(m05, {}), AS_OF, months=4, progress=lambda _stage, done, _text: seen.append(done))
    assert seen == [0.25, 0.5, 0.75, 1.0]


def test_a_value_out_of_bounds_is_refused(three: City, m05: Rule) -> None:
    with pytest.raises(RuleError, match="tolerance_amt"):
        backtest(three, None, Variant(m05, {"tolerance_amt": -1}), AS_OF)


def test_candidates_are_those_of_a_run(three: City, m05: Rule) -> None:
    found = candidates(three, Variant(m05, {}), AS_OF)
    assert found[["subject_id", "level"]].values.tolist() == [["C1", "yellow"], ["C2", "yellow"], ["C3", "orange"]]
    assert found["warning_id"].tolist() == [the_id("C1"), the_id("C2"), the_id("C3")]


def test_a_correction_counts_from_the_day_it_came(con: duckdb.DuckDBPyConnection, m05: Rule) -> None:
    loaded(con, date(2022, 7, 15))
    first = case("C1", date(2022, 5, 31), ingested_at=datetime(2022, 7, 15, 8))
    put(con, "penalty_case_history", first)
    put(con, "penalty_case", {**first, "fine_amt": 200, "version_no": 2, "ingested_at": datetime(2022, 9, 1)})
    # 200 is tolerated, 1,000 was not: before the first load, on 07-31 and on 08-31 the first version was in force.
    assert fired(City(con), m05, tolerance_amt=500) == {DAYS[0]: ["C1"], DAYS[1]: ["C1"], DAYS[2]: ["C1"], AS_OF: []}


def test_of_several_corrections_the_last_known_is_in_force(con: duckdb.DuckDBPyConnection, m05: Rule) -> None:
    loaded(con, date(2022, 6, 1))
    row = case("C1", date(2022, 5, 31), fine_amt=200, ingested_at=datetime(2022, 6, 11))
    put(con, "penalty_case_history", row)
    second = {**row, "fine_amt": 1000, "version_no": 2, "ingested_at": datetime(2022, 7, 31, 23)}
    put(con, "penalty_case_history", second)
    put(con, "penalty_case", {**row, "version_no": 3, "ingested_at": datetime(2022, 9, 1)})
    assert fired(City(con), m05, tolerance_amt=500) == {DAYS[0]: [], DAYS[1]: ["C1"], DAYS[2]: ["C1"], AS_OF: []}


def test_an_older_version_that_came_late_was_never_in_force(con: duckdb.DuckDBPyConnection, m05: Rule) -> None:
    loaded(con, date(2022, 6, 1))
    row = case("C1", date(2022, 5, 31), version_no=2, ingested_at=datetime(2022, 6, 11))
    put(con, "penalty_case", row)
    put(con, "penalty_case_history", {**row, "fine_amt": 200, "version_no": 1, "ingested_at": datetime(2022, 9, 1)})
    assert fired(City(con), m05, tolerance_amt=500) == {day: ["C1"] for day in DAYS}


def test_a_row_that_came_late_was_not_known_before(con: duckdb.DuckDBPyConnection, m05: Rule) -> None:
    loaded(con, date(2022, 7, 15))
    put(con, "penalty_case", case("C1", date(2022, 5, 31), ingested_at=datetime(2022, 7, 15, 8)))
    put(con, "penalty_case", case("C2", date(2022, 5, 31), ingested_at=datetime(2022, 9, 1)))
    # Before the first load nothing was known by its arrival; rows count from their own dates.
    assert fired(City(con), m05) == {DAYS[0]: ["C1", "C2"], DAYS[1]: ["C1"], DAYS[2]: ["C1"], AS_OF: ["C1", "C2"]}


def test_a_voided_row_was_there_until_it_was_voided(con: duckdb.DuckDBPyConnection, m05: Rule) -> None:
    loaded(con, date(2022, 6, 1))
    row = case("C1", date(2022, 5, 31), ingested_at=datetime(2022, 6, 11))
    put(con, "penalty_case_history", row)
    put(con, "penalty_case_history", {**row, "version_no": 2, "is_void": True, "ingested_at": datetime(2022, 8, 20)})
    put(con, "penalty_case", case("C2", date(2022, 9, 20), ingested_at=datetime(2022, 9, 21)))
    assert fired(City(con), m05) == {DAYS[0]: ["C1"], DAYS[1]: ["C1"], DAYS[2]: [], AS_OF: []}


def test_a_city_loaded_at_once_has_a_past(con: duckdb.DuckDBPyConnection, m05: Rule) -> None:
    at_once = {"ingested_at": datetime(2022, 9, 24, 23, 40)}
    loaded(con, date(2022, 9, 24))
    put(con, "penalty_case", case("C1", date(2022, 5, 31), **at_once))
    put(con, "penalty_case", case("C2", date(2022, 5, 31), fine_amt=200, version_no=2, **at_once))
    put(con, "penalty_case_history", case("C2", date(2022, 5, 31), ingested_at=datetime(2022, 6, 30)))
    put(con, "penalty_case_history", case("C3", date(2022, 5, 31), version_no=2, **{**at_once, "is_void": True}))
    city = City(con)
    assert fired(city, m05, tolerance_amt=500) == {day: ["C1"] for day in DAYS}
    temporary = "select count(*) from duckdb_views() where temporary and not internal"
    assert session_on(city, [m05], DAYS[0]).run(temporary, {})["count_star()"].to_pylist() == [0]


decided = st.integers(-300, 30).map(lambda days: DAYS[2] + timedelta(days=days))
later = st.lists(st.tuples(decided, st.integers(1, 3), st.sampled_from([100, 1000]), st.booleans()), max_size=6)


@settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(past=st.lists(decided, min_size=1, max_size=6), future=later)
def test_what_came_after_a_month_end_does_not_change_the_month(m05: Rule, past: list[date], future: list) -> None:
    """New rows, corrections and voidings that came in September, whatever their dates, leave August as it was."""
    with duckdb.connect(":memory:", config={"threads": "1"}) as con:
        create_tables(con)
        fill_reference(con)
        loaded(con, date(2022, 5, 1))
        for number, day in enumerate(past):
            put(con, "penalty_case", case(f"C{number}", day, ingested_at=datetime(2022, 5, 1)))
        before = fired(City(con), m05, tolerance_amt=500)
        for number, (day, version, fine, void) in enumerate(future):
            row = case(f"C{number}", day, version_no=version + 1, fine_amt=fine, ingested_at=datetime(2022, 9, version))
            con.execute("insert into penalty_case_history from penalty_case where case_id = ?", [row["case_id"]])
            con.execute("delete from penalty_case where case_id = ?", [row["case_id"]])
            put(con, "penalty_case_history" if void else "penalty_case", {**row, "is_void": void})
        after = fired(City(con), m05, tolerance_amt=500)
    assert [after[day] for day in DAYS[:3]] == [before[day] for day in DAYS[:3]]
