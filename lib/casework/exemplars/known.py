"""What identifies those whose case an exemplar tells: values of that very case, in the warehouse and the casework."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Connection, select

from lib.casework.exemplars.leftovers import DOCUMENT, FIRM, NUMBER, PERSON, PLACE, UNIT, Known
from lib.casework.store.schema import event
from lib.errors import UserError
from lib.warehouse.store import Warehouse

_CASE = """
select
    penalty_case.case_id, case_no, penalty_case.doc_no, lead_id, party_id, place_text, org.org_name, entity_name,
    list(distinct party_name) filter (where party_name is not null) as party_names,
    list(distinct receipt_no) filter (where receipt_no is not null) as receipts,
    list(distinct officer.name_masked) filter (where name_masked is not null) as officers,
    list(distinct case_officer.officer_id) filter (where case_officer.officer_id is not null) as officer_ids
from penalty_case
left join org using (org_id)
left join enterprise on enterprise.uscc = penalty_case.party_id
left join penalty_disclosure using (case_id)
left join fine_receipt using (case_id)
left join case_officer using (case_id)
left join officer on officer.officer_id = case_officer.officer_id
where penalty_case.case_id = $case_id
group by all
"""
_CASE_NAME = "select case_name from penalty_case where case_id = $case_id and case_name is not null"
_AREAS = """
select area_name from area
where level in ('县', '镇街') and area_code in ($area, substr($area, 1, 6))
"""
_TOWNS = "select area_name from area where level in ('县', '镇街')"
_UNIT_NAMES = "select org_name from org"
_PROJECTS = "select project_name from construction_project where uscc = $party and project_name is not null"
_DEED = ("未", "擅自", "违", "在", "使用", "无证", "非法", "从事", "占用", "经营", "运输", "驾驶", "不按", "不", "涉嫌")

# The warehouse that a step which checks is taken with; without one it cannot be taken.
_WITH: ContextVar[Warehouse | None] = ContextVar("exemplar_warehouse", default=None)


@contextmanager
def checking(warehouse: Warehouse) -> Iterator[None]:
    """Within, steps of exemplars compare with the values of the case in this warehouse."""
    token = _WITH.set(warehouse)
    try:
        yield
    finally:
        _WITH.reset(token)


def known_now(connection: Connection, row: Mapping[str, Any]) -> Known:
    """`known_of` with the warehouse that the step is taken with. Raises UserError without one."""
    warehouse = _WITH.get()
    if warehouse is None:
        raise UserError("没有案件数据，不能核对脱敏。", "请在典型案例页面办理这一步。")
    return known_of(connection, warehouse, row)


def known_of(connection: Connection, warehouse: Warehouse, row: Mapping[str, Any]) -> Known:
    """The values that identify the parties, officers and units of an exemplar's case; names with stars tell nobody.

    row: case_id, area_code, origin and source_id of the exemplar.
    """
    values: dict[str, set[str]] = defaultdict(set)
    if row["case_id"]:
        _of_case(warehouse, str(row["case_id"]), values)
    if row["area_code"]:
        own = set(warehouse.query(_AREAS, {"area": str(row["area_code"])})["area_name"])
        values[PLACE] |= own | {re.sub("(?:街道|[镇乡市县区])$", "", name) for name in own}
    # Every town and every unit of the city: which of them it was tells whose case.
    values[PLACE] |= set(warehouse.query(_TOWNS)["area_name"])
    values[UNIT] |= set(warehouse.query(_UNIT_NAMES)["org_name"])
    values[PERSON] |= set(_who_worked(connection, str(row["origin"]), str(row["source_id"])))
    told = {kind: frozenset(one for one in found if _tells(one)) for kind, found in values.items()}
    return Known({kind: found for kind, found in told.items() if found})


def _of_case(warehouse: Warehouse, case_id: str, values: dict[str, set[str]]) -> None:
    found = warehouse.query(_CASE, {"case_id": case_id})
    for row in found.to_dict("records"):
        values[DOCUMENT] |= {str(row[name]) for name in ("case_no", "doc_no") if row[name]}
        numbers = [row["case_id"], row["lead_id"], row["party_id"], *_each(row["receipts"]), *_each(row["officer_ids"])]
        values[NUMBER] |= {str(one) for one in numbers if isinstance(one, str)}
        values[PERSON] |= set(_each(row["officers"]))
        values[UNIT] |= {str(row["org_name"])} if row["org_name"] else set()
        if isinstance(row["entity_name"], str):
            values[FIRM].add(row["entity_name"])
        firm = isinstance(row["party_id"], str) and len(row["party_id"]) == 18
        values[FIRM if firm else PERSON] |= set(_each(row["party_names"]))
        if isinstance(row["place_text"], str):
            values[PLACE] |= {row["place_text"], *_parts(row["place_text"])}
        for name in warehouse.query(_CASE_NAME, {"case_id": case_id})["case_name"]:
            values[FIRM if firm else PERSON] |= {_party_in(name)}
        values[PLACE] |= set(warehouse.query(_PROJECTS, {"party": row["party_id"]})["project_name"])


def _each(held: Any) -> Iterable[str]:
    return [] if held is None or isinstance(held, float) else [str(one) for one in held]


def _parts(place: str) -> Iterator[str]:
    """The street with its number: what stands behind town or village."""
    for ending in ("街道", "镇", "乡"):
        before, found, rest = place.partition(ending)
        if found and len(rest) >= 4 and len(before) <= 4:
            yield rest
            return


def _party_in(case_name: str) -> str:
    """The party that a case's name begins with."""
    cuts = [place for deed in _DEED if (place := case_name.find(deed, 2)) > 0]
    return case_name[: min(cuts)] if cuts else ""


def _who_worked(connection: Connection, origin: str, source_id: str) -> Iterator[str]:
    """The names of the people who worked on what the exemplar comes from."""
    worked = select(event.c.actor_name).where(
        event.c.object_type == origin, event.c.object_id == source_id, event.c.actor_id != "system"
    )
    yield from (str(name) for (name,) in connection.execute(worked.distinct()))


def _tells(value: str) -> bool:
    return len(value) >= 2 and "*" not in value and "某" not in value
