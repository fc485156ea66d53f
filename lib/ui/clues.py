"""Clues as a list and one by one: what stands behind a figure, and the way of a single clue."""

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework import audit
from lib.casework.clues import CLUE, ORIGINS
from lib.casework.reading import events_of
from lib.casework.register import Register
from lib.insight.clue_rates import GROUPINGS, PARTS, part_of, rates
from lib.insight.figure import Asked
from lib.insight.figures import day, moment, number, plain
from lib.insight.movement import NONE
from lib.ui import clue_form, export, figure, leader, message, tables, tiles, timeline
from lib.ui.card import card
from lib.ui.verbatim import verbatim
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

CLUE_KEY, GROUP_KEY, PART_KEY = "clue", "c_group", "c_part"
EVERYTHING = "全部"


def visible_clues(register: Register, warehouse: Warehouse, viewer: Viewer) -> pd.DataFrame:
    """The viewer's clues, recomputed when anything was recorded and every few minutes; never change it."""
    return leader.casework(register, warehouse, viewer).clues


def narrow(frame: pd.DataFrame, asked: Asked) -> Asked:
    """A figure cut down to the places and origins chosen, both kept in the address."""
    areas = sorted(set(frame["county_name"]) | set(frame["area_label"]))
    places = st.multiselect(
        "区县·镇街", areas, key="c_areas", bind="query-params", label_visibility="collapsed", placeholder="区县·镇街",
        width=200, select_all=False,
    )  # fmt: skip
    origins = st.multiselect(
        "来源", list(ORIGINS.values()), key="c_origins", bind="query-params", label_visibility="collapsed",
        placeholder="来源", width=200, select_all=False,
    )  # fmt: skip
    return asked.of(clue_place=places, clue_origin=origins)


def open_clue(clue_id: str) -> None:
    """Show one clue, in the address."""
    st.query_params[CLUE_KEY] = clue_id


def close_clue() -> None:
    """Back to the rates."""
    st.query_params.pop(CLUE_KEY, None)


_LIST = {
    "标题": 210, "来源": 84, "区域": 130, "单位": 170, "人员": 96, "收到": 92, "意见期限": 92, "状态": 58,
    "处置方式": 84, "工作日": 92, "经办": 100,
}  # fmt: skip


def clue_table(rows: pd.DataFrame, key: str) -> None:
    """A list of clues; each opens its page."""
    ids = rows["clue_id"].tolist()
    shown = listed(rows)
    shown.insert(0, "打开", "打开")

    def opened() -> None:
        open_clue(ids[st.session_state[f"{key}_open"]["row"]])

    button = st.column_config.ButtonColumn(
        "打开", width=56, pinned=True, type="tertiary", key=f"{key}_open", on_click=opened
    )
    widths = {name: st.column_config.TextColumn(width=width) for name, width in _LIST.items()}
    st.dataframe(
        shown, key=key, hide_index=True, height=tables.height(shown, 12), column_config={**widths, "打开": button},
        alt="线索清单",
    )  # fmt: skip


def listed(rows: pd.DataFrame) -> pd.DataFrame:
    """The columns of a list of clues, in words."""
    waited = [
        f"超期 {number(late)} 天" if not pd.isna(late) else f"已等 {number(waiting)}" if not pd.isna(waiting)
        else f"用时 {number(used)}"
        for late, waiting, used in zip(rows["overdue_days"], rows["open_workdays"], rows["workdays"], strict=True)
    ]  # fmt: skip
    return pd.DataFrame(
        {
            "标题": rows["title"].tolist(), "来源": rows["origin_zh"].tolist(), "区域": rows["area_label"].tolist(),
            "单位": rows["org_name"].tolist(), "人员": rows["officer_label"].tolist(),
            "收到": rows["received_at"].map(day).tolist(), "意见期限": rows["due_at"].map(day).tolist(),
            "状态": rows["state"].tolist(), "处置方式": rows["disposition_zh"].tolist(), "工作日": waited,
            "经办": [plain(name) for name in rows["handler_name"]],
        }
    )  # fmt: skip


