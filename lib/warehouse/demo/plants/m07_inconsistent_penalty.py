"""M07 同案不同罚: fines far from what the same item, tier and kind of party usually costs (robust z of ln fine)."""

import numpy as np
import pandas as pd

from lib.warehouse.demo.plants.bundle import Cases, put, repeat
from lib.warehouse.demo.plants.carrier import carry
from lib.warehouse.demo.plants.city import City
from lib.warehouse.demo.plants.groups import days_in, officer_months
from lib.warehouse.demo.plants.period import Period
from lib.warehouse.demo.plants.tiers import round_fine

YELLOW, ORANGE, NEAR_YES, NEAR_NO = (3.75, 4.6), (5.4, 6.2), (3.58, 3.7), (3.2, 3.42)
# Spread of ordinary fines of the planted tiers: MAD of ln(fine).
SPREAD, PER_TIER, MOST = 0.03, 12, 14
# Cases of a tier in which all but one are fined the same sum.
FLAT = 24


def plant(city: City) -> None:
    """Outliers lie inside their tier, so that only the comparison with their like gives them away."""
    large = city.rows >= 1_000_000
    for period in (city.window, city.history):
        for number, domain in enumerate(("ZF", "SC", "JT") if large else ("ZF",)):
            _plant_domain(city, period, domain, full=4 if number == 0 else 2, near=number == 0)
    _flat(city)
    _decoys(city)


def _flat(city: City) -> None:
    """Tiers in which nearly every fine is the same sum: one far off it, one a few per cent off, one lowered by 减轻."""
    rng = city.rng("M07", "flat")
    where = city.roster(city.window).officers["domain_code"].eq("SC").to_numpy()
    tiers = quiet_tiers(city, city.window, "SC", 3)
    for number, (branch, factor, note) in enumerate(
        (
            ("flat", 1.5, "同类罚款都是一个数"),
            ("near_flat", 1.06, "同类罚款都是一个数，相差不到一成"),
            ("reduced", 0.6, "减轻处罚，不与一般案件比较"),
        )
    ):
        usual = round_fine((tiers["low"] + 0.3 * (tiers["high"] - tiers["low"])).to_numpy())[number]
        count = FLAT + 1
        crew = city.roster(city.window).crews(rng, count, risky=0, where=where)
        fine = np.where(np.arange(count) < FLAT, usual, round_fine(np.array([usual * factor]))[0])
        cases = carry(city, rng, city.window, count, crew=crew, tier=repeat(tiers.iloc[[number]], count), fine=fine)
        odd = np.arange(count) == FLAT
        if branch == "reduced":
            cases.case.loc[odd, "mitigate_type"] = "减轻"
            cases.case.loc[odd, "basis_text"] += "；《中华人民共和国行政处罚法》第三十二条，依法减轻处罚"
        decided = cases.day("decision_date")[odd]
        if branch == "flat":
            city.violation("M07", branch, "orange", cases.subjects()[odd], decided, city.window)
        else:
            city.decoy("M07", branch, cases.subjects()[odd], decided, note)
        put(city, cases)


def quiet_tiers(city: City, period: Period, domain: str, count: int) -> pd.DataFrame:
    """Low tiers of a domain that the base city has not used within the period, wide enough to hold outliers."""
    rows = city.tiers.rows
    used = rows["recent"] if period.in_window else rows["used"] - rows["recent"]
    fits = (
        city.tiers.plain
        & rows["item_domain"].eq(domain)
        & used.eq(0)
        & rows["tier_no"].le(2)
        & (rows["low"] >= 600)
        & (rows["high"] >= 1.9 * rows["low"])
        & city.tiers.unclaimed
    )
    among = rows[fits].sort_values("tier_no", kind="stable").iloc[:count]
    if len(among) < count:
        raise LookupError(f"{count} unused tiers wanted in {domain}, {len(among)} left")
    city.tiers.set_aside(among["benchmark_id"])
    return among.reset_index(drop=True)


