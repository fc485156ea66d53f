"""Classes of a map: few, readable limits for a column of numbers."""

from typing import NamedTuple

import numpy as np
import pandas as pd

_STEPS = (1, 1.5, 2, 3, 4, 5, 6, 8, 10)


class Band(NamedTuple):
    """One class: from `low` up to but not including `high` (inf for the last), and its text for the legend."""

    low: float
    high: float
    text: str


def bands(values: pd.Series, unit: str, whole: bool, most: int = 4) -> list[Band]:
    """Classes above zero at readable limits; [] without any. Zero is a class of its own and stays out of these.

    The limits follow the quantiles of the positive values; where many are equal, the rest is divided by ratio, and so
    is the last class when it spans more than threefold: the places that stand out must not drown in it.
    """
    positive = values[values > 0].to_numpy(dtype=float)
    if not len(positive):
        return []
    limits = sorted({_readable(cut, whole) for cut in np.quantile(positive, np.linspace(0, 1, most + 1)[1:-1])})
    limits = [cut for cut in limits if positive.min() < cut <= positive.max()]
    while len(limits) < most - 1:
        last = limits[-1] if limits else positive.min()
        further = _readable(float(np.sqrt(last * positive.max())), whole)
        if not last < further <= positive.max():
            break
        limits.append(further)
    if limits and positive.max() > 3 * limits[-1]:
        limits.append(_readable(float(np.sqrt(limits[-1] * positive.max())), whole))
    edges = [1.0 if whole else 0.0, *limits]
    return [
        _band(low, high, unit, whole, first=index == 0)
        for index, (low, high) in enumerate(zip(edges, [*limits, np.inf], strict=True))
    ]


def band_of(values: pd.Series, found: list[Band]) -> pd.Series:
    """The number of each value's class, counted from 0; -1 for zero."""
    edges = [band.low for band in found]
    number = np.searchsorted(edges, values.to_numpy(dtype=float), side="right") - 1
    return pd.Series(np.where(values > 0, np.maximum(number, 0), -1), index=values.index)


def _readable(value: float, whole: bool) -> float:
    power = 10.0 ** np.floor(np.log10(value))
    nearest = min(_STEPS, key=lambda step: abs(step * power - value)) * power
    return float(max(2, round(nearest))) if whole else float(nearest)


def _band(low: float, high: float, unit: str, whole: bool, first: bool) -> Band:
    if np.isinf(high):
        return Band(low, high, f"大于 0 {unit}" if first and not whole else f"≥{low:g} {unit}")
    if whole:
        return Band(low, high, f"{low:g} {unit}" if high == low + 1 else f"{low:g}–{high - 1:g} {unit}")
    return Band(low, high, f"<{high:g} {unit}" if first else f"{low:g}–{high:g} {unit}")
