"""M02 以罚代管: the same party fined again and again for the same thing, and nobody looked whether it was put right."""

import numpy as np
import pandas as pd

from lib.warehouse.demo.plants.bundle import Cases, put, repeat
from lib.warehouse.demo.plants.carrier import carry
from lib.warehouse.demo.plants.city import City
from lib.warehouse.demo.plants.days import DAY
from lib.warehouse.demo.plants.period import Period

# level, how many parties, fines of each, how many of them never rechecked, near
CELLS = (
    ("yellow", 8, 3, 3, False),
    ("yellow", 3, 3, 2, True),
    ("orange", 4, 4, 3, False),
    ("orange", 2, 5, 4, False),
    ("red", 1, 7, 7, False),
    ("red", 1, 6, 6, True),
)


def series(
    city: City,
    rng: np.random.Generator,
    period: Period,
    count: int,
    fines: int,
    *,
    gap: int = 34,
    pick: np.ndarray | None = None,
    last: np.datetime64 | None = None,
) -> Cases:
    """`count` parties, each fined `fines` times by the same two officers for the same item at the same place.

    Firms, unless `pick` says otherwise; the last fine is on `last` when it is given.
    """
    pick = city.tiers.for_firms if pick is None else pick
    crew = city.crews(rng, period, count, pick=pick)
    tier = city.tiers.choose(rng, crew, pick)
    keys, names = city.parties.of_type(tier["party_type"].to_numpy(), crew["area_code"].to_numpy())
    ends = city.days(rng, period, count, lead=24 + (gap + 4) * (fines - 1), lag=40)
    if last is not None:
        ends = np.repeat(last, count)
    back = np.tile(np.arange(fines)[::-1], count)
    decided = city.calendar.on_or_before(np.repeat(ends, fines) - back * gap * DAY)
    cases = carry(
        city,
        rng,
        period,
        count * fines,
        crew=repeat(crew, fines),
        tier=repeat(tier, fines),
        party=(np.repeat(keys, fines), np.repeat(names, fines)),
        decided=decided,
    )
    cases.case["place_text"] = np.repeat(cases.case["place_text"].to_numpy()[::fines], fines)
    return cases


def firms(cases: Cases, fines: int) -> pd.DataFrame:
    """The truth's subjects: the party, with the handler of its last case."""
    last = cases.case.iloc[fines - 1 :: fines]
    return last[["party_id", "officer_id", "org_id", "area_code"]].rename(columns={"party_id": "subject_id"})


def plant(city: City) -> None:
    for period in (city.window, city.history):
        for level, full, fines, unchecked, near in CELLS:
            rng, count = city.rng("M02", period.name, level, str(fines), str(near)), city.count(full, period)
            cases = series(city, rng, period, count, fines)
            never = np.tile(np.arange(fines) < unchecked, count)
            cases.drop_events("复查", ids=cases.ids[never])
            _record(city, cases, fines, level, period, near)
        _moving(city, period)
        _chain(city, period)
    _decoys(city)


def _sites(city: City) -> np.ndarray:
    """Tiers of firms whose fines are counted by place: not those of the roads."""
    return city.tiers.for_firms & city.tiers.rows["item_domain"].ne("JT").to_numpy()


def spread_out(cases: Cases, shops: tuple[int, ...]) -> None:
    """Give the fines of every party to the shops with these numbers, in turn."""
    places = cases.case["place_text"]
    cases.case["place_text"] = [f"{place}（{shops[n % len(shops)]}号门店）" for n, place in enumerate(places)]


def act_apart(cases: Cases) -> None:
    """Put every act as long before its decision as the others, so that no two of a party's are one act (M12)."""
    before, after = cases.day("incident_date"), cases.day("decision_date") - 52 * DAY
    said = [[f"{day.year}年{day.month}月{day.day}日" for day in days.tolist()] for days in (before, after)]
    cases.case["incident_date"] = after
    cases.case["illegal_fact"] = [
        fact.replace(old, new) for fact, old, new in zip(cases.case["illegal_fact"], *said, strict=True)
    ]


def _moving(city: City, period: Period) -> None:
    """A street vendor and a haulier, fined in three places and never looked after: no places of business."""
    rows = city.tiers.rows
    for branch, pick in (
        ("vendor", rows["party_type"].eq("自然人") & rows["item_domain"].eq("ZF")),
        ("haulier", rows["party_type"].ne("自然人") & rows["item_domain"].eq("JT")),
    ):
        rng, count = city.rng("M02", period.name, branch), city.count(2, period)
        cases = series(city, rng, period, count, 3, pick=city.tiers.plain & pick.to_numpy())
        spread_out(cases, (1, 2, 3))
        cases.drop_events("复查")
        _record(city, cases, 3, "yellow", period, False, branch)


def _chain(city: City, period: Period) -> None:
    """A chain of four shops, six fines, three of them in one shop: that shop's count."""
    rng, count = city.rng("M02", period.name, "chain"), city.count(2, period)
    cases = series(city, rng, period, count, 6, pick=_sites(city))
    spread_out(cases, (1, 2, 3, 4, 4, 4))
    cases.drop_events("复查")
    _record(city, cases, 6, "yellow", period, False, "chain")


def _record(
    city: City, cases: Cases, fines: int, level: str, period: Period, near: bool, branch: str | None = None
) -> None:
    occurred = cases.day("decision_date")[fines - 1 :: fines]
    item = cases.case["item_code"].iloc[fines - 1 :: fines].tolist()
    subjects = firms(cases, fines).assign(note=[f"item_code={code}" for code in item])
    city.truth.add(
        subjects,
        rule_id="M02",
        kind="violation",
        branch=branch or f"fines_{fines}",
        level=level,
        subject_type="enterprise",
        occurred_on=occurred,
        near_threshold=near,
        in_window=period.in_window,
    )
    put(city, cases)


def _decoys(city: City) -> None:
    for branch, fines, unchecked, note in (
        ("multi_site", 3, 3, "同一主体的不同经营场所（地点各不相同）"),
        ("near_chain", 5, 5, "连锁三家店，同一家店最多罚过两次"),
        ("near_due", 3, 3, "三次决定都未满三十日，复查未到期"),
        ("recidivism", 4, 0, "屡罚屡犯但每次罚后均复查"),
        ("offsite", 3, 3, "非现场执法"),
        ("near_share", 3, 1, "三次处罚仅一次未复查"),
        ("near_count", 2, 2, "仅两次处罚"),
    ):
        rng, count = city.rng("M02", branch), city.count(3)
        if branch == "near_due":
            cases = series(city, rng, city.window, count, fines, gap=9, last=city.window.back(9), pick=_sites(city))
            act_apart(cases)
        else:
            cases = series(city, rng, city.window, count, fines, pick=_sites(city))
        cases.drop_events("复查", ids=cases.ids[np.tile(np.arange(fines) < unchecked, count)])
        if branch == "multi_site":
            places = cases.case["place_text"]
            cases.case["place_text"] = [f"{place}（{n % fines + 1}号门店）" for n, place in enumerate(places)]
        if branch == "near_chain":
            spread_out(cases, (1, 1, 2, 2, 3))
        if branch == "offsite":
            cases.case["is_offsite"] = True
        occurred = cases.day("decision_date")[fines - 1 :: fines]
        city.decoy("M02", branch, firms(cases, fines), occurred, note, subject_type="enterprise")
        put(city, cases)
