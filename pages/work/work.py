"""What a person has to do: by deadline, by kind and level, with whom it is, and who is late."""

import streamlit as st

from lib.ui.access import session
from lib.ui.browser import way
from lib.ui.work import board, deputies, listing

warehouse, register, viewer = session.warehouse(), session.register(), session.viewer()
assert warehouse is not None
way.back("work" if board.asked() else None)
since = listing.since(register, warehouse, viewer)
frame = listing.visible_work(register, warehouse, viewer, since)
with st.container():
    listing.told()
if board.asked():
    board.board(frame, board.asked())
    st.stop()
listing.tallies(frame, since)
reminds = bool(frame["may_remind"].any())
left, right = st.columns([2.9, 1], gap="small") if reminds else (st.container(), st.container())
with left:
    rows = listing.shown(frame)
    listing.narrowed(frame, rows)
    if rows.empty:
        listing.nothing(frame)
    else:
        listing.table(register, warehouse, viewer, rows)
with right:
    if reminds:
        listing.late(register, warehouse, viewer, frame)
    deputies.panel(register, warehouse, viewer)
