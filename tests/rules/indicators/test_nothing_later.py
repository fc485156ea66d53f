"""An indicator of a day knows nothing later: rows of later days, and what came later to a row, change nothing."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import duckdb
import pytest

from lib.rules.indicators import Indicator, counted, read_cases, read_indicators
from lib.rules.indicators.case_run import put, tables
from lib.rules.indicators.cases import Case

# Lists in which a later day is known today, and columns that say in advance until when something is to be.
FORETOLD = {"workday", "power_item"}
AHEAD = {"feedback_due_at", "due_at", "due_date", "due_on", "expire_date", "end_date", "valid_to_date"}
# What comes to a row that stands already; all else that a row tells it tells from its first day on.
COMES = {
    "feedback_at", "replied_at", "audited_at", "notified_at", "paid_at", "finished_at", "answered_on", "closed_on",
    "done_on", "decision_date",
}  # fmt: skip
# What stands without a day of its own and came with one of these: such a row is taken as a whole.
WITHOUT_DAY = {"no_file_reason"}


def _days(row: dict[str, Any], passing: set[str]) -> list[date]:
    held = (value for name, value in row.items() if isinstance(value, date) and name not in passing)
    return [value.date() if isinstance(value, datetime) else value for value in held]


def _known(case: Case, day: date) -> dict[str, list[dict]]:
    """The rows of a case as they stood on a day."""
    given: dict[str, list[dict]] = {}
    for table, rows in case.given.items():
        for row in rows:
            comes = set() if WITHOUT_DAY & row.keys() else COMES & row.keys()
            if table in FORETOLD or min(_days(row, AHEAD | comes), default=day) <= day:
                later = [name for name in comes if max(_days({name: row[name]}, set()), default=day) > day]
                given.setdefault(table, []).append(row | dict.fromkeys(later))
    return given


def _eves(case: Case) -> list[date]:
    """Up to three days on which one of the case's rows was about to tell something, and the case's own."""
    days = {day for rows in case.given.values() for row in rows for day in _days(row, AHEAD)}
    eves = sorted(day - timedelta(days=1) for day in days if day <= case.as_of)
    return sorted({case.as_of, *(eves[place] for place in (0, len(eves) // 2, -1) if eves)})


def _counted(con: duckdb.DuckDBPyConnection, indicator: Indicator, case: Case) -> list[dict]:
    found = counted(put(con, indicator, case), indicator, case.as_of, case.params).to_pylist()
    return sorted(found, key=lambda row: (row["subject_id"], row["occurred_on"]))


@pytest.mark.parametrize("indicator_id", read_indicators())
def test_what_comes_later_changes_nothing(indicator_id: str) -> None:
    one = read_indicators()[indicator_id]
    with tables(one) as con:
        for case in read_cases(one):
            for day in _eves(case):
                whole, known = replace(case, as_of=day), replace(case, as_of=day, given=_known(case, day))
                assert _counted(con, one, whole) == _counted(con, one, known), f"{case.name}：{day}"
