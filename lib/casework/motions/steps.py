"""What becomes of an integrity motion (廉情动议): the secretary is asked, the leading body deliberates, problems are
claimed, mended under supervision, and reported.

The five steps follow one another strictly. Each has the day it took place, which is neither ahead nor before that of
the step before, its minutes, who is responsible, and the paper that shows it.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from lib.casework.clock import assignment, extension, pause, reminder, resume
from lib.casework.motions.limits import FIVE, limit
from lib.casework.motions.states import (
    CLAIMED,
    CLOSED,
    DISCUSSED,
    INQUIRED,
    OPEN_STATES,
    PROPOSED,
    RECTIFIED,
    WITHDRAWN,
)
from lib.casework.steps import FILE, Attempt, Field, Step, words, workflow
from lib.casework.store.transaction import Transaction
from lib.errors import UserError

ON, PROBLEMS, REMAINING, FOLLOW_UP = "on", "problems", "remaining", "follow_up"


def _due(action: str) -> Callable[[Mapping[str, Any]], int]:
    return lambda _: limit(action)


def fault_of_day(day: date, at: datetime, before: tuple[str, date] | None = None) -> UserError | None:
    """Why something cannot have taken place on a day, told at a moment; `before`: the step before and its day."""
    if day > at.date():
        return UserError(f"日期 {day} 还没有到。", f"请填写实际日期，不晚于 {at.date()}。")
    if before is not None and day < before[1]:
        return UserError(f"日期 {day} 早于上一步「{before[0]}」（{before[1]}）。", "五步依次进行，请核对日期。")
    return None


def _held(tx: Transaction, motion_id: str, action: str) -> Mapping[str, Any]:
    found = tx.latest("motion", motion_id, action)
    return {} if found is None else found.payload


def _dated(attempt: Attempt) -> None:
    """Its day follows that of the step before; names are kept as they are read."""
    events = attempt.tx.events_since("motion", attempt.row.motion_id, 0)
    [last] = [event for event in events if ON in event.payload][-1:]
    named = {step.action: step.name for step in (PROPOSE, *MOTION.steps.values())}
    before = named[last.action], date.fromisoformat(last.payload[ON])
    fault = fault_of_day(attempt.payload[ON], attempt.at, before)
    if fault is not None:
        raise fault


def _mended(attempt: Attempt) -> None:
    _dated(attempt)
    claimed = _held(attempt.tx, attempt.row.motion_id, "claim")[PROBLEMS]
    unknown = [one for one in attempt.payload[REMAINING] if one not in claimed]
    if unknown:
        raise UserError(f"「{unknown[0]}」不在认领的问题里。", f"认领的问题是：{'、'.join(claimed)}。")


def _reported(attempt: Attempt) -> None:
    """What is not mended yet has somebody who goes on with it."""
    _dated(attempt)
    remaining = _held(attempt.tx, attempt.row.motion_id, "rectify")[REMAINING]
    if remaining and not attempt.payload[FOLLOW_UP].strip():
        told = "、".join(remaining)
        raise UserError(f"还有问题没有整改到位：{told}。", "请写明由谁继续跟踪，再报告了结。")
    attempt.payload[REMAINING] = remaining


def _one_of_five(
    action: str,
    name: str,
    source: str,
    target: str,
    minutes: str,
    *more: Field,
    check: Callable[[Attempt], None] = _dated,
) -> Step:
    following = FIVE[FIVE.index(action) + 1 :][:1]
    return Step(
        action,
        name,
        "record",
        frozenset({source}),
        target,
        (
            Field(ON, "日期", "day", required=True, missing=("请选择日期。", "")),
            Field("responsible", "责任人", "text", required=True),
            *more,
            words(minutes, required=True, missing=(f"请填写{minutes}。", "")),
            Field(FILE, "附件", "file", required=True, help="纪要、清单或报告的扫描件，一个文件；多个请打包。"),
        ),
        check=check,
        limit=_due(following[0]) if following else None,
    )


PROPOSE = Step(
    "propose",
    "提议",
    "propose",
    frozenset(),
    PROPOSED,
    (
        Field(ON, "提议日期", "day", required=True, missing=("请选择日期。", "")),
        Field("title", "动议事项", "text", required=True, missing=("请用一句话写明动议什么。", "")),
        Field("org_id", "单位", "choice", required=True, missing=("请选择单位。", "")),
        Field("recipient", "党委（党组）书记", "text", required=True, help="动议的对象，即这个单位的主要负责人。"),
        words("动议理由", required=True, missing=("请写明发现了什么、为什么动议。", "")),
        Field(FILE, "附件", "file", help="动议材料，一个文件；多个请打包。"),
    ),
    limit=_due("inquire"),
)

MOTION = workflow(
    "motion",
    "廉情动议",
    _one_of_five("inquire", "书记问询", PROPOSED, INQUIRED, "问询纪要"),
    _one_of_five("discuss", "集体商议", INQUIRED, DISCUSSED, "商议纪要"),
    _one_of_five(
        "claim",
        "问题认领",
        DISCUSSED,
        CLAIMED,
        "认领情况",
        Field(
            PROBLEMS,
            "认领的问题",
            "choices",
            required=True,
            own_words=True,
            help="一条一个问题；整改和了结时逐条核对。",
            missing=("请至少写明一个认领的问题。", ""),
            told="认领",
        ),
    ),
    _one_of_five(
        "rectify",
        "监督整改",
        CLAIMED,
        RECTIFIED,
        "整改监督情况",
        Field(REMAINING, "尚未整改到位的问题", "choices", help="全部到位的不选。", told="尚未到位"),
        check=_mended,
    ),
    _one_of_five(
        "report",
        "报告了结",
        RECTIFIED,
        CLOSED,
        "了结报告",
        Field(FOLLOW_UP, "未了事项由谁继续跟踪", "text", help="还有问题没有整改到位的必填。", told="继续跟踪"),
        check=_reported,
    ),
    # Before anybody was asked.
    Step(
        "withdraw", "撤回", "record", frozenset({PROPOSED}), WITHDRAWN, (words("撤回理由", required=True),), free=True
    ),
    extension("record", OPEN_STATES),
    pause("record", OPEN_STATES),
    resume("record", OPEN_STATES),
    assignment(OPEN_STATES),
    reminder(OPEN_STATES),
    opening=PROPOSE,
    usual={PROPOSED: "inquire", INQUIRED: "discuss", DISCUSSED: "claim", CLAIMED: "rectify", RECTIFIED: "report"},
)
