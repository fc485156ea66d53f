"""The exact interval of a rare event's expected count."""

import numpy as np
import pandas as pd
from scipy.special import gammaincinv

_TAIL = 0.025


def poisson_interval(counts: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Low and high of the exact 95 % interval (Garwood) of expected counts of which `counts` were seen.

    None seen: (0, 3.689); five seen: (1.623, 11.668).
    """
    seen = counts.to_numpy(dtype=float)
    low = np.where(seen > 0, gammaincinv(np.maximum(seen, 1), _TAIL), 0.0)
    return low, gammaincinv(seen + 1, 1 - _TAIL)
