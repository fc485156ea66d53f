"""One dispatch with its checks, and one check: what it is about, what was found, what comes next, what was done."""

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework.grid.steps import GRID_CHECK
from lib.casework.store.register import Register
from lib.insight.wording import NONE, moment, plain
from lib.ui import message, paths
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.grid import fields
from lib.ui.grid.listing import DISPATCH_KEY, SEND_KEY, check_table, title
from lib.ui.record import timeline
from lib.ui.verbatim import verbatim
from lib.warehouse.store import Warehouse


def one_dispatch(viewer: Viewer, row: pd.Series, checks: pd.DataFrame) -> None:
    """A dispatch with what is odd about it, how it ended, and the checks of it."""
    left, right = st.columns([1, 1.35], gap="medium")
    with left, card("dispatch-facts"):
        _head(title(row.to_frame().T)[0], row["ended"])
        st.caption(f"派单 {verbatim(row['key'])} · {verbatim(row['org_name'] or row['area_label'])}")
        st.table({name: verbatim(value) for name, value in _dispatch(row).items()}, border="horizontal")
    with right, card("dispatch-checks"):
        st.markdown("**线下核查**")
        if checks.empty:
            message.nothing("还没有线下核查", "派出两人查案卷、看现场，核查结果计入解决率和模型 M16 的核实率。")
        else:
            check_table(checks, "dispatch_checks", of_one=True)
        if viewer.may("record", "grid_check") and not pd.isna(row["finished_at"]) and not checks["open"].any():
            _link("派出线下核查", "add_circle", {SEND_KEY: str(row["key"])})


def _link(label: str, icon: str, query: way.Query) -> None:
    asked = way.address(query)
    st.page_link(paths.GRID, label=label, icon=f":material/{icon}:", query_params=asked, width="content")


def _head(words: str, state: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"#### {verbatim(words)}", anchors=False, width="content")
        st.badge(verbatim(state), color="gray")


def _dispatch(row: pd.Series) -> dict[str, str]:
    return {
        "事件": plain(row["event_no"]),
        "上报": moment(row["reported_at"]),
        "处置单位": row["org_name"] or NONE,
        "执法队员": row["officer_label"] or NONE,
        "派单": moment(row["assigned_at"]),
        "期限": moment(row["due_at"]),
        "办结": moment(row["finished_at"]),
        "处置结果": plain(row["result_type"]),
        "平台核验": plain(row["verify_result"]),
        "疑点": row["odd"] or NONE,
        "结果": row["ended"],
    }


def one_check(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series) -> None:
    """A field check as the viewer may see it."""
    check_id = str(row["check_id"])
    left, right = st.columns([1, 1.35], gap="medium")
    with left, card("check-facts"):
        _head(str(row["title"]), str(row["state"]))
        st.caption(f"核查 {row['number']} · 派单 {verbatim(row['dispatch_id'])} · {verbatim(row['org_name'])}")
        st.table({name: verbatim(value) for name, value in _check(row).items()}, border="horizontal")
        if viewer.may("view", "grid"):
            _link("这件派单", "grid_view", {DISPATCH_KEY: str(row["dispatch_id"])})
    with right:
        with card("check-steps"):
            st.markdown("**办理**")
            fields.panel(register, warehouse, viewer, row)
        with card("check-events"):
            events = timeline.events(register, warehouse, viewer, GRID_CHECK, check_id)
            timeline.timeline(register, warehouse, viewer, GRID_CHECK, check_id, events)


def _check(row: pd.Series) -> dict[str, str]:
    facts = {
        "核查人": plain(row["checker"]),
        "同行人": plain(row["companion"]),
        "处置人": row["officer_label"] or NONE,
        "处置是否属实": plain(row["finding"]),
        "现场结果": plain(row["end"]),
        "核查": moment(row["checked_at"]),
        "重新打开": f"{row['reopened']} 次，{row['reason']}" if row["reopened"] else NONE,
        "期限": row["timing"],
        "在谁手里": row["waits"] or NONE,
        "延期": f"{row['extended']} 个工作日" if row["extended"] else NONE,
        "暂停": f"{row['paused']} 个工作日" if row["paused"] else NONE,
    }
    return {name: value for name, value in facts.items() if value != NONE}
