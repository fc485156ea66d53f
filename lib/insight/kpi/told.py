"""A figure as it is shown: its value, the numbers it is made of, how it moved and what it means."""

from typing import NamedTuple

from lib.insight import movement
from lib.insight.figure import BEFORE, DEFINITIONS, NOW, YEAR_AGO, Asked, Casework, Part, rows, span_of
from lib.insight.period import Period
from lib.insight.share import Share, percent

KINDS = {BEFORE: movement.BEFORE, YEAR_AGO: movement.YEAR_AGO}


class Movement(NamedTuple):
    """环比 or 同比 in words, and the numbers it compares with."""

    text: str
    parts: tuple[Part, ...]


class Value(NamedTuple):
    """What stands large in a tile, and the list it opens: of a ratio, what it divides by."""

    text: str
    asked: Asked


class Figure(NamedTuple):
    """One figure as shown: its value or values, the numbers it is made of, what else there is to say, how it moved,
    and its definition."""

    title: str
    values: tuple[Value, ...]
    parts: tuple[Part, ...]
    detail: str
    movements: tuple[Movement, ...]
    meaning: str

    @property
    def value(self) -> str:
        """Its value or values in one line."""
        return " / ".join(value.text for value in self.values)


class Ratio(NamedTuple):
    """A share of the KPI table: title, definition, the figures it divides (`above` by `below`), each with its word, and
    the other numbers told with it. With `waits`, a share of 0 says nothing as long as that figure counts nothing."""

    title: str
    meaning: str
    above: tuple[str, str]
    below: tuple[str, str]
    beside: tuple[tuple[str, str], ...] = ()
    waits: str = ""


def part(casework: Casework, words: str, asked: Asked) -> Part:
    """A number with its list."""
    return Part(words, len(rows(casework, asked)), asked)


def compared(period: Period) -> list[str]:
    """The spans a period is compared with; one where both are the same days."""
    return [YEAR_AGO] if period.before == period.year_ago else [BEFORE, YEAR_AGO]


def part_then(casework: Casework, period: Period, then: str, name: str, words: str) -> Part | None:
    """The same number then; None where records do not reach back so far."""
    if not casework.covers(span_of(period, then)):
        return None
    return part(casework, words, casework.asked(name, period.key, then))


def moved_count(casework: Casework, period: Period, now: int, name: str) -> tuple[Movement, ...]:
    """How a number moved against each span compared with."""
    found = []
    for then in compared(period):
        held = part_then(casework, period, then, name, movement.THEN[KINDS[then]])
        text = movement.count_moved(KINDS[then], now, None if held is None else held.number)
        found.append(Movement(text, () if held is None else (held,)))
    return tuple(found)


def share(casework: Casework, period: Period, ratio: Ratio, then: str = NOW) -> Share:
    """What a ratio is for a span of the period."""
    above, below = (
        len(rows(casework, casework.asked(name, period.key, then))) for _, name in (ratio.above, ratio.below)
    )
    nothing = ratio.waits and not above and not len(rows(casework, casework.asked(ratio.waits, period.key, then)))
    return Share(above, 0 if nothing else below)


def figure(casework: Casework, period: Period, ratio: Ratio, detail: str = "") -> Figure:
    """A ratio of the period as it is shown: its share, what it is made of, how it moved in points."""
    parts = tuple(
        part(casework, words, casework.asked(name, period.key))
        for words, name in (ratio.above, ratio.below, *ratio.beside)
    )
    now = share(casework, period, ratio)
    return Figure(
        ratio.title, (Value(percent(now), parts[1].asked),), parts, detail, _moved(casework, period, ratio, now),
        ratio.meaning,
    )  # fmt: skip


def _moved(casework: Casework, period: Period, ratio: Ratio, now: Share) -> tuple[Movement, ...]:
    found = []
    for then in compared(period):
        known = casework.covers(span_of(period, then))
        before = share(casework, period, ratio, then) if known else None
        parts = [
            part_then(casework, period, then, name, DEFINITIONS[name].title)
            for _, name in (ratio.above, ratio.below)
        ]  # fmt: skip
        held = tuple(one for one in parts if one is not None)
        found.append(Movement(movement.share_moved(KINDS[then], now, before), held))
    return tuple(found)
