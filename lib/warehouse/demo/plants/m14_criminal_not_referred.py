"""M14 应移未移: the case value reaches the criminal threshold and the police never got the file (处罚法 27)."""

from dataclasses import replace

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
            _record(city, branch, level, cases, period, near=near)
            put(city, cases)
        _without_conclusion(city, period)
        _afterwards(city, period)
    _undecided(city)
    _decoys(city)


def _record(city: City, branch: str, level: str, cases: Cases, period: Period, near: bool = False) -> None:
    """The model looks five years back: what lies in the year before is still found today."""
    found = replace(period, in_window=True)
    city.violation("M14", branch, level, cases.subjects(), cases.day("decision_date"), found, near=near)


def _without_conclusion(city: City, period: Period) -> None:
    """Fined, not closed and not referred; the end of the investigation was never entered."""
    cases = valued(city, period, city.count(2, period), (1.1, 1.6), "no conclusion")
    cases.drop_events("调查终结")
    cases.leave_open()
    _record(city, "no_conclusion", "orange", cases, period)
    put(city, cases)


def _afterwards(city: City, period: Period) -> None:
    """Referred only after the fine had been closed, two days later or a month."""
    for branch, days in (("referred_after_just", 1), ("referred_after", 30)):
        cases = valued(city, period, city.count(1, period), (1.1, 1.6), branch)
        closed = cases.day("closed_date")
        sent = city.calendar.add(closed, days)
        known = sent < city.window.end
        _refer(city, cases, np.where(known, sent, city.window.end - DAY), "立案")
        _record(city, branch, "orange", cases, period, near=branch == "referred_after_just")
        put(city, cases)


def _refer(city: City, cases: Cases, days: np.ndarray, answer: str) -> None:
    city.edits.add(
        "criminal_referral",
        pd.DataFrame(
            {
                "referral_id": city.edits.take("criminal_referral", len(cases)),
                "case_id": cases.ids,
                "approved_at": clock(days, 9, 20),
                "referred_at": clock(days, 15, 40),
                "police_result": answer,
                "replied_at": clock(city.calendar.add(days, 2), 10, 0),
                "area_code": cases.case["area_code"],
            }
        ),
    )


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
        ("declined", "不立案", "按期移送，公安机关不予立案后处罚"),
        ("other_elements", "退回", "案值达标但其他要件不足，公安机关退回"),
    ):
        cases = valued(city, city.window, count, (1.1, 1.8), branch)
        _refer(city, cases, city.calendar.add(cases.event_day("调查终结"), 1), answer)
        city.decoy("M14", branch, cases.subjects(), cases.day("decision_date"), note)
        put(city, cases)
