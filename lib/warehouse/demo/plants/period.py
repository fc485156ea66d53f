"""The two stretches of time that are planted: the window the models look at, and the year before it."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

YEAR = np.timedelta64(365, "D")


@dataclass(frozen=True)
class Period:
    """`end` is the day the models are run on; decisions lie in (start, end]."""

    name: str
    start: np.datetime64
    end: np.datetime64
    in_window: bool

    def back(self, days: int) -> np.datetime64:
        """The day that many days before the end."""
        return self.end - np.timedelta64(days, "D")


def periods(as_of: date) -> tuple[Period, Period]:
    """The window of 12 months to `as_of`, and the history a run at `as_of` - 365 days looks at."""

    def months_before(day: np.datetime64, months: int) -> np.datetime64:
        return np.datetime64((pd.Timestamp(day) - pd.DateOffset(months=months)).date(), "D")

    today = np.datetime64(as_of, "D")
    last_year = today - YEAR
    data_start = months_before(today, 24)
    window = Period("window", months_before(today, 12), today, True)
    return window, Period("history", max(data_start, months_before(last_year, 12)), last_year, False)
