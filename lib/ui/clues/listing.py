"""Clues as a list and one by one: what stands behind a figure, and the way of a single clue."""

from typing import Any

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework.clues.states import ORIGINS
from lib.casework.clues.steps import CLUE
from lib.casework.store.register import Register
from lib.insight.clues.rates import GROUPINGS, PARTS, part_of
from lib.insight.clues.sheet import listed
from lib.insight.figure import Asked
from lib.insight.share import NONE
from lib.insight.warnings.filter import workbench_query
from lib.insight.wording import moment, number, plain
from lib.ui import due, figure, message, paths, state, tables
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.clues import fields
from lib.ui.clues.rates import rates_of
from lib.ui.files.download import download
from lib.ui.files.listed import workbook
from lib.ui.kept import kept
from lib.ui.record import timeline
from lib.ui.record.following import came_of_it
from lib.ui.record.opening import form_link
from lib.ui.verbatim import verbatim
from lib.warehouse.store import Warehouse

CLUE_KEY, NEW_KEY, GROUP_KEY, PART_KEY = "clue", "new", "c_group", "c_part"
EVERYTHING = "全部"


def visible_clues(register: Register, warehouse: Warehouse, viewer: Viewer) -> pd.DataFrame:
    """The viewer's clues, recomputed when anything was recorded and every few minutes; never change it."""
    return state.casework(register, warehouse, viewer).clues


@kept(64)
def _areas(frame: pd.DataFrame) -> list[str]:
    return sorted(set(frame["county_name"]) | set(frame["area_label"]))


@kept(64)
def _origins(frame: pd.DataFrame) -> list[str]:
    """Every origin there is, each platform by its name after them."""
    named = list(ORIGINS.values())
    return named + sorted(set(frame["origin_zh"]) - set(named))


def narrow(frame: pd.DataFrame, asked: Asked) -> Asked:
    """A figure cut down to the places and origins chosen, both kept in the address."""
    areas = _areas(frame)
    places = st.multiselect(
        "区县·镇街",
        areas,
        key="c_areas",
        bind="query-params",
        label_visibility="collapsed",
        placeholder="区县·镇街",
        width=200,
        select_all=False,
    )
    origins = st.multiselect(
        "来源",
        _origins(frame),
        key="c_origins",
        bind="query-params",
        label_visibility="collapsed",
        placeholder="来源",
        width=200,
        select_all=False,
    )
    return asked.of(clue_place=places, clue_origin=origins)


def new_link(viewer: Viewer) -> None:
    """To the form that registers a clue, for those who may."""
    form_link(viewer, "record", "clue", paths.CLUES, "登记线索", {NEW_KEY: "1"})


def clear() -> None:
    """All narrowing away: everything received in the period."""
    for key, empty in ((GROUP_KEY, EVERYTHING), (PART_KEY, "received"), ("c_areas", []), ("c_origins", [])):
        if key in st.session_state:
            st.session_state[key] = empty
    st.query_params.pop(due.DUE_KEY, None)


# Width, how it stands on a card (see tables.Column).
_LIST = {
    "线索": ("30%", "main"),
    "来源": ("84px", "bare"),
    "区域": ("12%", "rest"),
    "收到": ("96px", ""),
    "意见期限": ("176px", ""),
    "状态": ("64px", "bare"),
    "处置方式": ("84px", ""),
    "用时": ("116px", ""),
    "经办": ("84px", ""),
}


def clue_table(rows: pd.DataFrame, key: str) -> None:
    """A list of clues; every row opens its clue."""
    with tables.paged(rows, key, sorts=False) as page:
        _rows_part(page, key)


def _rows_part(rows: pd.DataFrame, key: str) -> None:
    tables.draw_list("线索清单", paths.CLUES, CLUE_KEY, _LIST, _written(rows), key, late="意见期限", keys=True)


@kept(128)
def _written(rows: pd.DataFrame) -> list[dict[str, Any]]:
    return tables.written(rows["clue_id"], listed(rows), _LIST)


@kept(128)
def _part_of(cohort: pd.DataFrame, by: str, group: str | None, part: str) -> pd.DataFrame:
    return part_of(cohort, by, group, part)


def clue_list(
    register: Register, warehouse: Warehouse, viewer: Viewer, cohort: pd.DataFrame, by: str, about: str
) -> None:
    """The clues behind the number that was chosen, in the address; export for those who may."""
    groups = [EVERYTHING, *rates_of(cohort, by)["group"]]
    if st.session_state.get(GROUP_KEY) not in groups:
        st.session_state.pop(GROUP_KEY, None)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        group = st.selectbox(
            GROUPINGS[by][0], groups, key=GROUP_KEY, bind="query-params", label_visibility="collapsed", width=200
        )
        part = (
            st.segmented_control(
                "清单",
                list(PARTS),
                default="received",
                required=True,
                format_func=lambda key: PARTS[key][0],
                key=PART_KEY,
                bind="query-params",
                label_visibility="collapsed",
            )
            or "received"
        )
        rows = _part_of(cohort, by, None if group == EVERYTHING else group, part)
        export = st.container(width="content")
    whose = "" if group == EVERYTHING else f"{group} · "
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{verbatim(whose)}{PARTS[part][0]}**", width="content")
        rows = due.of_due(rows, "clues_due")
        figure.listed(len(rows), "条")
    with export:
        _export(register, warehouse, viewer, rows, due.about(f"{about}；{group}；{PARTS[part][0]}"))
    if rows.empty:
        with message.nothing("没有这样的线索", "请另选分组、清单或期间。"):
            st.button("清除筛选", key="clear_clues", icon=":material/filter_list_off:", on_click=clear)
    else:
        clue_table(rows, "clue_rows")


