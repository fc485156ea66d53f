"""One officer of the ranking in detail: what the figure is made of, by unit of the time, over a year, beside peers."""

from typing import Any

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework.register import Register
from lib.insight.figures import number
from lib.insight.officer_ranking import INTERVAL, contributions, peers_of, units_of, work_of
from lib.insight.ranking_course import course
from lib.insight.warning_filter import PAGE as WORKBENCH
from lib.insight.warning_filter import workbench_query
from lib.ui import charts, intervals, tiles
from lib.ui.levels import level_counts
from lib.ui.tables import WARNING_PAGE
from lib.ui.verbatim import verbatim
from lib.warehouse.store import Warehouse

DETAILS = ("构成", "单位", "近 12 个月", "同类人员")
MOST_LINKS = 3
OTHER = "他人名下：本人参与办理，按角色的份额计。未计入：不属实、已撤销、已合并，或不属于这 12 个月的工作。"


def detail(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series) -> None:
    """One officer: figures, then the models behind them, each opening its warnings."""
    work = work_of(warehouse, viewer, row["officer_id"])
    parts = "、".join(f"{kind} {number(count)}" for kind, count in zip(work["kind"], work["exposure"], strict=True))
    with st.grid(3, min_column_width=110, gap="small"):
        st.metric("比值", f"{row['ratio']:.2f}", help="1 = 与做同类工作的同行相当；已按证据多少向 1 收缩。")
        both = f"{row['observed']:.1f} / {row['expected']:.2f}"
        st.metric("观察 / 期望", both, help="预警分值，见页末口径。比值经过收缩，小于两者相除。")
        st.metric("工作量", f"{row['exposure']:,.0f} 件", help=f"近 12 个月，按角色折合主办件数：{parts}。")
    st.caption(
        f"{INTERVAL:.0%} 区间 {row['low']:.2f}–{row['high']:.2f} · 全市第 {row['rank']} 名"
        f"（区间 {row['rank_low']}–{row['rank_high']}）· 属全市最高 5% 的可能性 {row['p_top5']:.0%}"
    )
    if viewer.may("integrity"):
        st.page_link(
            "pages/inspector/officer.py", label="廉政档案", icon=":material/badge:",
            query_params=tiles.address({"officer": row["officer_id"]}), help="打开会留痕。",
        )  # fmt: skip
    view = st.segmented_control(
        "看什么", DETAILS, default=DETAILS[0], required=True, key="r_detail", label_visibility="collapsed"
    )
    if view == "单位":
        _units(units_of(register, warehouse, viewer, row["officer_id"]))
    elif view == "近 12 个月":
        with st.spinner("正在按每个月末重算…"):
            months = course(register, warehouse, viewer, row["officer_id"])
        _course(months)
    elif view == "同类人员":
        _alike(peers_of(register, warehouse, viewer, row["officer_id"]))
    else:
        _contributions(register, warehouse, viewer, row)


def _contributions(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series) -> None:
    table = contributions(register, warehouse, viewer, row["officer_id"])
    if table.empty:
        st.caption("此人名下没有预警。")
    for part in table.to_dict("records"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            found = level_counts(part["red"], part["orange"], part["yellow"])
            other = f" · 他人名下 {len(part['shared'])}" if part["shared"] else ""
            other += f" · 未计入 {part['other']}" if part["other"] else ""
            st.markdown(
                f"{verbatim(part['rule_label'])}　{found}　计 {part['weight']:.1f} 分{other}", width="content",
                help=OTHER if other else None,
            )  # fmt: skip
            with st.container(horizontal=True, width="content", gap="small"):
                _links(warehouse, part, str(row["officer_id"]))


def _links(warehouse: Warehouse, part: dict[str, Any], officer_id: str) -> None:
    """To the officer's own warnings of a model, and to each that names somebody else."""
    counted = part["red"] + part["orange"] + part["yellow"]
    if part["other"] or counted > len(part["shared"]):
        query = workbench_query(warehouse, rule_id=part["rule_id"], officer_id=officer_id)
        st.page_link(WORKBENCH, label="预警", icon=":material/list:", query_params=tiles.address(query))
    for warning_id in part["shared"][:MOST_LINKS]:
        st.page_link(
            WARNING_PAGE, label=f"…{warning_id[-4:]}", icon=":material/flag:",
            query_params=tiles.address({"id": warning_id}), help="他人名下的预警，本人参与办理。",
        )  # fmt: skip


def _units(table: pd.DataFrame) -> None:
    shown = pd.DataFrame(
        {
            "当时的单位": table["org_name"], "自": table["since"].map(_month), "至": table["until"].map(_month),
            "工作量（折合件）": table["exposure"], "预警分值": table["weight"],
        }
    )  # fmt: skip
    config = {name: st.column_config.NumberColumn(format="%.1f") for name in ("工作量（折合件）", "预警分值")}
    st.dataframe(shown, hide_index=True, column_config=config, alt="当时的单位")
    st.caption("按办理时所在单位列出；分值未按时间减半。")


def _month(value: object) -> str:
    return "在办" if pd.isna(value) else f"{pd.Timestamp(value):%Y-%m}"  # type: ignore[arg-type, call-overload]


def _course(months: pd.DataFrame) -> None:
    known = months[months["ratio"].notna()]
    if known.empty:
        st.caption("这 12 个月里都没有足够的可比工作。")
        return
    first, last = known.iloc[0], known.iloc[-1]
    sentence = f"比值由 {first['ratio']:.2f}（{first['day']:%Y-%m}）到 {last['ratio']:.2f}（{last['day']:%Y-%m}）"
    tiles.heading(sentence, f"每个月末按当时已有的预警和核查结论重算；条为 {INTERVAL:.0%} 区间")
    charts.draw(intervals.course(known), sentence)


def _alike(table: pd.DataFrame) -> None:
    if table.empty:
        st.caption("您的范围内没有做同类工作的人员。")
        return
    shown = pd.DataFrame(
        {
            "人员": table["name"], "单位": table["org_name"], "工作相同": table["overlap"], "比值": table["ratio"],
            "区间": table["low"].map("{:.2f}".format) + "–" + table["high"].map("{:.2f}".format),
            "工作量（折合件）": table["exposure"].round(),
        }
    )  # fmt: skip
    config = {
        "工作相同": st.column_config.NumberColumn(format="percent", help="两人工作种类构成的重合部分。"),
        "比值": st.column_config.NumberColumn(format="%.2f"),
        "工作量（折合件）": st.column_config.NumberColumn(format="localized"),
    }
    st.dataframe(shown, hide_index=True, column_config=config, alt="做同类工作的人员")
