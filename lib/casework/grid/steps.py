"""What becomes of a field check of a grid dispatch: two people see file and site, feed back, and another closes it.

Whoever handled the dispatch does not check it. A dispatch that was closed without being solved is opened again with a
reason that reaches the unit which closed it; a check of what is not solved cannot be closed.
"""

from collections.abc import Callable, Mapping
from typing import Any

from lib.casework.clock import assignment, extension, pause, reminder, resume
from lib.casework.deadlines import settings
from lib.casework.grid.states import (
    BOTH,
    CHECKED,
    CLOSED,
    ENDS,
    FALSE_CLOSE,
    FED_BACK,
    FINDINGS,
    OPEN_STATES,
    REASONS,
    REDONE,
    REOPENED,
    SENT,
    SOLVED,
    TRUE,
    UNSOLVED,
    UNTRUE,
    WITHDRAWN,
)
from lib.casework.steps import FILE, Attempt, Field, Step, words, workflow
from lib.casework.store.chain import Event
from lib.errors import UserError

_PHOTOS = ("jpg", "jpeg", "png", "heic", "zip")
_OF_UNIT = "redo"


def limit(of: str) -> int:
    """Within how many workdays: `check`, `feed_back`, `close` or `redo` of data/deadlines.yaml."""
    found: int = settings()["grid_check"][f"{of}_workdays"]
    return found


def _within(of: str) -> Callable[[Mapping[str, Any]], int]:
    return lambda _: limit(of)


def two_people(given: Mapping[str, Any], handler: tuple[str | None, str | None]) -> dict[str, str]:
    """The names of the two who go, as they are read. Raises UserError when they are one, or one of them the handler
    (number and name of whoever handled the dispatch, the name as the data has it)."""
    names = {name: " ".join(str(given[name]).split()) for name in ("checker", "companion")}
    if names["checker"] == names["companion"]:
        raise UserError("线下核查须两人，核查人和同行人不能是同一人。", "请填写另一位同行人。")
    number, name = handler
    for one in names.values():
        if (number and number.lower() in one.lower()) or (name and one == name):
            raise UserError(f"核查人不能是处置这件派单的人（{one}）。", "请由另一位同志核查。")
    return names


def _seen(attempt: Attempt) -> None:
    """Both file and site; what is found and what became of it fit each other; nobody of the unit took part."""
    missing = [one for one in BOTH if one not in attempt.payload["seen"]]
    if missing:
        raise UserError(f"{'、'.join(missing)}还没有查。", "线下核查要查案卷，也要看现场。")
    finding, end = attempt.payload["finding"], attempt.payload["end"]
    if end == SOLVED and finding in (UNTRUE, FALSE_CLOSE):
        raise UserError(f"处置{finding}的，现场结果不能是「{SOLVED}」。", "请核对两项。")
    if end == UNSOLVED and finding == TRUE:
        raise UserError(f"处置属实的，现场结果不能是「{UNSOLVED}」。", "请核对两项。")
    events = attempt.tx.events_since("grid_check", attempt.row.check_id, 0)
    redone = {event.actor_name for event in events if event.action == _OF_UNIT}
    both = redone & {attempt.row.checker, attempt.row.companion}
    if both:
        raise UserError(f"{'、'.join(sorted(both))}代单位重新处置过，不能再核查。", "请另派两人核查。")


def _last_check(attempt: Attempt) -> Event:
    found = attempt.tx.latest("grid_check", attempt.row.check_id, "check")
    if found is None:
        raise UserError("还没有核查记录。", "请先记录核查情况。")
    return found


def _closable(attempt: Attempt) -> None:
    found = _last_check(attempt)
    if found.payload["end"] == UNSOLVED:
        raise UserError("现场仍未解决，不能办结。", "请「重新打开」，由处置单位重新处置后再核查。")
    if found.actor_id == attempt.viewer.person_id:
        raise UserError("办结人不能是记录核查的人。", "请由另一位有权限的人员办结。")


def _checked(attempt: Attempt) -> None:
    _last_check(attempt)


SEND = Step(
    "send_out",
    "派出核查",
    "record",
    frozenset(),
    SENT,
    (
        Field("checker", "核查人", "text", required=True, help="不能是处置这件派单的人。"),
        Field("companion", "同行人", "text", required=True, help="线下核查须两人。"),
        words(
            "核查什么", required=True, missing=("请写明要核查什么。", "例如：照片与现场是否一致，当事人是否见过队员。")
        ),
    ),
    limit=_within("check"),
)

GRID_CHECK = workflow(
    "grid_check",
    "线下核查",
    Step(
        "check", "记录核查", "record", frozenset({SENT, REOPENED, REDONE}), CHECKED,
        (
            Field("seen", "查了什么", "choices", required=True, choices=BOTH, help="案卷和现场都要查。", told="查了"),
            Field("finding", "处置是否属实", "choice", required=True, choices=FINDINGS),
            Field("end", "现场结果", "choice", required=True, choices=ENDS, help="只有「已解决」计入解决率。"),
            words("核查情况", required=True, missing=("请写明在案卷和现场看到了什么。", "")),
            Field(FILE, "现场照片", "file", required=True, endings=_PHOTOS, help="多张可以打包成 zip。"),
            Field("photo_2", "现场照片 2", "file", endings=_PHOTOS),
        ),
        check=_seen, limit=_within("feed_back"), inside=True,
    ),
    Step(
        "feed_back", "反馈", "record", frozenset({CHECKED}), FED_BACK, (words("反馈意见", required=True),),
        limit=_within("close"), inside=True,
    ),
    Step("close", "办结", "review", frozenset({FED_BACK}), CLOSED, (words("办结意见"),), check=_closable),
    Step(
        "reopen", "重新打开", "review", frozenset({CHECKED, FED_BACK, CLOSED}), REOPENED,
        (
            Field("reason", "原因", "choice", required=True, choices=REASONS),
            words("要求", required=True, missing=("请写明为什么重新打开、要怎么处置；处置单位看得到。", "")),
        ),
        check=_checked, limit=_within("redo"), tells=frozenset({CHECKED, FED_BACK, CLOSED}),
    ),
    # By the unit that had closed the dispatch.
    Step(
        _OF_UNIT, "重新处置", "reply", frozenset({REOPENED}), REDONE,
        (
            words("重新处置情况", required=True),
            Field(FILE, "处置照片", "file", endings=_PHOTOS, help="多张可以打包成 zip。"),
        ),
        limit=_within("check"),
    ),
    Step("withdraw", "撤回", "record", frozenset({SENT}), WITHDRAWN, (words("撤回理由", required=True),), free=True),
    extension("record", OPEN_STATES),
    pause("record", OPEN_STATES),
    resume("record", OPEN_STATES),
    assignment(OPEN_STATES),
    reminder(OPEN_STATES),
    opening=SEND,
    usual={SENT: "check", CHECKED: "feed_back", FED_BACK: "close", REOPENED: _OF_UNIT, REDONE: "check"},
)  # fmt: skip
