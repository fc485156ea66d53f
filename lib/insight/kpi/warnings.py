"""The KPIs of warnings: handled in time, found true, ended how fast, signed, fewer, coming again, turned into clues."""

from datetime import datetime, time

import pandas as pd

from lib.casework.deadlines import signing, verifying
from lib.insight import movement
from lib.insight.duration import Duration
from lib.insight.figure import BEFORE, DEFINITIONS, YEAR_AGO, Casework, Part, rows, span_of
from lib.insight.kpi.told import KINDS, Figure, Movement, Ratio, Value, compared, figure, part, part_then
from lib.insight.period import Period, Span
from lib.insight.share import NONE
from lib.insight.stated import Stated
from lib.insight.warnings import kpi
from lib.insight.wording import number

# Fewer decided cases than this and warnings are not set against them (domain: small numbers).
FEWEST_CASES = 15
REDUCED = "预警压降率"


def on_time_ratio() -> Ratio:
    """按期办结率."""
    return Ratio(
        "按期办结率",
        f"核查期限（{verifying()}）在期内届满的预警中，期限前已反馈核查结论或办结的占比；到期仍未办的按未按期计。",
        ("按期", "kept"),
        ("应办", "due"),
    )


def red_ratio() -> Ratio:
    """红色响应率, named by its limit."""
    return Ratio(
        f"红色{signing('red')}响应率",
        f"期内生成满{signing('red')}的红色预警中，{signing('red')}内签收的占比。",
        ("红色及时签收", "red_signed"),
        ("红色", "red"),
    )


VERIFIED = Ratio(
    "预警核实率",
    "期内反馈结论的预警中，属实和部分属实的占比；分母不含无法查实，含按误报撤销的。「仅属实」分子只算属实。",
    ("属实", "true"),
    ("已判定", "judged"),
    (("仅属实", "true_strict"),),
)
STRICT = Ratio(
    "预警核实率（仅属实）", VERIFIED.meaning, ("仅属实", "true_strict"), ("已判定", "judged")
)  # fmt: skip
UNTRUE = Ratio(
    "误报率",
    "期内有结论的预警（含无法查实、含按误报撤销的）中，不属实或按误报撤销的占比。",
    ("误报", "untrue"),
    ("有结论", "concluded"),
)
TO_CLUE = Ratio(
    "转线索率",
    "期内有结论的预警（含无法查实、含按误报撤销的）中，转为问题线索的占比。",
    ("转线索", "concluded_to_clue"),
    ("有结论", "concluded"),
)
RECURRED = Ratio(
    "复发率",
    f"期内生成的预警中，同一模型对同一对象此前{kpi.AGAIN_MONTHS}个月内已有一件办结或转线索、又再次预警的占比。",
    ("再次预警", "recurred"),
    ("生成", "generated"),
)


DURATION = Stated(
    "预警处置时长",
    "期内办结或转线索的预警，从生成到办结的工作日数的中位数，以及九成不超过的天数；未办结的不计入。",
    ("ended",),
)
WAITING = Stated(
    DURATION.title,
    "期内办结或转线索的预警，从生成到办结的工作日数：中位数、平均数和九成不超过的天数。"
    "未办结的不计入，单列截至期末的件数和已等的工作日。",
    ("ended", "open_then"),
)
REDUCTION = Stated(
    REDUCED,
    "1 − 期内每千件办结案件的预警数 ÷ {before}同天数的，负数为上升；只算对比期以来没有换过版本的模型，"
    f"办结案件不足 {FEWEST_CASES} 件的不比较。案件数按决定日期计。",
    ("steady", "steady_year"),
)


def on_time(casework: Casework, period: Period) -> Figure:
    return figure(casework, period, on_time_ratio())


def red_signed(casework: Casework, period: Period) -> Figure:
    return figure(casework, period, red_ratio())


def verified(casework: Casework, period: Period) -> Figure:
    """预警核实率, the strict one beside it."""
    found = figure(casework, period, VERIFIED)
    return found._replace(detail=f"仅属实 {figure(casework, period, STRICT).value}")


def untrue(casework: Casework, period: Period) -> Figure:
    return figure(casework, period, UNTRUE)


def to_clue(casework: Casework, period: Period) -> Figure:
    return figure(casework, period, TO_CLUE)


def recurred(casework: Casework, period: Period) -> Figure:
    return figure(casework, period, RECURRED)


