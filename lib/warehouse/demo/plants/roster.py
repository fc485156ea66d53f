"""Officers who may be given a planted case: posted, certified, and where the weight of the map puts them."""

import duckdb
import numpy as np
import pandas as pd

from lib.warehouse.demo.plants.period import Period

DARK_TOWN, DARK_TOWNS = "330483101", 4
LONGEST = np.timedelta64(60, "D")
DARK_FACTOR, RISKY_SHARE, RISKY_OFFICERS = 9.0, 0.3, 8

_ELIGIBLE = """
with posting as (
    select officer_id, coalesce(use_org_id, org_id) as org_id, post_name
    from officer_posting where start_date <= $filed and end_date is null
),

certified as (
    select distinct officer_id from officer_cert
    where cert_status = '有效' and issue_date <= $filed and expire_date > $end
),

chiefs as (
    select
        org_id,
        min(officer_id) filter (where post_name = '法制员') as reviewer_id,
        min(officer_id) filter (where post_name in ('队长', '科长')) as approver_id
    from posting group by org_id
),

final as (
    select
        officer.officer_id, posting.org_id, reviewer_id, approver_id,
        org.area_code, org.domain_code, org.org_level, officer.name_masked
    from officer
    join posting using (officer_id)
    join certified using (officer_id)
    join chiefs on chiefs.org_id = posting.org_id
    join org on org.org_id = posting.org_id
    where officer.officer_type <> '辅助人员' and officer.status_type = '在岗'
        and officer_id not in (reviewer_id, approver_id)
    qualify count(*) over (partition by posting.org_id) >= 2
        and count(*) over (partition by officer.officer_id) = 1
)

select * from final order by hash($seed || officer_id), officer_id
"""


class Roster:
    """Weighted choice of handlers. A few dark towns and a few risky officers carry more than their share.

    `officers`: officer_id, org_id, reviewer_id, approver_id, area_code, domain_code, org_level, name_masked, weight.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, seed: int, period: Period) -> None:
        # Those who decide a case in the first days of the period had it before.
        filed = (period.start - LONGEST).item()
        named = {"seed": f"{seed}:", "filed": filed, "end": period.end.item()}
        self.officers = con.execute(_ELIGIBLE, named).df()
        self.officers["weight"] = self._weights(np.random.default_rng([seed, 77]))
        self._members = {org: frame.index.to_numpy() for org, frame in self.officers.groupby("org_id")}
        self._used = np.zeros(len(self.officers), dtype=bool)
        self.risky = self._risky(np.random.default_rng([seed, 78]))
        self._used[self.risky] = True

    def _weights(self, rng: np.random.Generator) -> np.ndarray:
        """Per officer: the weight of the town or body, shared by its officers."""
        areas = sorted(self.officers["area_code"].unique())
        counties = sorted({area[:6] for area in areas})
        of_county = dict(zip(counties, rng.permutation(np.geomspace(0.6, 2.2, len(counties))), strict=True))
        of_area = {area: of_county[area[:6]] * (0.15 + rng.random() ** 2 * 2) for area in areas}
        towns = [area for area in areas if len(area) == 9]
        if towns:
            dark = {*rng.choice(towns, min(DARK_TOWNS, len(towns)), replace=False), DARK_TOWN}
            of_area |= {area: DARK_FACTOR for area in towns if area in dark}
        size = self.officers.groupby("area_code")["officer_id"].transform("size")
        return (self.officers["area_code"].map(of_area) / size).to_numpy()

    def _risky(self, rng: np.random.Generator) -> np.ndarray:
        count = min(RISKY_OFFICERS, max(1, len(self.officers) // 20))
        return self._draw(rng, np.arange(len(self.officers)), count)

    def _draw(self, rng: np.random.Generator, among: np.ndarray, count: int) -> np.ndarray:
        weight = self.officers["weight"].to_numpy()[among]
        return rng.choice(among, count, replace=count > len(among), p=weight / weight.sum())

    def take(self, rng: np.random.Generator, count: int, where: np.ndarray | None = None) -> np.ndarray:
        """Positions of `count` officers not given out before (as long as there are any)."""
        where = np.ones(len(self.officers), dtype=bool) if where is None else where
        free = np.flatnonzero(where & ~self._used)
        if len(free) < count:
            free = np.setdiff1d(np.flatnonzero(where), self.risky)
        taken = self._draw(rng, free, count) if count else np.empty(0, dtype="int64")
        self._used[taken] = True
        return taken

    def crews(
        self, rng: np.random.Generator, count: int, *, risky: float = RISKY_SHARE, where: np.ndarray | None = None
    ) -> pd.DataFrame:
        """`count` rows officer_id, officer2_id, reviewer_id, approver_id, org_id, area_code, domain_code, org_level.

        The first two handle a case, the team's legal reviewer and head review and approve it. About a share of
        `risky` goes to the risky officers, the rest to officers who get nothing else.
        """
        allowed = self.risky if where is None else self.risky[where[self.risky]]
        marked = (rng.random(count) < risky) & (len(allowed) > 0)
        lead = np.empty(count, dtype="int64")
        if marked.any():
            lead[marked] = rng.choice(allowed, int(marked.sum()))
        lead[~marked] = self.take(rng, int((~marked).sum()), where)
        return self.crews_of(rng, lead)

    def mates(self, rng: np.random.Generator, officer: str, count: int) -> np.ndarray:
        """Positions of `count` officers (with repetition) of that officer's body."""
        org = self.officers.loc[self.officers["officer_id"] == officer, "org_id"].iloc[0]
        return rng.choice(self._members[org], count)

    def crews_of(self, rng: np.random.Generator, lead: np.ndarray) -> pd.DataFrame:
        """Crews around the given leading officers (positions in `officers`)."""
        crew = self.officers.iloc[lead].drop(columns=["name_masked", "weight"]).reset_index(drop=True)
        mates = [
            rng.choice(np.setdiff1d(self._members[org], [first]))
            for org, first in zip(crew["org_id"], lead, strict=True)
        ]
        crew["officer2_id"] = self.officers["officer_id"].to_numpy()[np.array(mates, dtype="int64")]
        return crew
