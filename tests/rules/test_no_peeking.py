"""A rule run for a day sees nothing later: rows dated after it change nothing, in any city its cases are made of."""

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.catalog import load_catalog
from lib.engines import over
from lib.rules import Rule, read_cases, read_rules, run_exposure, run_rule, sample_tested
from lib.rules.case_run import case_tables, fill
from lib.rules.cases import Case

Row = dict[str, Any]
# Tables in which a later day is known today: the calendar is given out in advance, and until when a power is to be
# handed over stands in the list of powers.
FORETOLD = {"workday", "power_item"}
# Columns known in advance: a receipt has no day of issue, so a later one must not carry a later due date.
KNOWN_AHEAD = {"fine_receipt": {"due_date"}}


class Dated(NamedTuple):
    """A row of a case, of a table whose rows become known day by day, and the first of its days."""

    table: str
    row: Row
    day: date


def _days(row: Row) -> list[date]:
    return [value.date() if isinstance(value, datetime) else value for value in row.values() if isinstance(value, date)]


def _dated(case: Case) -> Iterator[Dated]:
    for table, rows in case.given.items():
        for row in rows:
            ahead = {name: None if name in KNOWN_AHEAD.get(table, ()) else value for name, value in row.items()}
            if table not in FORETOLD and _days(ahead):
                yield Dated(table, ahead, min(_days(ahead)))


def _moments(case: Case) -> set[date]:
    """The case's own day, and the eve of each day on which one of its rows becomes known."""
    eves = {one.day - timedelta(days=1) for one in _dated(case)}
    return {case.as_of, *(eve for eve in eves if eve < case.as_of)}


def _until(case: Case, day: date) -> Case:
    """The case as far as it was known on a day."""
    later = [(one.table, one.row) for one in _dated(case) if one.day > day]
    return replace(
        case,
        as_of=day,
        given={table: [row for row in rows if (table, row) not in later] for table, rows in case.given.items()},
    )


def _added(case: Case, day: date, others: list[Dated], after: int) -> Case:
    """The whole case, and rows of others under keys of their own, the first day of each so many days after `day`.

    A row whose key is made of several columns is left out where the case has it already: it would be the same row.
    """
    given = {table: list(rows) for table, rows in case.given.items()}
    for number, (table, row, first) in enumerate(others):
        by, keys = day + timedelta(days=after) - first, load_catalog()[table].primary_key
        new = {name: value + by if isinstance(value, date) else value for name, value in row.items()}
        present = given.setdefault(table, [])
        if len(keys) == 1 and keys[0] in new:
            new[keys[0]] = f"later-{number}-{new[keys[0]]}"
        elif len(keys) > 1 and any(all(old.get(key) == new.get(key) for key in keys) for old in present):
            continue
        present.append(new)
    return replace(case, given=given)


def _found(con: duckdb.DuckDBPyConnection, rule: Rule, case: Case, day: date) -> tuple[list[Row], ...]:
    """Signals, exposure and tested subjects of the rule on a day, on the rows of a case."""
    fill(con, rule, case.given)
    session = over(con)
    exposure = run_exposure(session, rule, day, case.params)
    tested = sample_tested(session, rule, day, case.params, salt="", size=10_000)
    return (
        run_rule(session, rule, day, case.params).to_pylist(),
        [] if exposure is None else exposure.to_pylist(),
        tested.to_pylist(),
    )


@pytest.mark.parametrize("examples", [8, pytest.param(100, marks=pytest.mark.scale)])
@pytest.mark.parametrize("rule_id", read_rules())
def test_later_rows_change_nothing(rules: dict[str, Rule], rule_id: str, examples: int) -> None:
    rule = rules[rule_id]
    cases = read_cases(rule)
    moments = [(case, day) for case in cases for day in sorted(_moments(case))]
    firing = [(case, case.as_of) for case in cases if case.expect]
    rows = [one for case in cases for one in _dated(case)]
    hits = 0

    @settings(max_examples=examples, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(
        moment=st.sampled_from(firing) | st.sampled_from(moments),
        others=st.lists(st.sampled_from(rows), max_size=20),
        after=st.integers(1, 40),
    )
    def try_one(moment: tuple[Case, date], others: list[Dated], after: int) -> None:
        nonlocal hits
        case, day = moment
        known = _found(con, rule, _until(case, day), day)
        assert _found(con, rule, _added(case, day, others, after), day) == known
        assert all(math.isfinite(signal["value"]) for signal in known[0])
        hits += len(known[0])

    with case_tables(rule) as con:
        try_one()
    assert hits > 0
