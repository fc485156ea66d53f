"""One indicator: what it counts, its value with what it rests on, its months, and its places one beside the other."""

import pandas as pd
import streamlit as st

from lib.access import NotVisible, Viewer
from lib.casework.lists.in_force import indicators_in_force, lists_in_force
from lib.casework.store.register import Register
from lib.insight.library.board import PARTS, Place, cells, change_text, interval, parts_of, trend, value_text
from lib.insight.library.facts import as_counted
from lib.insight.library.indicators import ALL, COUNTY, LEVELS, MONTH_FIGURE, TOWN, UNIT, YEAR_FIGURE
from lib.insight.wording import NONE, number
from lib.rules.indicators import MET, UNMET, WHOLE, Indicator
from lib.rules.indicators.indicator import SHARE
from lib.rules.rule import Parameter
from lib.ui import figure, message, tables
from lib.ui.card import card
from lib.ui.charts import shared
from lib.ui.kept import kept
from lib.ui.library.lists import charts
from lib.ui.library.lists.figures import (
    LEVEL_KEY,
    at_fault,
    figures,
    lit,
    month_choice,
    named,
    opening,
    place_choice,
    rows_opening,
)
from lib.ui.verbatim import in_html, verbatim
from lib.warehouse.store import Warehouse

_MARKS = {"已核": ":gray-badge[已核]", "待核": ":blue-badge[待核]"}
_AT_ONCE = 40


def asked_for(register: Register, indicator_id: str) -> Indicator:
    """The indicator that the address asks for; the page is stopped when there is none."""
    found = indicators_in_force(register).get(indicator_id)
    if found is None:
        message.stop(NotVisible())
    return found


