"""What people do with a warning: sign, verify, feed back, review, close; send back, withdraw, turn into a clue.

Whoever signs is the handler (经办), before that whoever it was assigned to (交办). Nobody else signs what was assigned,
starts the verification or concludes it, but a deputy for them: another person who may record on the warning first takes
it over (接手), with a reason that the former handler is told. That holds for superiors too; reviewing, sending back,
withdrawing and assigning are theirs without it.
"""

from dataclasses import replace

from lib.access import Forbidden
from lib.casework.clock import ASSIGN, assignment, reminder
from lib.casework.clues import steps as clues
from lib.casework.deadlines import settings
from lib.casework.deputies.steps import standing_in_for
from lib.casework.prompts import steps as prompts
from lib.casework.prompts.states import VERIFY, WORK
from lib.casework.steps import FILE, Attempt, Field, Step, words, workflow
from lib.casework.store.chain import Event
from lib.casework.store.transaction import Transaction
from lib.casework.suppressions import steps as suppressions
from lib.casework.warnings.states import (
    CHECKING,
    CLOSED,
    CONCLUSIONS,
    NEW,
    OPEN_STATES,
    REPORTED,
    RETURNED,
    REVIEWED,
    SIGNED,
    TO_CLUE,
    UNTRUE,
    WITHDRAW_REASONS,
    WITHDRAWN,
)
from lib.errors import UserError

# The steps that make a person the handler, and those of them that can be taken back.
_HANDLING = ("sign", "start", "take_over", ASSIGN)
UNDOABLE = ("sign", "start")
# What a unit is told where nothing else was written.
PROMPT = "请核实预警所列情况，并按期反馈核查结果和相关材料。"
WORK_PROMPT = "请就核查中发现的问题自查自纠，完善管理措施，并按期反馈情况和相关材料。"


def _own_rules(attempt: Attempt) -> None:
    """Raise Forbidden when the viewer may not record on warnings of this rule."""
    if not attempt.viewer.may_record_on(attempt.row.rule_id):
        raise Forbidden("您的岗位不办理这个模型的预警。", "请转告县级纪委监委或派驻机构办理。")


def _handler(tx: Transaction, warning_id: str) -> tuple[str, str] | None:
    """Account and name of whoever handles a warning, None when nobody does."""
    events = tx.events_since("warning", warning_id, 0)
    opened = max((event.seq for event in events if event.action == "reopen"), default=0)
    undone = {event.payload.get("undoes") for event in events if event.action == "undo"}
    held = [one for one in events if one.seq > opened and one.action in _HANDLING and one.seq not in undone]
    if not held:
        return None
    last = held[-1]
    if last.action == ASSIGN:
        return last.payload["to_id"], last.payload["to_name"]
    return last.payload.get("for_id") or last.actor_id, last.payload.get("for_name") or last.actor_name


def _to_sign(attempt: Attempt) -> None:
    _own_rules(attempt)
    if attempt.tx.latest("warning", attempt.row.warning_id, ASSIGN) is not None:
        _as_handler(attempt)


def _as_handler(attempt: Attempt) -> None:
    _own_rules(attempt)
    mine, last = attempt.viewer.person_id, attempt.last
    if last.actor_id == mine and last.action in (*UNDOABLE, "take_over") and "for_id" not in last.payload:
        return
    held = _handler(attempt.tx, attempt.row.warning_id)
    if held is None or held[0] == mine:
        return
    if held[0] in standing_in_for(attempt.tx.connection, attempt.viewer, attempt.at):
        attempt.payload |= {"for_id": held[0], "for_name": held[1]}
        return
    raise UserError(
        f"这条预警由{held[1]}经办，您不能{attempt.step.name}。", "确需由您办理的，请先「接手」并写明理由；对方会看到。"
    )


def _from_another(attempt: Attempt) -> None:
    _own_rules(attempt)
    held = _handler(attempt.tx, attempt.row.warning_id)
    if held is None:
        raise UserError("这条预警还没有人经办。", "可以直接签收，不需要接手。")
    if held[0] == attempt.viewer.person_id:
        raise UserError("这条预警已经由您经办。", "可以直接办理，不需要接手。")
    attempt.payload |= {"former_id": held[0], "former_name": held[1]}


