"""What a version of a model would give people to do."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from lib.casework.deadlines import Calendar

# Fewer concluded warnings say nothing about how long the next one takes.
LEAST_CONCLUDED = 10
_DAYS_A_MONTH = 365.25 / 12


class Workload(NamedTuple):
    """Warnings a month under both versions (live None: nothing is in force), and the working days they take.

    `median_days`: working days from the start of checking to the conclusion, both counted, so that what was done on
    one day took one; the middle of `concluded` warnings of this model, spot checks left out. None when they are too few
    to tell.
    """

    live_month: float | None
    proposed_month: float
    median_days: float | None
    concluded: int

    @property
    def live_days(self) -> float | None:
        """Working days a month under the live version."""
        return None if self.live_month is None or self.median_days is None else self.live_month * self.median_days

    @property
    def proposed_days(self) -> float | None:
        """Working days a month under the proposed version."""
        return None if self.median_days is None else self.proposed_month * self.median_days


def workload(months: pd.DataFrame, has_live: bool, warnings: pd.DataFrame, rule_id: str, days: Calendar) -> Workload:
    """The workload that the month-by-month table (lib.rules.monthly) and the concluded warnings of the model tell.

    Warnings a month: those that came up after the first day of the table, over the time since; what already stood on
    the first day is no month's work.
    """
    elapsed = (months["day"].iloc[-1] - months["day"].iloc[0]).days / _DAYS_A_MONTH

    def per_month(version: str) -> float:
        return float(months[f"{version}_new"].iloc[1:].sum()) / elapsed if elapsed else 0.0

    own = warnings[warnings["rule_id"].eq(rule_id) & warnings["origin"].eq("model") & warnings["concluded_at"].notna()]
    begun = own["checking_at"].fillna(own["signed_at"]).fillna(own["first_seen_at"])
    taken = days.between(begun.to_numpy(), own["concluded_at"].to_numpy()) + 1
    return Workload(
        live_month=per_month("live") if has_live else None,
        proposed_month=per_month("proposed"),
        median_days=float(np.median(taken)) if len(own) >= LEAST_CONCLUDED else None,
        concluded=len(own),
    )
