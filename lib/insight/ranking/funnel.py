"""The funnel plot: how far observed/expected strays by chance alone, and who lies outside.

D. Spiegelhalter, Funnel plots for comparing institutional performance, Statistics in Medicine 24 (2005).
"""

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import pandas as pd
from scipy.stats import poisson

from lib.insight.ranking.officers import Ranking
from lib.insight.ranking.settings import ranking_settings

# Limits in use in clinical and school comparisons: 2 and 3 standard deviations of a normal distribution.
LIMITS = {"95%": 0.95, "99.8%": 0.998}
_COLUMNS, _ROWS = 80, 40
# As many points as are drawn, however many officers: with more, places are taken together more coarsely.
_MOST = 120
# However little is expected, a single warning, even a red one, lies outside no limit.
_SINGLE = float(max(ranking_settings().levels.values()))


def control_limits(ranked: pd.DataFrame, typical: float) -> pd.DataFrame:
    """expected, limit (the names in LIMITS), low, high: between what observed/expected of an officer like the peers
    falls by chance alone, when warnings come one by one with the `typical` weight."""
    most = ranked["expected"].max() if len(ranked) else 0.0
    if not most > 0:
        return pd.DataFrame(columns=["expected", "limit", "low", "high"])
    expected = np.linspace(most / 80, most, 80)
    parts = [
        pd.DataFrame({"expected": expected, "limit": name, **_ends(expected, typical, share)})
        for name, share in LIMITS.items()
    ]
    return pd.concat(parts, ignore_index=True)


def limits_meet(limits: pd.DataFrame) -> bool:
    """Whether the upper limits lie within a tenth of each other everywhere: so little is expected of everybody that
    what a single warning may amount to decides both."""
    high = limits.pivot(index="expected", columns="limit", values="high")
    return bool(high.max(axis=1).le(1.1 * high.min(axis=1)).all()) if len(high) else False


def _ends(expected: np.ndarray, typical: float, share: float) -> dict[str, np.ndarray]:
    tails = {"low": (1 - share) / 2, "high": (1 + share) / 2}
    ends = {side: _quantile(tail, expected / typical) * typical for side, tail in tails.items()}
    ends["high"] = np.maximum(ends["high"], _SINGLE)
    return {side: end / expected for side, end in ends.items()}


def _quantile(tail: float, mean: np.ndarray) -> np.ndarray:
    """The Poisson quantile, interpolated between whole numbers so that limits are smooth (Spiegelhalter 2005)."""
    whole = poisson.ppf(tail, mean)
    below, reached = poisson.cdf(whole - 1, mean), poisson.cdf(whole, mean)
    return np.maximum(whole - (reached - tail) / (reached - below), 0.0)


def above(ranked: pd.DataFrame, typical: float, limit: str) -> pd.Series:
    """Which officers lie above the upper limit of chance."""
    expected = ranked["expected"].to_numpy(dtype="float64")
    high = np.maximum(_quantile((1 + LIMITS[limit]) / 2, expected / typical) * typical, _SINGLE)
    return ranked["observed"] > high + 1e-9


def crude(ranked: pd.DataFrame) -> pd.DataFrame:
    """`ranked` with crude = observed/expected, without officers of whom nothing was expected."""
    rows = ranked[ranked["expected"].gt(0)]
    return rows.assign(crude=rows["observed"] / rows["expected"])


def funnel_points(ranked: pd.DataFrame) -> pd.DataFrame:
    """expected, crude (observed/expected), officers: officers at nearly the same place of the plot counted together,
    at most _MOST places."""
    rows = crude(ranked)
    if rows.empty:
        return pd.DataFrame(columns=["expected", "crude", "officers"])
    columns, lines = _COLUMNS, _ROWS
    while len(points := _at_places(rows, columns, lines)) > _MOST:
        columns, lines = columns * 3 // 4, lines * 3 // 4
    return points


def _at_places(rows: pd.DataFrame, columns: int, lines: int) -> pd.DataFrame:
    column = (rows["expected"] / rows["expected"].max() * columns).round()
    row = (np.sqrt(rows["crude"] / max(rows["crude"].max(), 1e-9)) * lines).round()
    grouped = rows.groupby([column.rename("column"), row.rename("row")])
    points = grouped.agg(expected=("expected", "mean"), crude=("crude", "mean"), officers=("crude", "size"))
    return points.reset_index(drop=True)


@dataclass(frozen=True, eq=False)
class Funnel:
    """`points` (see `funnel_points`), `limits` (see `control_limits`), whether these meet, how many officers are
    ranked and how many of them lie `outside`, above the upper 99.8 % limit."""

    points: pd.DataFrame = field(repr=False)
    limits: pd.DataFrame = field(repr=False)
    limits_meet: bool
    ranked: int
    outside: int


@lru_cache(maxsize=64)
def funnel_of(ranking: Ranking, areas: tuple[str, ...], domains: tuple[str, ...]) -> Funnel:
    """The funnel plot of the officers of `ranking` who are ranked in these areas and domains; empty means all."""
    shown = ranking.within(areas, domains)
    ranked = shown[shown["rank"].notna()]
    limits = control_limits(ranked, ranking.typical)
    outside = int(above(ranked, ranking.typical, "99.8%").sum())
    return Funnel(funnel_points(ranked), limits, limits_meet(limits), len(ranked), outside)
