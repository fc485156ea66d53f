"""What becomes of a task of the reform (改革任务): it is issued to a unit with its plan, the unit reports progress with
evidence, supervision verifies it, what is whole is accepted by somebody else, or sent back.

The plan can be changed with a reason, but only what lies ahead: days that have passed keep what was planned for them.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from lib.casework.clock import assignment, reminder
from lib.casework.deadlines import settings
from lib.casework.reform import plan as plans
from lib.casework.reform.course import ACCEPT, AS_OF, MILESTONES, REPLAN, SHARE, STOP, Course, course
from lib.casework.reform.plan import EXAMPLE, WHOLE
from lib.casework.reform.states import CLAIMED, DONE, IN_HAND, OPEN_STATES, STOPPED
from lib.casework.steps import FILE, Attempt, Field, Step, words, workflow
from lib.errors import UserError

REFORM_TASK = "reform_task"
START = "start_on"


def _acceptance(_: Mapping[str, Any]) -> int:
    return int(settings()[REFORM_TASK]["accept_workdays"])


def course_of(attempt: Attempt) -> Course:
    """The course of the task a step is taken on."""
    row = attempt.row
    events = attempt.tx.events_since(REFORM_TASK, row.task_id, 0)
    return course(row.start_on, row.milestones, events[0].at, ((one.at, one.action, one.payload) for one in events))


def fault_of_statement(as_of: date, share: int, start: date, today: date) -> UserError | None:
    """Why a share cannot have been done by the end of a day."""
    if as_of > today:
        return UserError(f"日期 {as_of} 还没有到。", f"进展截至的日期不晚于 {today}。")
    if as_of < start:
        return UserError(f"日期 {as_of} 早于任务开始（{start}）。", "请核对进展截至的日期。")
    if share > WHOLE:
        return UserError(f"累计完成 {share}% 不对。", "累计完成是 0 至 100 的整数。")
    return None


def _stated(attempt: Attempt) -> None:
    payload = attempt.payload
    fault = fault_of_statement(payload[AS_OF], payload[SHARE], attempt.row.start_on, attempt.at.date())
    if fault is not None:
        raise fault


def _reported(attempt: Attempt) -> None:
    """The whole can only be reported of the latest day: what is stated of a later one stands otherwise."""
    _stated(attempt)
    last = course_of(attempt).latest(date.max, attempt.at)
    if attempt.payload[SHARE] == WHOLE and last is not None and last.as_of > attempt.payload[AS_OF]:
        raise UserError(
            f"已有截至 {last.as_of} 的进展（{last.share}%），不能报更早的日期已全部完成。",
            f"请把截至日期写成 {last.as_of} 或以后。",
        )


def _not_whole(attempt: Attempt) -> None:
    _stated(attempt)
    if attempt.payload[SHARE] == WHOLE:
        raise UserError("核实的累计完成是 100%。", "全部完成的由单位报告，再验收。")


def _replanned(attempt: Attempt) -> None:
    """Of the days up to today, both plans have the same milestones."""
    today = attempt.at.date()
    new = plans.read(attempt.payload[MILESTONES])
    if new[0].day <= attempt.row.start_on:
        raise UserError(f"第一个节点 {new[0].day} 不晚于任务开始（{attempt.row.start_on}）。", "请核对节点的日期。")
    held = course_of(attempt).plan(attempt.at)
    passed = [one for one in held if one.day <= today]
    if [one for one in new if one.day <= today] != passed:
        told = plans.written(tuple(passed)) or "没有已经过去的节点"
        raise UserError("已经过去的节点不能改，也不能在过去的日期增加节点。", f"这些照原样保留：{told}。")
    if new == held:
        raise UserError("计划没有变化。", "请修改尚未到期的节点。")
    attempt.payload[MILESTONES] = plans.written(new)


def _leads_to(attempt: Attempt) -> str | None:
    return CLAIMED if attempt.payload[SHARE] == WHOLE else IN_HAND


def _as_of(label: str = "进展截至") -> Field:
    return Field(AS_OF, label, "day", required=True, missing=("请选择日期。", ""), told="截至")


def _share(label: str = "累计完成（%）") -> Field:
    return Field(SHARE, label, "number", required=True, told="累计完成 %")


PLANNED = Field(
    MILESTONES, "节点计划", "words", required=True, missing=("请写明节点计划。", f"一行一个，例如 {EXAMPLE}。")
)

ISSUE = Step(
    "issue",
    "下达",
    "issue",
    frozenset(),
    IN_HAND,
    (
        Field("title", "任务", "text", required=True, missing=("请用一句话写明任务。", "")),
        Field("org_id", "责任单位", "choice", required=True, missing=("请选择单位。", "")),
        Field("responsible", "责任人", "text", required=True, help="职务，例如：分管副局长。"),
        Field(START, "开始日期", "day", required=True, missing=("请选择日期。", "")),
        Field("goal", "完成标志", "words", required=True, missing=("请写明做到什么算完成。", "")),
        PLANNED,
    ),
)

TASK = workflow(
    REFORM_TASK,
    "改革任务",
    Step(
        "report",
        "报告进展",
        "reply",
        frozenset({IN_HAND}),
        None,
        (
            _as_of(),
            _share(),
            words("进展情况", required=True),
            Field(FILE, "佐证材料", "file", required=True, help="文件、清单或照片，一个文件；多个请打包。"),
        ),
        check=_reported,
        to=_leads_to,
        limit=_acceptance,
    ),
    Step(
        "verify",
        "核实进度",
        "record",
        frozenset({IN_HAND}),
        None,
        (
            _as_of("核实截至"),
            _share("核实的累计完成（%）"),
            words("核实情况", required=True),
            Field(FILE, "核实材料", "file", help="核实记录，一个文件。"),
        ),
        check=_not_whole,
    ),
    Step(
        ACCEPT,
        "验收",
        "record",
        frozenset({CLAIMED}),
        DONE,
        (words("验收意见", required=True), Field(FILE, "验收材料", "file", help="验收单，一个文件。")),
        another=True,
    ),
    Step(
        "send_back",
        "退回",
        "record",
        frozenset({CLAIMED}),
        IN_HAND,
        (_as_of("核实截至"), _share("核实的累计完成（%）"), words("退回理由", required=True)),
        check=_not_whole,
        tells=frozenset({CLAIMED}),
    ),
    Step(
        REPLAN,
        "调整计划",
        "review",
        frozenset({IN_HAND}),
        None,
        (PLANNED, words("调整理由", required=True)),
        check=_replanned,
    ),
    Step(STOP, "终止", "review", OPEN_STATES, STOPPED, (words("终止理由", required=True),)),
    assignment(OPEN_STATES),
    reminder(OPEN_STATES),
    opening=ISSUE,
    usual={IN_HAND: "report", CLAIMED: ACCEPT},
)
