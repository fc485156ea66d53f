"""M10 重复免罚: 首违不罚 given twice to the same party for the same thing (处罚法 33)."""

import numpy as np
import pandas as pd

from lib.warehouse.demo.plants.bundle import Cases, put, repeat
from lib.warehouse.demo.plants.carrier import carry
from lib.warehouse.demo.plants.city import City
from lib.warehouse.demo.plants.days import DAY

# branch, level, how many parties, times, same handler, near
CELLS = (
    ("twice", "yellow", 8, 2, False, False),
    ("twice", "yellow", 2, 2, False, True),
    ("three_times", "orange", 3, 3, False, False),
    ("same_handler", "orange", 4, 2, True, False),
    ("both", "red", 2, 3, True, False),
)


def plant(city: City) -> None:
    """Window only: what lies 24 months back is still within the model's look-back today."""
    for branch, level, full, times, same, near in CELLS:
        rng = city.rng("M10", branch, str(near))
        count = city.count(full)
        cases = spared(city, rng, count, times, same, gap=610 if near else 75)
        city.violation(
            "M10", branch, level, _parties(cases, times), _last_days(cases, times), city.window,
            near=near, subject_type="enterprise",
        )
        put(city, cases)
    _decoys(city)


def spared(city: City, rng: np.random.Generator, count: int, times: int, same: bool, *, gap: int) -> Cases:
    """`count` firms spared `times` times, `gap` days apart, by one handler or by as many as there are cases."""
    crew = city.roster(city.window).crews(rng, count)
    tier = city.tiers.choose(rng, crew, city.tiers.for_firms)
    keys, names = city.parties.of_type(tier["party_type"].to_numpy(), crew["area_code"].to_numpy())
    back = np.tile(np.arange(times)[::-1], count)
    last = city.days(rng, city.window, count, lead=190 if gap < 100 else 340)
    everyone = repeat(crew, times)
    if not same:
        first, middle = back == times - 1, (back > 0) & (back < times - 1)
        pair = ["officer_id", "officer2_id"]
        everyone.loc[first, pair] = everyone.loc[first, pair[::-1]].to_numpy()
        if middle.any():
            everyone.loc[middle] = city.roster(city.window).crews(rng, count, risky=0).to_numpy()
    cases = carry(
        city, rng, city.window, count * times, crew=everyone, tier=repeat(tier, times), result="首违不罚",
        party=(np.repeat(keys, times), np.repeat(names, times)),
        decided=city.calendar.on_or_before(np.repeat(last, times) - back * gap * DAY),
    )
    cases.case["place_text"] = np.repeat(cases.case["place_text"].to_numpy()[::times], times)
    return cases


def _parties(cases: Cases, times: int) -> pd.DataFrame:
    last = cases.case.iloc[times - 1 :: times]
    return last[["party_id", "officer_id", "org_id", "area_code"]].rename(columns={"party_id": "subject_id"})


def _last_days(cases: Cases, times: int) -> np.ndarray:
    return cases.day("decision_date")[times - 1 :: times]


def _decoys(city: City) -> None:
    rng, count = city.rng("M10", "branches"), city.count(3)
    cases = spared(city, rng, count, 2, same=False, gap=75)
    cases.case["place_text"] = [f"{place}({n % 2 + 1}号门店)" for n, place in enumerate(cases.case["place_text"])]
    city.decoy("M10", "establishments", _parties(cases, 2), _last_days(cases, 2),
               "同一代码下不同经营场所(place_text 不同)", subject_type="enterprise")
    put(city, cases)
    rng = city.rng("M10", "once")
    crew = city.roster(city.window).crews(rng, count)
    tier = city.tiers.choose(rng, crew, city.tiers.for_firms)
    party = city.parties.of_type(tier["party_type"].to_numpy(), crew["area_code"].to_numpy())
    last = city.days(rng, city.window, count, lead=110)
    first = carry(city, rng, city.window, count, crew=crew, tier=tier, party=party, result="首违不罚",
                  decided=city.calendar.on_or_before(last - 80 * DAY))
    second = carry(city, rng, city.window, count, crew=crew, tier=tier, party=party, decided=last)
    city.decoy("M10", "near_once", _parties(second, 1), last, "首违不罚一次,再犯即罚", subject_type="enterprise")
    put(city, first, second)
