"""How long something took."""

from typing import NamedTuple

import pandas as pd


class Duration(NamedTuple):
    """Workdays that `n` finished ones took: mean, the middle one and the one that 90 % do not exceed; None of none."""

    n: int
    mean: float | None
    median: float | None
    p90: float | None


def duration_of(workdays: pd.Series) -> Duration:
    """Of the workdays that each took; what is not finished (NaN) does not count."""
    taken = workdays.dropna()
    if taken.empty:
        return Duration(0, None, None, None)
    return Duration(len(taken), float(taken.mean()), float(taken.median()), float(taken.quantile(0.9)))
