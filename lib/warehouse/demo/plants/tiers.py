"""Fine tiers a planted case may be judged by, with what the base city's cases of the tier cost."""

from functools import cached_property

import duckdb
import numpy as np
import pandas as pd

from lib.warehouse.demo.plants.period import Period

Z_ROOM = 2.6
HEARING = {"自然人": 5_000, "个体工商户": 5_000, "法人及非法人组织": 50_000}

_TIERS = """
with fined as (
    select penalty_case.item_code, benchmark_id, ln(fine_amt) as height, decision_date > $start as recent
    from penalty_case
    where result_type = '处罚' and fine_amt > 0 and benchmark_id is not null
),

centre as (
    select benchmark_id, median(height) as centre, count(*) as used, count(*) filter (where recent) as recent
    from fined group by benchmark_id
),

spread as (
    select benchmark_id, median(abs(height - centre)) as spread from fined join centre using (benchmark_id)
    group by benchmark_id
),

rows as (
    select
        tier.benchmark_id, tier.item_code, tier.tier_no, tier.party_type, item.domain_code as item_domain,
        tier.fine_min_amt::double as low, tier.fine_max_amt::double as high,
        item.fine_min_amt::double as floor, item.fine_max_amt::double as ceiling,
        item.crime_threshold_amt::double as crime_amt,
        coalesce(used, 0) as used, coalesce(recent, 0) as recent, centre, spread
    from discretion_benchmark as tier
    join power_item as item using (item_code)
    left join centre using (benchmark_id)
    left join spread using (benchmark_id)
    where tier.valid_from_date <= $data_start and (tier.valid_to_date is null or tier.valid_to_date > $as_of)
        and item.item_type = '02处罚'
        and tier.fine_max_amt > tier.fine_min_amt and item.fine_max_amt > item.fine_min_amt
),

final as (
    select *, tier_no = max(tier_no) over (partition by item_code, party_type) as is_top from rows
)

select * from final order by hash($seed || benchmark_id), benchmark_id
"""

_FIT = """
select distinct domain_code, org_level, item_code
from penalty_case join org using (org_id)
"""


