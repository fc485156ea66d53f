"""Officers with many severe fines that their work explains: hard items by assignment, campaigns of several."""

import numpy as np
import pandas as pd

from lib.warehouse.demo.plants.bundle import put, repeat
from lib.warehouse.demo.plants.carrier import carry
from lib.warehouse.demo.plants.city import City
from lib.warehouse.demo.plants.days import DAY, clock
from lib.warehouse.demo.plants.severity import HalfYear
from lib.warehouse.demo.plants.tiers import ordinary_fine, round_fine, severe_fine, unremarkable

ASSIGNED = 20
LEADS, SEVERE, ORDINARY = 3, 10, 6
EVERYDAY = 40


def plant_innocents(city: City, half: HalfYear, planned: set[str]) -> None:
    """Look-alikes of M08, in the window only; the items in `planned` keep the rates that were reckoned with."""
    _hard_items(city, half)
    _campaign(city, half, city.campaign_tiers, ORDINARY, "campaign", "从严整治专项行动", "专项行动中同一事项普遍从严")
    everyday = _everyday_tiers(city, half, planned)
    _campaign(city, half, everyday, 0, "everyday_campaign", "集中清理专项行动", "专项行动中从严，同一事项平时很少高额")


def _decoy(city: City, crew: pd.DataFrame, decided: np.ndarray, branch: str, note: str) -> None:
    subject = crew.assign(subject_id=crew["officer_id"])[["subject_id", "officer_id", "org_id", "area_code"]]
    city.decoy("M08", branch, subject.drop_duplicates(), decided.max(), note, subject_type="officer")


def _officers(
    city: City, half: HalfYear, rng: np.random.Generator, count: int, domain: str, level: str | None = None
) -> pd.DataFrame:
    roster, busy = city.roster(city.window), half.officers()
    spoilt = half.marked | set(busy.index[busy["high"] > 0])
    fits = ~roster.officers["officer_id"].isin(spoilt) & roster.officers["domain_code"].eq(domain)
    if level:
        fits &= roster.officers["org_level"].eq(level)
    crew = roster.crews(rng, count, risky=0, where=fits.to_numpy()).drop_duplicates("officer_id")
    half.marked |= set(crew["officer_id"])
    return crew


def _hard_items(city: City, half: HalfYear) -> None:
    """Severe as often as the city is on these items."""
    rows, items = city.tiers.rows, half.items()
    rate = rows["item_code"].map(items["high"] / items["cases"]).fillna(0)
    busy = rows["item_code"].map(items["cases"]).fillna(0)
    severe = rows["low"] + 0.88 * (rows["high"] - rows["low"])
    fits = rate.between(0.15, 0.4) & (busy >= 12) & (rows["used"] >= 8) & (rows["tier_no"] < 3)
    fits &= unremarkable(rows, severe)
    if not fits.any():
        return
    domain = str(rows.loc[fits, "item_domain"].mode().iloc[0])
    for number in range(city.count(2)):
        rng = city.rng("M08", "hard", str(number))
        crew = repeat(_officers(city, half, rng, 1, domain), ASSIGNED)
        tier = city.tiers.choose(rng, crew, (fits & rows["item_domain"].eq(domain)).to_numpy())
        share = float(tier["item_code"].map(items["high"] / items["cases"]).mean())
        high = np.arange(ASSIGNED) < round(share * ASSIGNED)
        position = np.where(high, rng.uniform(0.86, 0.92, ASSIGNED), rng.uniform(0.3, 0.6, ASSIGNED))
        fine = round_fine((tier["low"] + position * (tier["high"] - tier["low"])).to_numpy())
        decided = half.days(city, rng, ASSIGNED)
        put(city, carry(city, rng, city.window, ASSIGNED, crew=crew, tier=tier, fine=fine, decided=decided))
        _decoy(city, crew, decided, "hard_items", "分派的高罚幅事项，高额比例与全市一致")


def reserve_campaign(city: City) -> pd.DataFrame:
    """The lowest and the highest tier of one item that nobody uses, kept for a campaign; empty if there is none.

    To be called before anything is planted.
    """
    rows = city.tiers.rows
    quiet = rows.groupby("item_code")["used"].transform("sum").eq(0) & city.tiers.unclaimed
    both = _lowest_and_highest(rows, quiet)
    city.tiers.set_aside(rows.loc[rows["item_code"].isin(both["item_code"]), "benchmark_id"])
    return both


def _everyday_tiers(city: City, half: HalfYear, planned: set[str]) -> pd.DataFrame:
    """The lowest and the highest tier of an item in everyday use, the highest unused in the year; empty if none."""
    rows, items = city.tiers.rows, half.items()
    cases = rows["item_code"].map(items["cases"]).fillna(0)
    rate = rows["item_code"].map(items["high"]).fillna(0) / cases.clip(lower=1)
    fits = (cases >= EVERYDAY) & (rate < 0.08) & rows["recent"].eq(0) & ~rows["item_code"].isin(planned)
    return _lowest_and_highest(rows, fits & city.tiers.unclaimed)


def _lowest_and_highest(rows: pd.DataFrame, fits: pd.Series) -> pd.DataFrame:
    """Two tiers of the first item whose highest tier fits and leaves room for severe fines; empty if there is none."""
    top = fits & rows["is_top"] & (rows["tier_no"] > 1) & (rows["high"] >= 0.999 * rows["ceiling"])
    top &= rows["item_domain"].isin(["ZF", "SC"]) & (rows["low"] > 1000)
    if not top.any():
        return rows[:0]
    upper = rows[top].iloc[[0]]
    same = rows["item_code"].eq(upper["item_code"].iloc[0]) & rows["party_type"].eq(upper["party_type"].iloc[0])
    return pd.concat([rows[same & rows["tier_no"].eq(1)].iloc[[0]], upper], ignore_index=True)


def _campaign(
    city: City, half: HalfYear, tiers: pd.DataFrame, ordinary: int, branch: str, name: str, note: str
) -> None:
    """Three officers fine one item severely in a campaign: what the others in it do explains each of them.

    They work in towns: a campaign of a bureau would be one of all the towns below it too.
    """
    if not len(tiers):
        return
    rng = city.rng("M08", branch)
    leads = _officers(city, half, rng, LEADS, str(tiers["item_domain"].iloc[0]), "镇街")
    crew = repeat(leads, SEVERE + ordinary)
    high = np.tile(np.arange(SEVERE + ordinary) < SEVERE, len(leads))
    tier = tiers.take(high.astype(int)).reset_index(drop=True)
    fine = np.where(high, severe_fine(rng, tier), ordinary_fine(rng, tier))
    decided = half.days(city, rng, len(crew))
    put(city, carry(city, rng, city.window, len(crew), crew=crew, tier=tier, fine=fine, decided=decided))
    city.edits.add(
        "inspection_plan",
        pd.DataFrame(
            {
                "task_id": city.edits.take("inspection_plan", len(leads)),
                "plan_type": "专项行动",
                "org_id": leads["org_id"].to_numpy(),
                "campaign_name": name,
                "domain_code": leads["domain_code"].to_numpy(),
                "start_date": half.start - 60 * DAY,
                "end_date": half.end - DAY,
                "is_offhours_ok": False,
                "approved_at": clock(np.repeat(half.start - 65 * DAY, len(leads)), 10, 0),
                "area_code": leads["area_code"].to_numpy(),
            }
        ),
    )
    _decoy(city, crew, decided, branch, note)
