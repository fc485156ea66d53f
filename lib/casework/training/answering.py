"""What becomes of an attempt (作答): begun with its draw, answered item by item, helped by hints, handed in."""

from datetime import datetime

from lib.casework.steps import Attempt, Field, Step, workflow
from lib.casework.training.states import WORKING
from lib.errors import UserError

ATTEMPT = "attempt"
FINISHED = "已交卷"
EXERCISE, PLAYS, PAGES, CLOCK = "exercise", "plays", "pages", "clock"
ITEM, ANSWERS, HINT = "item", "answers", "hint"


def _clock(attempt: Attempt) -> None:
    """When it was really done: the city's own day never moves on."""
    try:
        datetime.fromisoformat(attempt.payload[CLOCK])
    except ValueError:
        raise UserError("没有记下时间。", "请刷新页面后重新提交。") from None


_CLOCK = Field(CLOCK, "时间", "text", required=True)

START = Step(
    "start",
    "开始作答",
    "record",
    frozenset(),
    WORKING,
    (
        Field(EXERCISE, "练习", "text", required=True),
        Field(PLAYS, "可扮演", "choices"),
        Field(PAGES, "可打开", "choices"),
        _CLOCK,
    ),
)
_WORKING = frozenset({WORKING})

ATTEMPTS = workflow(
    ATTEMPT,
    "作答",
    Step(
        "answer", "保存作答", "record", _WORKING, None, (Field(ITEM, "题", "number"), Field(ANSWERS, "作答", "choices"))
    ),
    Step("hint", "看提示", "record", _WORKING, None, (Field(HINT, "提示", "number"),)),
    Step("finish", "交卷", "record", _WORKING, FINISHED, (_CLOCK,), check=_clock),
    opening=START,
)
