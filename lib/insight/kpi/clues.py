"""The KPIs of clues: how many were disposed of, and what followed for whom."""

from lib.casework.clues.states import FOUR_FORMS, NO_FORM
from lib.insight.figure import Casework, rows
from lib.insight.kpi.told import Figure, Ratio, Value, figure, moved_count, part, share
from lib.insight.period import Period
from lib.insight.share import Share, percent
from lib.insight.stated import Stated

DISPOSED = Ratio(
    "线索处置率",
    "期内收到的问题线索中，截至期末已处置（谈话函询、初步核实、暂存待查、予以了结）的占比；"
    "了结率只算已了结的，暂存待查不算。",
    ("已处置", "clues_disposed"),
    ("收到", "clues_received"),
    (("已了结", "clues_closed"),),
    waits="clue_due",
)
CLOSED = Ratio(
    "线索了结率",
    "期内收到的问题线索中，截至期末予以了结或处置后归档的占比；暂存待查计入已处置，不计入已了结。",
    ("已了结", "clues_closed"),
    ("收到", "clues_received"),
)


FOLLOWED_UP = Stated(
    "追责（四种形态）",
    "期内反馈结果的线索中，运用监督执纪四种形态处理的条数，按形态分列；人数为反馈时填写的处理人数之和。",
    ("clues_followed_up", "clues_reported"),
)


def disposed(casework: Casework, period: Period) -> Figure:
    """线索处置率, 了结率 beside it."""
    found = figure(casework, period, DISPOSED)
    _, received, closed = found.parts
    waiting = " · 意见期限都未到" if received.number and not share(casework, period, DISPOSED).whole else ""
    return found._replace(detail=f"了结率 {percent(Share(closed.number, received.number))}{waiting}")


def closed(casework: Casework, period: Period) -> Figure:
    """线索了结率."""
    return figure(casework, period, CLOSED)


def followed_up(casework: Casework, period: Period) -> Figure:
    """追责: the clues that ended in one of the four forms, and how many people that were."""
    whole = part(casework, "反馈结果", casework.asked("clues_reported", period.key))
    ended = part(casework, "合计", casework.asked("clues_followed_up", period.key))
    held = rows(casework, ended.asked)
    forms = [part(casework, form, ended.asked.of(clue_form=form)) for form in FOUR_FORMS]
    none = part(casework, NO_FORM, whole.asked.of(clue_form=NO_FORM))
    people = held["people_cnt"].dropna()
    untold = len(held) - len(people)
    told = f"共处理 {int(people.sum()):,} 人" + (f"，另有 {untold:,} 条未填人数" if untold else "")
    return Figure(
        FOLLOWED_UP.title,
        (Value(f"{ended.number:,} 条", ended.asked),),
        (*forms, none, whole),
        told if len(held) else "",
        moved_count(casework, period, ended.number, "clues_followed_up"),
        FOLLOWED_UP.meaning,
    )
