"""Nominating an exemplar, and the steps that compare with the data of its case: redacting, publishing an edition."""

from typing import Any

import pandas as pd
from sqlalchemy import select

from lib.access import NotVisible, Viewer, under
from lib.casework.drafts import UNREGISTERED, unregistered
from lib.casework.exemplars.check import refuse, remaining
from lib.casework.exemplars.known import checking, known_of
from lib.casework.exemplars.leftovers import Known
from lib.casework.exemplars.states import ORIGINS, REVIEW
from lib.casework.exemplars.steps import COMPILE, EDITION, EXEMPLAR, EXEMPLARS, NOMINATE, fault_of
from lib.casework.objects import KINDS
from lib.casework.record import enter, take
from lib.casework.sight import in_scope, require_object
from lib.casework.steps import Outcome, Submission
from lib.casework.store.register import Register
from lib.casework.store.schema import event
from lib.errors import UserError
from lib.warehouse.store import Warehouse

_CASE = """
select case_id, item_code, org_id, coalesce(penalty_case.area_code, org.area_code) as area_code, domain_code
from penalty_case
left join org using (org_id)
where case_id = $case_id
"""
_REVIEWED = "select case_id from case_review where review_id = $review_id"


def draft_of(origin: str, source_id: str) -> str:
    """Under which id the draft of a nomination is kept: one for each source."""
    return unregistered(f"{origin}:{source_id}")


@under("nominate", "exemplar")
def about(register: Register, warehouse: Warehouse, viewer: Viewer, origin: str, source_id: str) -> dict[str, Any]:
    """Whose case a source tells: case_id, item_code, rule_id, area_code, domain_code. Raises NotVisible for a source
    that the viewer does not see or that is none."""
    if origin not in ORIGINS:
        raise NotVisible()
    rule_id, held = None, {"area_code": None, "domain_code": None}
    if origin == REVIEW:
        found = warehouse.query(_REVIEWED, {"review_id": source_id})["case_id"]
        case_id = str(found.iloc[0]) if len(found) else ""
    else:
        with register.read() as connection:
            row = require_object(connection, viewer, origin, source_id)._mapping
            concluded = select(event.c.seq).where(event.c.object_type == origin, event.c.object_id == source_id)
            concluded = concluded.where(event.c.action == "conclude").limit(1)
            if origin == "warning" and connection.execute(concluded).first() is None:
                raise UserError("这条预警还没有核查结论。", "有了核查结论才能推荐为典型案例。")
        held = {name: row[name] for name in held}
        if origin == "warning":
            rule_id = row["rule_id"]
            case_id = str(row["subject_id"]) if row["subject_type"] == "penalty_case" else ""
        else:
            case_id = str(row["case_id"])
    case = warehouse.query(_CASE, {"case_id": case_id}).to_dict("records")
    first = {name: None if pd.isna(value) else str(value) for name, value in case[0].items()} if case else {}
    if origin == REVIEW and (
        not first or not in_scope(viewer, first["area_code"], first["domain_code"], None, first["org_id"])
    ):
        raise NotVisible()
    return {
        "case_id": first.get("case_id"),
        "item_code": first.get("item_code"),
        "rule_id": rule_id,
        "area_code": first.get("area_code") or held["area_code"],
        "domain_code": first.get("domain_code") or held["domain_code"],
    }


@under("nominate", "exemplar")
def nominate(
    register: Register, warehouse: Warehouse, viewer: Viewer, sent: Submission, origin: str, source_id: str
) -> Outcome:
    """推荐 what a person filled in for NOMINATE; `created` is its number.

    Raises Forbidden outside the scope, NotVisible for a source that the viewer does not see, UserError for a field that
    is missing or wrong.
    """
    NOMINATE.require(sent)
    whose = about(register, warehouse, viewer, origin, source_id)
    values = {**whose, "origin": origin, "source_id": source_id}
    return enter(register, viewer, KINDS["exemplar"], values, sent, draft_of(origin, source_id))


@under("redact", "exemplar")
def known(register: Register, warehouse: Warehouse, viewer: Viewer, exemplar_id: str) -> Known:
    """What may not stand in the text of an exemplar. Raises NotVisible."""
    with register.read() as connection:
        row = require_object(connection, viewer, "exemplar", exemplar_id)
        return known_of(connection, warehouse, dict(row._mapping))


@under("redact", "exemplar")
def redact(register: Register, warehouse: Warehouse, viewer: Viewer, exemplar_id: str, sent: Submission) -> Outcome:
    """脱敏 an exemplar, compared with the values of its case in the warehouse. Raises UserError for what is left."""
    with checking(warehouse):
        return take(register, viewer, EXEMPLAR, exemplar_id, "redact", sent)


@under("compile", "edition")
def compile_edition(register: Register, viewer: Viewer, sent: Submission) -> Outcome:
    """编辑 an edition of exemplars that were chosen; `created` is its number. Raises UserError for what makes none, and
    for a title or preface that names somebody."""
    COMPILE.require(sent)
    with register.transaction() as tx:
        wrong = fault_of(tx, sent.payload[EXEMPLARS])
    if wrong is not None:
        raise wrong
    refuse(remaining({"书名": sent.payload["title"], "前言": sent.text}, Known()))
    return enter(register, viewer, KINDS["edition"], {}, sent, UNREGISTERED)


@under("publish", "edition")
def publish(register: Register, warehouse: Warehouse, viewer: Viewer, edition_id: str, sent: Submission) -> Outcome:
    """发布 an edition, every text compared once more with the data of its case. Raises UserError for what is left."""
    with checking(warehouse):
        return take(register, viewer, EDITION, edition_id, "publish", sent)
