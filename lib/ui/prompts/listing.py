"""Prompts as a list: for the unit what it has to answer, for whoever sent them what came of them."""

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.access.scope import of_unit
from lib.casework.store.register import Register
from lib.insight.prompts.listing import EVERYTHING, PARTS, containing, part, prompt_list
from lib.insight.wording import day, plain
from lib.ui import due, figure, message, paths, tables
from lib.ui.access import trail
from lib.ui.browser import way
from lib.ui.files.download import download
from lib.ui.files.listed import workbook
from lib.ui.kept import kept
from lib.ui.state import Key, key
from lib.warehouse.store import Warehouse

PROMPT_KEY, PART_KEY, TEXT_KEY, MINE_KEY = "prompt", "p_part", "p_text", "p_mine"
_CHOICE = "prompts_part"

# Width, how it stands on a card (see tables.Column).
_OF_UNIT = {
    "事项": ("", "main"), "类别": ("92px", "bare"), "状态": ("92px", "bare"),
    "期限": ("176px", ""), "收到": ("104px", ""), "发送人": ("96px", ""),
}  # fmt: skip
_OF_SENDER = {
    "事项": ("30%", "main"), "单位": ("", "line bare"), "状态": ("92px", "bare"), "等谁": ("15%", ""),
    "期限": ("176px", ""), "核实结果": ("84px", ""), "发出": ("104px", ""),
    "发送人": ("96px", "rest"),
}  # fmt: skip


@kept(64)
def _prompts(_register: Register, _warehouse: Warehouse, _viewer: Viewer, state: Key) -> pd.DataFrame:
    return prompt_list(_register, _warehouse, _viewer, state.moment)


def visible_prompts(register: Register, warehouse: Warehouse, viewer: Viewer) -> pd.DataFrame:
    """The viewer's prompts, recomputed when anything was recorded and every few minutes; never change it."""
    return _prompts(register, warehouse, viewer, key(register, warehouse, viewer))


def parts_of(viewer: Viewer) -> dict[str, str]:
    """The lists there are, and what each is called for the viewer."""
    return {name: words[0 if of_unit(viewer) else 1] for name, words in PARTS.items()}


def listing(register: Register, warehouse: Warehouse, viewer: Viewer, frame: pd.DataFrame) -> None:
    """The list chosen by part and words, each part with its count; every row opens its prompt."""
    if frame.empty:
        told = "发给本单位的提示会出现在这里。" if of_unit(viewer) else "在预警里用「浙政钉提示」请单位核实。"
        message.nothing("还没有工作提示", told)
        return
    names = parts_of(viewer)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        chosen = _part_choice(viewer, frame, names)
        text = st.text_input(
            "搜索",
            key=TEXT_KEY,
            bind="query-params",
            label_visibility="collapsed",
            type="search",
            width=200,
            placeholder="事项、单位、编号",
        )
        trail.searched(register, warehouse, viewer, "prompt", text or "")
        mine = not of_unit(viewer) and st.toggle("我发送的", key=MINE_KEY, bind="query-params")
        st.space("stretch")
        rows = containing(part(frame, chosen), text or "")
        rows = rows[rows["opener_id"].eq(viewer.person_id)] if mine else rows
        export = st.container(width="content")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        rows = due.of_due(rows, "prompts_due")
        figure.listed(len(rows), "件")
    with export:
        about = filter(None, [names[chosen], "我发送的" if mine else "", text])
        _export(register, warehouse, viewer, rows, due.about("；".join(about)))
    if rows.empty:
        with message.nothing("这里没有工作提示", "换一个清单，或清除搜索。"):
            st.button("看全部", key="every_prompt", icon=":material/filter_list_off:", on_click=_clear)
        return
    with tables.paged(rows, "prompts", sorts=False) as page:
        _rows_part(page, viewer)


def _part_choice(viewer: Viewer, frame: pd.DataFrame, names: dict[str, str]) -> str:
    """The list chosen, kept in the address; its counts stand beside its name, so that a bound choice would not do."""
    asked = st.query_params.get(PART_KEY, "")
    if asked not in names:
        asked = "unit" if of_unit(viewer) else "sender"
    chosen: str = st.segmented_control(
        "清单",
        list(names),
        default=asked,
        required=True,
        format_func=lambda name: f"{names[name]} {len(part(frame, name)):,}",
        key=_CHOICE,
        label_visibility="collapsed",
    )
    st.query_params[PART_KEY] = chosen
    return chosen


def _clear() -> None:
    st.session_state[_CHOICE], st.session_state[TEXT_KEY], st.session_state[MINE_KEY] = EVERYTHING, "", False
    st.query_params.pop(due.DUE_KEY, None)


def _rows_part(rows: pd.DataFrame, viewer: Viewer) -> None:
    columns = _OF_UNIT if of_unit(viewer) else _OF_SENDER
    way.remember(rows["prompt_id"].tolist())
    told = tables.written(rows["prompt_id"], listed(rows), columns)
    tables.draw_list("工作提示清单", paths.PROMPTS, PROMPT_KEY, columns, told, "prompt_rows", late="期限", keys=True)


def listed(rows: pd.DataFrame) -> pd.DataFrame:
    """The columns of a list of prompts, in words."""
    return pd.DataFrame(
        {
            "事项": [f"{title}（{number}）" for title, number in zip(rows["title"], rows["number"], strict=True)],
            "类别": rows["purpose"].tolist(),
            "单位": rows["org_name"].tolist(),
            "状态": rows["state"].tolist(),
            "等谁": [plain(one) for one in rows["waits_for"]],
            "期限": rows["timing"].tolist(),
            "核实结果": [plain(one) for one in rows["found"]],
            "收到": rows["opened_at"].map(day).tolist(),
            "发出": rows["opened_at"].map(day).tolist(),
            "发送人": [plain(one) for one in rows["opener_name"]],
        }
    )


def _export(register: Register, warehouse: Warehouse, viewer: Viewer, rows: pd.DataFrame, about: str) -> None:
    made = workbook(register, warehouse, viewer, "prompt", "工作提示清单", rows, _sheet, about)
    download(viewer, "export", "prompt", **made)


def _sheet(rows: pd.DataFrame) -> pd.DataFrame:
    return listed(rows).drop(columns="收到")
