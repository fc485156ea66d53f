"""The six figures of the leaders' page, each with its movement, its definition and the lists behind its numbers."""

from typing import NamedTuple

from lib.casework.deadlines import signing, verifying
from lib.insight import movement
from lib.insight.clues import rates
from lib.insight.figure import BEFORE, DEFINITIONS, YEAR_AGO, Asked, Casework, Part, rows, span_of
from lib.insight.period import Period, Span
from lib.insight.share import Share, percent
from lib.insight.warnings import kpi

__all__ = ["Casework", "Figure", "Movement", "figures"]

_KINDS = {BEFORE: movement.BEFORE, YEAR_AGO: movement.YEAR_AGO}


class Movement(NamedTuple):
    """环比 or 同比 in words, and the numbers it compares with."""

    text: str
    parts: tuple[Part, ...]


class Value(NamedTuple):
    """What stands large in a tile, and the list it opens: of a ratio, what it divides by."""

    text: str
    asked: Asked


class Figure(NamedTuple):
    """One figure as shown: its value or values, the numbers it is made of, what else there is to say, how it moved,
    and its definition."""

    title: str
    values: tuple[Value, ...]
    parts: tuple[Part, ...]
    detail: str
    movements: tuple[Movement, ...]
    meaning: str


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


def _part(casework: Casework, words: str, asked: Asked) -> Part:
    return Part(words, len(rows(casework, asked)), asked)


def _compared(period: Period) -> list[str]:
    """The spans a period is compared with; one where both are the same days."""
    return [YEAR_AGO] if period.before == period.year_ago else [BEFORE, YEAR_AGO]


def _moved_count(casework: Casework, period: Period, now: int, name: str) -> tuple[Movement, ...]:
    found = []
    for then in _compared(period):
        part = _then(casework, period, then, name, movement.THEN[_KINDS[then]])
        text = movement.count_moved(_KINDS[then], now, None if part is None else part.number)
        found.append(Movement(text, () if part is None else (part,)))
    return tuple(found)


def _moved_share(casework: Casework, period: Period, now: Share, part: str, whole: str) -> tuple[Movement, ...]:
    found = []
    for then in _compared(period):
        above, below = (_then(casework, period, then, name, DEFINITIONS[name].title) for name in (part, whole))
        share = None if above is None or below is None else Share(above.number, below.number)
        parts = () if above is None or below is None else (above, below)
        found.append(Movement(movement.share_moved(_KINDS[then], now, share), parts))
    return tuple(found)


def _then(casework: Casework, period: Period, then: str, name: str, words: str) -> Part | None:
    """The same number then; None where records do not reach back so far."""
    if not casework.covers(span_of(period, then)):
        return None
    return _part(casework, words, casework.asked(name, period.key, then))


def _generated(casework: Casework, period: Period) -> Figure:
    asked = casework.asked("generated", period.key)
    all_of_them = _part(casework, "共", asked)
    levels = kpi.levels(rows(casework, asked))
    parts = [Part(level, count, asked.of(level=level)) for level, count in levels.items()]
    return Figure(
        f"{period.name}预警",
        (Value(f"{all_of_them.number:,}", asked),),
        (all_of_them, *parts),
        "",
        _moved_count(casework, period, all_of_them.number, "generated"),
        f"期内（{period.now.text}）首次生成的预警件数，不含已合并和已撤销的。"
        "环比、同比均按相同天数比较，比率相差以百分点（点）计。",
    )


def _open(casework: Casework, period: Period) -> Figure:
    waiting, late = _part(casework, "待处置", casework.asked("open")), _part(casework, "超期", casework.asked("late"))
    return Figure(
        "待处置 / 超期",
        (Value(f"{waiting.number:,}", waiting.asked), Value(f"{late.number:,}", late.asked)),
        (waiting, late),
        "截至此刻，不限生成日期",
        _moved_count(casework, period, waiting.number, "open"),
        "尚未办结的预警件数 / 其中已过签收或核查期限的件数。环比、同比比较的是当时尚未办结的件数。",
    )


def _clues(casework: Casework, period: Period) -> Figure:
    disposed, received, closed = (
        _part(casework, words, casework.asked(name, period.key))
        for words, name in (("已处置", "clues_disposed"), ("收到", "clues_received"), ("已了结", "clues_closed"))
    )
    share = rates.disposal(
        disposed.number, received.number, due=len(rows(casework, casework.asked("clue_due", period.key)))
    )
    waiting = " · 意见期限都未到" if received.number and not share.whole else ""
    settled = percent(Share(closed.number, received.number))
    return Figure(
        "线索处置率",
        (Value(percent(share), received.asked),),
        (disposed, received, closed),
        f"了结率 {settled}{waiting}",
        _moved_share(casework, period, share, "clues_disposed", "clues_received"),
        "期内收到的问题线索中，截至期末已处置（谈话函询、初步核实、暂存待查、予以了结）的占比；"
        "了结率只算已了结的，暂存待查不算。",
    )


def _on_time(casework: Casework, period: Period) -> Figure:
    kept, due, signed, red = (
        _part(casework, words, casework.asked(name, period.key))
        for words, name in (("按期", "kept"), ("应办", "due"), ("红色及时签收", "red_signed"), ("红色", "red"))
    )
    share, red_share = Share(kept.number, due.number), Share(signed.number, red.number)
    return Figure(
        "按期办结率",
        (Value(percent(share), due.asked),),
        (kept, due, signed, red),
        f"红签收 {percent(red_share)}",
        _moved_share(casework, period, share, "kept", "due"),
        f"核查期限（{verifying()}）在期内届满的预警中，期限前已反馈核查结论或办结的占比；到期仍未办的按未按期计。"
        f"红签收：期内生成满{signing('red')}的红色预警中，{signing('red')}内签收的占比。",
    )


def _verified(casework: Casework, period: Period) -> Figure:
    true, judged, strictly = (
        _part(casework, words, casework.asked(name, period.key))
        for words, name in (("属实", "true"), ("已判定", "judged"), ("仅属实", "true_strict"))
    )
    share = Share(true.number, judged.number)
    strict = percent(Share(strictly.number, judged.number))
    return Figure(
        "预警核实率",
        (Value(percent(share), judged.asked),),
        (true, judged, strictly),
        f"仅属实 {strict}",
        _moved_share(casework, period, share, "true", "judged"),
        "期内反馈结论的预警中，属实和部分属实的占比；分母不含无法查实，含按误报撤销的。「仅属实」分子只算属实。",
    )


def _duration(casework: Casework, period: Period) -> Figure:
    def taken(span: Span) -> kpi.Duration:
        return kpi.duration(casework.warnings, span, casework.days)

    now, asked = taken(period.now), casework.asked("ended", period.key)
    moved = []
    for then in _compared(period):
        part = _then(casework, period, then, "ended", DEFINITIONS["ended"].title)
        median = None if part is None else taken(span_of(period, then)).median
        text = movement.days_moved(_KINDS[then], now.median, median, known=part is not None)
        moved.append(Movement(text, () if part is None else (part,)))
    p90 = "—" if now.p90 is None else f"{now.p90:g} 天"
    return Figure(
        "预警处置时长",
        (Value("—" if now.median is None else f"{now.median:g} 天", asked),),
        (_part(casework, "已办结", asked),),
        f"九成在 {p90}内",
        tuple(moved),
        "期内办结或转线索的预警，从生成到办结的工作日数的中位数，以及九成不超过的天数；未办结的不计入。",
    )
