"""From sums by step to the values of each month, exactly: counts are whole numbers, and a spread is worked out of whole
numbers of fen, so that the order of rows changes no digit."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from lib.rules.indicators.indicator import LEAST, PER_PARTY, SHARE, Indicator
from lib.rules.indicators.spans import Range
from lib.rules.rule import Value

PERCENT = 100
# A spread is told to so many places.
PLACES = 6
# How a value stands against both limits.
GREEN, NEAR, RED = "达标", "接近", "未达标"


class Values(NamedTuple):
    """By place (row) and span (column): the value in the indicator's unit, NaN where n is 0; `met` and `n`.

    n is what the value rests on: subjects of a share, parties, groups compared; met the rows in the numerator, all rows
    of these parties or groups where there is no numerator.
    """

    value: np.ndarray
    met: np.ndarray
    n: np.ndarray


def measured(
    indicator: Indicator, sums: pd.DataFrame, places: np.ndarray, spans: Sequence[Range], least: int, size: int
) -> Values:
    """The values of each span by place. `places` holds the place of each row of `sums`, a number below `size`, -1 for
    none; `least` is the smallest group of a spread."""
    inside = places >= 0
    where, rows = places[inside], sums[inside]
    ends = np.array(spans, dtype="int64").reshape(-1, 2)
    steps = rows["step"].to_numpy(dtype="int64")
    if indicator.measure == SHARE:
        met, n = (_ranged(where, steps, rows[name].to_numpy(), size, ends) for name in ("met", "n"))
        return Values(_ratio(met * PERCENT, n), met, n)
    if indicator.measure == PER_PARTY:
        visits = _ranged(where, steps, rows["n"].to_numpy(), size, ends)
        parties = _distinct(where, steps, rows["party_id"], size, ends)
        return Values(_ratio(visits, parties), visits, parties)
    return _spread(where, steps, rows, size, ends, least)


def _ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    found = np.full(numerator.shape, np.nan)
    return np.divide(numerator, denominator, out=found, where=denominator > 0)


def _ranged(where: np.ndarray, steps: np.ndarray, counts: np.ndarray, size: int, ends: np.ndarray) -> np.ndarray:
    """Sums by place and span."""
    width = _width(steps, ends) + 1
    grid = np.zeros((size, width), dtype="int64")
    np.add.at(grid, (where, steps + 1), counts.astype("int64"))
    upto = grid.cumsum(axis=1)
    return upto[:, ends[:, 1] + 1] - upto[:, ends[:, 0]]


def _width(steps: np.ndarray, ends: np.ndarray) -> int:
    """How many steps there are."""
    return 1 + max(int(held.max(initial=0)) for held in (steps, ends))


def _distinct(where: np.ndarray, steps: np.ndarray, parties: pd.Series, size: int, ends: np.ndarray) -> np.ndarray:
    """How many different parties by place and span: each counts in the last step in which the span saw it."""
    width = _width(steps, ends)
    codes = parties.to_numpy(dtype="int64")
    many = int(codes.max()) + 1 if len(codes) else 1
    seen = np.sort((where * many + codes) * width + steps)
    seen = seen[np.diff(seen, prepend=-1) > 0]
    step, owner = seen % width, seen // width
    following = np.full(len(seen), width, dtype="int64")
    again = owner[1:] == owner[:-1]
    following[:-1][again] = step[1:][again]
    last = np.zeros((size, width, width + 1), dtype="int64")
    np.add.at(last, (owner // many, step, following), 1)
    # By step and by the step in which it is seen next: those seen in a span whose next time lies behind it.
    upto = last.cumsum(axis=1)
    found = np.zeros((size, len(ends)), dtype="int64")
    for place, (first, end) in enumerate(ends):
        within = upto[:, end, :] - (upto[:, first - 1, :] if first else 0)
        found[:, place] = within[:, end + 1 :].sum(axis=1)
    return found


def _spread(
    where: np.ndarray, steps: np.ndarray, rows: pd.DataFrame, size: int, ends: np.ndarray, least: int
) -> Values:
    """The median over groups of standard deviation by mean, of groups of at least `least` rows and some amount."""
    groups = rows["group_key"].to_numpy(dtype="int64")
    many = int(groups.max()) + 1 if len(groups) else 1
    place, keys = pd.factorize(where * many + groups)
    enough = np.bincount(place, weights=rows["n"].to_numpy(), minlength=len(keys)) >= least
    # Only groups that are large enough over all days can be so in a span.
    kept, number = enough[place], np.cumsum(enough) - 1
    place, steps = number[place[kept]], steps[kept]
    owner = np.zeros(int(enough.sum()), dtype="int64")
    owner[place] = where[kept]
    n, total, squares, rest = (
        _ranged(place, steps, rows[name].to_numpy()[kept], len(owner), ends)
        for name in ("n", "total", "squares", "rest")
    )
    found = Values(*(np.zeros((size, len(ends)), dtype=kind) for kind in ("float64", "int64", "int64")))
    found.value[:] = np.nan
    at, span = np.nonzero((n >= least) & (total > 0))
    each = pd.DataFrame(
        {
            "place": owner[at],
            "span": span,
            "n": n[at, span],
            "cv": [
                _variation(*map(int, one))
                for one in zip(n[at, span], total[at, span], squares[at, span], rest[at, span], strict=True)
            ],
        }
    )
    by = each.groupby(["place", "span"]).agg(value=("cv", "median"), groups=("cv", "size"), rows=("n", "sum"))
    cells = by.index.get_level_values(0), by.index.get_level_values(1)
    found.value[cells] = by["value"].round(PLACES)
    found.n[cells], found.met[cells] = by["groups"], by["rows"]
    return found


def _variation(n: int, total: int, squares: int, rest: int) -> float:
    """Sample standard deviation by mean, of whole numbers."""
    square = squares * 10**9 + rest
    return math.sqrt(n * (n * square - total * total) / ((n - 1) * total * total))


def least_group(params: Mapping[str, Value]) -> int:
    """The smallest group that a spread looks at; no spread, no matter."""
    return int(params.get(LEAST, 2))  # type: ignore[arg-type]
