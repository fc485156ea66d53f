"""What becomes of an attempt (作答): begun with its draw, answered item by item, helped by hints, handed in."""

from lib.casework.steps import Field, Step, workflow
from lib.casework.training.states import WORKING

ATTEMPT = "attempt"
FINISHED = "已交卷"
EXERCISE, PLAYS, PAGES = "exercise", "plays", "pages"
ITEM, ANSWERS, HINT, MENDED = "item", "answers", "hint", "mended"


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
    ),
)
_WORKING = frozenset({WORKING})

ATTEMPTS = workflow(
    ATTEMPT,
    "作答",
    Step(
        "answer",
        "保存作答",
        "record",
        _WORKING,
        None,
        (Field(ITEM, "题", "number"), Field(ANSWERS, "作答", "choices"), Field(MENDED, "改好的文件", "file")),
    ),
    Step("hint", "看提示", "record", _WORKING, None, (Field(HINT, "提示", "number"),)),
    Step("finish", "交卷", "record", _WORKING, FINISHED),
    opening=START,
)