def figure_list(register: Register, warehouse: Warehouse, viewer: Viewer, asked: Asked) -> None:
    """The clues that a number counts, wherever it stands; export for those who may."""
    frame = visible_clues(register, warehouse, viewer)
    rows = figure.narrowed(register, warehouse, viewer, frame, "clue_id", asked)
    figure.bar(register, warehouse, viewer, asked)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        figure.listed(len(rows), "条")
        _export(register, warehouse, viewer, rows, figure.words(register, warehouse, viewer, asked))
    if rows.empty:
        message.nothing("没有这样的线索", "这个数字是 0；可查看全部。")
    else:
        clue_table(rows, "clue_figure")


def _export(register: Register, warehouse: Warehouse, viewer: Viewer, rows: pd.DataFrame, about: str) -> None:
    made = workbook(register, warehouse, viewer, "clue", "线索清单", rows, _sheet, about)
    download(viewer, "export", "clue", **made)


def _sheet(rows: pd.DataFrame) -> pd.DataFrame:
    sheet = listed(rows)
    sheet.insert(0, "编号", rows["number"].tolist())
    return sheet


def one_clue(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series, clues: pd.DataFrame) -> None:
    """One of the viewer's clues: what it is about, where it stands, what comes next, what has been done."""
    clue_id = str(row["clue_id"])
    left, right = st.columns([1.35, 1], gap="medium")
    with left, card("clue-facts"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"#### {verbatim(row['matter'])}", anchors=False, width="content")
            st.badge(row["state"], color="gray")
        st.caption(f"线索 {row['number']} · {row['origin_zh']}")
        if row["detail"]:
            st.text(row["detail"])
        st.table({title: verbatim(value) for title, value in _facts(row).items()}, border="horizontal")
        _links(warehouse, viewer, row)
        _together(row, clues)
    with right:
        with card("clue-steps"):
            st.markdown("**办理**")
            fields.panel(register, warehouse, viewer, row, clues)
        fields.same_matter(fields.alike_to(viewer, clues, row))
        came_of_it(register, warehouse, viewer, "clue", clue_id)
        with card("clue-events"):
            events = timeline.events(register, warehouse, viewer, CLUE, clue_id)
            timeline.timeline(register, warehouse, viewer, CLUE, clue_id, events)


def _links(warehouse: Warehouse, viewer: Viewer, row: pd.Series) -> None:
    """From the clue to where it came from and whom it concerns."""
    with st.container(horizontal=True, gap="xsmall", key="about"):
        if not pd.isna(row["warning_id"]):
            _link(paths.WARNING, f"来源预警 {row['rule_label']}", "flag", {"id": str(row["warning_id"])})
        if row["officer_label"] and viewer.may("view", "officer"):
            _link(paths.OFFICER, f"廉政档案 {row['officer_label']}", "badge", {"officer": str(row["officer_id"])})
        if row["org_name"]:
            query = workbench_query(warehouse, org_id=str(row["org_id"]))
            _link(paths.WORKBENCH, f"{row['org_name']} 的预警", "groups", query)
            if viewer.may("draft", "notice"):
                _link(paths.NOTICES, "拟制执法监督通知书", "description", {"draft": f"clue:{row['clue_id']}"})
            if viewer.may("propose", "motion"):
                _link(paths.MOTIONS, "提出廉情动议", "gavel", {"propose": f"clue:{row['clue_id']}"})


def _together(row: pd.Series, clues: pd.DataFrame) -> None:
    """The clue that this one is handled with, and those handled with it."""
    into = clues[clues["clue_id"].eq(row["merged_into"])]
    under = clues[clues["merged_into"].eq(row["clue_id"])]
    for rows, told in ((into, "已并入"), (under, "并入本线索的")):
        for one in rows.to_dict("records"):
            _link(paths.CLUES, f"{told} {one['number']} {one['matter']}", "merge", {CLUE_KEY: one["clue_id"]})


def _link(page: str, label: str, icon: str, query: way.Query) -> None:
    st.page_link(
        page, label=verbatim(label), icon=f":material/{icon}:", query_params=way.address(query), width="content"
    )


def _facts(row: pd.Series) -> dict[str, str]:
    facts = {
        "涉及单位": row["org_name"] or NONE,
        "涉及人员": row["officer_label"] or NONE,
        "区域": row["area_label"],
        "收到": moment(row["received_at"]),
        "意见期限": moment(row["due_at"]) + (f"（{row['due_words']}）" if row["due_words"] != NONE else ""),
        "研判建议": plain(row["proposed"]),
        "处置方式": row["disposition_zh"],
        "处置": moment(row["disposed_at"]),
        "经办": plain(row["handler_name"]),
    }
    if not pd.isna(row["found"]):
        facts["查实情况"] = str(row["found"])
    if not pd.isna(row["form"]):
        facts["处理结果"] = f"{row['form']}，{number(row['people_cnt'])} 人"
    if not pd.isna(row["case_filed_at"]):
        facts["立案审查调查"] = moment(row["case_filed_at"])
    return facts
