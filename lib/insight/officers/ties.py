"""The ties between officers, relatives, firms, cases and warnings that are declared or matched, each with its source.

People and firms are matched by hash and by code, never by name. A node is written KIND:NUMBER (officer:P1, firm:USCC,
case:C1, warning:W1); relative:HASH stands for somebody whom an officer has declared, and never leaves lib.insight.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import pandas as pd

from lib.access import Viewer, under
from lib.access.scope import visible
from lib.casework.store.register import Register
from lib.insight.row_scope import scoped
from lib.insight.warnings.listing import warning_list
from lib.warehouse.store import Warehouse

OFFICER, RELATIVE, FIRM, CASE, WARNING = "officer", "relative", "firm", "case", "warning"
SELF = "本人"
REGISTERED = "企业登记（按身份哈希比对）"
CASES, HANDLERS, MATCHED = "处罚案件", "案件承办人", "处罚案件（按身份哈希比对）"
WARNED = ("预警对象", "涉及人员")
COLUMNS = ["a", "b", "tie", "source", "start", "end"]

_OFFICERS = """
select officer_id, person_hash, org.area_code, org.domain_code
from officer
left join org using (org_id)
"""
# The start and end of a declaration that names a firm are those of the share or post: one stays a relative.
_RELATIONS = """
select
    officer_id, relative_hash as person_hash, relation_type, uscc, role_type,
    coalesce(source_type, '来源不明') as source, start_date as start,
    case when end_date <= $as_of then end_date end as "end"
from officer_relation
where officer_id in (select unnest($officers)) and coalesce(start_date <= $as_of, true)
order by relation_id
"""
_COMPANIES = "select person_hash, party_id, tie from mart_kin_company where person_hash in (select unnest($people))"
_HANDLED = """
select case_id, officer_id, coalesce(role_type, '办案') as tie, coalesce(cast(start_at as date), filed_date) as start,
    case when closed_date <= $as_of then closed_date end as "end"
from case_officer
inner join penalty_case using (case_id)
where {which} and filed_date <= $as_of
"""
_OF_OFFICERS = _HANDLED.format(which="officer_id in (select unnest($ids))")
_OF_CASES = _HANDLED.format(which="case_id in (select unnest($ids))")
_PARTIES = """
select case_id, party_id, party_type, filed_date as start,
    case when closed_date <= $as_of then closed_date end as "end"
