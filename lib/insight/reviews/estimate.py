"""From drawn files to a rate for the whole population, with its interval."""

from typing import NamedTuple

import numpy as np
import pandas as pd

_TAIL = 0.025


class Rate(NamedTuple):
    """A rate of the whole with its 95 % interval (0..1): of `reviewed` files, for `covered` of the `population`; what
    lies in strata of which no file could be reviewed is not covered."""

    value: float
    low: float
    high: float
    reviewed: int
    covered: int
    population: int


def rate(strata: pd.DataFrame, files: pd.DataFrame) -> Rate | None:
    """The rate of files with `met`, for all cases of the strata; None when no file was reviewed.

    strata: stratum, size. files: stratum, met (bool), those that were reviewed. Every file stands for Nₕ/nₕ cases of
    its stratum, which is one over the chance it had of being drawn (Horvitz-Thompson; Cochran, Sampling Techniques, 3rd
    ed. 1977, 5.3), n being the files reviewed. Variance by design: Σ Wₕ² (1 − fₕ) sₕ² / nₕ (5.27); of a stratum with
    one reviewed file the spread of the whole stands for its own.

    The interval is Korn and Graubard's (Survey Methodology 24 (1998) 193-201; of Clopper and Pearson at the effective
    size p (1 − p) / v, less by the degrees of freedom Σ (nₕ − 1)), which holds for few files and for rates near 1. The
    effective size is not taken above n / (1 − n/N), and the interval not beyond what was seen. 10 of 10 of a very large
    population: 0.692 to 1; all files reviewed: the rate itself.
    """
    sizes = strata.set_index("stratum")["size"].astype("float64")
    seen = files.groupby("stratum")["met"].agg(["size", "sum"]).reindex(sizes.index).dropna()
    if seen.empty:
        return None
    held, count = sizes[seen.index].to_numpy(), seen["size"].to_numpy(dtype="float64")
    share, weight = seen["sum"].to_numpy(dtype="float64") / count, held / held.sum()
    value = float(weight @ share)
    low, high = _interval(value, weight, share, count, held)
    met, whole = float(seen["sum"].sum()), float(held.sum())
    # What was seen is known: so many are, so many are not.
    low, high = max(low, met / whole), min(high, 1 - (count.sum() - met) / whole)
    return Rate(value, float(min(low, value)), float(max(high, value)), int(count.sum()), int(whole), int(sizes.sum()))


def _interval(
    value: float, weight: np.ndarray, share: np.ndarray, count: np.ndarray, held: np.ndarray
) -> tuple[float, float]:
    from scipy.special import betaincinv, stdtrit

    whole, seen = held.sum(), count.sum()
    if seen == whole:
        return value, value
    single = (count == 1) & (held > 1)
    spread = np.where(single, value * (1 - value), share * (1 - share) * count / np.maximum(count - 1, 1))
    variance = float((weight**2 * (1 - count / held) * spread / count).sum())
    most = seen / (1 - seen / whole)
    size = most if variance <= 0 else value * (1 - value) / variance
    freedom = float((count - 1)[count < held].sum())
    if seen > 1 and freedom > 0:
        size *= (stdtrit(seen - 1, 1 - _TAIL) / stdtrit(freedom, 1 - _TAIL)) ** 2
    size = min(size, most)
    part, rest = value * size, (1 - value) * size
    low = 0.0 if part <= 0 else float(betaincinv(part, rest + 1, _TAIL))
    high = 1.0 if rest <= 0 else float(betaincinv(part + 1, rest, 1 - _TAIL))
    return low, high
