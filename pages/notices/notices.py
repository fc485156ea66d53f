"""Supervision notices: what lies where, one notice with its next step and its document, and the form for a new one."""

import streamlit as st

from lib.insight.notices.listing import PARTS
from lib.insight.parts import part_of
from lib.ui import message
from lib.ui.access import session
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.notices import fields, listing, one
from lib.ui.record import worklist
from lib.ui.record.opening import opened
from lib.ui.work import listing as work

warehouse, register, viewer = session.warehouse(), session.register(), session.viewer()
assert warehouse is not None
frame = listing.visible_notices(register, warehouse, viewer)

wanted = st.query_params.get(listing.NOTICE_KEY, "")
if wanted:
    worklist.head(work.made(register, warehouse, viewer), "notice", wanted)
    row = opened(register, warehouse, viewer, frame, "notice", wanted)
    one.one_notice(register, warehouse, viewer, row)
    st.stop()

asked = st.query_params.get(listing.DRAFT_KEY, "")
if asked:
    way.back("notices")
    fields.drafting(register, warehouse, viewer, asked, frame)
    st.stop()

if listing.counted(register, warehouse, viewer):
    st.stop()

if frame.empty:
    message.nothing(
        "您的范围内没有执法监督通知书", "从预警或线索页拟制，或在这里自行拟制；送达单位后双方都能看到进展。"
    )
    listing.draft_link(viewer)
    st.stop()
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    part = listing.parts(frame, viewer)
    st.space("stretch")
    listing.draft_link(viewer)
with card("notices"):
    listing.notice_table(register, warehouse, viewer, part_of(frame, PARTS, part), part)
