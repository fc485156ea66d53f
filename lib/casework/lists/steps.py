"""What becomes of a version of the supervision lists (清单版本): another target or focus of an indicator, or a new
focus of a list. It is drafted, reviewed by somebody else and published; until then the lists are as they were.

Versions of the same thing replace each other: of an indicator the one published last holds, of a focus as well.
"""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from lib.access import Forbidden
from lib.casework.lists.states import CLOSED, DRAFT, LIVE, OPEN, REVIEW, STOPPED, UNDER_WAY
from lib.casework.lists.table import list_version
from lib.casework.steps import Attempt, Field, Step, words, workflow
from lib.casework.store.chain import Event, moment_after
from lib.errors import UserError

LIST_VERSION = "list_version"
ABOUT, GREEN, RED, FOCUS, FOCUS_NAME = "about", "green", "red", "focus", "focus_name"
_INDICATOR = re.compile(r"I[0-9]{2}")


def is_indicator(about: str) -> bool:
    """Whether a version is about an indicator (I02); otherwise it is about a list (L1)."""
    return _INDICATOR.fullmatch(about) is not None


def _of_indicator(given: Mapping[str, Any]) -> bool:
    return is_indicator(str(given.get(ABOUT) or ""))


def _of_list(given: Mapping[str, Any]) -> bool:
    return not _of_indicator(given)


_WHY = (words("理由", required=True),)

DRAFTING = Step(
    "draft",
    "起草",
    "tune",
    frozenset(),
    DRAFT,
    (
        Field(ABOUT, "指标或清单", "text", required=True, help="指标编号（如 I02）或清单编号（如 L1）。"),
        Field(GREEN, "达标值", "text", required=True, when=_of_indicator, told="达标值"),
        Field(RED, "未达标值", "text", required=True, when=_of_indicator, told="未达标值"),
        Field(FOCUS, "重点编号", "text", required=True, help="指标所属的重点，或新增重点的编号，如 F28。"),
        Field(FOCUS_NAME, "重点名称", "text", required=True, when=_of_list, told="重点名称"),
        words("调整理由", required=True, missing=("请写明为什么调整、依据什么。", "")),
    ),
)


def _not_own(attempt: Attempt) -> None:
    made = [attempt.tx.latest(LIST_VERSION, attempt.row.version_id, action) for action in ("draft", "submit")]
    if attempt.viewer.person_id in {one.actor_id for one in made if one is not None}:
        raise Forbidden("不能审批本人起草或提交的清单版本。", "请由另一位有审批权限的同志办理。")


def _restorable(attempt: Attempt) -> None:
    _not_own(attempt)
    if attempt.tx.latest(LIST_VERSION, attempt.row.version_id, "publish") is None:
        raise UserError("这一版没有发布过，不能回退到它。", "请选择曾经发布的版本。")


def _replace(attempt: Attempt, written: Event) -> None:
    """What was in force about the same is stopped."""
    row, held = attempt.row, list_version.c
    same = select(held.version_id).where(held.about == row.about, held.version_id != row.version_id)
    if not is_indicator(row.about):
        same = same.where(held.focus == row.focus)
    attempt.tx.flush()
    for one in attempt.tx.connection.execute(same).scalars().all():
        last = attempt.tx.last_event(LIST_VERSION, one)
        if last is not None and last.to_state == LIVE:
            at = moment_after(written.at, last)
            attempt.tx.append(attempt.viewer, at, LIST_VERSION, one, "stop", LIVE, STOPPED, "由新一版取代")


VERSION = workflow(
    LIST_VERSION,
    "清单版本",
    Step("submit", "提交复核", "tune", frozenset({DRAFT}), REVIEW, _WHY),
    Step("give_back", "退回修改", "approve", frozenset({REVIEW}), DRAFT, _WHY),
    # By nobody who wrote or submitted it.
    Step("publish", "发布", "approve", frozenset({REVIEW}), LIVE, _WHY, check=_not_own, effect=_replace),
    Step("stop", "停用", "approve", frozenset({LIVE}), STOPPED, _WHY),
    Step("restore", "回退到此版", "approve", frozenset({STOPPED}), LIVE, _WHY, check=_restorable, effect=_replace),
    Step("discard", "作废", "tune", UNDER_WAY, STOPPED, _WHY),
    opening=DRAFTING,
)

# What a light that turned red asks of the list's team.
TASK = workflow(
    "list_task",
    "清单任务",
    Step("close", "办结", "record", frozenset({OPEN}), CLOSED, (words("原因和措施", required=True),)),
    usual={OPEN: "close"},
)