class Tiers:
    """`rows`: benchmark_id, item_code, tier_no, party_type, low, high (tier), floor, ceiling (statutory), crime_amt,
    used, recent (base cases, all and in the window), centre, spread (median and MAD of ln fine), is_top."""

    def __init__(self, con: duckdb.DuckDBPyConnection, seed: int, window: Period, data_start: np.datetime64) -> None:
        named = {
            "seed": f"{seed}:",
            "start": window.start.item(),
            "as_of": window.end.item(),
            "data_start": data_start.item(),
        }
        self.rows = con.execute(_TIERS, named).df()
        self.rows["hearing"] = self.rows["party_type"].map(HEARING)
        fit = con.execute(_FIT).df()
        bodies = fit.groupby(fit["domain_code"] + "/" + fit["org_level"])["item_code"]
        self._items = {body: set(codes) for body, codes in bodies}
        self._set_aside = np.zeros(len(self.rows), dtype=bool)
        self._masks: dict[str, tuple[np.ndarray, ...]] = {}
        self._weight = np.sqrt(self.rows["used"].to_numpy() + 0.2)
        self._by_domain = {domain: set(codes) for domain, codes in fit.groupby("domain_code")["item_code"]}

    @cached_property
    def plain(self) -> np.ndarray:
        """Tiers in which an ordinary fine stays clear of the hearing threshold and of the statutory ceiling."""
        rows = self.rows
        most = rows["low"] + _ordinary_span(rows)[1] * (rows["high"] - rows["low"])
        share = (most - rows["floor"]) / (rows["ceiling"] - rows["floor"])
        return ((most < 0.93 * rows["hearing"]) & (share < 0.7) & (rows["low"] >= 50)).to_numpy()

    @cached_property
    def for_firms(self) -> np.ndarray:
        """Plain tiers for registered parties, not for natural persons."""
        return self.plain & (self.rows["party_type"] != "自然人").to_numpy()

    def choose(self, rng: np.random.Generator, crew: pd.DataFrame, mask: np.ndarray) -> pd.DataFrame:
        """One tier per crew out of `mask`, of an item that bodies of the crew's kind handle; busy tiers more often."""
        picked = np.empty(len(crew), dtype="int64")
        mask = np.asarray(mask) & ~self._set_aside
        bodies = (crew["domain_code"] + "/" + crew["org_level"]).to_numpy()
        for body in sorted(set(bodies)):
            positions = np.flatnonzero(bodies == body)
            picked[positions] = self._draw(rng, body, mask, len(positions))
        return self.rows.iloc[picked].reset_index(drop=True)

    def _draw(self, rng: np.random.Generator, body: str, mask: np.ndarray, count: int) -> np.ndarray:
        for known in self._known(body):
            among = np.flatnonzero(mask & known)
            if len(among):
                weight = self._weight[among]
                return rng.choice(among, count, p=weight / weight.sum())
        raise LookupError(f"no fine tier fits the plant in {body}")

    def _known(self, body: str) -> tuple[np.ndarray, ...]:
        """What bodies of that kind handle, bodies of that domain handle, belongs to the domain, and everything."""
        if body not in self._masks:
            domain = body.split("/")[0]
            self._masks[body] = (
                self._of(self._items.get(body, set())),
                self._of(self._by_domain.get(domain, set())),
                self.rows["item_domain"].eq(domain).to_numpy(),
                np.ones(len(self.rows), dtype=bool),
            )
        return self._masks[body]

    def set_aside(self, benchmarks: pd.Series) -> None:
        """Keep these tiers for whoever asked: nobody is given them by `choose` from now on."""
        self._set_aside |= self.rows["benchmark_id"].isin(benchmarks).to_numpy()

    @property
    def unclaimed(self) -> np.ndarray:
        return ~self._set_aside

    def several(self, rng: np.random.Generator, crew: pd.DataFrame, mask: np.ndarray, count: int) -> pd.DataFrame:
        """`count` tiers of different items for one crew."""
        chosen: list[pd.DataFrame] = []
        for _ in range(count):
            chosen.append(self.choose(rng, crew, mask))
            mask = mask & ~self._of({chosen[-1]["item_code"].iloc[0]})
        return pd.concat(chosen, ignore_index=True)

    def _of(self, items: set[str]) -> np.ndarray:
        return self.rows["item_code"].isin(items).to_numpy()


def unremarkable(rows: pd.DataFrame, fine: pd.Series) -> pd.Series:
    """Tiers in which that fine does not stand out among the base city's (robust z, M07)."""
    height = 0.6745 * (np.log(fine) - rows["centre"]).abs() / rows["spread"]
    return (rows["used"] < 6) | (height < Z_ROOM)


def _ordinary_span(tier: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Where in a tier the base city's ordinary fines lie, as shares of its width."""
    severe = tier["tier_no"].to_numpy() == 3
    return np.where(severe, 0.04, 0.26), np.where(severe, 0.20, 0.66)


def ordinary_fine(rng: np.random.Generator, tier: pd.DataFrame) -> np.ndarray:
    """Fines spread over the part of the tier where the base city's lie, so that no group of cases looks different."""
    low, high = tier["low"].to_numpy(), tier["high"].to_numpy()
    least, most = _ordinary_span(tier)
    return round_fine(low + (high - low) * rng.uniform(least, most))


def severe_fine(rng: np.random.Generator, tier: pd.DataFrame) -> np.ndarray:
    """Near the top of the tier."""
    return round_fine((tier["low"] + (tier["high"] - tier["low"]) * rng.uniform(0.87, 0.95, len(tier))).to_numpy())


def round_fine(fine: np.ndarray) -> np.ndarray:
    """Whole tens, whole yuan below 500."""
    return np.where(fine >= 500, np.round(fine / 10) * 10, np.round(fine))
