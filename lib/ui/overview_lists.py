"""The lists of the leaders' page: what is due, what is new; every line opens its warning."""

import pandas as pd
import streamlit as st

from lib.insight.figure import Asked
from lib.ui import figure
from lib.ui.levels import LEVELS
from lib.ui.tables import WARNING_PAGE
from lib.ui.tiles import address


def due_list(due: pd.DataFrame, room: int) -> None:
    """Overdue and soon due warnings, red first."""
    late = int(due["overdue"].sum())
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        figure.link(late, Asked("late"), "**超期**", "件")
        figure.link(len(due) - late, Asked("soon"), "**两个工作日内到期**", "件")
    if due.empty:
        st.caption("没有超期或即将到期的预警。")
    for row in due.head(room).to_dict("records"):
        _line(row, f"超期 {row['overdue_days']:.0f} 天" if row["overdue"] else _left(row["workdays_left"]))


def newest_list(newest: pd.DataFrame) -> None:
    """The newest warnings."""
    st.markdown("**最新预警**")
    if newest.empty:
        st.caption("范围内还没有预警。")
    for row in newest.to_dict("records"):
        _line(row, f"{row['first_seen_at']:%m-%d}")


def _left(workdays: float) -> str:
    return "今日到期" if workdays <= 0 else f"剩 {workdays:.0f} 个工作日"


def _line(row: dict, when: str) -> None:
    level = LEVELS[row["level"]]
    place = row["town_name"] or row["org_name"] or row["county_name"]
    st.page_link(
        WARNING_PAGE,
        label=f":{row['level']}[{level.shape} {level.name}] {when} · {row['rule_title']} · {place}",
        query_params=address({"id": row["warning_id"]}),
        width="stretch",
    )
