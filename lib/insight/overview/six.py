"""The six figures of the leaders' page, each with its movement, its definition and the lists behind its numbers."""

from lib.insight.figure import Casework, Part, rows
from lib.insight.kpi import clues
from lib.insight.kpi import warnings as handled
from lib.insight.kpi.told import Figure, Movement, Value, moved_count, part
from lib.insight.period import Period
from lib.insight.stated import Stated
from lib.insight.warnings import kpi

__all__ = ["GENERATED", "WAITING", "Casework", "Figure", "Movement", "figures"]

GENERATED = Stated(
    "预警",
    "期内{days}首次生成的预警件数，不含已合并和已撤销的。环比、同比均按相同天数比较，比率相差以百分点（点）计。",
    ("generated",),
)
WAITING = Stated(
    "待处置 / 超期",
    "尚未办结的预警件数 / 其中已过签收或核查期限的件数。环比、同比比较的是当时尚未办结的件数。",
    ("open", "late", "soon"),
)


def figures(casework: Casework, period: Period) -> list[Figure]:
    """The six figures of a period, in the order of the page."""
    return [
        _generated(casework, period),
        _open(casework, period),
        clues.disposed(casework, period),
        _on_time(casework, period),
        handled.verified(casework, period),
        handled.duration(casework, period),
    ]


def _generated(casework: Casework, period: Period) -> Figure:
    asked = casework.asked("generated", period.key)
    all_of_them = part(casework, "共", asked)
    levels = kpi.levels(rows(casework, asked))
    parts = [Part(level, count, asked.of(level=level)) for level, count in levels.items()]
    return Figure(
        f"{period.name}{GENERATED.title}",
        (Value(f"{all_of_them.number:,}", asked),),
        (all_of_them, *parts),
        "",
        moved_count(casework, period, all_of_them.number, "generated"),
        GENERATED.told(days=f"（{period.now.text}）"),
    )


def _open(casework: Casework, period: Period) -> Figure:
    waiting, late = part(casework, "待处置", casework.asked("open")), part(casework, "超期", casework.asked("late"))
    return Figure(
        WAITING.title,
        (Value(f"{waiting.number:,}", waiting.asked), Value(f"{late.number:,}", late.asked)),
        (waiting, late),
        "截至此刻，不限生成日期",
        moved_count(casework, period, waiting.number, "open"),
        WAITING.meaning,
    )


def _on_time(casework: Casework, period: Period) -> Figure:
    """按期办结率, with how many red ones were signed in time."""
    found, red = handled.on_time(casework, period), handled.red_signed(casework, period)
    return found._replace(
        parts=(*found.parts, *red.parts), detail=f"红签收 {red.value}", meaning=f"{found.meaning}红签收：{red.meaning}"
    )
