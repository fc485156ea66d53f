"""What people do with a clue about an official: register, assess, approve, undertake, dispose, feed back, archive.

Categorised and approved handling: 监察法; the opinion is due one month after receipt (监督执纪工作规则, 待核).
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from lib.access import Viewer
from lib.casework.clock import assignment, reminder
from lib.casework.clues.states import (
    APPROVED,
    ARCHIVED,
    ASSESSED,
    DISPOSED,
    DISPOSITIONS,
    FINDINGS,
    FORMS,
    LOOKED_INTO,
    MERGED,
    NO_FORM,
    ORIGINS_BY_HAND,
    PETITION,
    REGISTERED,
    REPORTED,
    SHELVED,
    STATES,
    UNDERTAKEN,
)
from lib.casework.deadlines import opinion_due, settings
from lib.casework.opening import begin
from lib.casework.steps import Attempt, Field, Step, words, workflow
from lib.casework.store.chain import Event, moment_after
from lib.casework.store.schema import clue
from lib.casework.store.transaction import Transaction
from lib.casework.warnings.states import UNTRUE
from lib.errors import UserError


def clue_id(origin: str, source_key: str) -> str:
    """The stable id of the clue from one source."""
    return "C" + hashlib.sha256(f"{origin}|{source_key}".encode()).hexdigest()[:16]


def create(
    tx: Transaction,
    viewer: Viewer,
    origin: str,
    source_key: str,
    *,
    title: str,
    detail: str,
    received_at: datetime,
    officer_id: str | None,
    org_id: str | None,
    area_code: str | None,
    domain_code: str | None,
    warning_id: str | None = None,
    rule_id: str | None = None,
    submission_id: str | None = None,
) -> Event:
    """Write a clue and its first event inside a transaction."""
    new_id = clue_id(origin, source_key)
    values = {
        "clue_id": new_id,
        "origin": origin,
        "source_key": source_key,
        "warning_id": warning_id,
        "rule_id": rule_id,
        "title": title,
        "detail": detail,
        "officer_id": officer_id,
        "org_id": org_id,
        "area_code": area_code,
        "domain_code": domain_code,
        "received_at": received_at,
        "due_at": opinion_due(received_at),
    }
    payload = {"origin": origin, "created": new_id} | ({"warning_id": warning_id} if warning_id else {})
    return begin(tx, viewer, clue, values, "register", REGISTERED, received_at, detail, payload, submission_id)


def _by_another(attempt: Attempt) -> None:
    proposed = attempt.tx.latest("clue", attempt.row.clue_id, "assess")
    own = proposed is not None and proposed.actor_id == attempt.viewer.person_id
    if own and settings()["clue"]["approve_by_another_person"]:
        raise UserError("审批人不能是提出研判意见的人。", "请由另一位有线索权限的人员审批。")


def _disposition(attempt: Attempt) -> str | None:
    given = attempt.tx.latest("clue", attempt.row.clue_id, "dispose")
    return None if given is None else given.payload["disposition"]


def _shelved(attempt: Attempt) -> None:
    if _disposition(attempt) != SHELVED:
        raise UserError("只有暂存待查的线索可以重新承办。", "新的情况请登记为新线索。")


def _looked_into(attempt: Attempt) -> None:
    if _disposition(attempt) not in LOOKED_INTO:
        raise UserError("未经谈话函询或初步核实的线索不能立案审查调查。", "请先重新承办并初步核实。")


def _held_by(attempt: Attempt) -> None:
    """Nobody is dealt with for what is not true."""
    given = attempt.payload
    if given["found"] == UNTRUE and given["form"] not in (None, NO_FORM):
        raise UserError(f"查实情况为「{UNTRUE}」，不能给予「{given['form']}」处理。", "请核对查实情况或处理结果。")


def _another(attempt: Attempt, name: str) -> str:
    """The other clue that a step names: one that the viewer sees, and not this one."""
    other = str(attempt.payload[name])
    if other == attempt.row.clue_id:
        raise UserError("这就是同一条线索。", "请选择另一条线索。")
    attempt.other(other)
    return other


def _mergeable(attempt: Attempt) -> None:
    into = attempt.tx.last_event("clue", _another(attempt, "into"))
    if into is None or into.to_state == MERGED:
        raise UserError("那条线索已经并入别的线索。", "请并入它所并入的那一条。")


def _linked(attempt: Attempt) -> None:
    _another(attempt, "other")


def _tell(action: str, name: str) -> Callable[[Attempt, Event], None]:
    """An event on the other clue that says from which one it came."""

    def tell(attempt: Attempt, event: Event) -> None:
        tx, other = attempt.tx, str(attempt.payload[name])
        last = tx.last_event("clue", other)
        assert last is not None
        at, said = moment_after(event.at, last), {"from": attempt.row.clue_id}
        tx.append(attempt.viewer, at, "clue", other, action, last.to_state, last.to_state, attempt.text, said)

    return tell


def _before_merging(attempt: Attempt) -> str | None:
    merged = attempt.tx.latest("clue", attempt.row.clue_id, "merge")
    return None if merged is None else merged.from_state


def _disposal(name: str) -> Field:
    return Field(
        name, "处置方式", "choice", required=True, choices=DISPOSITIONS, help="暂存待查计入已处置，不计入已了结。"
    )


_NOTE = (words(),)
_NOTED = (words(required=True),)

# What the number of a source is called; what was found otherwise has none.
# What a clue is known by where it came from; one's own finding has no number.
_NUMBERS = {"grid": "派单号", "review": "评查编号", PETITION: "信访件编号或 12345 工单号"}


def _from(origin: str) -> Callable[[Mapping[str, Any]], bool]:
    return lambda values: bool(values["origin"] == origin)


REGISTER = Step(
    "register",
    "登记",
    "record",
    frozenset(),
    REGISTERED,
    (
        Field(
            "origin", "来源", "choice", required=True, choices=tuple(ORIGINS_BY_HAND), missing=("请选择线索来源。", "")
        ),
        *(
            Field("source_key", name, "text", required=True, help="同一来源编号只登记一条线索。", when=_from(origin))
            for origin, name in _NUMBERS.items()
        ),
        Field("title", "标题", "text", required=True, missing=("请用一句话写明什么问题。", "")),
        Field("org_id", "涉及单位", "choice", required=True, missing=("请选择涉及单位。", "")),
        Field("officer_id", "涉及人员", "choice"),
        words("问题线索情况", required=True, missing=("请写明问题线索情况。", "")),
    ),
)

# The step that moves the work on, by state; the others are exceptions.
_USUAL = {
    REGISTERED: "assess",
    ASSESSED: "approve",
    APPROVED: "undertake",
    UNDERTAKEN: "dispose",
    DISPOSED: "report",
    REPORTED: "archive",
}
_OPEN = frozenset(_USUAL)

CLUE = workflow(
    "clue",
    "线索",
    Step(
        "assess",
        "研判",
        "record",
        frozenset({REGISTERED}),
        ASSESSED,
        (_disposal("proposed"), words("研判意见", required=True)),
    ),
    Step(
        "reject",
        "退回研判",
        "record",
        frozenset({ASSESSED}),
        REGISTERED,
        (words("退回理由", required=True),),
        free=True,
    ),
    Step(
        "approve",
        "审批",
        "record",
        frozenset({ASSESSED}),
        APPROVED,
        _NOTE,
        check=_by_another,
        another=settings()["clue"]["approve_by_another_person"],
    ),
    # The viewer becomes the handler.
    Step("undertake", "承办", "record", frozenset({APPROVED}), UNDERTAKEN, _NOTE),
    # 暂存待查 counts as 已处置, not as 已了结.
    Step(
        "dispose",
        "处置",
        "record",
        frozenset({UNDERTAKEN}),
        DISPOSED,
        (_disposal("disposition"), words("处置情况", required=True)),
    ),
    Step("reopen", "重新承办", "record", frozenset({DISPOSED, REPORTED, ARCHIVED}), UNDERTAKEN, _NOTED, check=_shelved),
    # 立案审查调查 followed; the state stays.
    Step("file_case", "立案审查调查", "record", frozenset({DISPOSED, REPORTED}), fields=_NOTED, check=_looked_into),
    # Which of the four forms (四种形态) was applied, and to how many people.
    Step(
        "report",
        "反馈",
        "record",
        frozenset({DISPOSED}),
        REPORTED,
        (
            Field("found", "查实情况", "choice", required=True, choices=FINDINGS),
            Field("form", "处理结果", "choice", choices=FORMS),
            Field("people_cnt", "处理人数", "number"),
            words("处理情况", required=True),
        ),
        check=_held_by,
    ),
    Step("archive", "归档", "record", frozenset({REPORTED}), ARCHIVED, _NOTE),
    # One matter is handled once: the other clue goes on, this one follows it, and can be taken out again.
    Step(
        "merge",
        "并案",
        "record",
        frozenset({REGISTERED, ASSESSED, APPROVED, UNDERTAKEN}),
        MERGED,
        (Field("into", "并入哪条线索", "choice", required=True), words("并案理由", required=True)),
        check=_mergeable,
        effect=_tell("absorb", "into"),
    ),
    Step("separate", "拆出", "record", frozenset({MERGED}), fields=_NOTED, to=_before_merging),
    # Two matters that have to do with each other stay two.
    Step(
        "link",
        "关联",
        "record",
        frozenset(STATES) - {ARCHIVED, MERGED},
        fields=(Field("other", "关联哪条线索", "choice", required=True), words("有何关联", required=True)),
        check=_linked,
        effect=_tell("linked", "other"),
        free=True,
    ),
    assignment(_OPEN),
    reminder(_OPEN),
    opening=REGISTER,
    usual=_USUAL,
)
