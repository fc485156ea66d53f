"""What figures are taken from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import pandas as pd

from lib.casework.deadlines import Calendar
from lib.insight.figure.asked import NOW, Asked
from lib.insight.period import Span


@dataclass(frozen=True, eq=False)
class Casework:
    """What figures are taken from: visible warnings and clues, the ids withdrawn as 误报, and when.

    `since` is the day of the first record of all: what lies before it was not recorded, which is not zero.
    `spot_checks` are the visible subjects drawn by chance; `compared` gives what went into the officer ranking (rows
    of lib.insight.ranking.work.weighted_warnings, of the whole city). `notices` gives the visible notices (None when
    the role sees none), `datasets` the datasets as they stand, `cases` how many cases were decided in a span (columns
    area_code, cases), `in_force` since when each version of a model that is in force has been. `cuts` is what all of it
    was cut down to; datasets belong to no place.
    """

    warnings: pd.DataFrame
    clues: pd.DataFrame
    false_alarms: pd.Index
    days: Calendar
    now: datetime
    since: pd.Timestamp
    spot_checks: pd.DataFrame = field(default_factory=pd.DataFrame)
    compared: Callable[[], pd.DataFrame] = pd.DataFrame
    notices: Callable[[], pd.DataFrame] | None = None
    datasets: Callable[[], pd.DataFrame] = pd.DataFrame
    cases: Callable[[Span], pd.DataFrame] = lambda _: pd.DataFrame({"area_code": [], "cases": []})
    in_force: Callable[[], Mapping[str, datetime]] = dict
    cuts: tuple[tuple[str, str], ...] = ()

    def asked(self, name: str, period: str = "", then: str = NOW) -> Asked:
        """A figure of this casework: cut down as it is itself."""
        return Asked(name, period, then, self.cuts)

    def within(self, **cuts: str) -> "Casework":
        """Only what lies within the cuts; an empty value cuts nothing."""
        asked = Asked("every").of(**cuts)
        if not asked.cuts:
            return self
        notices, cases = self.notices, self.cases
        return replace(
            self,
            warnings=asked.cut(self.warnings),
            clues=asked.cut(self.clues),
            notices=None if notices is None else lambda: asked.cut(notices()),
            cases=lambda span: asked.cut(cases(span)),
            cuts=asked.cuts,
        )

    def covers(self, span: Span) -> bool:
        """Whether records reach back to the start of a span."""
        return self.since <= pd.Timestamp(span.start)