def _assigned() -> Step:
    """交办: whoever handled it before is told."""
    step = assignment(frozenset({NEW, SIGNED, CHECKING, RETURNED}))
    able = step.check
    assert able is not None

    def check(attempt: Attempt) -> None:
        able(attempt)
        held = _handler(attempt.tx, attempt.row.warning_id)
        if held is not None and held[0] == attempt.payload["to_id"]:
            raise UserError(f"这条预警已经由{held[1]}经办。", "不需要交办。")
        if held is not None:
            attempt.payload |= {"former_id": held[0], "former_name": held[1]}

    return replace(step, check=check)


def _conclusion_given(attempt: Attempt) -> Event | None:
    """The newest event that has not been undone."""
    events = attempt.tx.events_since("warning", attempt.row.warning_id, 0)
    undone = {event.payload.get("undoes") for event in events if event.action == "undo"}
    return next((event for event in reversed(events) if event.action != "undo" and event.seq not in undone), None)


def _own_last(attempt: Attempt) -> None:
    last, newest = _conclusion_given(attempt), attempt.last
    since = newest.seq != (last.seq if last is not None else None) and newest.action != "undo"
    if last is None or since or last.action not in UNDOABLE or last.actor_id != attempt.viewer.person_id:
        raise UserError("现在不能撤回。", "只能撤回本人刚做的签收或开始核查，且其后没有别的办理。")
    attempt.payload |= {"undoes": last.seq, "step": last.action}


def _before(attempt: Attempt) -> str | None:
    """The state before the step that is taken back."""
    last = _conclusion_given(attempt)
    return None if last is None else last.from_state


def _require_unit(attempt: Attempt) -> None:
    if attempt.row.org_id is None:
        raise UserError("这条预警没有写明单位，无法发提示。", "请直接核查，或在核查结论中写明涉及的单位。")


def _message(attempt: Attempt) -> None:
    _own_rules(attempt)
    _require_unit(attempt)
    attempt.payload["asked"] = attempt.text or PROMPT


def _post(attempt: Attempt, event: Event) -> None:
    prompts.send(attempt.tx, attempt.viewer, attempt.row, event, VERIFY, event.payload["asked"])


def _work_message(attempt: Attempt) -> None:
    _as_handler(attempt)
    if attempt.payload["work_prompt"]:
        _require_unit(attempt)
        attempt.payload["asked"] = attempt.payload["work_prompt_text"].strip() or WORK_PROMPT


def _post_work(attempt: Attempt, event: Event) -> None:
    if event.payload["work_prompt"]:
        prompts.send(attempt.tx, attempt.viewer, attempt.row, event, WORK, event.payload["asked"])


def _by_another(attempt: Attempt) -> None:
    given = attempt.tx.latest("warning", attempt.row.warning_id, "conclude")
    own = given is not None and given.actor_id == attempt.viewer.person_id
    if own and settings()["warning"]["review_by_another_person"]:
        raise UserError("复核人不能是反馈核查结论的人。", "请由另一位有复核权限的人员复核。")


def _substantiated(attempt: Attempt) -> None:
    given = attempt.tx.latest("warning", attempt.row.warning_id, "conclude")
    if given is not None and given.payload["conclusion"] == UNTRUE:
        raise UserError("核查结论为「不属实」的预警不能转为线索。", "如有新情况，请先退回补充后重新反馈。")
    attempt.payload["created"] = clues.clue_id("model", attempt.row.warning_id)


def _clue(attempt: Attempt, event: Event) -> None:
    row = attempt.row
    clues.create(
        attempt.tx,
        attempt.viewer,
        "model",
        row.warning_id,
        title=row.title,
        detail=event.text,
        received_at=event.at,
        officer_id=row.officer_id,
        org_id=row.org_id,
        area_code=row.area_code,
        domain_code=row.domain_code,
        warning_id=row.warning_id,
        rule_id=row.rule_id,
    )


def _suppressible(attempt: Attempt) -> None:
    given = attempt.tx.latest("warning", attempt.row.warning_id, "conclude")
    if given is None or given.payload["conclusion"] != UNTRUE:
        raise UserError(f"只有核查结论为「{UNTRUE}」的预警可以抑制。", "其他预警请照常办理。")
    if fault := suppressions.end_fault(attempt.payload["until"], attempt.at):
        raise fault
    subject = (attempt.row.subject_type, attempt.row.subject_id)
    held = suppressions.active(attempt.tx, attempt.row.rule_id, attempt.at).get(subject)
    if held is not None:
        raise UserError(f"这一对象已经抑制至 {held.until:%Y-%m-%d}。", "请在「抑制登记」中复核或解除。")


