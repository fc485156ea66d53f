"""Who is to be reminded: past deadlines by the person who signed, or by the county where nobody has."""

import pandas as pd
import streamlit as st

from lib.ui import figure
from lib.ui.browser.width import on_phone
from lib.ui.charts.levels import LEVELS
from lib.ui.verbatim import in_html


def pressing_list(pressing: pd.DataFrame, room: int) -> None:
    """One line a person or county of flow.pressing, the longest delay first; every number opens its warnings."""
    st.markdown("**该催办的**")
    if pressing.empty:
        st.caption("没有超过期限的预警。")
        return
    red = LEVELS["red"]
    lines = []
    for row in pressing.head(room).itertuples(index=False):
        told = f" · 其中 {red.shape} {red.name} {row.red}" if row.red and not on_phone() else ""
        who = f"{row.name}（{row.place}）" if row.place else row.name
        waited = f'<div class="told">最长超期 {row.days:.0f} 天{told}</div>'
        label = f'<b>{row.count:,}</b> 件 <span class="onward" aria-hidden="true"></span>'
        lines.append(f"<div>{in_html(who)}</div>{waited}{figure.anchor(label, row.asked)}")
    st.html('<div class="persons">' + "".join(f"<div>{line}</div>" for line in lines) + "</div>")
    rest = pressing.iloc[room:]
    if len(rest):
        st.caption(f"另有 {len(rest)} 处，共 {rest['count'].sum():,} 件，点上方「超期」查看。")
