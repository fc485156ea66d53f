"""A figure asked for: which, of what days, cut down to what; a number as it is shown, and a sentence of them."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import pandas as pd

from lib.access import Viewer, under
from lib.insight.figure.cuts import CUTS
from lib.insight.period import PERIODS, Period, Span, period
from lib.insight.warnings.names import units_within
from lib.warehouse.store import Warehouse

NOW, BEFORE, YEAR_AGO = "", "before", "year_ago"
THEN_ZH = {BEFORE: "上期", YEAR_AGO: "去年同期"}


class Asked(NamedTuple):
    """A figure asked for: its name (a key of DEFINITIONS), the key of its period ('' for the present state), the span
    of the period that is meant (NOW, BEFORE, YEAR_AGO), and what it is cut down to: pairs (key of CUTS, value), of
    which those with the same key are alternatives."""

    name: str
    period: str = ""
    then: str = NOW
    cuts: tuple[tuple[str, str], ...] = ()

    def of(self, **cuts: str | Iterable[str]) -> "Asked":
        """The same, cut down further; an empty value cuts nothing."""
        more = [
            (key, one) for key, value in cuts.items() for one in ([value] if isinstance(value, str) else value) if one
        ]
        return self._replace(cuts=(*self.cuts, *more))

    def span(self, now: datetime) -> Span | None:
        """The days it is about; None for the present state."""
        return None if not self.period else span_of(period(self.period, now.date()), self.then)

    @under("view", "warning")
    def words(self, warehouse: Warehouse, viewer: Viewer) -> str:
        """What it counts, but for the number: 桐乡市 · M05 罚缴不一致 · 2022-01-01 至 2022-09-25 · 期内生成.

        A unit outside the viewer's scope is told by the number that was asked for.
        """
        units = units_within(warehouse, viewer)

        def told(key: str, value: str) -> str:
            return str(units.get(value, value)) if key == "org" else CUTS[key].words(warehouse, value)

        span = self.span(datetime.combine(warehouse.as_of, datetime.min.time()))
        days = [] if span is None else [THEN_ZH.get(self.then, PERIODS[self.period]), span.text]
        parts = ["、".join(told(key, value) for value in values) for key, values in self._by_key()]
        return " · ".join([*parts, *days])

    def _by_key(self) -> list[tuple[str, list[str]]]:
        return [(key, [value for cut, value in self.cuts if cut == key]) for key in dict(self.cuts)]

    def cut(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows of a frame that lie within all its cuts."""
        keep = pd.Series(True, index=frame.index)
        for key, values in self._by_key():
            holds = CUTS[key].holds
            if holds is not None:
                keep &= pd.concat([holds(frame, value) for value in values], axis=1).any(axis=1)
        return frame[keep]

    def value(self, key: str) -> str:
        """The value of a cut; empty when it is not cut by it."""
        return dict(self.cuts).get(key, "")


def span_of(period: Period, then: str) -> Span:
    """The span of a period that is meant."""
    return {NOW: period.now, BEFORE: period.before, YEAR_AGO: period.year_ago}[then]


class Part(NamedTuple):
    """A number as it is shown: what it counts, in a word, how many, and the list it opens."""

    words: str
    number: int
    asked: Asked


class Sentence(NamedTuple):
    """What is seen, in words, and the numbers that say so."""

    text: str
    parts: tuple[Part, ...] = ()