def _plant_domain(city: City, period: Period, domain: str, *, full: int, near: bool) -> None:
    rng = city.rng("M07", period.name, domain)
    where = city.roster(period).officers["domain_code"].eq(domain).to_numpy()
    groups = officer_months(city, rng, period, full, where=where, near=near)
    signals = sum(group.signals for group in groups)
    tiers = quiet_tiers(city, period, domain, -(-signals // PER_TIER))
    crew = pd.concat([group.crews() for group in groups], ignore_index=True)
    decided = np.concatenate([days_in(city, rng, group, 3, 27) for group in groups])
    strong = np.concatenate(
        [(np.arange(group.signals) < 2) & (number % 2 == 0) & group.expected for number, group in enumerate(groups)]
    )
    target = np.where(strong, rng.uniform(*ORANGE, signals), rng.uniform(*YELLOW, signals))
    close = np.arange(signals) == signals - 1
    target = np.where(close, rng.uniform(*NEAR_YES, signals), target)
    which = np.arange(signals) % len(tiers)
    fine = np.empty(signals)
    for number in range(len(tiers)):
        mine = which == number
        fine[mine] = stand_out(city, rng, period, tiers.iloc[[number]], target[mine], domain, beside=decided[mine])
    cases = carry(city, rng, period, signals, crew=crew, tier=tiers.iloc[which], fine=fine, decided=decided)
    start = 0
    for group in groups:
        mine = np.arange(signals)[start : start + group.signals]
        start += group.signals
        for level in ("orange", "yellow"):
            chosen = mine[strong[mine] == (level == "orange")]
            city.violation(
                "M07",
                group.label("outlier"),
                level,
                cases.subjects().iloc[chosen].assign(group_id=group.group_id),
                decided[chosen],
                period,
                near=close[chosen] | group.near,
                group_period=group.period,
            )
    put(city, cases)


def stand_out(
    city: City,
    rng: np.random.Generator,
    period: Period,
    tier: pd.DataFrame,
    target: np.ndarray,
    domain: str,
    ordinary: int = 0,
    beside: np.ndarray | None = None,
) -> np.ndarray:
    """Plant the tier's ordinary cases, and the fines whose robust z among all of them is `target`.

    An ordinary case is decided on each of the days `beside`, so that those months have peers to compare with.
    """
    ordinary = ordinary or 22 + 2 * len(target)
    middle = float(tier["low"].iloc[0] + 0.3 * (tier["high"].iloc[0] - tier["low"].iloc[0]))
    usual = np.exp(np.log(middle) + SPREAD / 0.6745 * _normal_scores(ordinary))
    usual = np.round(usual)
    fine = np.full(len(target), middle)
    for _ in range(40):
        height = np.log(np.concatenate([usual, fine]))
        centre = np.median(height)
        scale = np.median(np.abs(height - centre)) / 0.6745
        fine = np.exp(centre + target * scale)
    where = city.roster(period).officers["domain_code"].eq(domain).to_numpy()
    usual, paired = rng.permutation(usual), 0 if beside is None else len(beside)
    for days, fines in ((beside, usual[:paired]), (None, usual[paired:])):
        if len(fines):
            crew = city.roster(period).crews(rng, len(fines), risky=0, where=where)
            tiers = repeat(tier.reset_index(drop=True), len(fines))
            put(city, carry(city, rng, period, len(fines), crew=crew, tier=tiers, fine=fines, decided=days))
    return np.round(fine)


def _normal_scores(count: int) -> np.ndarray:
    """`count` points spread like a normal sample, without extremes."""
    drawn = np.sort(np.random.default_rng(count).standard_normal(4000))
    return drawn[((np.arange(count) + 0.5) / count * 4000).astype(int)].clip(-1.9, 1.9)


def _decoys(city: City) -> None:
    rng, count = city.rng("M07", "decoys"), city.count(3)
    tiers = quiet_tiers(city, city.window, "ZF", 3)
    for number, (branch, target, ordinary, note) in enumerate(
        (
            ("near_outlier", NEAR_NO, 0, "偏离度略低于阈值"),
            ("small_group", ORANGE, 11, "同类案件不足二十件"),
            ("by_quantity", ORANGE, 0, "罚款与涉案数量（case_value_amt）成比例"),
        )
    ):
        tier = tiers.iloc[[number]].reset_index(drop=True)
        fine = stand_out(city, rng, city.window, tier, rng.uniform(*target, count), "ZF", ordinary)
        where = city.roster(city.window).officers["domain_code"].eq("ZF").to_numpy()
        crew = city.roster(city.window).crews(rng, count, risky=0, where=where)
        cases = carry(city, rng, city.window, count, crew=crew, tier=repeat(tier, count), fine=fine)
        if branch == "by_quantity":
            _proportional(city, tier["benchmark_id"].iloc[0], cases)
        city.decoy("M07", branch, cases.subjects(), cases.day("decision_date"), note)
        put(city, cases)


def _proportional(city: City, benchmark: str, cases: Cases) -> None:
    """Give every case of the tier a case value of two and a half times its fine."""
    for frame in [*city.edits.frames["penalty_case"], cases.case]:
        mine = frame["benchmark_id"].eq(benchmark)
        frame.loc[mine, "case_value_amt"] = frame.loc[mine, "fine_amt"] * 2.5
