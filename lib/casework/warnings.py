"""What people do with a warning: sign, verify, feed back, review, close; send back, withdraw, turn into a clue."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row

from lib.access import Viewer
from lib.casework import clues, outbox
from lib.casework.attachments import Upload
from lib.casework.chain import Event
from lib.casework.deadlines import LEVEL_NAMES, settings
from lib.casework.register import Register
from lib.casework.transaction import Transaction
from lib.casework.workflow import Outcome, Step, Submission, Workflow, forbid_other_rules, record
from lib.errors import UserError

NEW, SIGNED, CHECKING, REPORTED, REVIEWED, CLOSED = "新生成", "已签收", "核查中", "已反馈", "已复核", "已办结"
RETURNED, MERGED, TO_CLUE, WITHDRAWN = "退回补充", "合并", "转线索", "撤销"
STATES = (NEW, SIGNED, CHECKING, REPORTED, RETURNED, REVIEWED, CLOSED, MERGED, TO_CLUE, WITHDRAWN)
OPEN_STATES = frozenset({NEW, SIGNED, CHECKING, REPORTED, RETURNED, REVIEWED})
CONCLUSIONS = ("属实", "部分属实", "不属实", "无法查实")
WITHDRAW_REASONS = ("误报", "数据更正")


def _step(action: str, name: str, right: str, sources: set[str], target: str | None, needs_text: bool = False) -> Step:
    return Step(action, name, right, frozenset(sources), target, needs_text)


WARNING = Workflow(
    "warning",
    "预警",
    {
        step.action: step
        for step in (
            _step("sign", "签收", "record", {NEW}, SIGNED),
            _step("start", "开始核查", "record", {SIGNED, RETURNED}, CHECKING),
            _step("prompt", "浙政钉提示", "record", {NEW, SIGNED, CHECKING, RETURNED}, None),
            _step("conclude", "反馈核查结论", "record", {CHECKING, RETURNED}, REPORTED, needs_text=True),
            _step("review", "复核", "review", {REPORTED}, REVIEWED),
            _step("send_back", "退回补充", "review", {REPORTED}, RETURNED, needs_text=True),
            _step("close", "办结", "review", {REVIEWED}, CLOSED),
            _step("withdraw", "撤销", "review", set(OPEN_STATES), WITHDRAWN, needs_text=True),
            _step("to_clue", "转线索", "clue", {REPORTED, REVIEWED, CLOSED}, TO_CLUE, needs_text=True),
        )
    },
)


def _own_rules(viewer: Viewer) -> Any:
    def check(_tx: Transaction, row: Row, _last: Event) -> None:
        forbid_other_rules(viewer, row.rule_id)

    return check


def sign(
    register: Register, viewer: Viewer, warning_id: str, *, submission_id: str, at: datetime,
    expected_seq: int | None = None, text: str = "",
) -> Outcome:  # fmt: skip
    """新生成 → 已签收. Raises as `workflow.record` does."""
    sent = Submission(submission_id, at, expected_seq, text)
    return record(register, viewer, WARNING, warning_id, "sign", sent, check=_own_rules(viewer))


def start_check(
    register: Register, viewer: Viewer, warning_id: str, *, submission_id: str, at: datetime,
    expected_seq: int | None = None, text: str = "",
) -> Outcome:  # fmt: skip
    """已签收 or 退回补充 → 核查中."""
    sent = Submission(submission_id, at, expected_seq, text)
    return record(register, viewer, WARNING, warning_id, "start", sent, check=_own_rules(viewer))


def prompt_unit(
    register: Register, viewer: Viewer, warning_id: str, *, submission_id: str, at: datetime,
    expected_seq: int | None = None, text: str = "",
) -> Outcome:  # fmt: skip
    """Ask the unit's responsible person to verify: an event and one row in the outbox; the state stays."""
    sent = Submission(submission_id, at, expected_seq, text)

    def write(_tx: Transaction, row: Row, _last: Event) -> None:
        forbid_other_rules(viewer, row.rule_id)
        body = text.strip() or "请核实预警所列情况，并按期反馈核查结果和相关材料。"
        subject = f"{LEVEL_NAMES[row.level]}预警提示：{row.title}"
        sent.payload["message"] = outbox.message(row.org_id, subject, body)

    def post(tx: Transaction, _row: Row, event: Event) -> None:
        outbox.post(tx, event)

    return record(register, viewer, WARNING, warning_id, "prompt", sent, check=write, effect=post)


