"""How sure a share or a count is."""

import math

import numpy as np
import pandas as pd

_Z = 1.959963984540054
_TAIL = 0.025


def wilson(part: int, whole: int) -> tuple[float, float] | None:
    """Low and high of the 95 % score interval of a share of which `part` of `whole` were seen; None without any.

    1 of 10: (0.018, 0.404). Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22
    (1927) 209-212; recommended for small samples by Brown, Cai and DasGupta, "Interval estimation for a binomial
    proportion", Statistical Science 16 (2001) 101-133.
    """
    if not whole:
        return None
    share, weight = part / whole, _Z * _Z / whole
    middle = share + weight / 2
    reach = _Z * math.sqrt(share * (1 - share) / whole + weight / (4 * whole))
    low = 0.0 if part == 0 else (middle - reach) / (1 + weight)
    high = 1.0 if part == whole else (middle + reach) / (1 + weight)
    return low, high


def poisson_interval(counts: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Low and high of the exact 95 % interval (Garwood) of expected counts of which `counts` were seen.

    None seen: (0, 3.689); five seen: (1.623, 11.668).
    """
    # scipy costs every command a quarter of a second where it is not needed.
    from scipy.special import gammaincinv

    seen = counts.to_numpy(dtype=float)
    low = np.where(seen > 0, gammaincinv(np.maximum(seen, 1), _TAIL), 0.0)
    return low, gammaincinv(seen + 1, 1 - _TAIL)


def median_interval(values: pd.Series) -> tuple[float, float] | None:
    """Low and high of the 95 % interval of a median, by order statistics, whatever the values are spread like; None of
    fewer than six values, of which no two enclose the median so surely.

    Of the numbers 1 to 10: (2, 9), sure to 97.9 %. Conover, Practical Nonparametric Statistics, 3rd ed. (1999), 3.2.
    """
    from scipy.stats import binom

    ordered = np.sort(values.dropna().to_numpy(dtype=float))
    below = int(binom.ppf(_TAIL, len(ordered), 0.5)) if len(ordered) else 0
    # The lowest rank whose tail is at most 2.5 %.
    while below > 0 and binom.cdf(below - 1, len(ordered), 0.5) > _TAIL:
        below -= 1
    return (float(ordered[below - 1]), float(ordered[-below])) if below > 0 else None
