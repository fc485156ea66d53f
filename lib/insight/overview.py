"""The six figures of the leaders' page, each with its movement, its definition and the list behind it."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import pandas as pd

from lib.casework.deadlines import Calendar
from lib.casework.warnings import MERGED, OPEN_STATES, STATES, WITHDRAWN
from lib.insight import clue_rates, kpi, movement
from lib.insight.movement import BEFORE, YEAR_AGO
from lib.insight.period import Period, Span
from lib.insight.warning_filter import WarningFilter
from lib.insight.warning_list import LEVEL_ZH

WORKBENCH, CLUES = "workbench", "clues"
# The levels of warnings: links to their lists leave out what was drawn by chance.
_LEVELS = tuple(LEVEL_ZH.values())
COUNTED = tuple(state for state in STATES if state not in (MERGED, WITHDRAWN))


class Figure(NamedTuple):
    """One figure as shown: value, what it is made of, 环比 and 同比 in words, definition, and where its list is."""

    title: str
    value: str
    detail: str
    before: str
    year_ago: str
    meaning: str
    opens: str
    query: dict[str, str | list[str]]


@dataclass(frozen=True)
class Casework:
    """What the figures are taken from: visible warnings and clues, the ids withdrawn as 误报, and when.

    `since` is the day of the first record of all: what lies before it was not recorded, which is not zero.
    """

    warnings: pd.DataFrame
    clues: pd.DataFrame
    false_alarms: pd.Index
    days: Calendar
    now: datetime
    since: pd.Timestamp

    def covers(self, span: Span) -> bool:
        """Whether records reach back to the start of a span."""
        return self.since <= pd.Timestamp(span.start)


def figures(casework: Casework, period: Period) -> list[Figure]:
    """The six figures of a period, in the order of the page."""
    return [
        _generated(casework, period),
        _open(casework, period),
        _clues(casework, period),
        _on_time(casework, period),
        _verified(casework, period),
        _duration(casework, period),
    ]


def _then(casework: Casework, period: Period) -> list[tuple[str, Span | None]]:
    spans = ((BEFORE, period.before), (YEAR_AGO, period.year_ago))
    return [(kind, span if casework.covers(span) else None) for kind, span in spans]


def _generated(casework: Casework, period: Period) -> Figure:
    found = kpi.generated(casework.warnings, period.now)
    levels = kpi.levels(found)
    moved = [
        movement.count_moved(kind, len(found), None if span is None else len(kpi.generated(casework.warnings, span)))
        for kind, span in _then(casework, period)
    ]
    return Figure(
        f"{period.name}预警", f"{len(found):,}",
        f"红 {levels['red']} · 橙 {levels['orange']} · 黄 {levels['yellow']}", moved[0], moved[1],
        f"期内（{period.now.text}）首次生成的预警件数，不含已合并和已撤销的。"
        "环比、同比均按相同天数比较，比率相差以百分点（点）计。",
        WORKBENCH, WarningFilter(since=period.now.start, until=period.now.end, states=COUNTED).query(),
    )  # fmt: skip


def _open(casework: Casework, period: Period) -> Figure:
    frame = casework.warnings
    standing = int(frame["state"].isin(OPEN_STATES).sum())
    late = int(frame["overdue"].sum())
    moved = [
        movement.count_moved(kind, standing, None if span is None else kpi.standing(frame, _end_of(span)))
        for kind, span in _then(casework, period)
    ]
    return Figure(
        "待处置 / 超期", f"{standing:,} / {late:,}", "截至此刻，不限生成日期", moved[0], moved[1],
        "尚未办结的预警件数 / 其中已过签收或核查期限的件数。环比、同比比较的是当时尚未办结的件数。",
        WORKBENCH, WarningFilter(levels=_LEVELS, overdue=True).query() if late
        else WarningFilter(levels=_LEVELS, states=_open_states()).query(),
    )  # fmt: skip


def _open_states() -> tuple[str, ...]:
    return tuple(state for state in STATES if state in OPEN_STATES)


def _end_of(span: Span) -> pd.Timestamp:
    return pd.Timestamp(span.end) + pd.Timedelta(days=1, seconds=-1)


def _clues(casework: Casework, period: Period) -> Figure:
    disposed, closed = clue_rates.shares(casework.clues, period.now)
    moved = [
        movement.share_moved(kind, disposed, None if span is None else clue_rates.shares(casework.clues, span)[0])
        for kind, span in _then(casework, period)
    ]
    return Figure(
        "线索处置率", movement.percent(disposed),
        f"{disposed.part}/{disposed.whole} 条 · 了结率 {movement.percent(closed)}",
        moved[0], moved[1], "期内收到的问题线索中，截至期末已处置（谈话函询、初步核实、暂存待查、予以了结）的占比；"
        "了结率只算已了结的，暂存待查不算。",
        CLUES, {"c_part": "received", "period": period.name},
    )  # fmt: skip


def _on_time(casework: Casework, period: Period) -> Figure:
    now = pd.Timestamp(casework.now)
    share = kpi.on_time(casework.warnings, period.now, now)
    red = kpi.red_signed(casework.warnings, period.now, now)
    moved = [
        movement.share_moved(kind, share, None if span is None else kpi.on_time(casework.warnings, span, now))
        for kind, span in _then(casework, period)
    ]
    return Figure(
        "按期办结率", movement.percent(share),
        f"{share.part}/{share.whole} 件 · 红签收 {movement.percent(red)}", moved[0], moved[1],
        "核查期限（红5、橙10、黄15个工作日）在期内届满的预警中，期限前已反馈核查结论或办结的占比；到期仍未办的按未按期计。"
        f"红签收：期内生成满24小时的红色预警中，24小时内签收的占比（{red.part}/{red.whole} 件）。",
        WORKBENCH, WarningFilter(levels=_LEVELS, overdue=True).query(),
    )  # fmt: skip


def _verified(casework: Casework, period: Period) -> Figure:
    def share_of(span: Span, strict: bool = False) -> kpi.Share:
        return kpi.verified(casework.warnings, span, casework.false_alarms, strict)

    share, strict = share_of(period.now), share_of(period.now, strict=True)
    moved = [
        movement.share_moved(kind, share, None if span is None else share_of(span))
        for kind, span in _then(casework, period)
    ]
    return Figure(
        "预警核实率", movement.percent(share),
        f"{share.part}/{share.whole} 件 · 仅属实 {movement.percent(strict)}", moved[0], moved[1],
        "期内反馈结论的预警中，属实和部分属实的占比；分母不含无法查实，含按误报撤销的。「仅属实」分子只算属实。",
        WORKBENCH, WarningFilter(conclusions=("属实", "部分属实")).query(),
    )  # fmt: skip


def _duration(casework: Casework, period: Period) -> Figure:
    def taken(span: Span) -> kpi.Duration:
        return kpi.duration(casework.warnings, span, casework.days)

    now = taken(period.now)
    moved = []
    for kind, span in _then(casework, period):
        then = None if span is None else taken(span).median
        moved.append(movement.days_moved(kind, now.median, then, known=span is not None))
    p90 = "—" if now.p90 is None else f"{now.p90:g} 天"
    return Figure(
        "预警处置时长", "—" if now.median is None else f"{now.median:g} 天",
        f"九成在 {p90}内 · 共 {now.n} 件", moved[0], moved[1],
        "期内办结或转线索的预警，从生成到办结的工作日数的中位数，以及九成不超过的天数；未办结的不计入。",
        WORKBENCH, WarningFilter(states=("已办结", "转线索")).query(),
    )  # fmt: skip
