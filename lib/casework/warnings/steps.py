"""What people do with a warning: sign, verify, feed back, review, close; send back, withdraw, turn into a clue.

Whoever signs is the handler (经办). Nobody else starts the verification or concludes it: another person who may record
on the warning first takes it over (接手), with a reason that the former handler is told. That holds for superiors too;
reviewing, sending back and withdrawing are theirs without it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Row

from lib.access import Viewer
from lib.casework import outbox
from lib.casework.attachments import Upload
from lib.casework.clues import steps
from lib.casework.deadlines import settings
from lib.casework.store.chain import Event
from lib.casework.store.register import Register
from lib.casework.store.transaction import Transaction
from lib.casework.workflow import Outcome, Step, Submission, Workflow, forbid_other_rules, record
from lib.errors import UserError
from lib.rules.levels import level_name

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
            _step("take_over", "接手", "record", {SIGNED, CHECKING, RETURNED}, None, needs_text=True),
            _step("undo", "撤回", "record", {SIGNED, CHECKING}, None),
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


# The steps that make a person the handler, and those of them that can be taken back.
_HANDLING = ("sign", "start", "take_over")
UNDOABLE = ("sign", "start")


def _own_rules(viewer: Viewer) -> Any:
    def check(_tx: Transaction, row: Row, _last: Event) -> None:
        forbid_other_rules(viewer, row.rule_id)

    return check


def _handler(tx: Transaction, warning_id: str) -> Event | None:
    found = [given for given in (tx.latest("warning", warning_id, step) for step in _HANDLING) if given is not None]
    return max(found, key=lambda given: given.seq, default=None)


def _as_handler(viewer: Viewer, step: str) -> Any:
    def check(tx: Transaction, row: Row, last: Event) -> None:
        forbid_other_rules(viewer, row.rule_id)
        if last.actor_id == viewer.person_id and last.action in _HANDLING:
            return
        held = _handler(tx, row.warning_id)
        if held is not None and held.actor_id != viewer.person_id:
            raise UserError(
                f"这条预警由{held.actor_name}经办，您不能{WARNING.steps[step].name}。",
                "确需由您办理的，请先「接手」并写明理由；对方会看到。",
            )

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
    """已签收 or 退回补充 → 核查中. Raises UserError for anybody but the handler."""
    sent = Submission(submission_id, at, expected_seq, text)
    return record(register, viewer, WARNING, warning_id, "start", sent, check=_as_handler(viewer, "start"))


def sign_and_start(
    register: Register, viewer: Viewer, warning_id: str, *, submission_id: str, at: datetime,
    expected_seq: int | None = None, text: str = "",
) -> Outcome:  # fmt: skip
    """新生成 → 已签收 → 核查中: two events of one submission, both or neither."""
    with register.transaction():
        done = sign(
            register, viewer, warning_id, submission_id=submission_id, at=at, expected_seq=expected_seq, text=text
        )
        if done.event is None:
            return done
        return start_check(register, viewer, warning_id, submission_id=f"{submission_id}+start", at=at)


def take_over(
    register: Register, viewer: Viewer, warning_id: str, *, submission_id: str, at: datetime, text: str,
    expected_seq: int | None = None,
) -> Outcome:  # fmt: skip
    """The viewer becomes the handler of what another person has signed; the text says why, the state stays.

    Raises UserError when the viewer is the handler already.
    """
    own = _own_rules(viewer)
    with register.transaction() as tx:
        held = _handler(tx, warning_id)

        def another(tx: Transaction, row: Row, last: Event) -> None:
            own(tx, row, last)
            if held is None or held.actor_id == viewer.person_id:
                raise UserError("这条预警已经由您经办。", "可以直接办理，不需要接手。")

        former = {} if held is None else {"former_id": held.actor_id, "former_name": held.actor_name}
        sent = Submission(submission_id, at, expected_seq, text, former)
        return record(register, viewer, WARNING, warning_id, "take_over", sent, check=another)


def undo(
    register: Register, viewer: Viewer, warning_id: str, *, submission_id: str, at: datetime,
    expected_seq: int | None = None, text: str = "",
) -> Outcome:  # fmt: skip
    """Take back one's own 签收 or 开始核查, the last thing that happened: an event that undoes it; both stay on record.

    Raises UserError when something else has happened since, or another person took the step.
    """
    with register.transaction() as tx:
        last = _standing(tx, warning_id)

        def own(_tx: Transaction, _row: Row, newest: Event) -> None:
            since = newest.seq != (last.seq if last is not None else None) and newest.action != "undo"
            if last is None or since or last.action not in UNDOABLE or last.actor_id != viewer.person_id:
                raise UserError("现在不能撤回。", "只能撤回本人刚做的签收或开始核查，且其后没有别的办理。")

        undone = {} if last is None else {"undoes": last.seq, "step": last.action}
        sent = Submission(submission_id, at, expected_seq, text, undone)
        target = None if last is None else last.from_state
        return record(register, viewer, WARNING, warning_id, "undo", sent, check=own, target=target)


def _standing(tx: Transaction, warning_id: str) -> Event | None:
    """The newest event that has not been undone."""
    events = tx.events_since("warning", warning_id, 0)
    undone = {event.payload.get("undoes") for event in events if event.action == "undo"}
    return next((event for event in reversed(events) if event.action != "undo" and event.seq not in undone), None)


def prompt_unit(
    register: Register, viewer: Viewer, warning_id: str, *, submission_id: str, at: datetime,
    expected_seq: int | None = None, text: str = "",
) -> Outcome:  # fmt: skip
    """Ask the unit's responsible person to verify: an event and one row in the outbox; the state stays."""
    sent = Submission(submission_id, at, expected_seq, text)

    def write(_tx: Transaction, row: Row, _last: Event) -> None:
        forbid_other_rules(viewer, row.rule_id)
        body = text.strip() or "请核实预警所列情况，并按期反馈核查结果和相关材料。"
        subject = f"{level_name(row.level)}预警提示：{row.title}"
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
    conclusion, when nothing was checked, or for anybody but the handler.
    """
    if conclusion not in CONCLUSIONS:
        raise UserError(f"没有「{conclusion}」这种核查结论。", "请在" + "、".join(CONCLUSIONS) + "中选择。")
    if not checked:
        raise UserError("请至少选择一项核查内容。", "例如：调阅案卷、核对票据、现场查看、询问当事人。")
    payload = {"conclusion": conclusion, "checked": list(checked), "work_prompt": bool(work_prompt)}
    sent = Submission(submission_id, at, expected_seq, text, payload, attachment)
    return record(register, viewer, WARNING, warning_id, "conclude", sent, check=_as_handler(viewer, "conclude"))


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
    clue_id = steps.clue_id("model", warning_id)

    def substantiated(tx: Transaction, _row: Row, _last: Event) -> None:
        given = tx.latest("warning", warning_id, "conclude")
        if given is not None and given.payload["conclusion"] == "不属实":
            raise UserError("核查结论为「不属实」的预警不能转为线索。", "如有新情况，请先退回补充后重新反馈。")

    def create(tx: Transaction, row: Row, event: Event) -> None:
        steps.create(
            tx, viewer, "model", warning_id, title=row.title, detail=event.text, received_at=event.at,
            officer_id=row.officer_id, org_id=row.org_id, area_code=row.area_code, domain_code=row.domain_code,
            warning_id=warning_id, rule_id=row.rule_id,
        )  # fmt: skip

    sent = Submission(submission_id, at, expected_seq, text, {"created": clue_id})
    return record(register, viewer, WARNING, warning_id, "to_clue", sent, check=substantiated, effect=create)