def clue_list(
    register: Register, warehouse: Warehouse, viewer: Viewer, cohort: pd.DataFrame, by: str, about: str
) -> None:
    """The clues behind the number that was chosen, in the address; export for those who may."""
    groups = [EVERYTHING, *rates(cohort, by)["group"]]
    if st.session_state.get(GROUP_KEY) not in groups:
        st.session_state.pop(GROUP_KEY, None)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        group = st.selectbox(
            GROUPINGS[by][0], groups, key=GROUP_KEY, bind="query-params", label_visibility="collapsed", width=200
        )
        part = st.segmented_control(
            "清单", list(PARTS), default="received", required=True, format_func=lambda key: PARTS[key][0], key=PART_KEY,
            bind="query-params", label_visibility="collapsed",
        ) or "received"  # fmt: skip
        rows = part_of(cohort, by, None if group == EVERYTHING else group, part)
        _export(register, warehouse, viewer, rows, f"{about}；{group}；{PARTS[part][0]}")
    whose = "" if group == EVERYTHING else f"{group} · "
    st.markdown(f"**{verbatim(whose)}{PARTS[part][0]}**")
    figure.listed(len(rows), "条")
    if rows.empty:
        message.nothing("没有这样的线索", "请另选分组、清单或期间。")
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
    if not viewer.may("export"):
        return

    def made() -> bytes:
        at = now(warehouse)
        audit.log(register, viewer, "export", "clue", at=at, detail={"filter": about, "rows": len(rows)})
        sheet = listed(rows)
        sheet.insert(0, "编号", rows["clue_id"].tolist())
        return export.excel(sheet, "线索清单", export.watermark(warehouse, viewer, at), about)

    st.download_button(
        "导出 Excel", data=made, file_name=f"线索清单_{warehouse.as_of:%Y%m%d}.xlsx", mime=export.MIME,
        icon=":material/download:", on_click="ignore", help="导出当前清单；文件带水印，导出会被记录。",
    )  # fmt: skip


def one_clue(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series) -> None:
    """One clue: what it is about, where it stands, what comes next, what has been done."""
    clue_id = str(row["clue_id"])
    left, right = st.columns([1.35, 1], gap="medium")
    with left, card("clue-facts"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"#### {verbatim(row['title'])}", anchors=False, width="content")
            st.badge(row["state"], color="gray")
        st.caption(f"{row['origin_zh']} · {clue_id}")
        if row["detail"]:
            st.text(row["detail"])
        st.table({title: verbatim(value) for title, value in _facts(row).items()}, border="horizontal")
        if not pd.isna(row["warning_id"]):
            st.page_link(
                tables.WARNING_PAGE, label=f"来源预警 {verbatim(row['rule_label'])}", icon=":material/flag:",
                query_params=tiles.address({"id": str(row["warning_id"])}),
            )  # fmt: skip
    with right:
        with card("clue-steps"):
            st.markdown("**办理**")
            clue_form.panel(register, warehouse, viewer, row)
        with card("clue-events"):
            events = events_of(register, viewer, warehouse, "clue", clue_id)
            timeline.timeline(register, warehouse, viewer, CLUE, clue_id, events)


def _facts(row: pd.Series) -> dict[str, str]:
    facts = {
        "涉及单位": row["org_name"] or NONE,
        "涉及人员": row["officer_label"] or NONE,
        "区域": row["area_label"],
        "收到": moment(row["received_at"]),
        "意见期限": moment(row["due_at"]) + (f"（已超 {number(row['overdue_days'])} 天）" if row["overdue"] else ""),
        "研判建议": plain(row["proposed"]),
        "处置方式": row["disposition_zh"],
        "处置": moment(row["disposed_at"]),
        "经办": plain(row["handler_name"]),
    }
    if not pd.isna(row["form"]):
        facts["处理结果"] = f"{row['form']}，{number(row['people_cnt'])} 人"
    if not pd.isna(row["case_filed_at"]):
        facts["立案审查调查"] = moment(row["case_filed_at"])
    return facts
