"""M17 未回避: a handler's own or a relative's interest in the party (处罚法 43, 公务员法 76)."""

import hashlib

import numpy as np
import pandas as pd

from lib.warehouse.demo.plants.bundle import Cases, put
from lib.warehouse.demo.plants.carrier import carry
from lib.warehouse.demo.plants.city import City
from lib.warehouse.demo.plants.days import DAY
from lib.warehouse.demo.plants.period import Period

# branch, level, how many, kinship in turn, what ties the relative to the party
CELLS = (
    ("in_law", "orange", 5, ("近姻亲",), "uscc"),
    ("in_law", "orange", 4, ("近姻亲",), "legal_rep"),
    ("close_kin", "red", 1, ("配偶", "子女", "父母"), "uscc"),
    ("close_kin", "red", 1, ("父母", "配偶", "子女"), "holder"),
    ("self", "red", 2, ("本人",), "legal_rep"),
    ("close_kin", "red", 1, ("配偶", "子女"), "person"),
    ("second_handler", "red", 2, ("配偶", "父母"), "uscc"),
    ("approver", "red", 1, ("配偶", "子女"), "uscc"),
    ("reviewer", "orange", 2, ("近姻亲",), "legal_rep"),
    ("other_recused", "red", 1, ("配偶", "父母"), "holder"),
)
WHOSE = {"second_handler": "officer2_id", "approver": "approver_id", "reviewer": "reviewer_id"}

_SHARED = """
with people as (
    select legal_rep_hash as person from enterprise
    union all select unnest(list_filter(holder_hashes, lambda h: h is distinct from legal_rep_hash)) from enterprise
)
select person from people where person in (select unnest($people)) group by person having count(*) > 1
"""


def plant(city: City) -> None:
    for period in (city.window, city.history):
        for branch, level, full, kin, tie in CELLS:
            rng, count = city.rng("M17", period.name, branch, tie), city.count(full, period)
            cases = _involved(city, rng, period, count, tie)
            _relate(city, cases, tie, kin, WHOSE.get(branch, "officer_id"))
            if branch == "other_recused":
                days = city.calendar.add(cases.day("filed_date"), 1)
                cases.add_event(city, rng, "回避", days, 9, operator="officer2_id", approver="approver_id")
            city.violation("M17", branch, level, cases.subjects(), cases.day("filed_date"), period, note=tie)
            put(city, cases)
    _decoys(city)


def _firms(city: City, count: int) -> pd.DataFrame:
    """Free companies whose legal representative and holders have no other company."""
    pool = city.parties.companies(count * 2 + 6, visited=True)
    people = [
        [rep, *(holders if holders is not None else [])]
        for rep, holders in zip(pool["legal_rep_hash"], pool["holder_hashes"], strict=True)
    ]
    shared = set(city.con.execute(_SHARED, {"people": [person for names in people for person in names]}).df()["person"])
    alone = np.array([not shared.intersection(names) for names in people])
    return pool[alone].iloc[:count].reset_index(drop=True)


def _involved(city: City, rng: np.random.Generator, period: Period, count: int, tie: str) -> Cases:
    """Clean cases against companies (or, for a tie by person, natural persons)."""
    rows = city.tiers.rows
    if tie == "person":
        pick = city.tiers.plain & rows["party_type"].eq("自然人").to_numpy()
        return carry(city, rng, period, count, pick=pick)
    firms = _firms(city, count)
    pick = city.tiers.plain & rows["party_type"].eq("法人及非法人组织").to_numpy()
    party = (firms["uscc"].to_numpy(), firms["entity_name"].to_numpy())
    cases = carry(city, rng, period, len(firms), pick=pick, party=party)
    cases.case["legal_rep_hash"] = firms["legal_rep_hash"]
    cases.case["other_holder"] = [
        next((h for h in holders if h != rep), rep)
        for rep, holders in zip(firms["legal_rep_hash"], firms["holder_hashes"], strict=True)
    ]
    return cases


