"""What becomes of a risk of a unit's integrity register (廉政风险登记): it is entered with its controls and an owner,
its text is revised in versions, it is reviewed by its date, and struck out when it is gone.

A review that is nearly due calls for itself (lib.casework.daily.reviews).
"""

from datetime import date
from typing import Any

from lib.casework.clock import assignment, reminder
from lib.casework.deadlines import settings
from lib.casework.risks.states import CALLED, CLOSED, EFFECTS, LEVELS, OPEN_STATES, STANDING
from lib.casework.steps import Attempt, Field, Step, words, workflow
from lib.errors import UserError

RISK = "risk"
# What is written anew in a version: the columns of the row that the last revision tells.
WRITTEN = ("title", "description", "controls", "owner")
LEVEL, EFFECT, REVIEW_ON, CALL = "level", "effect", "review_on", "call"


def fault_of_review(day: date, today: date) -> UserError | None:
    """Why a risk cannot be reviewed next on a day."""
    most = int(settings()[RISK]["most_days"])
    if not 0 < (day - today).days <= most:
        return UserError(f"下次复核日期 {day} 不对。", f"应晚于今天（{today}），{most} 天以内。")
    return None


def _reviewable(attempt: Attempt) -> None:
    fault = fault_of_review(attempt.payload[REVIEW_ON], attempt.at.date())
    if fault is not None:
        raise fault


def _changed(attempt: Attempt) -> None:
    """A version says something else than the one before."""
    events = attempt.tx.events_since(RISK, attempt.row.risk_id, 0)
    last: dict[str, Any] = {name: getattr(attempt.row, name) for name in WRITTEN}
    for one in events:
        if one.action == "revise":
            last = {name: one.payload[name] for name in WRITTEN}
    if all(str(attempt.payload[name]).strip() == str(last[name]).strip() for name in WRITTEN):
        raise UserError("文本没有变化。", "请修改后再提交；只改等级和日期的请用「复核」。")


_TEXTS = (
    Field("title", "风险", "text", required=True, missing=("请用一句话写明风险。", "")),
    Field("description", "表现形式", "words", required=True, missing=("请写明风险怎样表现。", "")),
    Field("controls", "防控措施", "words", required=True, missing=("请写明防控措施。", "")),
    Field("owner", "责任岗位", "text", required=True, help="岗位，不写姓名，例如：法制科科长。"),
)
_LEVEL = Field(LEVEL, "风险等级", "choice", required=True, choices=LEVELS)
_NEXT = Field(REVIEW_ON, "下次复核", "day", required=True, missing=("请选择日期。", ""), told="下次复核")

ENTER = Step(
    "enter",
    "登记",
    "record",
    frozenset(),
    STANDING,
    (
        Field("org_id", "单位", "choice", required=True, missing=("请选择单位。", "")),
        Field("point", "风险点", "choice", required=True, missing=("请选择行权环节的风险点。", "")),
        *_TEXTS,
        _LEVEL,
        _NEXT,
    ),
)

REGISTERED = workflow(
    RISK,
    "廉政风险",
    Step(
        "review",
        "复核",
        "review",
        OPEN_STATES,
        STANDING,
        (
            Field(EFFECT, "防控效果", "choice", required=True, choices=EFFECTS),
            _LEVEL,
            _NEXT,
            words("复核依据", required=True),
        ),
        check=_reviewable,
    ),
    Step("revise", "修订", "record", OPEN_STATES, None, (*_TEXTS, words("修订理由", required=True)), check=_changed),
    Step("close", "销号", "review", OPEN_STATES, CLOSED, (words("销号理由", required=True),)),
    assignment(OPEN_STATES, does=("review", "record")),
    reminder(frozenset({CALLED})),
    opening=ENTER,
    usual={CALLED: "review"},
)
