"""Officer-months for the models that warn per group: enough signals in one month to stand out."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lib.warehouse.demo.plants.bundle import repeat
from lib.warehouse.demo.plants.city import City
from lib.warehouse.demo.plants.days import DAY
from lib.warehouse.demo.plants.period import Period

ENOUGH = 5


@dataclass(frozen=True)
class Group:
    """One officer (or body) in one month: the first day of the month, how many signals."""

    crew: pd.DataFrame
    first: np.datetime64
    signals: int
    by: str = "officer_id"

    @property
    def officer_id(self) -> str:
        return str(self.crew["officer_id"].iloc[0])

    @property
    def expected(self) -> bool:
        return self.signals >= ENOUGH

    @property
    def period(self) -> str | None:
        return str(self.first)[:7] if self.expected else None

    @property
    def group_id(self) -> str | None:
        return str(self.crew[self.by].iloc[0]) if self.expected else None

    @property
    def near(self) -> bool:
        return self.signals in (ENOUGH - 1, ENOUGH)

    def crews(self) -> pd.DataFrame:
        return repeat(self.crew, self.signals)

    def label(self, branch: str) -> str:
        return branch if self.signals != ENOUGH - 1 else "near_group"


def months(period: Period, ripe: int, young: int = 0) -> np.ndarray:
    """First days of the months that began `young` days after the period's start or later, and `ripe` before its end."""
    first = (period.start + young * DAY).astype("datetime64[M]") + 1
    last = period.back(ripe).astype("datetime64[M]") + 1
    return np.arange(first, last).astype("datetime64[D]")


def officer_months(
    city: City,
    rng: np.random.Generator,
    period: Period,
    full: int,
    *,
    most: int = 14,
    ripe: int = 46,
    young: int = 0,
    near: bool = True,
    where: np.ndarray | None = None,
    by: str = "officer_id",
    risky: float = 0.15,
) -> list[Group]:
    """`full` groups of 6 to `most` signals at the full city, fewer in the history; `near`: in the window two more with
    just enough signals and two with one too few.

    No officer (body) twice, no month twice as long as there are months.
    """
    whole = city.count(full, period)
    most = min(most, 9) if city.rows < 1_000_000 else most
    border = [ENOUGH] * 2 + [ENOUGH - 1] * 2 if near and period.in_window else []
    sizes = rng.integers(6, most + 1, whole).tolist() + border
    available = months(period, ripe, young)[::-1]
    starts: list[np.datetime64] = []
    while len(starts) < len(sizes):
        starts += list(rng.permutation(available))
    crews = city.roster(period).crews(rng, len(sizes), risky=risky, where=where)
    kept = np.flatnonzero(~crews.duplicated(by))
    return [Group(crews.iloc[[n]], starts[n], sizes[n], by) for n in kept]


def days_in(city: City, rng: np.random.Generator, group: Group, lowest: int, highest: int) -> np.ndarray:
    """Workdays of the group's month between two days of the month (1 = the first), one per signal.

    Where a holiday takes all of them, the first workday afterwards.
    """
    calendar = city.calendar
    first = calendar.wd(np.array([group.first + (lowest - 1) * DAY - DAY])) + 1
    last = calendar.wd(np.array([group.first + (highest - 1) * DAY]))
    return calendar.at(np.sort(rng.integers(first, np.maximum(first, last) + 1, group.signals)))