from penalty_case
where {which} and party_id <> '' and filed_date <= $as_of
"""
_PARTY_OF = _PARTIES.format(which="case_id in (select unnest($ids))")
_CASES_OF = _PARTIES.format(which="party_id in (select unnest($ids))")


def node(kind: str, number: object) -> str:
    """KIND:NUMBER."""
    return f"{kind}:{number}"


def kind_of(key: str) -> str:
    """What sort of node it is."""
    return key.partition(":")[0]


def number_of(key: str) -> str:
    """The number of a node."""
    return key.partition(":")[2]


@dataclass(frozen=True)
class Kin:
    """What the viewer may see of officers and their relatives.

    person: node by hash, of officers in scope and of whomever they declared. officers: the officers in scope.
    ties: COLUMNS, of officers with relatives and of both with firms.
    """

    person: dict[str, str] = field(repr=False)
    officers: frozenset[str] = field(repr=False)
    ties: pd.DataFrame = field(repr=False)


@lru_cache(maxsize=16)
@under("view", "officer")
def kin(warehouse: Warehouse, viewer: Viewer) -> Kin:
    """Relatives and firms of the officers in the viewer's scope, as declared and registered on the warehouse's day.

    Nothing that another officer declared about the viewer is in it. Raises Forbidden without the right to see
    integrity files.
    """
    every = warehouse.query(_OFFICERS)
    inside = visible(viewer, every)
    asked = {"officers": inside["officer_id"].tolist(), "as_of": warehouse.as_of}
    relations = warehouse.query(_RELATIONS, asked)
    own = every.loc[every["officer_id"].eq(viewer.officer_id or ""), "person_hash"]
    relations = relations[~relations["person_hash"].isin(own) & relations["person_hash"].ne("")]
    person = {one: node(RELATIVE, one) for one in relations["person_hash"]}
    hashed = inside[inside["person_hash"].fillna("").ne("")]
    person |= {
        one: node(OFFICER, number) for one, number in zip(hashed["person_hash"], hashed["officer_id"], strict=True)
    }
    officers = frozenset(inside["officer_id"].map(lambda number: node(OFFICER, number)))
    ties = [_kinships(relations, person), _posts(relations, person), _registered(warehouse, person)]
    return Kin(person, officers, _joined(ties))


def _kinships(relations: pd.DataFrame, person: dict[str, str]) -> pd.DataFrame:
    rows = relations[relations["relation_type"].ne(SELF)]
    unbound = rows["uscc"].isna()
    found = pd.DataFrame(
        {
            "a": rows["officer_id"].map(lambda number: node(OFFICER, number)),
            "b": rows["person_hash"].map(person),
            "tie": rows["relation_type"],
            "source": rows["source"],
            "start": rows["start"].where(unbound),
            "end": rows["end"].where(unbound),
        }
    )
    return found[found["a"].ne(found["b"])]


def _posts(relations: pd.DataFrame, person: dict[str, str]) -> pd.DataFrame:
    rows = relations[relations["uscc"].notna()]
    own = rows["officer_id"].map(lambda number: node(OFFICER, number))
    return pd.DataFrame(
        {
            "a": own.where(rows["relation_type"].eq(SELF), rows["person_hash"].map(person)),
            "b": rows["uscc"].map(lambda code: node(FIRM, code)),
            "tie": rows["role_type"].fillna("任职持股"),
            "source": rows["source"],
            "start": rows["start"],
            "end": rows["end"],
        }
    )


def _registered(warehouse: Warehouse, person: dict[str, str]) -> pd.DataFrame:
    rows = warehouse.query(_COMPANIES, {"people": list(person)})
    return pd.DataFrame(
        {
            "a": rows["person_hash"].map(person),
            "b": rows["party_id"].map(lambda code: node(FIRM, code)),
            "tie": rows["tie"],
            "source": REGISTERED,
            "start": pd.NaT,
            "end": pd.NaT,
        }
    )


class Ties:
    """All ties of a moment that the viewer may see; `touching` looks up those of some nodes."""

    def __init__(self, register: Register, warehouse: Warehouse, viewer: Viewer) -> None:
        self._warehouse, self._viewer = warehouse, viewer
        self.kin = kin(warehouse, viewer)
        self.warnings = warning_list(register, warehouse, viewer).set_index("warning_id", drop=False)
        self._hash = {key: one for one, key in self.kin.person.items()}

    @cached_property
    def of_warnings(self) -> pd.DataFrame:
        """COLUMNS, of warnings with what they are about and with the officer they name."""
        rows = self.warnings
        subject = [
            self._subject(kind, number) for kind, number in zip(rows["subject_type"], rows["subject_id"], strict=True)
        ]
        officer = rows["officer_id"].map(lambda number: node(OFFICER, number), na_action="ignore")
        parts = [
            self._warned(rows, pd.Series(subject, index=rows.index, dtype="object"), WARNED[0]),
            self._warned(rows, officer.where(officer.ne(pd.Series(subject, index=rows.index))), WARNED[1]),
        ]
        return _joined(parts)

    def _subject(self, kind: str, number: str) -> str | None:
        if kind == "penalty_case":
            return node(CASE, number)
        if kind == "officer":
            return node(OFFICER, number)
        return self.party(number) if kind == "enterprise" else None

    @staticmethod
    def _warned(rows: pd.DataFrame, about: pd.Series, tie: str) -> pd.DataFrame:
        found = pd.DataFrame(
            {
                "a": rows["warning_id"].map(lambda number: node(WARNING, number)),
                "b": about,
                "tie": tie,
                "source": rows["rule_label"],
                "start": rows["first_seen_at"],
                "end": pd.NaT,
            }
        )
        return found[found["b"].notna()]

    def party(self, party_id: str, party_type: object = None) -> str | None:
        """The node of a party: an officer or a relative by hash, else a firm; nobody for another natural person."""
        known = self.kin.person.get(party_id)
        natural = party_type == "自然人" or len(party_id) != 18
        return known or (None if natural else node(FIRM, party_id))

    def touching(self, keys: Iterable[str]) -> pd.DataFrame:
        """COLUMNS, of every tie with at least one end among the nodes."""
        asked = set(keys)
        held = [rows[rows["a"].isin(asked) | rows["b"].isin(asked)] for rows in (self.kin.ties, self.of_warnings)]
        found = _joined([*held, self._handled(asked), self._parties(asked)])
        return self._seen(found)

    def kin_of(self, keys: Iterable[str]) -> pd.DataFrame:
        """COLUMNS, of the declared and registered ties among the nodes."""
        asked = set(keys)
        return self.kin.ties[self.kin.ties["a"].isin(asked) & self.kin.ties["b"].isin(asked)]

    def _asked(self, sql: str, ids: list[str]) -> pd.DataFrame:
        return self._warehouse.query(sql, {"ids": ids, "as_of": self._warehouse.as_of})

    def _handled(self, keys: set[str]) -> pd.DataFrame:
        officers = [number_of(key) for key in keys if kind_of(key) == OFFICER]
        cases = [number_of(key) for key in keys if kind_of(key) == CASE]
        parts = [self._asked(sql, ids) for sql, ids in ((_OF_OFFICERS, officers), (_OF_CASES, cases)) if ids]
        rows = scoped(self._viewer, self._warehouse, pd.concat(parts)).rows if parts else pd.DataFrame()
        if rows.empty:
            return pd.DataFrame(columns=COLUMNS)
        return rows.assign(
            a=rows["officer_id"].map(lambda number: node(OFFICER, number)),
            b=rows["case_id"].map(lambda number: node(CASE, number)),
            source=HANDLERS,
        )[COLUMNS]

    def _parties(self, keys: set[str]) -> pd.DataFrame:
        cases = [number_of(key) for key in keys if kind_of(key) == CASE]
        people = [number_of(key) if kind_of(key) == FIRM else self._hash.get(key, "") for key in keys]
        parties = [one for one in people if one]
        parts = [self._asked(sql, ids) for sql, ids in ((_PARTY_OF, cases), (_CASES_OF, parties)) if ids]
        rows = scoped(self._viewer, self._warehouse, pd.concat(parts)).rows if parts else pd.DataFrame()
        if rows.empty:
            return pd.DataFrame(columns=COLUMNS)
        party = [self.party(*one) for one in zip(rows["party_id"], rows["party_type"], strict=True)]
        found = rows.assign(
            a=pd.Series(party, index=rows.index, dtype="object"),
            b=rows["case_id"].map(lambda number: node(CASE, number)),
            tie="当事人",
        )
        found = found[found["a"].notna()]
        return found.assign(source=found["a"].map(lambda key: CASES if kind_of(key) == FIRM else MATCHED))[COLUMNS]

    def _seen(self, found: pd.DataFrame) -> pd.DataFrame:
        """Without what leads to an officer or a case outside the viewer's scope."""
        ends = pd.unique(pd.concat([found["a"], found["b"]]))
        cases = pd.DataFrame({"case_id": [number_of(key) for key in ends if kind_of(key) == CASE]}, dtype="object")
        inside = {node(CASE, number) for number in scoped(self._viewer, self._warehouse, cases).rows["case_id"]}
        hidden = {
            key
            for key in ends
            if (kind_of(key) == OFFICER and key not in self.kin.officers)
            or (kind_of(key) == CASE and key not in inside)
        }
        return found[~found["a"].isin(hidden) & ~found["b"].isin(hidden)]


def _joined(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """All rows once, dates as dates."""
    filled = [part[COLUMNS] for part in parts if len(part)]
    if not filled:
        return pd.DataFrame(columns=COLUMNS)
    dated = [part.assign(start=pd.to_datetime(part["start"]), end=pd.to_datetime(part["end"])) for part in filled]
    return pd.concat(dated, ignore_index=True).drop_duplicates(ignore_index=True)
