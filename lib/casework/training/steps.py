"""What becomes of a class (班级): it is opened with its exercises and its last day, put off, ended, and what its
trainees did is deleted at last.

Its days are those of the trainer's own calendar, not the synthetic city's: a course is held in real time.
"""

from datetime import date

from lib.casework.steps import Attempt, Field, Step, words, workflow
from lib.casework.training.states import CLEARED, ENDED, RUNNING
from lib.errors import UserError
from lib.warehouse.clock import now

TRAINING_CLASS = "training_class"
SIZE, SEED, EXERCISES, ENDS_ON = "size", "seed", "exercises", "ends_on"
# What the trainer and the trainees do besides the steps of the class.
JOIN, WORD, RESET = "join", "word", "reset"
# Of a seat that is begun anew: the name of the store in which what was done there is kept.
KEPT = "kept"
MOST_SEATS, MOST_DAYS = 60, 366


def fault_of_end(day: date) -> UserError | None:
    """Why a class cannot end on a day."""
    today = now().date()
    if not 0 <= (day - today).days <= MOST_DAYS:
        return UserError(f"结束日期 {day} 不对。", f"不早于今天（{today}），{MOST_DAYS} 天以内。")
    return None


def _extendable(attempt: Attempt) -> None:
    fault = fault_of_end(attempt.payload[ENDS_ON])
    if fault is not None:
        raise fault


_ENDS = Field(ENDS_ON, "结束日期", "day", required=True, missing=("请选择结束日期。", ""))

OPEN = Step(
    "open",
    "开班",
    "record",
    frozenset(),
    RUNNING,
    (
        Field("title", "班级名称", "text", required=True, missing=("请填写班级名称。", "例如：新任派驻干部第一期。")),
        Field(SIZE, "人数", "number", required=True, missing=("请填写人数。", "")),
        Field(SEED, "抽题种子", "number", help="两个班用同一个种子，同号座位抽到相同的题；不填的由系统取一个。"),
        Field(EXERCISES, "练习", "choices", required=True, missing=("请选择练习。", "")),
        _ENDS,
    ),
)

CLASS = workflow(
    TRAINING_CLASS,
    "班级",
    Step("extend", "延期", "record", frozenset({RUNNING, ENDED}), RUNNING, (_ENDS, words("说明")), check=_extendable),
    Step("end", "结束", "record", frozenset({RUNNING}), ENDED, (words("说明"),)),
    Step(
        "clear",
        "清除学员数据",
        "record",
        frozenset({ENDED}),
        CLEARED,
        (
            Field("sure", "我已导出需要保留的成绩，确认删除本班全部座位的练习记录，不能恢复", "flag", required=True,
                  missing=("请先确认。", "删除后成绩和证书不能再出。")),
            words("清除理由", required=True),
        ),
    ),
    opening=OPEN,
)  # fmt: skip
