"""M10 重复免罚: 首违不罚 given twice to the same party for the same thing (处罚法 33)."""

import numpy as np
import pandas as pd

from lib.warehouse.demo.plants.bundle import Cases, put, repeat
from lib.warehouse.demo.plants.carrier import carry
from lib.warehouse.demo.plants.city import City
from lib.warehouse.demo.plants.days import DAY
from lib.warehouse.demo.plants.period import Period

# branch, level, how many parties, times, same handler, near
CELLS = (
    ("twice", "yellow", 8, 2, False, False),
    ("twice", "yellow", 2, 2, False, True),
    ("three_times", "orange", 3, 3, False, False),
    ("same_handler", "orange", 4, 2, True, False),
    ("both", "red", 2, 3, True, False),
)


def plant(city: City) -> None:
    for period in (city.window, city.history):
        _people(city, period)
        _two_leads(city, period)
        for branch, level, full, times, same, near in CELLS:
            # No data reaches far enough back for a long gap in the history.
            if near and not period.in_window:
                continue
            rng, count = city.rng("M10", period.name, branch, str(near)), city.count(full, period)
            cases = spared(city, rng, period, count, times, same, gap=610 if near else 75)
            city.violation(
                "M10",
                branch,
                level,
                _parties(cases, times),
                _last_days(cases, times),
                period,
                near=near,
                subject_type="enterprise",
            )
            put(city, cases)
    _decoys(city)


def spared(
    city: City,
    rng: np.random.Generator,
    period: Period,
    count: int,
    times: int,
    same: bool,
    *,
    gap: int,
    pick: np.ndarray | None = None,
) -> Cases:
    """`count` firms (or parties of the tiers in `pick`) spared `times` times, `gap` days apart, by one handler or by as
    many as there are cases."""
    crew = city.crews(rng, period, count, pick=pick)
    tier = city.tiers.choose(rng, crew, city.tiers.for_firms if pick is None else pick)
    keys, names = city.parties.of_type(tier["party_type"].to_numpy(), crew["area_code"].to_numpy())
    back = np.tile(np.arange(times)[::-1], count)
    lead = 340 if gap > 100 else 100 if period.in_window else 24 + gap * (times - 1)
    last = city.days(rng, period, count, lead=lead)
    everyone = repeat(crew, times)
    if not same:
        first, middle = back == times - 1, (back > 0) & (back < times - 1)
        pair = ["officer_id", "officer2_id"]
        everyone.loc[first, pair] = everyone.loc[first, pair[::-1]].to_numpy()
        if middle.any():
            everyone.loc[middle] = city.roster(period).crews(rng, count, risky=0).to_numpy()
    cases = carry(
        city,
        rng,
        period,
        count * times,
        crew=everyone,
        tier=repeat(tier, times),
        result="首违不罚",
        party=(np.repeat(keys, times), np.repeat(names, times)),
        decided=city.calendar.on_or_before(np.repeat(last, times) - back * gap * DAY),
    )
    cases.case["place_text"] = np.repeat(cases.case["place_text"].to_numpy()[::times], times)
    return cases


def _people(city: City, period: Period) -> None:
    """A person has no establishment: spared in two streets is spared twice."""
    rng, count = city.rng("M10", period.name, "person"), city.count(2, period)
    person = city.tiers.plain & city.tiers.rows["party_type"].eq("自然人").to_numpy()
    cases = spared(city, rng, period, count, 2, False, gap=75, pick=person)
    cases.case["place_text"] = [f"{place}{'东西'[n % 2]}侧" for n, place in enumerate(cases.case["place_text"])]
    city.violation(
        "M10", "person", "yellow", _parties(cases, 2), _last_days(cases, 2), period, subject_type="enterprise"
    )
    put(city, cases)


def _two_leads(city: City, period: Period) -> None:
    """Two leading handlers each time, one of them the same, and not the one with the smallest number."""
    rng, count = city.rng("M10", period.name, "two_leads"), city.count(2, period)
    cases = spared(city, rng, period, count, 2, True, gap=75)
    handled = cases.officer[cases.officer["role_type"].eq("主办")].reset_index(drop=True)
    others = city.roster(period).officers["officer_id"].sort_values().head(40).to_numpy()
    among = [one for one in others if one not in set(handled["officer_id"])]
    extra = handled.assign(officer_id=rng.choice(among, len(handled), replace=len(among) < len(handled)))
    cases.officer = pd.concat([cases.officer, extra], ignore_index=True)
    city.violation(
        "M10", "two_leads", "orange", _parties(cases, 2), _last_days(cases, 2), period, subject_type="enterprise"
    )
    put(city, cases)


def _parties(cases: Cases, times: int) -> pd.DataFrame:
    last = cases.case.iloc[times - 1 :: times]
    return last[["party_id", "officer_id", "org_id", "area_code"]].rename(columns={"party_id": "subject_id"})


def _last_days(cases: Cases, times: int) -> np.ndarray:
    return cases.day("decision_date")[times - 1 :: times]


def _decoys(city: City) -> None:
    rng, count = city.rng("M10", "branches"), city.count(3)
    cases = spared(city, rng, city.window, count, 2, same=False, gap=75)
    cases.case["place_text"] = [f"{place}（{n % 2 + 1}号门店）" for n, place in enumerate(cases.case["place_text"])]
    city.decoy(
        "M10",
        "establishments",
        _parties(cases, 2),
        _last_days(cases, 2),
        "同一代码下不同经营场所（place_text 不同）",
        subject_type="enterprise",
    )
    put(city, cases)
    rng = city.rng("M10", "one_day")
    cases = spared(city, rng, city.window, count, 2, same=True, gap=0)
    city.decoy(
        "M10",
        "one_day",
        _parties(cases, 2),
        _last_days(cases, 2),
        "同一日免罚两次，不分先后",
        subject_type="enterprise",
    )
    put(city, cases)
    rng = city.rng("M10", "once")
    crew = city.roster(city.window).crews(rng, count)
    tier = city.tiers.choose(rng, crew, city.tiers.for_firms)
    party = city.parties.of_type(tier["party_type"].to_numpy(), crew["area_code"].to_numpy())
    last = city.days(rng, city.window, count, lead=110)
    first = carry(
        city,
        rng,
        city.window,
        count,
        crew=crew,
        tier=tier,
        party=party,
        result="首违不罚",
        decided=city.calendar.on_or_before(last - 80 * DAY),
    )
    second = carry(city, rng, city.window, count, crew=crew, tier=tier, party=party, decided=last)
    city.decoy("M10", "near_once", _parties(second, 1), last, "首违不罚一次，再犯即罚", subject_type="enterprise")
    put(city, first, second)
