"""The KPIs of a period: each with its definition, what it is made of and how it moved; by county and by model."""

import streamlit as st

from lib.ui import message
from lib.ui.access import session
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.kpi import monthly, page, view
from lib.ui.period import period_choice

warehouse, register, viewer = session.warehouse(), session.register(), session.viewer()
assert warehouse is not None
way.back()

with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    chosen = period_choice(warehouse)
    st.caption(f"{chosen.now.text}；环比、同比按相同天数", width="content")
    st.space("stretch")
    monthly.buttons(register, warehouse, viewer)
shown = view.kpis(register, warehouse, viewer, chosen)
page.groups(shown.groups)
with card("counties"):
    st.markdown("**各县（市、区）**")
    if shown.counties:
        page.by_county(shown)
        st.caption("括号内为分子/分母，点开看分母的清单。按预警、线索和通知书所在地。")
    else:
        message.nothing("期间内各地都没有可比的数", "请换一个期间。")
with card("rules"):
    st.markdown("**各模型误报率**")
    if len(shown.rules):
        page.by_rule(shown, chosen)
    else:
        message.nothing("期间内没有有结论的预警", "预警反馈核查结论后，这里按模型列出误报率和核实率。")
