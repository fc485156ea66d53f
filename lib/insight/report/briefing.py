"""The briefing (情况简报): the leaders' overview on one A4 page, as .docx."""

from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd
from docx.document import Document as Opened
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, Pt

from lib.access import Viewer, under
from lib.casework.store.register import Register
from lib.insight.casework import casework
from lib.insight.figure import rows
from lib.insight.kpi.told import Figure
from lib.insight.map import risk
from lib.insight.overview import loop
from lib.insight.overview.six import figures
from lib.insight.period import Period
from lib.insight.report import paper
from lib.insight.report.standing import Standing, standings
from lib.insight.warnings.names import rule_labels
from lib.insight.wording import day
from lib.warehouse.store import Warehouse

TITLE = "执法监督情况简报"
# So many lines leave room on one page.
_PLACES, _PRESSING = 9, 5
_SIZE = 9.5


@dataclass(frozen=True, eq=False)
class Briefing:
    """What the page tells of a period in the viewer's scope (in words): the six figures, where the risk is (sentences
    and the rate of each county), who is to be reminded, and how everything beside the warnings stands."""

    period: Period
    scope: str
    as_of: date
    synthetic: bool
    figures: list[Figure]
    told: list[str]
    counties: pd.DataFrame
    pressing: pd.DataFrame
    standings: list[Standing]

    @property
    def about(self) -> str:
        """What it covers, in one line."""
        return f"范围：{self.scope}　期间：{self.period.now.text}　数据截至：{day(self.as_of)}"

    @property
    def file_name(self) -> str:
        """Without its ending."""
        return f"{TITLE}_{self.scope}_{self.as_of:%Y-%m-%d}"


@under("export", "report")
def briefing(
    register: Register, warehouse: Warehouse, viewer: Viewer, period: Period, scope: str, at: datetime
) -> Briefing:
    """The briefing of a period as it stands at a moment; `scope` is the viewer's in words."""
    held = casework(register, warehouse, viewer, at)
    generated = held.asked("generated", period.key)
    work = risk.done(warehouse, viewer, period.now)
    towns = risk.area_risk(viewer, rows(held, generated), work, risk.areas(warehouse))
    by_rule = loop.by_rule(held.warnings, period, rule_labels())
    return Briefing(
        period,
        scope,
        warehouse.as_of,
        warehouse.synthetic,
        figures(held, period),
        [
            loop.counties_sentence(towns, generated, period).text,
            loop.rules_sentence(held, by_rule, period).text,
            loop.rates_sentence(towns, generated, risk.CASES, period).text,
        ],
        risk.by_county(towns),
        loop.pressing(held),
        standings(register, warehouse, viewer, at),
    )


def document(made: Briefing, secrecy: str, watermark: str, at: datetime) -> bytes:
    """The briefing as .docx: one A4 page, on it its class, what it is not, and who took it."""
    opened = paper.page(secrecy, watermark, made.synthetic)
    section = opened.sections[0]
    section.top_margin, section.bottom_margin = Cm(2), Cm(1.8)
    section.left_margin = section.right_margin = Cm(2.2)
    _line(opened, TITLE, 20, paper.HEAD, WD_ALIGN_PARAGRAPH.CENTER)
    _line(opened, made.about, 9.5, paper.TABLE, WD_ALIGN_PARAGRAPH.CENTER)
    _head(opened, "一、总体")
    _six(opened, made)
    _head(opened, "二、风险在哪里")
    _line(opened, "；".join(made.told) + "。")
    _counties(opened, made)
    _head(opened, "三、该催办的")
    _pressing(opened, made)
    if made.standings:
        _head(opened, "四、清单、动议和通知书")
        _line(opened, "；".join(_said(one) for one in made.standings) + "。")
    _line(
        opened,
        "预警是核查提示，不是认定结论；以核查、处置结果为准。各数的口径见系统「总览」「指标」。",
        8.5,
        paper.TABLE,
    )
    return paper.written(opened, f"{TITLE}（{day(made.as_of)}）", watermark, at)


def _line(
    made: Opened,
    text: str,
    size: float = 11,
    named: str = paper.BODY,
    how: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.JUSTIFY,
) -> None:
    place = made.add_paragraph()
    place.alignment = how
    place.paragraph_format.space_after = Pt(3)
    paper.small(place, text, size, named)


def _head(made: Opened, text: str) -> None:
    place = made.add_paragraph()
    place.paragraph_format.space_before, place.paragraph_format.space_after = Pt(7), Pt(3)
    place.paragraph_format.keep_with_next = True
    paper.small(place, text, 12, paper.HEAD)


def _six(made: Opened, held: Briefing) -> None:
    heads = [one.title for one in held.figures]
    values = [one.value for one in held.figures]
    moved = [one.movements[-1].text.split("，")[0] if one.movements else "" for one in held.figures]
    paper.table(made, heads, [values, moved], [16.6 / len(heads)] * len(heads), _SIZE, ())


def _counties(made: Opened, held: Briefing) -> None:
    found = [
        (
            str(row.name),
            f"{row.warnings:,}",
            f"{row.base:,}",
            "数量少，不比较" if row.few else f"{row.rate:.1f}",
            "" if row.few else f"{row.low:.1f}–{row.high:.1f}",
        )
        for row in held.counties.head(_PLACES).itertuples(index=False)
    ]
    if not found:
        return
    heads = ("地区", "预警（件）", f"{risk.CASES.name}（件）", f"每千件{risk.CASES.name}的预警", "95% 区间")
    paper.table(made, heads, found, (3.4, 2.6, 3.2, 4.2, 3.2), _SIZE, (0,))


def _pressing(made: Opened, held: Briefing) -> None:
    if held.pressing.empty:
        _line(made, "没有超过期限的预警。")
        return
    for row in held.pressing.head(_PRESSING).itertuples(index=False):
        who = f"{row.name}（{row.place}）" if row.place else str(row.name)
        red = f"，其中红色 {row.red} 件" if row.red else ""
        _line(made, f"{who}：{row.count} 件，最长超期 {row.days:.0f} 天{red}。")
    rest = held.pressing.iloc[_PRESSING:]
    if len(rest):
        _line(made, f"另有 {len(rest)} 处，共 {int(rest['count'].sum()):,} 件。")


def _said(one: Standing) -> str:
    return one.name + "、".join(f"{tally.words} {tally.number:,} 件" for tally in one.tallies)
