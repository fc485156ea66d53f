"""M08 过度执法: an officer whose fines are high more often than the items explain, or who was put right repeatedly."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lib.warehouse.demo.plants.bundle import put, repeat
from lib.warehouse.demo.plants.carrier import carry
from lib.warehouse.demo.plants.city import City
from lib.warehouse.demo.plants.complaints import UPHELD, complain, overturn
from lib.warehouse.demo.plants.innocents import plant_innocents
from lib.warehouse.demo.plants.period import Period
from lib.warehouse.demo.plants.severity import HalfYear, chance, ratio
from lib.warehouse.demo.plants.tiers import ordinary_fine, severe_fine

DOMAINS = ("ZF", "SC", "JT")
LIMIT, LEAST, TAIL = 1.5, 15, 0.022


@dataclass(frozen=True)
class Pattern:
    branch: str
    level: str | None
    full: int
    ratio: float | None = None
    overturned: int = 0
    complaints: int = 0
    cases: int = 23
    near: bool = False
    note: str | None = None


PATTERNS = (
    Pattern("severity", "yellow", 4, 1.85),
    Pattern("severity", "yellow", 2, 1.53, near=True),
    Pattern("overturned", "yellow", 2, None, overturned=2),
    Pattern("complaint", "yellow", 2, None, complaints=2),
    Pattern("overturned_few", "yellow", 1, None, overturned=2, cases=6),
    Pattern("complaint_few", "yellow", 1, None, complaints=2, cases=4),
    Pattern("severity+overturned", "orange", 2, 1.8, overturned=2),
    Pattern("severity+complaint", "orange", 2, 1.8, complaints=3),
    Pattern("overturned+complaint", "orange", 2, None, overturned=2, complaints=2),
    Pattern("all_signs", "red", 2, 2.1, overturned=3, complaints=3),
)
DECOYS = (
    Pattern("near_ratio", None, 2, 1.30, note="高额处罚略多，比值未到阈值"),
    Pattern("near_overturned", None, 2, None, overturned=1, complaints=1, note="仅一件被纠正、一件投诉属实"),
    Pattern("near_cases", None, 2, 2.0, cases=10, note="半年办案不足十五件"),
)


def plant(city: City) -> None:
    """To be called when everything else is in the tables: the city-wide rates count every planted case."""
    for period in (city.window, city.history):
        half = HalfYear.of(city, period)
        officers = [
            _officer(city, half, period, pattern, number)
            for pattern in (PATTERNS + DECOYS if period.in_window else PATTERNS)
            for number in range(city.count(pattern.full, period))
        ]
        settle(half, officers)
        for officer in officers:
            _carry_out(city, half, period, officer)
        if period.in_window:
            tiers = pd.concat([part for officer in officers for part in (officer.severe_tiers, officer.ordinary_tiers)])
            plant_innocents(city, half, set(tiers["item_code"]))


@dataclass
class Officer:
    """One officer: the tiers of severe and of ordinary fines in the order they are used, how many are severe."""

    pattern: Pattern
    crew: pd.DataFrame
    severe_tiers: pd.DataFrame
    ordinary_tiers: pd.DataFrame
    cases: int
    severe: int = 0

    @property
    def officer_id(self) -> str:
        return str(self.crew["officer_id"].iloc[0])

    def items(self, severe: int) -> tuple[list[str], list[str]]:
        """item_code of the severe and of the ordinary cases, with so many severe ones."""
        ordinary = self.ordinary_tiers["item_code"].iloc[: self.cases - severe]
        return self.severe_tiers["item_code"].iloc[:severe].tolist(), ordinary.tolist()


def take_officer(city: City, half: HalfYear, period: Period, rng: np.random.Generator, most: int) -> pd.DataFrame:
    """The crew of an officer with at most `most` cases so far, none of them severe, and no mark."""
    roster, busy = city.roster(period), half.officers()
    ids = roster.officers["officer_id"]
    spoilt = half.marked | set(busy.index[(busy["high"] > 0) | (busy["cases"] > most)])
    fits = ~ids.isin(spoilt) & roster.officers["domain_code"].isin(DOMAINS)
    crew = roster.crews(rng, 1, risky=0, where=fits.to_numpy())
    half.marked.add(str(crew["officer_id"].iloc[0]))
    return crew


def _officer(city: City, half: HalfYear, period: Period, pattern: Pattern, number: int) -> Officer:
    rng = city.rng("M08", period.name, pattern.branch, str(pattern.near), str(number))
    crew = take_officer(city, half, period, rng, 60 if pattern.cases >= LEAST else 3)
    domain, most = crew["domain_code"].iloc[0], pattern.cases
    rows, totals = city.tiers.rows, half.items()
    fits = rows["item_domain"].eq(domain)
    in_year = rows["recent"] if period.in_window else rows["used"] - rows["recent"]
    cases = rows["item_code"].map(totals["cases"]).fillna(0)
    hard = (rows["item_code"].map(totals["high"]).fillna(0) / cases.clip(lower=1)) > 0.12
    top = fits & rows["is_top"] & (rows["high"] >= 0.999 * rows["ceiling"]) & ~hard & (in_year < 8) & (cases > 0)
    busiest = rows[top].assign(cases=cases[top]).sort_values(["cases", "benchmark_id"], ascending=[False, True])
    spread = busiest.head(24).iloc[rng.permutation(min(24, len(busiest)))]
    severe = spread.iloc[np.arange(most) % len(spread)].drop(columns="cases").reset_index(drop=True)
    plain = city.tiers.plain & ~rows["item_code"].isin(severe["item_code"]).to_numpy() & ~hard.to_numpy()
    ordinary = city.tiers.choose(rng, repeat(crew, most), plain)
    return Officer(pattern, crew, severe, ordinary, most, 0 if pattern.ratio is None else 4)


def settle(half: HalfYear, officers: list[Officer]) -> None:
    """Set the number of severe fines of each officer so that the ratios, which depend on each other, come out."""
    tally = Tally(half, officers)
    for _ in range(60):
        moved = False
        for officer in officers:
            if officer.pattern.ratio is None:
                continue
            misses = {n: _miss(tally, officer, n) for n in range(2, officer.cases - 2)}
            best = min(misses, key=lambda n: (misses[n], n))
            moved |= best != officer.severe
            tally.change(officer, best)
        if not moved:
            return


def _miss(tally: "Tally", officer: Officer, severe: int) -> float:
    """How far the ratio is from the wanted one; on the wrong side of the threshold, or by chance, is very far."""
    expected, others = tally.expected(officer, severe)
    value, alone, wanted = ratio(severe, expected), ratio(severe, others), officer.pattern.ratio or 0.0
    if wanted > LIMIT:
        return abs(value - wanted) + (10.0 if value < LIMIT + 0.02 or chance(severe, expected) > TAIL else 0.0)
    return abs(value - wanted) + (10.0 if alone > LIMIT - 0.09 else 0.0)


class Tally:
    """City-wide cases and high cases per item, with the officers counted in."""

    def __init__(self, half: HalfYear, officers: list[Officer]) -> None:
        totals = half.items()
        planned = pd.concat(
            [part["item_code"] for officer in officers for part in (officer.severe_tiers, officer.ordinary_tiers)]
        )
        self._number = {item: n for n, item in enumerate(sorted({*totals.index, *planned}))}
        self.cases, self.high = self._spread(totals["cases"]), self._spread(totals["high"])
        self._before = {officer.officer_id: self._spread(half.own_items(officer.officer_id)) for officer in officers}
        for officer in officers:
            self._count(officer, officer.severe, 1)

    def _spread(self, counts: pd.Series) -> np.ndarray:
        values = np.zeros(len(self._number))
        values[[self._number[item] for item in counts.index]] = counts.to_numpy()
        return values

    def _own(self, officer: Officer, severe: int) -> tuple[np.ndarray, np.ndarray]:
        high, ordinary = officer.items(severe)
        size = len(self._number)
        counted = [np.bincount([self._number[item] for item in items], minlength=size) for items in (high, ordinary)]
        return counted[0].astype(float), (counted[0] + counted[1]).astype(float)

    def _count(self, officer: Officer, severe: int, sign: int) -> None:
        high, cases = self._own(officer, severe)
        self.cases += sign * cases
        self.high += sign * high

    def change(self, officer: Officer, severe: int) -> None:
        """Give the officer another number of severe fines."""
        self._count(officer, officer.severe, -1)
        officer.severe = severe
        self._count(officer, severe, 1)

    def expected(self, officer: Officer, severe: int) -> tuple[float, float]:
        """High cases expected with so many severe fines: by all cases of the items, and by the others' cases only."""
        old_high, old_cases = self._own(officer, officer.severe)
        new_high, new_cases = self._own(officer, severe)
        high, cases = self.high - old_high + new_high, self.cases - old_cases + new_cases
        own = new_cases + self._before[officer.officer_id]
        others = (high - new_high) / np.maximum(cases - own, 1)
        return float(own @ (high / np.maximum(cases, 1))), float(own @ others)


