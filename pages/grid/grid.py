"""The grid loop: the board of towns, the dispatches behind each number, and the field checks of them."""

import streamlit as st

from lib.access import NotVisible
from lib.insight.grid import dispatches
from lib.ui import message
from lib.ui.access import session
from lib.ui.browser import way
from lib.ui.grid import board, fields, listing, one
from lib.ui.period import period_choice
from lib.ui.record import worklist
from lib.ui.record.opening import opened
from lib.ui.work import listing as work

warehouse, register, viewer = session.warehouse(), session.register(), session.viewer()
assert warehouse is not None
checks = listing.visible_checks(register, warehouse, viewer)

wanted = st.query_params.get(listing.CHECK_KEY, "")
if wanted:
    worklist.head(work.made(register, warehouse, viewer), "grid_check", wanted)
    row = opened(register, warehouse, viewer, checks, "grid_check", wanted)
    one.one_check(register, warehouse, viewer, row)
    st.stop()

if not viewer.may("view", "grid"):
    listing.checks(checks, st.query_params.get(listing.CHECKS_KEY, ""))
    st.stop()

asked, sends = st.query_params.get(listing.DISPATCH_KEY, ""), st.query_params.get(listing.SEND_KEY, "")
if asked or sends:
    way.back("grid")
    rows = dispatches.one(register, warehouse, viewer, asked or sends)
    if rows.empty:
        message.stop(NotVisible())
    if sends:
        fields.sending(register, warehouse, viewer, rows.iloc[0])
    else:
        one.one_dispatch(viewer, rows.iloc[0], checks[checks["dispatch_id"] == asked])
    st.stop()

listed = st.query_params.get(listing.CHECKS_KEY, "")
if listed:
    way.back("grid")
    listing.checks(checks, listed)
    st.stop()

part = st.query_params.get(board.PART_KEY, "")
if part:
    way.back("grid")
    chosen = period_choice(warehouse)
    listing.dispatch_list(register, warehouse, viewer, chosen, part, st.query_params.get(board.TOWN_KEY, ""))
    st.stop()

with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    chosen = period_choice(warehouse)
    st.caption(f"{chosen.now.text} 派出的网格派单，截至现在的情况", width="content")
board.board(register, warehouse, viewer, chosen)
listing.checks(checks, "")
