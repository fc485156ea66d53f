"""What people do with a clue about an official: register, assess, approve, undertake, dispose, feed back, archive.

Categorised and approved handling: 监察法; the opinion is due one month after receipt (监督执纪工作规则, 待核).
"""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select

from lib.access import Forbidden, Viewer, require
from lib.casework.attachments import Upload
from lib.casework.deadlines import opinion_due, settings
from lib.casework.sight import in_scope
from lib.casework.store.chain import Event
from lib.casework.store.register import Register
from lib.casework.store.schema import clue
from lib.casework.store.sealed import digest
from lib.casework.store.transaction import Transaction
from lib.casework.workflow import Outcome, Step, Submission, Workflow, record
from lib.errors import UserError

REGISTERED, ASSESSED, APPROVED, UNDERTAKEN = "登记", "研判", "审批", "承办"
DISPOSED, REPORTED, ARCHIVED = "处置", "反馈", "归档"
STATES = (REGISTERED, ASSESSED, APPROVED, UNDERTAKEN, DISPOSED, REPORTED, ARCHIVED)
ORIGINS = {
    "model": "模型预警", "grid": "网格核查", "review": "案件评查", "petition": "信访12345", "own": "自行发现"
}  # fmt: skip
DISPOSITIONS = ("谈话函询", "初步核实", "暂存待查", "予以了结")
SHELVED = "暂存待查"
FORMS = ("第一种形态", "第二种形态", "第三种形态", "第四种形态", "未追究责任")


def _step(action: str, name: str, sources: set[str], target: str | None, needs_text: bool = False) -> Step:
    return Step(action, name, "clue", frozenset(sources), target, needs_text)


CLUE = Workflow(
    "clue",
    "线索",
    {
        step.action: step
        for step in (
            _step("assess", "研判", {REGISTERED}, ASSESSED, needs_text=True),
            _step("reject", "退回研判", {ASSESSED}, REGISTERED, needs_text=True),
            _step("approve", "审批", {ASSESSED}, APPROVED),
            _step("undertake", "承办", {APPROVED}, UNDERTAKEN),
            _step("dispose", "处置", {UNDERTAKEN}, DISPOSED, needs_text=True),
            _step("reopen", "重新承办", {DISPOSED, REPORTED, ARCHIVED}, UNDERTAKEN, needs_text=True),
            _step("file_case", "立案审查调查", {DISPOSED, REPORTED}, None, needs_text=True),
            _step("report", "反馈", {DISPOSED}, REPORTED, needs_text=True),
            _step("archive", "归档", {REPORTED}, ARCHIVED),
        )
    },
)


def clue_id(origin: str, source_key: str) -> str:
    """The stable id of the clue from one source."""
    return "C" + hashlib.sha256(f"{origin}|{source_key}".encode()).hexdigest()[:16]


def create(
    tx: Transaction, viewer: Viewer, origin: str, source_key: str, *, title: str, detail: str, received_at: datetime,
    officer_id: str | None, org_id: str | None, area_code: str | None, domain_code: str | None,
    warning_id: str | None = None, rule_id: str | None = None, submission_id: str | None = None,
) -> Event:  # fmt: skip
    """Write a clue and its first event inside a transaction."""
    new_id = clue_id(origin, source_key)
    values = {
        "clue_id": new_id, "origin": origin, "source_key": source_key, "warning_id": warning_id, "rule_id": rule_id,
        "title": title, "detail": detail, "officer_id": officer_id, "org_id": org_id, "area_code": area_code,
        "domain_code": domain_code, "received_at": received_at, "due_at": opinion_due(received_at),
    }  # fmt: skip
    tx.connection.execute(insert(clue).values(**values))
    payload = {"origin": origin, "created": new_id, "row": digest(clue, values)}
    payload |= {"warning_id": warning_id} if warning_id else {}
    return tx.append(
        viewer, received_at, "clue", new_id, "register", None, REGISTERED, detail, payload, submission_id
    )


def register_clue(
    register: Register, viewer: Viewer, origin: str, source_key: str, *, submission_id: str, at: datetime,
    title: str, detail: str, officer_id: str | None = None, org_id: str | None = None,
    area_code: str | None = None, domain_code: str | None = None,
) -> Outcome:  # fmt: skip
    """登记 a clue from a grid check, a case review, a petition or what was found otherwise; `created` is its id.

    One source (dispatch, review, petition number) gives one clue: a second registration is a duplicate. Raises
    Forbidden without the right or outside the scope, UserError for an unknown origin or a missing title.
    """
    require(viewer, "clue")
    if origin not in ORIGINS or origin == "model":
        others = "、".join(name for key, name in ORIGINS.items() if key != "model")
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
            tx, viewer, origin, source_key, title=title.strip(), detail=detail, received_at=at,
            officer_id=officer_id, org_id=org_id, area_code=area_code, domain_code=domain_code,
            submission_id=submission_id,
        )  # fmt: skip
    return Outcome(recorded=True, event=event, created=new_id)


def _take(
    register: Register, viewer: Viewer, clue_id: str, action: str, submission_id: str, at: datetime,
    expected_seq: int | None, text: str, payload: dict[str, Any] | None = None, attachment: Upload | None = None,
    check: Any = None,
) -> Outcome:  # fmt: skip
    sent = Submission(submission_id, at, expected_seq, text, payload or {}, attachment)
    return record(register, viewer, CLUE, clue_id, action, sent, check=check)


