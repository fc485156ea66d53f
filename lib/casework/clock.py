"""Steps that every kind of object may take besides its own: its time put off or stopped, its work handed to another.

None of them moves it on. What is due counts from the event that brought the object where it is; opening, editing or
handing it over never moves that.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from lib.casework.accounts.colleagues import colleague, may_have
from lib.casework.deadlines import settings
from lib.casework.steps import RUNS_ON, WORKDAYS, Attempt, Field, Step, words
from lib.errors import UserError

ASSIGN, EXTEND, PAUSE, RESUME, REMIND = "assign", "extend", "pause", "resume", "remind"
# The unit applies for more time; what is decided is an extension, or a refusal.
APPLY, REFUSE = "apply_more", "refuse_more"


_MORE = Field("more", "延长工作日", "number", required=True, told="延长工作日")


def extension(right: str, states: frozenset[str]) -> Step:
    """延期: some workdays more, with a reason; as often as data/deadlines.yaml allows for each limit."""
    return Step(EXTEND, "延期", right, states, fields=(_MORE, words("延期理由", required=True)), check=_extendable)


def application(right: str, states: frozenset[str]) -> Step:
    """申请延期: the unit asks for more time, with a reason; the deadline stays where it is until it is decided."""
    return Step(
        APPLY,
        "申请延期",
        right,
        states,
        fields=(
            Field("more", "申请延长工作日", "number", required=True, told="申请延长工作日"),
            words("申请理由", required=True, missing=("请写明为什么不能按期办完。", "")),
        ),
        check=_applicable,
    )


def refusal(right: str, states: frozenset[str]) -> Step:
    """不同意延期: what the unit applied for is refused, with a reason; granting it is an extension."""
    return Step(
        REFUSE,
        "不同意延期",
        right,
        states,
        fields=(words("不同意的理由", required=True, missing=("请写明为什么不同意，单位看得到。", "")),),
        check=_applied_for,
    )


def not_now(row: Mapping[str, Any]) -> set[str]:
    """Which of the steps about the time cannot be taken where an object stands (the columns of states.plain)."""
    stopped, runs = not pd.isna(row["paused_at"]), not pd.isna(row["workdays"])
    done = not runs or row["extended"] > 0
    found = {
        PAUSE: stopped or not runs,
        RESUME: not stopped,
        EXTEND: done,
        APPLY: done or bool(row["asked_more"]) or bool(row["refused_more"]),
        REFUSE: not row["asked_more"],
    }
    return {action for action, ruled_out in found.items() if ruled_out}


def pause(right: str, states: frozenset[str]) -> Step:
    """暂停计时: while the unit, a hearing or an expert is waited for."""
    return Step(
        PAUSE,
        "暂停计时",
        right,
        states,
        fields=(
            Field("why", "暂停原因", "choice", required=True, choices=tuple(settings()["pauses"])),
            words("暂停说明", required=True),
        ),
        check=_running,
    )


def resume(right: str, states: frozenset[str]) -> Step:
    """恢复计时: the workdays it stood still are added to what is due."""
    return Step(RESUME, "恢复计时", right, states, check=_paused)


def assignment(states: frozenset[str], does: tuple[str, ...] = ("record",)) -> Step:
    """交办: who works on it from now on, somebody who sees it and has one of the rights in `does`."""

    def able(attempt: Attempt) -> None:
        object_type, given = attempt.last.object_type, attempt.payload["to_id"]
        other = colleague(attempt.tx.connection, given)
        if other is None:
            raise UserError(f"没有登记过账号 {given}。", "请在名单中选择。")
        if not may_have(attempt.viewer, other, object_type, attempt.row._asdict(), does):
            raise UserError(f"不能交给{other.name}（{other.role_name}）。", "请交给能看到它、也有权办理的人。")
        attempt.payload["to_name"] = other.name

    return Step(
        ASSIGN,
        "交办",
        "assign",
        states,
        fields=(Field("to_id", "交给谁", "choice", required=True, missing=("请选择交给谁。", "")), words("交办意见")),
        check=able,
        inside=True,
        does=does,
    )


def reminder(states: frozenset[str]) -> Step:
    """催办: whoever it waits for is reminded, at most once a day."""
    return Step(REMIND, "催办", "remind", states, fields=(words("催办内容"),), check=_not_today, aside=True)


def _not_today(attempt: Attempt) -> None:
    last = attempt.tx.latest(attempt.last.object_type, attempt.last.object_id, REMIND)
    if last is not None and last.at.date() == attempt.at.date():
        raise UserError(f"今天已经催办过（{last.actor_name}，{last.at:%H:%M}）。", "同一事项每天只催办一次。")


def _since_moved(attempt: Attempt) -> tuple[list[str], int | None]:
    """The actions since the limit that runs was set, oldest first, and that limit."""
    rows = attempt.tx.events_since(attempt.last.object_type, attempt.last.object_id, 0)
    moved = max(
        number for number, row in enumerate(rows) if row.from_state != row.to_state and RUNS_ON not in row.payload
    )
    return [row.action for row in rows[moved:]], rows[moved].payload.get(WORKDAYS)


def _applicable(attempt: Attempt) -> None:
    actions, _ = _since_moved(attempt)
    if APPLY in actions:
        decided = "已经答复" if REFUSE in actions or EXTEND in actions else "正在等待答复"
        raise UserError(f"这一期限已经申请过延期，{decided}。", "同一期限只申请一次；请按期办理。")
    _extendable(attempt)


def _applied_for(attempt: Attempt) -> None:
    actions, _ = _since_moved(attempt)
    if APPLY not in actions or REFUSE in actions or EXTEND in actions:
        raise UserError("没有待答复的延期申请。", "")


def _extendable(attempt: Attempt) -> None:
    actions, limit = _since_moved(attempt)
    most = settings()["extensions"]
    if limit is None:
        raise UserError("这里没有期限在走，不需要延期。", "")
    if actions.count(EXTEND) >= most["times"]:
        raise UserError(f"这一期限已经延期 {most['times']} 次，不能再延。", "请按期办结，或由审批人退回重新办理。")
    if not 1 <= attempt.payload["more"] <= most["workdays"]:
        raise UserError(f"一次延长 1 至 {most['workdays']} 个工作日。", "请修改延长的工作日。")


def _is_paused(actions: list[str]) -> bool:
    last = [action for action in actions if action in (PAUSE, RESUME)][-1:]
    return last == [PAUSE]


def _running(attempt: Attempt) -> None:
    actions, limit = _since_moved(attempt)
    if limit is None or _is_paused(actions):
        raise UserError("计时已经暂停，或这里没有期限在走。", "")


def _paused(attempt: Attempt) -> None:
    if not _is_paused(_since_moved(attempt)[0]):
        raise UserError("计时没有暂停，不需要恢复。", "")
