"""The seven lists on one page: each a block, each indicator one row, every number the link to its rows."""

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework.lists.in_force import indicators_in_force, lists_in_force
from lib.casework.store.register import Register
from lib.catalog.lists import SupervisionList
from lib.insight.library.board import (
    UNTOLD,
    Place,
    cells,
    change_text,
    indicators_of,
    own_list,
    tally,
    trend,
    value_text,
)
from lib.insight.library.indicators import YEAR_FIGURE, Standing
from lib.insight.library.lights import LIGHTS
from lib.insight.wording import NONE
from lib.rules.indicators import MET, WHOLE, Indicator, read_indicators
from lib.ui import figure, message, paths
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.kept import kept
from lib.ui.library.lists.figures import (
    EVERY,
    LIGHT_KEY,
    LIST_KEY,
    MONTH_KEY,
    PLACE_KEY,
    at_fault,
    figures,
    lit,
    month_choice,
    opening,
    place_choice,
    rows_opening,
)
from lib.ui.library.lists.spark import spark
from lib.ui.verbatim import in_html
from lib.warehouse.store import Warehouse


def board(register: Register, warehouse: Warehouse, viewer: Viewer) -> None:
    """The filters, and the lists that they leave."""
    lists, indicators = lists_in_force(register), indicators_in_force(register)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        month = month_choice(warehouse)
        place = place_choice(warehouse, viewer)
        light = _choice("灯", [EVERY, *reversed(LIGHTS), UNTOLD], EVERY, LIGHT_KEY)
        own = own_list(viewer)
        owners = [one.owner for one in lists]
        owner = _choice("清单", [EVERY, *owners], EVERY if own is None else own.owner, LIST_KEY)
    ids = tuple(indicators)
    table = figures(register, warehouse, viewer, ids, (place.level,))
    frame = _cells(table, month, place)
    why = at_fault(register, warehouse, viewer)
    shown = 0
    for one in lists:
        if owner not in (EVERY, one.owner):
            continue
        inside = indicators_of(indicators, one.id)
        told = [each for each in inside if light in (EVERY, frame.at[each.id, "standing"])]
        if told or light == EVERY:
            shown += len(told)
            stand = tally(frame.loc[[each.id for each in inside], "standing"])
            _block(one, stand, told, table, frame, why, month, place)
    if not shown:
        message.nothing("没有这样的指标", "当月没有符合筛选的指标，请在上方另选清单、月份或区域。")
    else:
        figure.listed(shown, "项")
        st.caption(
            "值、年值打开分子的清单，n 打开分母的清单；走势线各自取高低，只看方向。"
            "灯为达标、接近、未达标，不是预警等级。"
        )


def _choice(label: str, offered: list[str], first: str, name: str) -> str:
    if name == LIST_KEY:
        asked = st.pills(
            label,
            offered,
            default=first,
            key=LIST_KEY,
            bind="query-params",
            label_visibility="collapsed",
            required=True,
        )
    else:
        asked = st.segmented_control(
            label,
            offered,
            default=first,
            key=LIGHT_KEY,
            bind="query-params",
            label_visibility="collapsed",
            required=True,
        )
    return str(asked) if asked in offered else first


@kept(64)
def _cells(table: pd.DataFrame, month: str, place: Place) -> pd.DataFrame:
    return cells(table, month, place)


@kept(64)
def _trends(table: pd.DataFrame, month: str, place: Place) -> dict[str, pd.DataFrame]:
    """By indicator, its months."""
    return {one: trend(table, one, month, place) for one in read_indicators()}


def _block(
    one: SupervisionList,
    stand: dict[str, int],
    told: list[Indicator],
    table: pd.DataFrame,
    frame: pd.DataFrame,
    why: dict[str, Standing],
    month: str,
    place: Place,
) -> None:
    with card(f"list-{one.id}", gap="xxsmall"):
        where = {PLACE_KEY: place.name} if place.code else {}
        counts = [
            figure.number(count, (paths.LISTS, {LIST_KEY: one.owner, LIGHT_KEY: word, MONTH_KEY: month} | where), word)
            for word, count in stand.items()
            if count
        ]
        st.html(
            figure.line(f"<strong>{one.id} {in_html(one.owner)}</strong>", *counts)
            + _rows(one, told, table, frame, tuple(why[each.id] for each in told), month, place, way.place())
        )


_HEADS = ("指标", "当月", "n", "目标", "灯", "同比", "本年", "走势")


def _rows(
    held: SupervisionList,
    told: list[Indicator],
    table: pd.DataFrame,
    frame: pd.DataFrame,
    why: tuple[Standing, ...],
    month: str,
    place: Place,
    _way: way.Place,
) -> str:
    names = {focus.id: focus.name for focus in held.focuses}
    heads = "".join(f"<th>{head}</th>" for head in _HEADS)
    trends = _trends(table, month, place)
    rows = [
        _row(one, names[one.focus], frame.loc[one.id], fault, trends[one.id], month, place)
        for one, fault in zip(told, why, strict=True)
    ]
    return f'<table class="indicators board"><thead><tr>{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table>'


def _row(
    one: Indicator, focus: str, cell: pd.Series, fault: Standing, months: pd.DataFrame, month: str, place: Place
) -> str:
    title = figure.anchor(f"{in_html(one.title)}", opening(one, month, place))
    monitor = '<span class="told" title="只作监测，不作排名">监测</span>' if one.monitor else ""
    light = lit(cell["light"]) if cell["light"] else ""
    line = spark(months["value"].tolist(), f"{len(months)} 个月走势")
    target = f"{'≤' if one.lower_is_better else '≥'}{one.green:g}{one.unit}"
    return (
        f'<tr><td><span class="told">{one.id}</span> {title} <span class="told">{in_html(focus)}</span> {monitor}</td>'
        f"<td>{_value(one, cell, fault, month, place)}</td><td>{_n(one, cell, month, place)}</td>"
        f'<td title="{one.target}">{in_html(target)}</td><td>{light}</td>'
        f"<td>{in_html(change_text(one, cell['change']))}</td><td>{_year(one, cell, month, place)}</td>"
        f"<td>{line}</td></tr>"
    )


def _value(one: Indicator, cell: pd.Series, fault: Standing, month: str, place: Place) -> str:
    if pd.isna(cell["value"]):
        word = cell["word"] or NONE
        about = fault.about if word == fault.word else "没有可以计的" if word == NONE else ""
        beside = f' <small class="told">{in_html(about)}</small>' if word == fault.word and about else ""
        return f'<span title="{in_html(about)}">{in_html(word)}</span>{beside}'
    label = f"<b>{value_text(one, cell['value'])}</b>"
    return figure.anchor(label, rows_opening(one.id, month, MET, place.level, place.code), one.numerator)


def _n(one: Indicator, cell: pd.Series, month: str, place: Place) -> str:
    count = int(cell["n"])
    if not count:
        return ""
    return figure.anchor(f"{count:,}", rows_opening(one.id, month, WHOLE, place.level, place.code), one.denominator)


def _year(one: Indicator, cell: pd.Series, month: str, place: Place) -> str:
    if pd.isna(cell["year_value"]):
        return f'<span class="told">{NONE}</span>'
    open_ = rows_opening(one.id, month, MET, place.level, place.code, YEAR_FIGURE)
    return figure.anchor(value_text(one, cell["year_value"]), open_)
