"""The models at a glance: state, version, what they tested and found, how long it took."""

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework.register import Register
from lib.insight.figures import moment
from lib.insight.rule_health import ERROR, FINE, NEVER, NO_DATA, OUT, STALE, WITHHELD, ZERO, health
from lib.ui.leader import state_of
from lib.ui.tables import height
from lib.warehouse.store import Warehouse

SELECTED = "m_rule"
# Fewer runs than these are no course.
_LEAST_RUNS = 3
# Words and shapes only: the warning colours are for warnings.
_MARKS = {ERROR: "✕", WITHHELD: "⏸", NO_DATA: "∅", STALE: "◷", ZERO: "○", FINE: "✓", NEVER: "…", OUT: "—"}


@st.cache_resource(show_spinner=False, max_entries=16)
def _health(_register: Register, _warehouse: Warehouse, _viewer: Viewer, state: tuple) -> pd.DataFrame:
    return health(_register, _viewer, _warehouse)


def states(register: Register, warehouse: Warehouse, viewer: Viewer) -> pd.DataFrame:
    """`health` of the models, worked out once per state of the data and the register; never change it."""
    return _health(register, warehouse, viewer, (*state_of(register, warehouse, viewer), viewer.role))


def figures(frame: pd.DataFrame) -> None:
    """How many models are in which condition."""
    states = frame["state"]
    with st.grid(6, min_column_width=120, gap="small"):
        st.metric("模型", f"{len(frame)} 个", border=True, help="rules 目录中的监督模型，在用版本以发布为准。")
        st.metric("正常", int(states.eq(FINE).sum()), border=True, help="最近一次运行有命中，数据在时限内。")
        st.metric("零命中", int(states.eq(ZERO).sum()), border=True, help="运行了，查过对象，没有命中。")
        data = int(states.isin([NO_DATA, STALE]).sum())
        st.metric("无数据或数据滞后", data, border=True, help="所读数据集是空的，或超过了更新时限。")
        broken = int(states.isin([ERROR, WITHHELD]).sum())
        st.metric("出错或未入册", broken, border=True, help="运行失败；或命中占受检的比例超过上限，本次未写入预警。")
        tasks = int(frame["tasks"].sum())
        st.metric("待处理任务", tasks, border=True, help="核实率过低、命中骤变、未入册等，由责任单位处理。")


def table(frame: pd.DataFrame, chosen: str) -> None:
    """One row per model; selecting one shows it below and puts it into the address."""
    courses = frame["history"].map(lambda runs: runs if len(runs) >= _LEAST_RUNS else None)
    drawn = bool(courses.notna().any())
    shown = pd.DataFrame(
        {
            "状态": frame["state"].map(lambda state: f"{_MARKS[state]} {state}"),
            "模型": frame["rule_id"] + " " + frame["title"],
            "风险": frame["risk"],
            "性质": frame["nature"],
            "版本": frame["version"].replace("", "—"),
            "受检": frame["tested"],
            "信号": frame["signals"],
            "现命中预警": frame["warnings"],
            "历次命中": courses if drawn else "—",
            "用时（秒）": frame["seconds"],
            "读取（行）": frame["rows_read"],
            "上次运行": frame["last_run_at"].map(moment),
            "任务": frame["tasks"],
            "在办版本": frame["trials"],
        }
    )

    about = f"最近各次运行的信号数，旧在左；运行不足 {_LEAST_RUNS} 次不画线。"

    def pick() -> None:
        rows = st.session_state["m_table"].selection.rows
        if rows:
            st.session_state[SELECTED] = frame["rule_id"].iloc[rows[0]]

    line = st.column_config.LineChartColumn(y_min=0, help=about)
    config = {
        "受检": st.column_config.NumberColumn(format="localized", help="最近一次运行查过的对象数。"),
        "读取（行）": st.column_config.NumberColumn(format="localized", help="所读数据集的行数。"),
        "用时（秒）": st.column_config.NumberColumn(format="%.2f"),
        "现命中预警": st.column_config.NumberColumn(help="最近一次运行仍命中的预警。"),
        "历次命中": line if drawn else st.column_config.TextColumn(help=about),
        "在办版本": st.column_config.NumberColumn(help="草稿、试运行或复核中的版本。"),
    }
    st.caption("全市各模型最近一次运行的情况，不限于您的范围。")
    st.dataframe(
        shown, hide_index=True, key="m_table", on_select=pick, selection_mode="single-row", column_config=config,
        height=height(shown, 20), alt="模型运行状态", placeholder="—",
        selection_default={"selection": {"rows": [int(frame["rule_id"].eq(chosen).to_numpy().argmax())]}},
    )  # fmt: skip