def _relate(
    city: City,
    cases: Cases,
    tie: str,
    kin: tuple[str, ...],
    whose: str,
    *,
    officers: np.ndarray | None = None,
    start: np.ndarray | None = None,
    end: np.ndarray | None = None,
    named: bool = False,
) -> None:
    """One officer_relation row per case that ties its handler (or `officers`) to its party; `named`: with its code."""
    case, count = cases.case, len(cases)
    strangers = [hashlib.sha256(f"{city.seed}|{key}|relative".encode()).hexdigest()[:16] for key in case["case_id"]]
    hashes = {
        "uscc": strangers,
        "legal_rep": case.get("legal_rep_hash"),
        "holder": case.get("other_holder"),
        "person": case["party_id"],
    }[tie]
    never = np.full(count, np.datetime64("NaT", "D"))
    city.edits.add(
        "officer_relation",
        pd.DataFrame(
            {
                "relation_id": city.edits.take("officer_relation", count),
                "officer_id": case[whose].to_numpy() if officers is None else officers,
                "relative_hash": np.asarray(hashes, dtype=object),
                "relation_type": [kin[n % len(kin)] for n in range(count)],
                "uscc": case["party_id"] if tie == "uscc" or named else None,
                "role_type": {"uscc": "股东", "legal_rep": "法定代表人", "holder": "股东", "person": None}[tie],
                "source_type": "比对发现",
                "start_date": cases.day("filed_date") - 500 * DAY if start is None else start,
                "end_date": never if end is None else end,
                "area_code": case["area_code"],
            }
        ),
    )


def _decoys(city: City) -> None:
    for branch, note in (
        ("recused", "办案人员已回避"),
        ("exited", "持股关系立案前已终止"),
        ("near_later", "结案后才形成的关系"),
        ("tied_later", "结案后才当上法定代表人"),
        ("name_collision", "同名不同人"),
    ):
        rng, count = city.rng("M17", branch), city.count(3)
        decided = city.days(rng, city.window, count, lag=60)
        firms = _firms(city, count)
        pick = city.tiers.plain & city.tiers.rows["party_type"].eq("法人及非法人组织").to_numpy()
        party = (firms["uscc"].to_numpy(), firms["entity_name"].to_numpy())
        cases = carry(city, rng, city.window, count, pick=pick, party=party, decided=decided)
        kin, filed = ("配偶", "子女"), cases.day("filed_date")
        if branch == "recused":
            _relate(city, cases, "uscc", kin, "officer_id")
            cases.add_event(city, rng, "回避", city.calendar.add(filed, 1), 9, approver="approver_id")
        elif branch == "exited":
            _relate(city, cases, "uscc", kin, "officer_id", end=filed - 45 * DAY)
        elif branch == "tied_later":
            cases.case["legal_rep_hash"] = firms["legal_rep_hash"]
            _relate(city, cases, "legal_rep", kin, "officer_id", start=cases.day("closed_date") + 8 * DAY, named=True)
        elif branch == "near_later":
            _relate(city, cases, "uscc", kin, "officer_id", start=cases.day("closed_date") + 8 * DAY)
        else:
            _relate(city, cases, "uscc", kin, "officer_id", officers=_namesakes(city, rng, cases))
        city.decoy("M17", branch, cases.subjects(), cases.day("decision_date"), note)
        put(city, cases)


def _namesakes(city: City, rng: np.random.Generator, cases: Cases) -> np.ndarray:
    """For each handler an officer of another body with the same masked name (or any, where there is none)."""
    officers = city.roster(city.window).officers
    chosen = []
    for handler, org in zip(cases.case["officer_id"], cases.case["org_id"], strict=True):
        name = officers.loc[officers["officer_id"] == handler, "name_masked"].iloc[0]
        elsewhere = officers["org_id"] != org
        same = officers.loc[elsewhere & (officers["name_masked"] == name), "officer_id"]
        chosen.append(rng.choice(same if len(same) else officers.loc[elsewhere, "officer_id"]))
    return np.array(chosen, dtype=object)
