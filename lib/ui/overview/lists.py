"""Who is to be reminded: past deadlines by the person who signed, or by the county where nobody has."""

import pandas as pd
import streamlit as st

from lib.ui import figure
from lib.ui.browser.width import on_phone
from lib.ui.levels import LEVELS
from lib.ui.verbatim import verbatim


def pressing_list(pressing: pd.DataFrame, room: int) -> None:
    """One line a person or county of flow.pressing, the longest delay first; every number opens its warnings."""
    st.markdown("**该催办的**")
    if pressing.empty:
        st.caption("没有超过期限的预警。")
        return
    for row in pressing.head(room).itertuples(index=False):
        red = LEVELS["red"]
        told = f" · 其中 {red.shape} {red.name} {row.red}" if row.red and not on_phone() else ""
        with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
            who = f"{row.name}（{row.place}）" if row.place else row.name
            st.markdown(verbatim(who), width="stretch")
            st.caption(f"最长超期 {row.days:.0f} 天{told}", width="content")
            figure.link(row.count, row.asked, unit="件", icon=":material/chevron_right:", icon_position="right")
    rest = pressing.iloc[room:]
    if len(rest):
        st.caption(f"另有 {len(rest)} 处，共 {rest['count'].sum():,} 件，点上方「超期」查看。")
