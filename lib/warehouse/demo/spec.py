"""What city is wished for, worked out once."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

import pandas as pd

from lib.catalog import Catalog
from lib.errors import UserError
from lib.warehouse.demo.sizes import rows_by_dataset

AS_OF = date(2022, 9, 25)
FULL_ROWS = 8_600_000
# The work calendar has to cover two years before the city's day and a few months after it.
EARLIEST, LATEST = date(2021, 9, 1), date(2026, 6, 30)

# Days before the city's day on which a dataset last came, where it is not the day before; the last three are
# overdue, and no indicator reads them.
_DAYS_AGO = {
    "officer": 2,
    "officer_cert": 3,
    "officer_posting": 2,
    "officer_integrity": 3,
    "officer_relation": 3,
    "power_item": 3,
    "discretion_benchmark": 3,
    "inspection_plan": 2,
    "enterprise": 2,
    "review_litigation": 2,
    "case_review": 3,
    "vehicle_trip": 12,
    "enterprise_credit": 41,
    "construction_project": 47,
}


@dataclass(frozen=True)
class Span:
    """The days whose happenings are drawn at once, and how many rows of what goes by the day were drawn before them."""

    first: date
    last: date
    rows: dict[str, int]
    before: dict[str, int]

    @property
    def month(self) -> str:
        """Its month as 2022-08."""
        return self.first.isoformat()[:7]


@dataclass(frozen=True)
class CitySpec:
    """The arguments of a city, the rows of each dataset and the moment each last arrived."""

    rows: int
    seed: int
    as_of: date
    clean: bool
    sizes: dict[str, int]
    arrived: dict[str, datetime]

    @property
    def first_day(self) -> date:
        """The city's records begin 24 months before its day."""
        return (pd.Timestamp(self.as_of) - pd.DateOffset(months=24)).date()

    @property
    def last_day(self) -> date:
        """The day before the city's day: nothing is later."""
        return self.as_of - timedelta(days=1)

    @property
    def created_at(self) -> datetime:
        """When the city says that it was made: in the morning of its day."""
        return datetime.combine(self.as_of, time(6))

    @cached_property
    def whole(self) -> Span:
        """All days at once."""
        return self._span(self.first_day, self.last_day)

    @cached_property
    def months(self) -> tuple[Span, ...]:
        """The same days a month at a time; the first and the last are cut off."""
        starts = pd.date_range(self.first_day, self.last_day, freq="MS").date
        firsts = sorted({self.first_day, *starts})
        lasts = [day - timedelta(days=1) for day in firsts[1:]] + [self.last_day]
        return tuple(self._span(first, last) for first, last in zip(firsts, lasts, strict=True))

    def _span(self, first: date, last: date) -> Span:
        before = {name: self._drawn_before(name, first) for name in self.sizes}
        until = {name: self._drawn_before(name, last + timedelta(days=1)) for name in self.sizes}
        return Span(first, last, {name: until[name] - before[name] for name in self.sizes}, before)

    def _drawn_before(self, dataset: str, day: date) -> int:
        """Its rows in the share of the days gone by; what comes late ends early."""
        end = self.arrived[dataset].date() if dataset == "vehicle_trip" else self.as_of
        return self.sizes[dataset] * (min(day, end) - self.first_day).days // (end - self.first_day).days

    @property
    def revised_on(self) -> date:
        """The first of the month eight months ago, when some discretion benchmarks changed."""
        return (pd.Timestamp(self.as_of) - pd.DateOffset(months=8)).date().replace(day=1)


def spec_of(catalog: Catalog, *, rows: int, seed: int, as_of: date, clean: bool) -> CitySpec:
    """The spec of a city. Raises UserError when it would be too small or the work calendar does not reach."""
    if not EARLIEST <= as_of <= LATEST:
        raise UserError(f"演示城市的日期应在 {EARLIEST} 至 {LATEST} 之间。", "请用 --as-of 指定该范围内的日期。")
    arrived = {
        dataset.name: datetime.combine(as_of - timedelta(days=_DAYS_AGO.get(dataset.name, 1)), time(23, 40))
        for dataset in catalog.numbered
    }
    return CitySpec(rows, seed, as_of, clean, rows_by_dataset(catalog, rows), arrived)
