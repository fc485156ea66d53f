"""The monthly report: what stands in it, for a viewer and a month, before it is written down."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import pandas as pd

from lib.access import Viewer, under
from lib.casework.store.register import Register
from lib.errors import UserError
from lib.insight.casework import casework
from lib.insight.clues import sheet as clue_sheet
from lib.insight.figure import DATASETS, DEFINITIONS, NOTICES, SPOT_CHECKS, WARNINGS, Asked, Casework, Part, rows
from lib.insight.kpi.groups import Group, Row, by_county, groups, ratios
from lib.insight.kpi.told import Figure, Ratio
from lib.insight.kpi.warnings import REDUCED, by_rule
from lib.insight.map.risk import areas
from lib.insight.movement import BEFORE, YEAR_AGO
from lib.insight.notices import sheet as notice_sheet
from lib.insight.overview import loop
from lib.insight.overview.six import figures
from lib.insight.period import Period, period
from lib.insight.warnings import sheet as warning_sheet
from lib.insight.warnings.names import rule_labels
from lib.insight.wording import day
from lib.rules.levels import LEVELS, level_name
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

TITLE = "执法监督工作月报"
_KIND_NAMES = {"warnings": "预警清单", "clues": "线索清单", "notices": "通知书清单", "datasets": "数据集清单"}


@dataclass(frozen=True, eq=False)
class Report:
    """The report of a month: `made` of the casework at its end, over the days of `period`, of `scope` in words.

    figures: the KPIs in their groups. generated: the figure of the warnings first seen. months: warnings of the last
    twelve months by level; rules and counties: the warnings of the month by model and by county (label, total, and by
    level), the most first. verified: how often each model was wrong. lists: the rows behind the numbers by title, each
    with a column for every number that counts them; empty for a role without the right.
    """

    period: Period
    scope: str
    as_of: date
    synthetic: bool
    generated: Figure
    groups: list[Group]
    ratios: list[Ratio]
    places: list[Row]
    months: pd.DataFrame
    rules: pd.DataFrame
    counties: pd.DataFrame
    verified: pd.DataFrame
    lists: dict[str, pd.DataFrame]

    @property
    def month(self) -> str:
        """2022年8月."""
        return f"{self.period.now.start.year}年{self.period.now.start.month}月"

    @property
    def whole(self) -> bool:
        """Whether the month has ended."""
        return (self.period.now.end + timedelta(days=1)).day == 1

    @property
    def about(self) -> str:
        """What it covers, in one line."""
        unended = "" if self.whole else "（当月未结束）"
        return f"范围：{self.scope}　期间：{self.period.now.text}{unended}　数据截至：{day(self.as_of)}"

    @property
    def file_name(self) -> str:
        """Without its ending."""
        return f"{TITLE}_{self.scope}_{self.period.now.start:%Y-%m}"

    def figure(self, title: str) -> Figure | None:
        """A KPI by its title; None where it is left out."""
        found = (one for group in self.groups for one in group.figures if one.title == title)
        return next(found, None)


def months(register_since: datetime, as_of: date) -> list[str]:
    """The months there can be a report of, the newest first: 2022-08."""
    first = pd.Timestamp(register_since).to_period("M")
    last = pd.Timestamp(as_of).to_period("M")
    return [str(month) for month in pd.period_range(first, last, freq="M")[::-1]] if first <= last else []


def usual(found: list[str], as_of: date) -> str:
    """The month of `found` that a report is usually asked of: the last that has ended, the only one before."""
    ended = (as_of + timedelta(days=1)).day == 1
    return next((one for one in found if ended or one != f"{as_of:%Y-%m}"), found[0])


@under("export", "report")
def report(register: Register, warehouse: Warehouse, viewer: Viewer, month: str | None, scope: str) -> Report:
    """The report of a month (2022-08; the last that has ended unless given) in the viewer's scope, `scope` in words.

    Raises UserError for a month that is none, has not begun, or lies before the first record.
    """
    clock = now(warehouse)
    since = casework(register, warehouse, viewer, clock).since
    possible = months(since, warehouse.as_of) if not pd.isna(since) else []
    asked = usual(possible, warehouse.as_of) if month is None and possible else month
    if asked not in possible:
        reach = f"可选 {possible[-1]} 至 {possible[0]}。" if possible else "业务库里还没有记录。"
        raise UserError(f"不能编制 {asked or '任何月份'} 的月报：没有这个月的记录，或月份写法不对。", reach)
    end = (pd.Timestamp(asked) + pd.offsets.MonthEnd(1)).date()
    at = min(datetime.combine(end, time.max.replace(microsecond=0)), clock)
    held = casework(register, warehouse, viewer, at)
    span = period("month", min(end, warehouse.as_of))
    found = groups(held, span)
    labels = rule_labels()
    return Report(
        span,
        scope,
        warehouse.as_of,
        warehouse.synthetic,
        figures(held, span)[0],
        found,
        ratios(held),
        by_county(held, span, areas(warehouse)),
        loop.months(held.warnings, datetime.combine(span.now.end, time())),
        loop.by_rule(held.warnings, span, labels),
        _by_county(rows(held, Asked("generated", "month"))),
        by_rule(held, span).assign(label=lambda frame: frame["rule_id"].map(labels)),
        _lists(held, found) if viewer.may("lists", "report") else {},
    )


def _by_county(generated: pd.DataFrame) -> pd.DataFrame:
    table = pd.crosstab(generated["county_name"], generated["level"]).reindex(columns=list(LEVELS), fill_value=0)
    table["total"] = table.sum(axis=1)
    table = table.rename_axis("label").rename_axis(columns=None).reset_index()
    return table.sort_values(["total", "label"], ascending=[False, True], ignore_index=True)


def _lists(casework: Casework, found: list[Group]) -> dict[str, pd.DataFrame]:
    """The rows behind the numbers, kind by kind; √ in the column of each number that counts the row."""
    numbers: dict[str, list[tuple[str, Part]]] = {}
    for group in found:
        for figure in group.figures:
            for one in figure.parts:
                kind = DEFINITIONS[one.asked.name].kind
                numbers.setdefault(WARNINGS if kind == SPOT_CHECKS else kind, []).append(
                    (f"{figure.title}·{one.words}", one)
                )
    return {_KIND_NAMES[kind]: _list(casework, kind, own) for kind, own in numbers.items()}


def _list(casework: Casework, kind: str, numbers: list[tuple[str, Part]]) -> pd.DataFrame:
    keys = {WARNINGS: "warning_id", NOTICES: "notice_id", DATASETS: "name"}
    key = keys.get(kind, "clue_id")
    counted = {title: rows(casework, one.asked) for title, one in numbers}
    every = pd.concat(counted.values()).drop_duplicates(key) if counted else pd.DataFrame()
    shown = _SHEETS.get(kind, clue_sheet.listed)(every).reset_index(drop=True)
    for title, frame in counted.items():
        shown[title] = ["√" if one else "" for one in every[key].isin(frame[key])]
    return shown


def _datasets(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "数据": frame["title"].tolist(),
            "来源": frame["source"].tolist(),
            "更新时限（天）": frame["sla_days"].tolist(),
            "最近更新": frame["updated_at"].map(day).tolist(),
            "鲜活": frame["freshness"].tolist(),
        }
    )


_SHEETS = {WARNINGS: warning_sheet.for_export, NOTICES: notice_sheet.listed, DATASETS: _datasets}


def moved(figure: Figure, kind: str) -> str:
    """环比 or 同比 of a figure without that word; a dash without one."""
    if kind == BEFORE and figure.title == REDUCED:
        # What it says is itself set against the month before.
        return "同左"
    found = (one.text.removeprefix(kind).strip() for one in figure.movements if one.text.startswith(kind))
    return next(found, "—")


def made_of(figure: Figure) -> str:
    """What a figure is made of, in one line: 按期 231、应办 290."""
    return "、".join(f"{level_name(part.words) if part.words in LEVELS else part.words} {part.number:,}"
                    for part in figure.parts)  # fmt: skip


def summary(report: Report) -> list[str]:
    """The report in sentences, one a subject."""
    return [text for text in _sentences(report) if text]


def _sentences(report: Report) -> Iterator[str]:
    generated = report.generated
    count = generated.parts[0].number
    levels = "、".join(f"{level_name(part.words)} {part.number} 件" for part in generated.parts[1:])
    yield f"{report.month}，{report.scope}首次生成预警 {count:,} 件（{levels}）{_movement(generated)}。"
    yield _most(report, count)
    yield _handled(report)
    yield _verified(report)
    yield _clues(report)
    yield _notices(report)
    fresh = report.figure("数据鲜活率")
    if fresh is not None:
        on_time, whole = fresh.parts
        yield f"{whole.number} 项数据中 {on_time.number} 项按时更新，数据鲜活率 {fresh.value}。"


def _movement(figure: Figure) -> str:
    told = [f"{kind} {moved(figure, kind)}" for kind in (BEFORE, YEAR_AGO)]
    known = [text for text in told if not text.split(" ", 1)[1].startswith("—")]
    return "，" + "；".join(text.replace("，", "（") + "）" for text in known) if known else ""


def _most(report: Report, count: int) -> str:
    if not count:
        return ""
    rule = report.rules.iloc[0]
    text = f"命中最多的模型是{rule['label']}，{rule['total']} 件，占 {rule['total'] / count:.1%}"
    if len(report.counties) > 1:
        place = report.counties.iloc[0]
        text += f"；{place['label']}最多，{place['total']} 件"
    return f"{text}。"


def _handled(report: Report) -> str:
    on_time, taken = report.figure("按期办结率"), report.figure("预警处置时长")
    red = next(one for group in report.groups for one in group.figures if one.title.startswith("红色"))
    assert on_time is not None and taken is not None
    kept, due = on_time.parts
    text = f"核查期限届满的预警 {due.number:,} 件，按期 {kept.number:,} 件，按期办结率 {on_time.value}"
    text += _movement(on_time)
    signed, ones = red.parts
    text += f"。红色预警应签收 {ones.number:,} 件，及时签收 {signed.number:,} 件，{red.title} {red.value}"
    done, still = taken.parts
    return f"{text}。办结或转线索 {done.number:,} 件，处置时长中位 {taken.value}；月末未办结 {still.number:,} 件。"


def _verified(report: Report) -> str:
    true, untrue, to_clue, again = (
        report.figure(title) for title in ("预警核实率", "误报率", "转线索率", "复发率")
    )  # fmt: skip
    assert true is not None and untrue is not None and to_clue is not None and again is not None
    concluded = untrue.parts[1].number
    if not concluded:
        return "当月没有反馈核查结论的预警。"
    return (
        f"反馈结论 {concluded:,} 件，核实率 {true.value}（{true.detail}）{_movement(true)}；误报率 {untrue.value}，"
        f"转线索 {to_clue.parts[0].number:,} 件，转线索率 {to_clue.value}；同一对象同一模型再次预警"
        f" {again.parts[0].number:,} 件，复发率 {again.value}。"
    )


def _clues(report: Report) -> str:
    disposed, forms = report.figure("线索处置率"), report.figure("追责（四种形态）")
    assert disposed is not None and forms is not None
    done, received, closed = disposed.parts
    text = (
        f"收到问题线索 {received.number:,} 条，已处置 {done.number:,} 条、已了结 {closed.number:,} 条，"
        f"处置率 {disposed.value}，{disposed.detail}{_movement(disposed)}"
        if received.number
        else "当月没有收到问题线索"
    )
    *each, _, reported = forms.parts
    if reported.number:
        told = "、".join(f"{one.words} {one.number} 条" for one in each if one.number)
        text += f"。反馈结果 {reported.number:,} 条，运用四种形态处理 {forms.value}" + (f"（{told}）" if told else "")
        text += f"，{forms.detail}" if forms.detail else ""
    return f"{text}。"


def _notices(report: Report) -> str:
    mended, passed = report.figure("整改率"), report.figure("一次通过率")
    if mended is None or passed is None:
        return ""
    done, due = mended.parts
    if not due.number:
        return "当月没有整改期限届满的执法监督通知书。"
    return (
        f"整改期限届满的执法监督通知书 {due.number:,} 份，已销号 {done.number:,} 份，整改率 {mended.value}；"
        f"首次复核 {passed.parts[1].number:,} 份，一次通过率 {passed.value}。"
    )