def duration(casework: Casework, period: Period) -> Figure:
    """How long the warnings ended in the period took: median and the days that 90 % do not exceed."""

    def taken(span: Span) -> Duration:
        return kpi.duration(casework.warnings, span, casework.days)

    now, asked = taken(period.now), casework.asked("ended", period.key)
    moved = []
    for then in compared(period):
        held = part_then(casework, period, then, "ended", DEFINITIONS["ended"].title)
        median = None if held is None else taken(span_of(period, then)).median
        text = movement.days_moved(KINDS[then], now.median, median, known=held is not None)
        moved.append(Movement(text, () if held is None else (held,)))
    return Figure(
        DURATION.title,
        (Value(_days(now.median), asked),),
        (part(casework, "已办结", asked),),
        f"九成在 {_days(now.p90)}内",
        tuple(moved),
        DURATION.meaning,
    )


def duration_and_waiting(casework: Casework, period: Period) -> Figure:
    """The same with the mean, and how long those have waited that were open at the end of the period."""
    found, taken = duration(casework, period), kpi.duration(casework.warnings, period.now, casework.days)
    still = part(casework, "期末未办结", casework.asked("open_then", period.key))
    seen = rows(casework, still.asked)["first_seen_at"]
    end = min(datetime.combine(period.now.end, time.max), casework.now)
    waited = pd.Series(casework.days.between(seen.to_numpy(), pd.Series(end, seen.index).to_numpy()), dtype="float64")
    mean = None if taken.mean is None else round(taken.mean, 1)
    waits = f" · 未办结的已等中位 {_days(float(waited.median()))}" if len(waited) else ""
    return found._replace(
        parts=(*found.parts, still), detail=f"平均 {_days(mean)} · {found.detail}{waits}", meaning=WAITING.meaning
    )


def _days(value: float | None) -> str:
    return NONE if value is None else f"{value:g} 天"


def reduction(casework: Casework, period: Period) -> Figure:
    """预警压降率: how far warnings per 1,000 decided cases fell, against the period before and against a year ago, of
    the models whose version has not changed since."""
    against = [("steady", BEFORE), ("steady_year", YEAR_AGO)]
    if period.before == period.year_ago:
        against = against[1:]
    fallen = [_fallen(casework, period, name, then) for name, then in against]
    (value, first, detail), others = fallen[0], fallen[1:]
    now = casework.asked(against[0][0], period.key)
    return Figure(
        REDUCED,
        (Value(value, now),),
        first,
        detail,
        tuple(
            Movement(f"{KINDS[then]}压降 {told}，{words}", parts)
            for (_, then), (told, parts, words) in zip(against[1:], others, strict=True)
        ),
        REDUCTION.told(before=movement.THEN[KINDS[against[0][1]]]),
    )


def _fallen(casework: Casework, period: Period, name: str, then: str) -> tuple[str, tuple[Part, ...], str]:
    """The reduction in words, the warnings now and then, and both rates in words."""
    now = part(casework, "期内", casework.asked(name, period.key))
    held = part_then(casework, period, then, name, movement.THEN[KINDS[then]])
    if held is None:
        return NONE, (now,), f"{movement.THEN[KINDS[then]]}无记录"
    rates = [
        _rate(casework, span, one.number) for one, span in ((now, period.now), (held, span_of(period, then)))
    ]  # fmt: skip
    told = f"每千件案件 {_rated(rates[0])}，{movement.THEN[KINDS[then]]} {_rated(rates[1])}"
    if rates[0] is None or not rates[1]:
        return NONE, (now, held), told
    return f"{1 - rates[0] / rates[1]:.1%}", (now, held), told


def _rate(casework: Casework, span: Span, warnings: int) -> float | None:
    cases = int(casework.cases(span)["cases"].sum())
    return None if cases < FEWEST_CASES else 1000 * warnings / cases


def _rated(rate: float | None) -> str:
    return NONE if rate is None else number(round(rate, 2))


def by_rule(casework: Casework, period: Period) -> pd.DataFrame:
    """One row per model with a conclusion in the period, the most often wrong first: rule_id, label, concluded, untrue,
    judged, true, strict (numbers of warnings)."""
    held = {
        key: rows(casework, casework.asked(name, period.key))["rule_id"].value_counts()
        for key, name in (
            ("concluded", "concluded"), ("untrue", "untrue"), ("judged", "judged"), ("true", "true"),
            ("strict", "true_strict"),
        )
    }  # fmt: skip
    table = pd.DataFrame(held).fillna(0).astype("int64").rename_axis("rule_id").reset_index()
    table = table[table["concluded"].gt(0)]
    order = table.assign(rate=table["untrue"] / table["concluded"])
    order = order.sort_values(["rate", "concluded", "rule_id"], ascending=[False, False, True])
    return table.loc[order.index].reset_index(drop=True)
