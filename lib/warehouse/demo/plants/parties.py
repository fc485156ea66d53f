"""Parties nobody has dealt with yet, so that a planted case stands alone."""

import hashlib

import duckdb
import numpy as np
import pandas as pd

from lib.warehouse.demo.plants.coined import coin
from lib.warehouse.demo.plants.draft import Draft

_FREE = """
with known as (
    select party_id as uscc from penalty_case
    union select party_id from inspection_record where result_type in ('发现问题', '责令改正')
    union select party_id from violation_lead where party_id is not null
    union select uscc from officer_relation where uscc is not null
),

people as (
    select uscc, legal_rep_hash as person from enterprise
    union all select uscc, unnest(holder_hashes) from enterprise
),

related as (
    select distinct uscc from people where person in (select relative_hash from officer_relation)
),

visited as (
    select party_id as uscc, count(*) as visits from inspection_record group by party_id
),

final as (
    select uscc, entity_name, entity_type, legal_rep_hash, holder_hashes, area_code, coalesce(visits, 0) as visits
    from enterprise
    left join visited using (uscc)
    where status_type = '存续' and founded_date < $data_start
        and uscc not in (select uscc from known)
        and uscc not in (select uscc from related)
)

select * from final order by hash($seed || uscc), uscc limit $most
"""

_SURNAMES = "select distinct left(name_masked, 1) as surname from officer order by surname"


class Parties:
    """Hands out enterprises without cases, findings, leads, visits or relations, and fresh natural persons."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, draft: Draft, seed: int, data_start: np.datetime64, most: int = 20_000
    ) -> None:
        self.seed, self._draft = seed, draft
        self._model = con.execute("select entity_name, area_code from enterprise order by uscc limit 500").df()
        self._numbered = 1 + con.execute("select count(*) from enterprise").fetchnumpy()["count_star()"].item()
        named = {"seed": f"{seed}:", "data_start": data_start.item(), "most": most}
        self.free = con.execute(_FREE, named).df()
        self._left = np.ones(len(self.free), dtype=bool)
        self.traders = self.free["entity_type"].eq("个体工商户").to_numpy()
        self._county = self.free["area_code"].str[:6].to_numpy()
        self._persons = 0
        self._surnames = [row[0] for row in con.execute(_SURNAMES).fetchall()]

    @property
    def unvisited(self) -> np.ndarray:
        """Free enterprises that were never inspected either."""
        return self.free["visits"].eq(0).to_numpy()

    def enterprises(self, count: int, *, where: np.ndarray) -> pd.DataFrame:
        """The next `count` free enterprises of `where`: uscc, entity_name, entity_type, legal_rep_hash, holder_hashes,
        area_code, visits. What a small city lacks is founded."""
        taken = np.flatnonzero(self._left & where)[:count]
        self._left[taken] = False
        found = self.free.iloc[taken].reset_index(drop=True)
        missing = count - len(taken)
        if not missing:
            return found
        traders = bool(len(where) and self.traders[where].all())
        new = coin(self._numbered, missing, self._model, traders=traders)
        self._numbered += missing
        self._draft.add("enterprise", new)
        return pd.concat([found, new], ignore_index=True)

    def persons(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Salted hashes and short names of natural persons who appear nowhere else."""
        numbers = range(self._persons, self._persons + count)
        self._persons += count
        hashes = [hashlib.sha256(f"{self.seed}|planted person|{number}".encode()).hexdigest() for number in numbers]
        names = [self._surnames[int(text[16:24], 16) % len(self._surnames)] + "某" for text in hashes]
        return np.array([text[:16] for text in hashes], dtype=object), np.array(names, dtype=object)

    def of_type(self, party_type: np.ndarray, areas: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Party keys and names that fit each party type, of the county of each area as long as it has any."""
        kinds = np.asarray(party_type, dtype=object)
        keys, names = np.empty(len(kinds), dtype=object), np.empty(len(kinds), dtype=object)
        person = kinds == "自然人"
        keys[person], names[person] = self.persons(int(person.sum()))
        county = np.array([area[:6] for area in areas], dtype=object)
        for kind, fits in (("个体工商户", self.traders), ("法人及非法人组织", ~self.traders)):
            for code in sorted(set(county[kinds == kind])):
                chosen = (kinds == kind) & (county == code)
                found = self._nearest(int(chosen.sum()), fits, code)
                keys[chosen], names[chosen] = found["uscc"].to_numpy(), found["entity_name"].to_numpy()
        return keys, names

    def _nearest(self, count: int, fits: np.ndarray, county: str) -> pd.DataFrame:
        """Of the county if it has enough; the unvisited ones are kept for the models about inspections."""
        near, visited = self._county == county, ~self.unvisited
        for where in (fits & near & visited, fits & visited, fits & near):
            if (where & self._left).sum() >= count:
                return self.enterprises(count, where=where)
        return self.enterprises(count, where=fits)
