"""The days an indicator's figures are about: the last 25 months, what stands behind each, and a year before it.

The days looked at are cut into steps, one a month, the month a year before the present one into two: what lies before
the day that this month has come to, and the rest of it. Whatever a figure is about is then some steps on end.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from lib.rules.indicators.indicator import MONTH, ROLLING_YEAR, STOCK, first_of

# The months shown: a trend of thirteen, each with the one a year before it.
MONTHS = 25
# A year more behind the first of them, less its own month.
LOOKED_BACK = MONTHS + 10
_YEAR = 12


class Range(NamedTuple):
    """Steps from `first` to `last`, both included."""

    first: int
    last: int


class Figure(NamedTuple):
    """The steps of one month's figures, None where there is none: the value's, the same a year before, the year's up to
    it and the same a year before."""

    month: date
    value: Range
    before: Range | None
    year: Range | None
    year_before: Range | None


@dataclass(frozen=True)
class Steps:
    """The steps up to a day: `since` is the first day of the first; in month number `split` (from 0) two of them part
    after the day of the month `day`."""

    as_of: date

    @property
    def since(self) -> date:
        return first_of(self.as_of, LOOKED_BACK)

    @property
    def split(self) -> int:
        return LOOKED_BACK - _YEAR

    @property
    def day(self) -> int:
        return self.as_of.day

    def of(self, day: date) -> int:
        """The step of a day from `since` on."""
        month = (day.year - self.since.year) * _YEAR + day.month - self.since.month
        return month + int(month > self.split or (month == self.split and day.day > self.day))

    def first(self, month: int) -> int:
        """The first step of a month by its number."""
        return month + int(month > self.split)

    def last(self, month: int, early: bool = False) -> int:
        """The last step of a month; of the one that is parted, of its first part when `early`."""
        return month + int(month >= self.split and not early)

    def month(self, number: int) -> date:
        """The first day of a month by its number."""
        return first_of(self.as_of, LOOKED_BACK - number)


def days_of(as_of: date) -> list[date]:
    """The days a stock is counted on: the last of each month shown, in the present one the day itself, and that day a
    year before."""
    ends = [first_of(as_of, back - 1) - timedelta(days=1) for back in range(MONTHS - 1, 0, -1)]
    year_ago = first_of(as_of, _YEAR)
    end = first_of(as_of, _YEAR - 1) - timedelta(days=1)
    return [*ends, as_of, min(year_ago + timedelta(days=as_of.day - 1), end)]


def figures(as_of: date, period: str) -> list[Figure]:
    """The steps of each month shown, the oldest first. A stock's steps are the places in `days_of`."""
    return [_figure(Steps(as_of), place, period) for place in range(MONTHS)]


def _figure(steps: Steps, place: int, period: str) -> Figure:
    number, newest = LOOKED_BACK - MONTHS + 1 + place, place == MONTHS - 1
    month = steps.month(number)
    if period == STOCK:
        ago = MONTHS if newest else place - _YEAR
        return Figure(month, Range(place, place), None if ago < 0 else Range(ago, ago), None, None)
    back = {MONTH: 0, ROLLING_YEAR: _YEAR - 1}[period]
    to_date = None if period == ROLLING_YEAR else month.month - 1

    def spanning(end: int, months_back: int | None, early: bool = False) -> Range | None:
        if months_back is None or end - months_back < 0:
            return None
        return Range(steps.first(end - months_back), steps.last(end, early))

    ago = number - _YEAR
    value = spanning(number, back)
    if value is None:
        raise ValueError(f"month {place} has no steps")
    return Figure(month, value, spanning(ago, back, newest), spanning(number, to_date), spanning(ago, to_date, newest))
