"""Cases of political discipline: a register of its own, for whoever has to know of it; each look at it is logged."""

import streamlit as st

from lib.ui import message
from lib.ui.access import session, trail
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.library import discipline

warehouse, register, viewer = session.warehouse(), session.register(), session.viewer()
assert warehouse is not None

wanted = st.query_params.get(discipline.ENTRY_KEY, "")
if wanted:
    way.back("discipline")
    trail.once(register, warehouse, viewer, "view", "discipline_case", wanted)
    discipline.one_case(register, warehouse, viewer, wanted)
    st.stop()

if st.query_params.get(discipline.ENTER_KEY, ""):
    way.back("discipline")
    discipline.entering(register, warehouse, viewer)
    st.stop()

trail.once(register, warehouse, viewer, "view", "discipline_case")
frame = discipline.visible_cases(register, warehouse, viewer)
if frame.empty:
    message.nothing("您的范围内没有政治纪律案件", "由监督室在这里单独登记；与预警、线索没有关联。")
    discipline.enter_link(viewer)
    st.stop()
with st.container(horizontal=True, horizontal_alignment="right"):
    discipline.enter_link(viewer)
with card("discipline"):
    discipline.listed(frame)
