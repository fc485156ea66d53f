"""M14 应移未移: the case value reaches the criminal threshold and the police never got the file (处罚法 27)."""

import numpy as np
import pandas as pd

from lib.warehouse.demo.plants.bundle import Cases, put
from lib.warehouse.demo.plants.carrier import carry
from lib.warehouse.demo.plants.city import City
from lib.warehouse.demo.plants.days import DAY, clock
from lib.warehouse.demo.plants.period import Period

# branch, level, how many, value as a share of the criminal threshold (lowest, highest), near
CELLS = (
    ("close_to_threshold", "yellow", 8, (0.86, 0.95), False),
    ("close_to_threshold", "yellow", 3, (0.81, 0.83), True),
    ("closed", "red", 1, (1.2, 2.4), False),
    ("closed", "red", 1, (1.02, 1.05), True),
)


def plant(city: City) -> None:
    for period in (city.window, city.history):
        for branch, level, full, share, near in CELLS:
            cases = valued(city, period, city.count(full, period), share)
            city.violation("M14", branch, level, cases.subjects(), cases.day("decision_date"), period, near=near)
            put(city, cases)
    _undecided(city)
    _decoys(city)


def _criminal(city: City) -> np.ndarray:
    return city.tiers.plain & (city.tiers.rows["crime_amt"] > 0).to_numpy()


def _value(rng: np.random.Generator, cases: Cases, share: tuple[float, float]) -> None:
    cases.case["case_value_amt"] = (cases.case["crime_amt"] * rng.uniform(*share, len(cases))).round(-1)


def valued(city: City, period: Period, count: int, share: tuple[float, float], tag: str = "") -> Cases:
    """Cases fined and closed, of items with a criminal threshold, worth that share of it."""
    rng = city.rng("M14", period.name, str(share), tag)
    decided = city.days(rng, period, count, lag=40)
    cases = carry(city, rng, period, count, pick=_criminal(city), decided=decided)
    _value(rng, cases, share)
    return cases


def _undecided(city: City) -> None:
    """Investigation concluded weeks ago, value above the threshold, neither referred nor decided."""
    rng, count, today = city.rng("M14", "open"), city.count(5), city.window.end
    filed = city.calendar.on_or_before(np.repeat(today, count) - rng.integers(45, 75, count) * DAY)
    cases = carry(
        city, rng, city.window, count, pick=_criminal(city), filed=filed, decided=np.repeat(today, count), result="未决"
    )
    _value(rng, cases, (1.15, 2.0))
    concluded = city.calendar.on_or_before(np.repeat(today, count) - rng.integers(21, 33, count) * DAY)
    cases.move_event("调查终结", concluded)
    city.violation("M14", "not_referred", "orange", cases.subjects(), city.calendar.add(concluded, 5), city.window)
    put(city, cases)


def _decoys(city: City) -> None:
    count = city.count(3)
    cases = valued(city, city.window, count, (0.70, 0.76))
    city.decoy("M14", "near_value", cases.subjects(), cases.day("decision_date"), "案值未到追诉标准的八成")
    put(city, cases)
    for branch, answer, note in (
        ("declined", "不立案", "按期移送,公安机关不予立案后处罚"),
        ("other_elements", "退回", "案值达标但其他要件不足,公安机关退回"),
    ):
        cases = valued(city, city.window, count, (1.1, 1.8), branch)
        days = cases.event_day("调查终结")
        city.draft.add("criminal_referral", pd.DataFrame({
            "referral_id": city.draft.take("criminal_referral", count), "case_id": cases.ids,
            "approved_at": clock(city.calendar.add(days, 1), 9, 20),
            "referred_at": clock(city.calendar.add(days, 1), 15, 40),
            "police_result": answer, "replied_at": clock(city.calendar.add(days, 3), 10, 0),
            "area_code": cases.case["area_code"],
        }))
        city.decoy("M14", branch, cases.subjects(), cases.day("decision_date"), note)
        put(city, cases)
