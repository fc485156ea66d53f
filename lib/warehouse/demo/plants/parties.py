"""Parties nobody has dealt with yet, so that a planted case stands alone."""

import hashlib

import duckdb
import numpy as np
import pandas as pd

from lib.warehouse.demo.plants.coined import coin
from lib.warehouse.demo.plants.edits import Edits

_FREE = """
with known as (
    select party_id as uscc from penalty_case where party_id is not null
    union select party_id from inspection_record where party_id is not null and result_type in ('发现问题', '责令改正')
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
        self, con: duckdb.DuckDBPyConnection, edits: Edits, seed: int, data_start: np.datetime64, most: int = 20_000
    ) -> None:
        self.seed, self._edits = seed, edits
        self._model = con.execute("select entity_name, area_code from enterprise order by uscc limit 500").df()
        ((count,),) = con.execute("select count(*) from enterprise").fetchall()
        self._numbered = count + 1
        self._persons = 0
        self._surnames = [row[0] for row in con.execute(_SURNAMES).fetchall()]
        self._set(con.execute(_FREE, {"seed": f"{seed}:", "data_start": data_start.item(), "most": most}).df())
        self._left = np.ones(len(self.free), dtype=bool)

    def _set(self, free: pd.DataFrame) -> None:
        self.free = free
        self._keys, self._names = free["uscc"].to_numpy(), free["entity_name"].to_numpy()
        self._trader = free["entity_type"].eq("个体工商户").to_numpy()
        self._visited = free["visits"].gt(0).to_numpy()
        self._county = free["area_code"].str[:6].to_numpy()

    def companies(self, count: int, *, visited: bool | None = None) -> pd.DataFrame:
        """The next `count` free companies (no 个体工商户), perhaps only ones (never) inspected before: uscc,
        entity_name, legal_rep_hash, holder_hashes, area_code. What a small city lacks is founded."""
        fits = ~self._trader if visited is None else ~self._trader & (self._visited == visited)
        taken = self._take(count, fits, traders=False)
        return self.free.iloc[taken].reset_index(drop=True)

    def _take(self, count: int, fits: np.ndarray, *, traders: bool) -> np.ndarray:
        """Positions in `free` of the next `count` that fit; new ones are added to it when they run out."""
        taken = np.flatnonzero(self._left & fits)[:count]
        self._left[taken] = False
        missing = count - len(taken)
        if missing:
            new = coin(self._numbered, missing, self._model, traders=traders)
            self._numbered += missing
            self._edits.add("enterprise", new)
            taken = np.concatenate([taken, len(self.free) + np.arange(missing)])
            self._set(pd.concat([self.free, new[self.free.columns]], ignore_index=True))
            self._left = np.concatenate([self._left, np.zeros(missing, dtype=bool)])
        return taken

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
        for kind, traders in (("个体工商户", True), ("法人及非法人组织", False)):
            for code in sorted(set(county[kinds == kind])):
                chosen = (kinds == kind) & (county == code)
                found = self._nearest(int(chosen.sum()), code, traders=traders)
                keys[chosen], names[chosen] = self._keys[found], self._names[found]
        return keys, names

    def _nearest(self, count: int, county: str, *, traders: bool) -> np.ndarray:
        """Of the county if it has enough; the unvisited ones are kept for the models about inspections."""
        kind, near = self._left & (self._trader == traders), self._county == county
        for fits in (kind & near & self._visited, kind & self._visited, kind & near):
            if np.count_nonzero(fits) >= count:
                return self._take(count, fits, traders=traders)
        return self._take(count, kind, traders=traders)
