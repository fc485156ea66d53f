"""The rows behind a number of an indicator, and the source rows that one of them rests on."""

import pandas as pd
import streamlit as st

from lib.access import NotVisible, Viewer
from lib.casework.store.register import Register
from lib.errors import UserError
from lib.insight.library.board import PARTS
from lib.insight.library.indicator_rows import Behind, days_of, rows_behind, sources_behind
from lib.insight.library.indicators import ALL, COUNTY, LEVELS, MONTH_FIGURE, TOWN, YEAR_FIGURE
from lib.insight.names import party_title, subject_titles
from lib.insight.warnings.source_rows import in_chinese
from lib.insight.wording import day, number
from lib.rules.indicators import Indicator
from lib.ui import figure, message, paths, tables
from lib.ui.card import card
from lib.ui.files.download import download
from lib.ui.files.listed import workbook
from lib.ui.kept import kept
from lib.ui.library.lists.figures import INDICATOR_KEY, MONTH_KEY, ROW_KEY, first_day, month_choice, named, rows_opening
from lib.ui.record.opening import form_link
from lib.ui.state import Key, key
from lib.ui.verbatim import verbatim
from lib.warehouse.store import Warehouse

_LIST = {
    "对象": ("30%", "main"),
    "单位": ("18%", "line bare"),
    "区域": ("15%", "bare"),
    "人员": ("110px", ""),
    "日期": ("100px", ""),
    "金额（元）": ("110px", ""),
    "分子": ("72px", "bare"),
}

# Indicators that count cases, of which a sample can be drawn.
_OF_CASES = ("penalty_case", "case_event", "case_officer", "case_review")


@kept(64)
def _behind(
    _register: Register,
    _warehouse: Warehouse,
    _viewer: Viewer,
    indicator_id: str,
    month: str,
    asked: tuple[str, str, str, str],
    state: Key,
) -> Behind:
    part, of, level, code = asked
    return rows_behind(_register, _warehouse, _viewer, indicator_id, first_day(month), level, code, part, of)


def rows(register: Register, warehouse: Warehouse, viewer: Viewer, indicator: Indicator, asked: str) -> None:
    """What a part of a figure counts; the address says which."""
    part, of, level, code = ([*asked.split(".", 3), "", "", "", ""])[:4]
    if part not in PARTS[indicator.measure] or of not in (MONTH_FIGURE, YEAR_FIGURE) or level not in LEVELS:
        message.stop(NotVisible())
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        month = month_choice(warehouse)
        place = "全部" if level == ALL else named(warehouse, viewer)[level].get(code, code)
        st.markdown(f"**{indicator.id} {verbatim(indicator.title)}**　{verbatim(place)}", width="content")
        others = [
            figure.anchor(title, rows_opening(indicator.id, month, one, level, code, of))
            for one, (title, _) in PARTS[indicator.measure].items()
            if one != part
        ]
        title, unit = PARTS[indicator.measure][part]
        st.badge(title, color="blue")
        st.html(figure.line(*others), width="content")
    state = key(register, warehouse, viewer)
    found = _behind(register, warehouse, viewer, indicator.id, month, (part, of, level, code), state)
    first, last = days_of(indicator, first_day(month), warehouse.as_of, of)
    about = f"{indicator.title} {title} {place} {day(first)} 至 {day(last)}"
    if found.rows.empty:
        message.nothing("没有这样的记录", f"{about}，没有可以列出的，请返回指标另选。")
        return
    listed = _listed(found.rows, warehouse, indicator, state)
    with card("indicator-rows"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            figure.listed(found.total, unit)
            told = f"只列出最近的 {len(found.rows):,} {unit}；" if found.total > len(found.rows) else ""
            meaning = {"met": indicator.numerator, "whole": indicator.denominator}.get(part, "分母中没有计入分子的")
            st.caption(verbatim(f"{told}{day(first)} 至 {day(last)} · {meaning}"), width="content")
            st.space("stretch")
            made = workbook(
                register, warehouse, viewer, "indicator", f"监督指标{indicator.id}", listed, lambda frame: frame, about
            )
            download(viewer, "export", "indicator", **made, key="indicator_export")
            if indicator.subject in _OF_CASES:
                county = code[:6] if level in (COUNTY, TOWN) else ""
                form_link(viewer, "draw", "lookback", paths.LOOKBACK, "拟定回头看", {"plan": f"{county}:"})
        if "subject_id" not in found.rows:
            tables.source_table(listed, "indicator_parts", 18)
            return
        columns = {name: given for name, given in _LIST.items() if name in listed}
        asking = f"{INDICATOR_KEY}={indicator.id}&{MONTH_KEY}={month}&{ROW_KEY}"
        with tables.paged(found.rows, "indicator_rows", sorts=False) as page:
            shown = listed.loc[page.index]
            told_rows = tables.written(page["subject_id"], shown, columns)
            tables.draw_list("指标所计", paths.LISTS, asking, columns, told_rows, "indicator_list")


@kept(64)
def _listed(frame: pd.DataFrame, _warehouse: Warehouse, _indicator: Indicator, state: Key) -> pd.DataFrame:
    """The rows in words."""
    if "group_key" in frame and "subject_id" not in frame:
        return pd.DataFrame(
            {
                "分组": frame["group_key"],
                "件数": frame["n"],
                "平均（元）": frame["mean_amt"].map(number),
                "最低（元）": frame["min_amt"].map(number),
                "最高（元）": frame["max_amt"].map(number),
                "离散度": frame["variation"].map(number),
            }
        )
    if "subject_id" not in frame:
        return pd.DataFrame(
            {
                "当事人": frame["party_id"].map(party_title),
                "次数": frame["n"],
                "首次": frame["first_on"].map(day),
                "末次": frame["last_on"].map(day),
            }
        )
    titles = subject_titles(frame[["subject_id"]].assign(subject_type=_indicator.subject), _warehouse)
    shown = {
        "对象": titles,
        "单位": frame["org_name"],
        "区域": frame["area_label"],
        "人员": frame["officer_label"],
        "日期": frame["occurred_on"].map(day),
    }
    if "amount" in frame:
        shown["金额（元）"] = frame["amount"].map(number)
    shown["分子"] = frame["met"].map({True: "计入", False: "未计入"})
    return pd.DataFrame(shown)


def sources(register: Register, warehouse: Warehouse, viewer: Viewer, indicator: Indicator, subject_id: str) -> None:
    """The source rows of one row counted."""
    st.markdown(f"**{indicator.id} {verbatim(indicator.title)}**　来源数据")
    try:
        found = sources_behind(register, warehouse, viewer, indicator.id, subject_id)
    except UserError as error:
        message.stop(error)
    held = [(title, own) for title, own in found if len(own.rows) or own.outside]
    if not held:
        message.nothing("没有来源数据", "数据更正或作废后，原来的行可能已不在现行版本中。")
        return
    panels = st.tabs([f"{verbatim(title)} {len(own.rows)}" for title, own in held])
    for place, (panel, (_, own)) in enumerate(zip(panels, held, strict=True)):
        with panel:
            if own.outside:
                st.caption(f"另有 {own.outside:,} 行在您的范围之外，不展示。")
            if len(own.rows):
                shown = in_chinese(own.rows, warehouse, tuple(indicator.inputs))
                tables.source_table(shown, key=f"sources_{indicator.id}_{place}")