def _carry_out(city: City, half: HalfYear, period: Period, officer: Officer) -> None:
    pattern, rng = officer.pattern, city.rng("M08", "carry", period.name, officer.officer_id)
    tier = pd.concat(
        [officer.severe_tiers.iloc[: officer.severe], officer.ordinary_tiers.iloc[: officer.cases - officer.severe]],
        ignore_index=True,
    )
    fine = np.where(np.arange(officer.cases) < officer.severe, severe_fine(rng, tier), ordinary_fine(rng, tier))
    order = rng.permutation(officer.cases)
    decided = half.days(city, rng, officer.cases)
    crew = repeat(officer.crew, officer.cases)
    cases = carry(
        city,
        rng,
        period,
        officer.cases,
        crew=crew,
        tier=tier.iloc[order].reset_index(drop=True),
        fine=fine[order],
        decided=decided,
    )
    overturn(city, rng, cases, pattern.overturned)
    verdicts = UPHELD[: pattern.complaints] + (("不属实",) if pattern.level is None else ())
    complain(city, rng, officer.crew, half.complaint_days(city, rng, len(verdicts)), verdicts)
    subject = officer.crew.assign(subject_id=officer.crew["officer_id"])[
        ["subject_id", "officer_id", "org_id", "area_code"]
    ]
    if pattern.level:
        city.violation(
            "M08",
            pattern.branch,
            pattern.level,
            subject,
            decided.max(),
            period,
            near=pattern.near,
            subject_type="officer",
        )
    else:
        city.decoy("M08", pattern.branch, subject, decided.max(), pattern.note or "", subject_type="officer")
    put(city, cases)
