"""The words for where a supervision notice stands and where it came from, and how its number is written."""

NOTICE_NAME = "执法监督通知书"

DRAFTED, RETURNED, REVIEWED, SIGNED = "拟稿", "退回修改", "审核", "签发"
DELIVERED, RECTIFYING, ANSWERED, RECHECKED = "送达", "整改", "反馈", "复核"
CLOSED, WITHDRAWN = "销号", "撤回"
STATES = (
    DRAFTED, RETURNED, REVIEWED, SIGNED, DELIVERED, RECTIFYING, ANSWERED, RECHECKED, CLOSED, WITHDRAWN,
)  # fmt: skip
BEFORE_DELIVERY = frozenset({DRAFTED, RETURNED, REVIEWED, SIGNED})
WITH_UNIT = frozenset({DELIVERED, RECTIFYING})
ENDED = frozenset({CLOSED, WITHDRAWN})
# From what one comes, by kind of object.
BY_HAND = "own"
ORIGINS = {"warning": "预警", "prompt": "工作提示", "clue": "线索", "reform_task": "改革任务", BY_HAND: "自行拟制"}
URGENCIES = ("特急", "加急")
WAYS = ("浙政钉", "公文交换", "当面送达")
RECHECKS = ("书面复核", "现场复核")


def number_text(year: int, number: int) -> str:
    """A number as it stands on the notice: 监督通知〔2022〕第001号."""
    return f"监督通知〔{year}〕第{number:03d}号"
