"""Officers with many severe fines that the items explain: hard items by assignment, a campaign of several."""

import numpy as np
import pandas as pd

from lib.warehouse.demo.plants.bundle import put, repeat
from lib.warehouse.demo.plants.carrier import carry
from lib.warehouse.demo.plants.city import City
from lib.warehouse.demo.plants.days import DAY, clock
from lib.warehouse.demo.plants.severity import HalfYear
from lib.warehouse.demo.plants.tiers import ordinary_fine, round_fine, severe_fine, unremarkable

ASSIGNED, IN_CAMPAIGN, SEVERE_IN_CAMPAIGN = 20, 16, 10


def plant_innocents(city: City, half: HalfYear) -> None:
    """Look-alikes of M08, in the window only."""
    _hard_items(city, half)
    _campaign(city, half)


def _decoy(city: City, crew: pd.DataFrame, decided: np.ndarray, branch: str, note: str) -> None:
    subject = crew.assign(subject_id=crew["officer_id"])[["subject_id", "officer_id", "org_id", "area_code"]]
    city.decoy("M08", branch, subject.drop_duplicates(), decided.max(), note, subject_type="officer")


def _officers(city: City, half: HalfYear, rng: np.random.Generator, count: int, domain: str) -> pd.DataFrame:
    roster, busy = city.roster(city.window), half.officers()
    spoilt = half.marked | set(busy.index[busy["high"] > 0])
    fits = ~roster.officers["officer_id"].isin(spoilt) & roster.officers["domain_code"].eq(domain)
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
        _decoy(city, crew, decided, "hard_items", "分派的高罚幅事项,高额比例与全市一致")


def reserve_campaign(city: City) -> pd.DataFrame:
    """The lowest and the highest tier of one item that nobody uses, kept for the campaign; empty if there is none.

    To be called before anything is planted.
    """
    rows = city.tiers.rows
    quiet = rows.groupby("item_code")["used"].transform("sum").eq(0) & city.tiers.unclaimed
    top = quiet & rows["is_top"] & (rows["tier_no"] > 1) & (rows["high"] >= 0.999 * rows["ceiling"])
    top &= rows["item_domain"].isin(["ZF", "SC"]) & (rows["low"] > 1000)
    if not top.any():
        return rows[:0]
    upper = rows[top].iloc[[0]]
    same = rows["item_code"].eq(upper["item_code"].iloc[0]) & rows["party_type"].eq(upper["party_type"].iloc[0])
    both = pd.concat([rows[same & rows["tier_no"].eq(1)].iloc[[0]], upper], ignore_index=True)
    city.tiers.set_aside(rows.loc[rows["item_code"].isin(both["item_code"]), "benchmark_id"])
    return both


def _campaign(city: City, half: HalfYear) -> None:
    """Three officers fine one rare item severely in a campaign: the item's own rate explains it."""
    if not len(city.campaign_tiers):
        return
    rng = city.rng("M08", "campaign")
    leads = _officers(city, half, rng, 3, str(city.campaign_tiers["item_domain"].iloc[0]))
    crew = repeat(leads, IN_CAMPAIGN)
    high = np.tile(np.arange(IN_CAMPAIGN) < SEVERE_IN_CAMPAIGN, len(leads))
    tier = city.campaign_tiers.take(high.astype(int)).reset_index(drop=True)
    fine = np.where(high, severe_fine(rng, tier), ordinary_fine(rng, tier))
    decided = half.days(city, rng, len(crew))
    put(city, carry(city, rng, city.window, len(crew), crew=crew, tier=tier, fine=fine, decided=decided))
    city.draft.add("inspection_plan", pd.DataFrame({
        "task_id": city.draft.take("inspection_plan", len(leads)), "plan_type": "专项行动",
        "org_id": leads["org_id"].to_numpy(), "campaign_name": "从严整治专项行动",
        "domain_code": leads["domain_code"].to_numpy(),
        "start_date": half.start, "end_date": half.end - DAY, "is_offhours_ok": False,
        "approved_at": clock(np.repeat(half.start - 5 * DAY, len(leads)), 10, 0),
        "area_code": leads["area_code"].to_numpy(),
    }))
    _decoy(city, crew, decided, "campaign", "专项行动中同一事项普遍从严")