def conclude(
    register: Register, viewer: Viewer, warning_id: str, *, submission_id: str, at: datetime,
    conclusion: str, text: str, checked: list[str], attachment: Upload | None = None, work_prompt: bool = False,
    expected_seq: int | None = None,
) -> Outcome:  # fmt: skip
    """核查中 or 退回补充 → 已反馈, with the conclusion, what was checked and optionally a file.

    `work_prompt`: a 工作提示 is given, which is possible even when 不属实. Raises UserError for an unknown
    conclusion or when nothing was checked.
    """
    if conclusion not in CONCLUSIONS:
        raise UserError(f"没有「{conclusion}」这种核查结论。", "请在" + "、".join(CONCLUSIONS) + "中选择。")
    if not checked:
        raise UserError("请至少选择一项核查内容。", "例如：调阅案卷、核对票据、现场查看、询问当事人。")
    payload = {"conclusion": conclusion, "checked": list(checked), "work_prompt": bool(work_prompt)}
    sent = Submission(submission_id, at, expected_seq, text, payload, attachment)
    return record(register, viewer, WARNING, warning_id, "conclude", sent, check=_own_rules(viewer))


def send_back(
    register: Register, viewer: Viewer, warning_id: str, *, submission_id: str, at: datetime, text: str,
    expected_seq: int | None = None,
) -> Outcome:  # fmt: skip
    """已反馈 → 退回补充; the text says what is missing."""
    return record(register, viewer, WARNING, warning_id, "send_back", Submission(submission_id, at, expected_seq, text))


def review(
    register: Register, viewer: Viewer, warning_id: str, *, submission_id: str, at: datetime,
    expected_seq: int | None = None, text: str = "",
) -> Outcome:  # fmt: skip
    """已反馈 → 已复核. Raises UserError when the reviewer is the person who gave the conclusion (configurable)."""

    def another(tx: Transaction, _row: Row, _last: Event) -> None:
        given = tx.latest("warning", warning_id, "conclude")
        own = given is not None and given.actor_id == viewer.person_id
        if own and settings()["warning"]["review_by_another_person"]:
            raise UserError("复核人不能是反馈核查结论的人。", "请由另一位有复核权限的人员复核。")

    sent = Submission(submission_id, at, expected_seq, text)
    return record(register, viewer, WARNING, warning_id, "review", sent, check=another)


def close(
    register: Register, viewer: Viewer, warning_id: str, *, submission_id: str, at: datetime,
    expected_seq: int | None = None, text: str = "",
) -> Outcome:  # fmt: skip
    """已复核 → 已办结."""
    return record(register, viewer, WARNING, warning_id, "close", Submission(submission_id, at, expected_seq, text))


def withdraw(
    register: Register, viewer: Viewer, warning_id: str, *, submission_id: str, at: datetime, reason: str, text: str,
    expected_seq: int | None = None,
) -> Outcome:  # fmt: skip
    """Any open state → 撤销, for 误报 or 数据更正. It stays in the register and in the precision of its rule."""
    if reason not in WITHDRAW_REASONS:
        raise UserError(f"没有「{reason}」这种撤销原因。", "请选择：" + "或".join(WITHDRAW_REASONS) + "。")
    sent = Submission(submission_id, at, expected_seq, text, {"reason": reason})
    return record(register, viewer, WARNING, warning_id, "withdraw", sent)


def to_clue(
    register: Register, viewer: Viewer, warning_id: str, *, submission_id: str, at: datetime, text: str,
    expected_seq: int | None = None,
) -> Outcome:  # fmt: skip
    """已反馈, 已复核 or 已办结 → 转线索; `created` of the outcome is the new clue, of origin model.

    Raises UserError when the conclusion was 不属实.
    """
    clue_id = clues.clue_id("model", warning_id)

    def substantiated(tx: Transaction, _row: Row, _last: Event) -> None:
        given = tx.latest("warning", warning_id, "conclude")
        if given is not None and given.payload["conclusion"] == "不属实":
            raise UserError("核查结论为「不属实」的预警不能转为线索。", "如有新情况，请先退回补充后重新反馈。")

    def create(tx: Transaction, row: Row, event: Event) -> None:
        clues.create(
            tx, viewer, "model", warning_id, title=row.title, detail=event.text, received_at=event.at,
            officer_id=row.officer_id, org_id=row.org_id, area_code=row.area_code, domain_code=row.domain_code,
            warning_id=warning_id, rule_id=row.rule_id,
        )  # fmt: skip

    sent = Submission(submission_id, at, expected_seq, text, {"created": clue_id})
    return record(register, viewer, WARNING, warning_id, "to_clue", sent, check=substantiated, effect=create)
