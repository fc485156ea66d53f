"""How clues are handled: rates over what was received in a period, what is open and late, and one clue's way."""

import streamlit as st

from lib.insight.figure import Asked
from lib.ui import figure, message, state
from lib.ui.access import session
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.clues import fields, listing, rates
from lib.ui.period import period_choice
from lib.ui.record import worklist
from lib.ui.record.opening import opened
from lib.ui.work import listing as work

warehouse, register, viewer = session.warehouse(), session.register(), session.viewer()
assert warehouse is not None
frame = listing.visible_clues(register, warehouse, viewer)

wanted = st.query_params.get(listing.CLUE_KEY, "")
if wanted:
    worklist.head(work.made(register, warehouse, viewer), "clue", wanted)
    row = opened(register, warehouse, viewer, frame, "clue", wanted)
    listing.one_clue(register, warehouse, viewer, row, frame)
    st.stop()

if listing.NEW_KEY in st.query_params:
    way.back("clues")
    fields.registration(register, warehouse, viewer, frame)
    st.stop()

listed = figure.asked_here()
if listed is not None:
    listing.figure_list(register, warehouse, viewer, listed)
    st.stop()

with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    chosen = period_choice(warehouse)
    asked = listing.narrow(frame, Asked("clue_received", chosen.key))
    st.caption(f"{chosen.now.text} 收到的线索，截至现在的办理情况", width="content")
    st.space("stretch")
    listing.new_link(viewer)
if frame.empty:
    message.nothing("您的范围内没有线索", "预警转线索，或登记网格核查、案件评查、信访线索后，这里会出现办理情况。")
    st.stop()

casework = state.casework(register, warehouse, viewer)
cohort = figure.counted(casework, asked)
rates.figures(cohort, asked)
year = asked._replace(period="months12")
left, right = st.columns([1.7, 1], gap="small")
with left, card("breakdown", height="stretch"):
    by = rates.breakdown(cohort, asked)
    st.caption("点任一数字，打开它的线索。用时为工作日。")
with right, card("trend", height="stretch"):
    rates.trend(figure.counted(casework, year), year, f"数据截至 {warehouse.as_of:%Y-%m-%d}")
with card("list"):
    listing.clue_list(register, warehouse, viewer, cohort, by, f"{chosen.now.text} 收到")
