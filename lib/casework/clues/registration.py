"""Registering a clue that no model raised."""

from datetime import datetime

from sqlalchemy import select

from lib.access import Forbidden, Viewer, under
from lib.casework import drafts
from lib.casework.clues.states import ORIGINS_BY_HAND
from lib.casework.clues.steps import REGISTER, clue_id, create
from lib.casework.sight import in_scope
from lib.casework.steps import Outcome, Submission
from lib.casework.store.register import Register
from lib.casework.store.schema import clue
from lib.errors import UserError


@under("record", "clue")
def register_by_hand(
    register: Register, viewer: Viewer, sent: Submission, area_code: str | None, domain_code: str | None
) -> Outcome:
    """What a person filled in for REGISTER; the place and the domain are those of the unit.

    Raises as `register_clue` does, and UserError for a field that is missing or a source that has its clue already.
    """
    REGISTER.require(sent)
    given = REGISTER.payload(sent.payload)
    source_key = given["source_key"].strip()
    done = register_clue(
        register,
        viewer,
        given["origin"],
        source_key or sent.submission_id,
        submission_id=sent.submission_id,
        at=sent.at,
        title=given["title"],
        detail=sent.text.strip(),
        officer_id=given["officer_id"],
        org_id=given["org_id"],
        area_code=area_code,
        domain_code=domain_code,
    )
    if done.event is not None and done.event.submission_id != sent.submission_id:
        known = f"来源编号「{source_key}」已经登记过线索（{done.event.at:%Y-%m-%d %H:%M}）。"
        raise UserError(known, "请核对编号，或在线索清单中打开那一条。")
    return done


@under("record", "clue")
def register_clue(
    register: Register,
    viewer: Viewer,
    origin: str,
    source_key: str,
    *,
    submission_id: str,
    at: datetime,
    title: str,
    detail: str,
    officer_id: str | None = None,
    org_id: str | None = None,
    area_code: str | None = None,
    domain_code: str | None = None,
) -> Outcome:
    """登记 a clue from a grid check, a case review, a petition or what was found otherwise; `created` is its id.

    One source (dispatch, review, petition number) gives one clue: a second registration is a duplicate. Raises
    Forbidden without the right or outside the scope, UserError for an unknown origin or a missing title.
    """
    if origin not in ORIGINS_BY_HAND:
        others = "、".join(ORIGINS_BY_HAND.values())
        raise UserError("线索来源不对。", f"请选择{others}；模型预警请用「转线索」。")
    if not title.strip():
        raise UserError("线索需要标题。", "请补充后再提交。")
    new_id = clue_id(origin, source_key)
    area_code = area_code or viewer.area_code
    if not in_scope(viewer, area_code, domain_code, officer_id):
        raise Forbidden("不能登记本人权限范围以外的线索。", "请转给有权限的单位登记。")
    with register.transaction() as tx:
        known = tx.connection.execute(select(clue.c.clue_id).where(clue.c.clue_id == new_id)).one_or_none()
        if known is not None:
            first = tx.events_since("clue", new_id, 0)[0]
            return Outcome(recorded=False, duplicate=True, event=first, created=new_id)
        event = create(
            tx,
            viewer,
            origin,
            source_key,
            title=title.strip(),
            detail=detail,
            received_at=at,
            officer_id=officer_id,
            org_id=org_id,
            area_code=area_code,
            domain_code=domain_code,
            submission_id=submission_id,
        )
        drafts.discard(tx, viewer, "clue", drafts.UNREGISTERED, REGISTER.action)
    return Outcome(recorded=True, event=event, created=new_id)