def _known_disposition(disposition: str) -> None:
    if disposition not in DISPOSITIONS:
        raise UserError(f"没有「{disposition}」这种处置方式。", "请在" + "、".join(DISPOSITIONS) + "中选择。")


def _disposition(tx: Transaction, clue_id: str) -> str | None:
    given = tx.latest("clue", clue_id, "dispose")
    return None if given is None else given.payload["disposition"]


def assess(
    register: Register, viewer: Viewer, clue_id: str, *, submission_id: str, at: datetime, disposition: str, text: str,
    expected_seq: int | None = None,
) -> Outcome:  # fmt: skip
    """登记 → 研判: the proposed disposition and why."""
    _known_disposition(disposition)
    payload = {"proposed": disposition}
    return _take(register, viewer, clue_id, "assess", submission_id, at, expected_seq, text, payload)


def approve(
    register: Register, viewer: Viewer, clue_id: str, *, submission_id: str, at: datetime, text: str = "",
    expected_seq: int | None = None,
) -> Outcome:  # fmt: skip
    """研判 → 审批. Raises UserError when the approver is the person who proposed (configurable)."""

    def another(tx: Transaction, _row: Row, _last: Event) -> None:
        proposed = tx.latest("clue", clue_id, "assess")
        own = proposed is not None and proposed.actor_id == viewer.person_id
        if own and settings()["clue"]["approve_by_another_person"]:
            raise UserError("审批人不能是提出研判意见的人。", "请由另一位有线索权限的人员审批。")

    return _take(register, viewer, clue_id, "approve", submission_id, at, expected_seq, text, check=another)


def reject(
    register: Register, viewer: Viewer, clue_id: str, *, submission_id: str, at: datetime, text: str,
    expected_seq: int | None = None,
) -> Outcome:  # fmt: skip
    """研判 → 登记: not approved, to be assessed again; the text says why."""
    return _take(register, viewer, clue_id, "reject", submission_id, at, expected_seq, text)


def undertake(
    register: Register, viewer: Viewer, clue_id: str, *, submission_id: str, at: datetime, text: str = "",
    expected_seq: int | None = None,
) -> Outcome:  # fmt: skip
    """审批 → 承办: the viewer becomes the handler."""
    return _take(register, viewer, clue_id, "undertake", submission_id, at, expected_seq, text)


def dispose(
    register: Register, viewer: Viewer, clue_id: str, *, submission_id: str, at: datetime, disposition: str, text: str,
    attachment: Upload | None = None, expected_seq: int | None = None,
) -> Outcome:  # fmt: skip
    """承办 → 处置, by 谈话函询, 初步核实, 暂存待查 or 予以了结. 暂存待查 counts as 已处置, not as 已了结."""
    _known_disposition(disposition)
    payload = {"disposition": disposition}
    return _take(register, viewer, clue_id, "dispose", submission_id, at, expected_seq, text, payload, attachment)


def reopen(
    register: Register, viewer: Viewer, clue_id: str, *, submission_id: str, at: datetime, text: str,
    expected_seq: int | None = None,
) -> Outcome:  # fmt: skip
    """处置, 反馈 or 归档 of a clue that was 暂存待查 → 承办 again. Raises UserError for any other disposition."""

    def shelved(tx: Transaction, _row: Row, _last: Event) -> None:
        if _disposition(tx, clue_id) != SHELVED:
            raise UserError("只有暂存待查的线索可以重新承办。", "新的情况请登记为新线索。")

    return _take(register, viewer, clue_id, "reopen", submission_id, at, expected_seq, text, check=shelved)


def file_case(
    register: Register, viewer: Viewer, clue_id: str, *, submission_id: str, at: datetime, text: str,
    expected_seq: int | None = None,
) -> Outcome:  # fmt: skip
    """Note that 立案审查调查 followed; the state stays. Raises UserError unless 谈话函询 or 初步核实 came before."""

    def looked_into(tx: Transaction, _row: Row, _last: Event) -> None:
        if _disposition(tx, clue_id) not in ("谈话函询", "初步核实"):
            raise UserError("未经谈话函询或初步核实的线索不能立案审查调查。", "请先重新承办并初步核实。")

    return _take(register, viewer, clue_id, "file_case", submission_id, at, expected_seq, text, check=looked_into)


def report(
    register: Register, viewer: Viewer, clue_id: str, *, submission_id: str, at: datetime, text: str,
    form: str | None = None, people_cnt: int = 0, attachment: Upload | None = None, expected_seq: int | None = None,
) -> Outcome:  # fmt: skip
    """处置 → 反馈, with the form (四种形态) applied and to how many people."""
    if form is not None and form not in FORMS:
        raise UserError(f"没有「{form}」这种处理结果。", "请在" + "、".join(FORMS) + "中选择。")
    payload = {"form": form, "people_cnt": int(people_cnt)}
    return _take(register, viewer, clue_id, "report", submission_id, at, expected_seq, text, payload, attachment)


def archive(
    register: Register, viewer: Viewer, clue_id: str, *, submission_id: str, at: datetime, text: str = "",
    expected_seq: int | None = None,
) -> Outcome:  # fmt: skip
    """反馈 → 归档."""
    return _take(register, viewer, clue_id, "archive", submission_id, at, expected_seq, text)
