"""The time a figure is about, and the times it is compared with: always the same number of elapsed days."""

from datetime import date, timedelta
from typing import NamedTuple

import pandas as pd

PERIODS = {"month": "本月", "quarter": "本季", "year": "本年", "months12": "近12个月"}
DEFAULT_PERIOD = "year"


class Span(NamedTuple):
    """Days from `start` to `end`, both included."""

    start: date
    end: date

    @property
    def text(self) -> str:
        return f"{self.start:%Y-%m-%d} 至 {self.end:%Y-%m-%d}"

    def holds(self, moments: pd.Series) -> pd.Series:
        """Whether each date or time lies in the span; false where there is none."""
        return pd.to_datetime(moments).between(
            pd.Timestamp(self.start), pd.Timestamp(self.end) + timedelta(days=1), inclusive="left"
        )


class Period(NamedTuple):
    """A period up to today, the one before it and the same one a year earlier.

    Both comparisons run as many days from their start as the period has run so far; none runs past
    its own end. For 本年 and 近12个月 the one before is the one a year earlier.
    """

    key: str
    name: str
    now: Span
    before: Span
    year_ago: Span


def period(key: str, as_of: date) -> Period:
    """The period of that key on that day; 近12个月 is this month and the eleven before it. KeyError when unknown."""
    name = PERIODS[key]
    start = _start(key, as_of)
    elapsed = as_of - start
    steps = {"month": 1, "quarter": 3, "year": 12, "months12": 12}[key]
    return Period(
        key,
        name,
        Span(start, as_of),
        _then(_months_before(start, steps), elapsed, steps),
        _then(_months_before(start, 12), elapsed, steps),
    )


def _then(start: date, elapsed: timedelta, months: int) -> Span:
    """As many days from the start of an earlier period, never past its end."""
    return Span(start, min(start + elapsed, _months_before(start, -months) - timedelta(days=1)))


def _start(key: str, day: date) -> date:
    if key == "month":
        return day.replace(day=1)
    if key == "quarter":
        return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    if key == "year":
        return date(day.year, 1, 1)
    return _months_before(day.replace(day=1), 11)


def _months_before(first: date, months: int) -> date:
    index = first.year * 12 + first.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)