def one(register: Register, warehouse: Warehouse, viewer: Viewer, indicator: Indicator) -> None:
    """The page of one indicator."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        month = month_choice(warehouse)
        place = place_choice(warehouse, viewer)
    table = figures(register, warehouse, viewer, (indicator.id,), tuple(LEVELS))
    cell = cells(table, month, place).loc[indicator.id]
    left, right = st.columns([1, 1.2], gap="small")
    with left, card("indicator", height="stretch"):
        _value(register, warehouse, viewer, indicator, cell, month, place)
    with right, card("indicator-months", height="stretch"):
        shown = trend(table, indicator.id, month, place)
        st.markdown(f"**{len(shown)} 个月**　实线为当月，虚线为上年同期，横线为目标")
        if shown["value"].notna().any():
            shared.draw(charts.months(indicator, shown, 230), alt=f"{indicator.title} {len(shown)} 个月走势")
        else:
            message.nothing("没有可以画的月份", "这些月份都没有值，原因见左侧。")
    with card("indicator-places"):
        _places(warehouse, viewer, indicator, table, month, place)
    with card("indicator-definition"):
        _definition(as_counted(register, indicator))


def _value(
    register: Register,
    warehouse: Warehouse,
    viewer: Viewer,
    indicator: Indicator,
    cell: pd.Series,
    month: str,
    place: Place,
) -> None:
    owner = next(each for each in lists_in_force(register) if each.id == indicator.list)
    focus = next(each.name for each in owner.focuses if each.id == indicator.focus)
    st.markdown(f"**{indicator.id} {verbatim(indicator.title)}**")
    watched = " · 监测，不排名" if indicator.monitor else ""
    st.caption(verbatim(f"{owner.owner} · {focus} · {month} · {place.name}{watched}"))
    if pd.isna(cell["value"]):
        fault = at_fault(register, warehouse, viewer)[indicator.id]
        word = cell["word"] or NONE
        why = f"{fault.about}" if fault.word == word else "当月分母为零，没有可以计的。" if word == NONE else ""
        st.html(f'<div class="values"><span><b>{in_html(word)}</b></span></div><div class="told">{in_html(why)}</div>')
        return
    between = interval(indicator, cell["met"], cell["n"])
    sure = f"95% 区间 {number(between[0])}%–{number(between[1])}%" if between else ""
    large = f'<div class="values"><span><b>{in_html(value_text(indicator, cell["value"]))}</b></span></div>'
    counts = _counts(indicator, month, place, int(cell["met"]), int(cell["n"]), MONTH_FIGURE)
    told = " · ".join(
        part for part in (f"同比 {change_text(indicator, cell['change'])}", sure, indicator.target) if part
    )
    lines = [large, f"<p>{lit(cell['light'])}</p>", figure.line(*counts), f'<div class="told">{in_html(told)}</div>']
    if not pd.isna(cell["year_value"]):
        year = f"<strong>本年 {in_html(value_text(indicator, cell['year_value']))}</strong>"
        of_year = _counts(indicator, month, place, int(cell["year_met"]), int(cell["year_n"]), YEAR_FIGURE)
        lines.append(figure.line(year, lit(cell["year_light"]), *of_year))
    st.html("".join(lines))


def _counts(indicator: Indicator, month: str, place: Place, met: int, n: int, of: str) -> list[str]:
    sizes = {MET: met, UNMET: n - met, WHOLE: n}
    return [
        figure.number(
            sizes[part], rows_opening(indicator.id, month, part, place.level, place.code, of), title, unit, ""
        )
        for part, (title, unit) in PARTS[indicator.measure].items()
    ]


@kept(64)
def _parts(
    table: pd.DataFrame, _indicator: Indicator, indicator_id: str, month: str, level: str, place: Place
) -> pd.DataFrame:
    return parts_of(table, _indicator, month, level, place)


def _places(
    warehouse: Warehouse, viewer: Viewer, indicator: Indicator, table: pd.DataFrame, month: str, place: Place
) -> None:
    inside = {ALL: [COUNTY, TOWN, UNIT], COUNTY: [TOWN], TOWN: []}[place.level]
    names = named(warehouse, viewer)
    found = {level: _parts(table, indicator, indicator.id, month, level, place) for level in inside}
    offered = {LEVELS[level]: level for level in inside if len(found[level]) > 0}
    if not offered:
        st.caption("镇街以下不再细分。" if place.level == TOWN else "没有可以细分的地方。")
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("**各地**", width="content")
        asked = st.segmented_control(
            "细分",
            list(offered),
            default=next(iter(offered)),
            key=LEVEL_KEY,
            bind="query-params",
            label_visibility="collapsed",
            required=True,
        )
        order = "监测，不排名；按区划排列" if indicator.monitor else "最差的在前，数量少的不比较、列在后面"
        st.caption(order, width="content")
    level = offered.get(str(asked), next(iter(offered.values())))
    rows = found[level]
    if level == COUNTY and indicator.measure == SHARE and len(rows) > 1 and rows["n"].sum():
        shared.draw(charts.counties(indicator, rows, names[COUNTY]), alt=f"各县（市、区）{indicator.title}")
        st.caption("点为当月的值，线为 95% 区间，括号内为分子/分母。")
    with tables.paged(rows, f"places_{level}", most=_AT_ONCE, sorts=False) as page:
        st.html(_table(indicator, page, names[level], month, level))


def _table(indicator: Indicator, rows: pd.DataFrame, names: dict[str, str], month: str, level: str) -> str:
    heads = "".join(f"<th>{head}</th>" for head in (LEVELS[level], "当月", "n", "灯", "同比"))
    lines = []
    for row in rows.itertuples():
        name = names.get(row.code, row.code)
        where = in_html(name)
        if level in (COUNTY, TOWN) and name in names.values():
            where = figure.anchor(where, opening(indicator, month, Place(level, row.code, name)))
        if pd.isna(row.value):
            value, n = in_html(row.word or NONE), ""
        else:
            value = figure.anchor(
                f"<b>{in_html(value_text(indicator, row.value))}</b>",
                rows_opening(indicator.id, month, MET, level, row.code),
            )
            n = figure.anchor(f"{int(row.n):,}", rows_opening(indicator.id, month, WHOLE, level, row.code))
            n += ' <span class="told">少</span>' if row.few else ""
        light = lit(str(row.light)) if row.light and not row.few else ""
        lines.append(
            f"<tr><td>{where}</td><td>{value}</td><td>{n}</td><td>{light}</td>"
            f"<td>{in_html(change_text(indicator, row.change))}</td></tr>"
        )
    return f'<table class="indicators"><thead><tr>{heads}</tr></thead><tbody>{"".join(lines)}</tbody></table>'


def _definition(indicator: Indicator) -> None:
    st.markdown(
        f"**口径**　{verbatim(indicator.numerator)} ÷ {verbatim(indicator.denominator)}　{verbatim(indicator.target)}"
    )
    if indicator.parameters:
        limits = "；".join(_limit(indicator, one) for one in indicator.parameters)
        st.markdown(f"**界限**　{verbatim(limits)}", help="随模型的，模型调整发布后一并调整。")
    laws = "　".join(f"{verbatim(law.article)} {_MARKS[law.mark]}" for law in indicator.law)
    st.markdown(f"**依据**　{laws}", help="已核：条文已与文本核对；待核：引用前须再核对原文。")
    st.markdown(verbatim(indicator.rationale))
    told = {"不计入": indicator.exclusions, "假定": indicator.assumptions, "定夺": indicator.decisions}
    for title, texts in told.items():
        if texts:
            st.markdown(f"**{title}**\n" + "\n".join(f"- {verbatim(text)}" for text in texts))


def _limit(indicator: Indicator, parameter: Parameter) -> str:
    """核查的期限 15 工作日（随模型 M15）."""
    held = indicator.borrowed.get(parameter.name)
    told = f"{parameter.meaning} {number(parameter.default)} {parameter.unit}"
    return told if held is None else f"{told}（随模型 {held[0]}）"