def _suppress(attempt: Attempt, event: Event) -> None:
    suppressions.suppress(attempt, event)


_CONCLUSION = Field("conclusion", "核查结论", "choice", required=True, choices=CONCLUSIONS)
_CHECKED = Field(
    "checked",
    "核查了什么",
    "choices",
    required=True,
    own_words=True,
    help="至少一项；选项来自模型的线下核查要点。",
    missing=("请至少选择一项核查内容。", "例如：调阅案卷、核对票据、现场查看、询问当事人。"),
    told="核查了",
)
# A 工作提示 is possible even when 不属实.
_WORK_PROMPT = Field(
    "work_prompt", "同时发工作提示", "flag", help="不属实的，也可以就发现的问题发工作提示。", told="已发工作提示"
)
_WORK_PROMPT_TEXT = Field(
    "work_prompt_text", "工作提示内容", "words", when=lambda values: bool(values["work_prompt"]), told="工作提示",
    help="单位只看到这里写的内容，看不到核查结论和情况说明。",
)  # fmt: skip
_ATTACHMENT = Field(FILE, "附件", "file", help="案卷照片、笔录、回单等，一个文件；多个请打包。附件随提交保存。")
_REASON = Field("reason", "撤销原因", "choice", required=True, choices=WITHDRAW_REASONS)
_NOTE = (words("备注"),)

WARNING = workflow(
    "warning",
    "预警",
    Step("sign", "签收", "record", frozenset({NEW}), SIGNED, _NOTE, check=_to_sign),
    Step("start", "开始核查", "record", frozenset({SIGNED, RETURNED}), CHECKING, _NOTE, check=_as_handler),
    # The viewer becomes the handler of what another person has signed.
    Step(
        "take_over", "接手", "record", frozenset({NEW, SIGNED, CHECKING, RETURNED}),
        fields=(words("接手理由", required=True),), check=_from_another,
    ),
    # One's own last step taken back by an event that undoes it; both stay on record.
    Step("undo", "撤回", "record", frozenset({SIGNED, CHECKING}), fields=_NOTE, check=_own_last, to=_before),
    # The unit's responsible person is asked to verify: an event and one row in the outbox.
    Step(
        "prompt", "浙政钉提示", "record", frozenset({NEW, SIGNED, CHECKING, RETURNED}), fields=(words("提示内容"),),
        check=_message, effect=_post,
    ),
    Step(
        "conclude", "反馈核查结论", "record", frozenset({CHECKING, RETURNED}), REPORTED,
        (_CONCLUSION, _CHECKED, words("情况说明", required=True), _ATTACHMENT, _WORK_PROMPT,
         _WORK_PROMPT_TEXT), check=_work_message, effect=_post_work,
    ),
    Step(
        "review", "复核", "review", frozenset({REPORTED}), REVIEWED, (words("复核意见"),), check=_by_another,
        another=settings()["warning"]["review_by_another_person"],
    ),
    Step("send_back", "退回补充", "review", frozenset({REPORTED}), RETURNED, (words("需要补充什么", required=True),)),
    Step("close", "办结", "review", frozenset({REVIEWED}), CLOSED, _NOTE),
    # What was found untrue is not raised again for a time; the warning itself stays where it is.
    Step(
        "suppress", "抑制", "suppress", frozenset({REVIEWED, CLOSED}),
        fields=(
            Field("until", "抑制至", "day", required=True, told="抑制至",
                  help="到期自行恢复；更高级别的预警不受抑制。"),
            words("抑制理由", required=True, missing=("请写明为什么抑制。", "例如：数据口径如此，已核实不属实。")),
        ),
        check=_suppressible, effect=_suppress,
    ),
    # It stays in the register and in the precision of its rule.
    Step("withdraw", "撤销", "review", OPEN_STATES, WITHDRAWN, (_REASON, words("撤销说明", required=True))),
    Step(
        "to_clue", "转线索", "to_clue", frozenset({REPORTED, REVIEWED, CLOSED}), TO_CLUE,
        (words("线索情况", required=True),), check=_substantiated, effect=_clue,
    ),
    _assigned(),
    reminder(OPEN_STATES),
    usual={
        NEW: "sign", SIGNED: "start", CHECKING: "conclude", RETURNED: "conclude", REPORTED: "review", REVIEWED: "close",
    },
)  # fmt: skip
