"""How severe fines are per item and officer within half a year: what M08 compares an officer with."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lib.warehouse.demo.plants.city import City
from lib.warehouse.demo.plants.days import DAY
from lib.warehouse.demo.plants.period import Period

HIGH, PRIOR = 0.8, 5

_GRADED = """
with graded as (
    select
        penalty_case.item_code, penalty_case.benchmark_id, penalty_case.case_id,
        (fine_amt - coalesce(tier.fine_min_amt, item.fine_min_amt))
            / nullif(coalesce(tier.fine_max_amt, item.fine_max_amt) - coalesce(tier.fine_min_amt, item.fine_min_amt), 0)
            as severity
    from penalty_case
    left join discretion_benchmark as tier using (benchmark_id)
    left join power_item as item on item.item_code = penalty_case.item_code
    where result_type = '处罚' and fine_amt > 0 and decision_date > $start and decision_date <= $end
),

handled as (
    select case_id, min(officer_id) as officer_id from case_officer where role_type = '主办' group by case_id
),

final as (
    select item_code, benchmark_id, officer_id, coalesce(severity, 0) >= $high as is_high
    from graded join handled using (case_id)
)

select item_code, benchmark_id, officer_id, is_high, count(*) as cases
from final group by all order by all
"""

_MARKED = """
with marks as (
    select target_officer_id as officer_id from hotline_ticket
    where verify_result in ('属实', '部分属实') and received_at > $start and received_at <= $end
    union
    select target_officer_id from petition
    where verify_result in ('属实', '部分属实') and received_at > $start and received_at <= $end
    union
    select officer_id from review_litigation join case_officer using (case_id)
    where role_type = '主办' and result_type in ('变更', '撤销', '确认违法')
        and decided_date > $start and decided_date <= $end
)
select officer_id from marks where officer_id is not null order by officer_id
"""


@dataclass
class HalfYear:
    """The six months to a period's end, as they are before the officers of M08 are planted."""

    start: np.datetime64
    end: np.datetime64
    counts: pd.DataFrame
    marked: set[str]

    @classmethod
    def of(cls, city: City, period: Period) -> "HalfYear":
        start = np.datetime64((pd.Timestamp(period.end) - pd.DateOffset(months=6)).date(), "D")
        span = {"start": start.item(), "end": period.end.item()}
        counts = city.con.execute(_GRADED, span | {"high": HIGH}).df()
        return cls(start, period.end, counts, set(city.con.execute(_MARKED, span).df()["officer_id"]))

    def items(self) -> pd.DataFrame:
        """Per item_code: cases, high."""
        high = self.counts["cases"].where(self.counts["is_high"], 0)
        return self.counts.assign(high=high).groupby("item_code")[["cases", "high"]].sum()

    def officers(self) -> pd.DataFrame:
        """Per officer_id: cases, high."""
        high = self.counts["cases"].where(self.counts["is_high"], 0)
        return self.counts.assign(high=high).groupby("officer_id")[["cases", "high"]].sum()

    def own_items(self, officer: str) -> pd.Series:
        """Cases per item_code that the officer already has."""
        return self.counts[self.counts["officer_id"] == officer].groupby("item_code")["cases"].sum()

    def days(self, city: City, rng: np.random.Generator, count: int) -> np.ndarray:
        """Decision days within the half-year; the first few early enough for a review to be decided in it too."""
        length = int((self.end - self.start) / DAY)
        offsets = np.sort(rng.integers(10, length - 15, count))
        offsets[:3] = np.minimum(offsets[:3], rng.integers(10, length - 90, 3))
        return city.calendar.on_or_before(self.start + offsets * DAY)

    def complaint_days(self, city: City, rng: np.random.Generator, count: int) -> np.ndarray:
        """Days on which complaints come in, early enough to be answered."""
        length = int((self.end - self.start) / DAY)
        return city.calendar.on_or_before(self.start + rng.integers(12, length - 20, count) * DAY)


def ratio(observed: float, expected: float) -> float:
    """Observed over expected high cases, shrunk by PRIOR cases."""
    return (observed + PRIOR) / (expected + PRIOR)


def chance(observed: int, expected: float) -> float:
    """How likely so many or more are when the expected number is right (Poisson, upper tail)."""
    terms = (math.exp(k * math.log(expected) - expected - math.lgamma(k + 1)) for k in range(observed))
    return 1 - sum(terms) if expected > 0 else 0.0
