"""What a model finds hangs on the rows alone, not on the order in which they lie: what ties is told apart.

Two engines, or one on two days, would otherwise answer differently, and nothing would say so.
"""

import random
from collections.abc import Mapping

import duckdb
import pytest

from lib.engines.duckdb import IN_PROCESS
from lib.rules import Rule, read_cases, read_rules
from lib.rules.cases import Case
from tests.engines.equality import filled, rows_of, sections_of, whole_tables

CASES = 1


def _found(con: duckdb.DuckDBPyConnection, rule: Rule, case: Case, given: Mapping[str, list[dict]]) -> dict[str, list]:
    """The rows of every section on a case, by its place and name."""
    filled(con, given)
    session = IN_PROCESS.over(con)
    found = sections_of(rule, case, lambda _: session)
    return {f"{place} {name}": rows_of(table) for place, (name, table) in enumerate(found)}


def _turned(given: Mapping[str, list[dict]], way: str) -> dict[str, list[dict]]:
    if way == "reversed":
        return {name: rows[::-1] for name, rows in given.items()}
    dice = random.Random(way)
    return {name: dice.sample(rows, len(rows)) for name, rows in given.items()}


def _same_however_rows_lie(rule: Rule, cases: list[Case]) -> None:
    with whole_tables() as con:
        for case in cases:
            found = _found(con, rule, case, case.given)
            for way in ("reversed", "shuffled"):
                again = _found(con, rule, case, _turned(case.given, way))
                assert {name: rows for name, rows in again.items() if rows != found[name]} == {}, f"{case.name} {way}"


@pytest.mark.parametrize("rule", read_rules().values(), ids=list(read_rules()))
def test_some_cases_find_the_same_however_their_rows_lie(rule: Rule) -> None:
    _same_however_rows_lie(rule, random.Random(rule.id).sample(read_cases(rule), CASES))


def test_a_handler_who_worked_for_two_units_on_the_last_day_has_one_of_them() -> None:
    rule = read_rules()["M08"]
    _same_however_rows_lie(rule, [one for one in read_cases(rule) if one.name == "单位取主办案件最多的办案单位"])


@pytest.mark.scale
@pytest.mark.parametrize("rule", read_rules().values(), ids=list(read_rules()))
def test_all_cases_find_the_same_however_their_rows_lie(rule: Rule) -> None:
    _same_however_rows_lie(rule, read_cases(rule))
