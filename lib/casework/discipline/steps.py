"""A case of political discipline (政治纪律案件): entered when it was filed, decided, put away.

A register of its own: it has no column for a warning, a clue, an officer or a model, nothing is entered from anything
else, and nothing comes of it. Of names it keeps the first character.
"""

from datetime import date

from lib.casework.steps import Attempt, Field, Step, words, workflow
from lib.errors import UserError

DISCIPLINE_CASE = "discipline_case"
FILED, DECIDED, ARCHIVED = "已立案", "已处分", "已归档"
RANKS = ("县处级", "乡科级", "其他")
SANCTIONS = ("警告", "严重警告", "撤销职务", "留党察看", "开除党籍", "不予处分")
ON, FILED_ON, NAMES = "on", "filed_on", "names"


def fault_of_day(day: date, today: date, since: date | None = None) -> UserError | None:
    """Why something cannot have taken place on a day."""
    if day > today:
        return UserError(f"日期 {day} 还没有到。", f"请填写实际日期，不晚于 {today}。")
    if since is not None and day < since:
        return UserError(f"日期 {day} 早于立案（{since}）。", "请核对日期。")
    return None


def _dated(attempt: Attempt) -> None:
    fault = fault_of_day(attempt.payload[ON], attempt.at.date(), attempt.row.filed_on)
    if fault is not None:
        raise fault


ENTER = Step(
    "enter",
    "登记",
    "record",
    frozenset(),
    FILED,
    (
        Field("title", "违纪事项", "text", required=True, missing=("请用一句话写明违纪事项。", ""), help="不写姓名。"),
        Field(
            NAMES,
            "人员",
            "choices",
            required=True,
            own_words=True,
            help="写一人按回车再写下一人；登记时只留姓，全名不进本系统。",
        ),
        Field("org_id", "单位", "choice", required=True, missing=("请选择单位。", "")),
        Field("rank", "职级", "choice", required=True, choices=RANKS),
        Field(FILED_ON, "立案日期", "day", required=True, missing=("请选择日期。", "")),
        words("简要情况"),
    ),
)

CASE = workflow(
    DISCIPLINE_CASE,
    "政治纪律案件",
    Step(
        "decide",
        "处分决定",
        "record",
        frozenset({FILED}),
        DECIDED,
        (
            Field(ON, "决定日期", "day", required=True, missing=("请选择日期。", "")),
            Field("sanction", "处分", "choice", required=True, choices=SANCTIONS),
            words("处分情况"),
        ),
        check=_dated,
    ),
    Step("archive", "归档", "record", frozenset({DECIDED}), ARCHIVED),
    Step("note", "补记", "record", frozenset({FILED, DECIDED}), None, (words("补记内容", required=True),)),
    opening=ENTER,
)
