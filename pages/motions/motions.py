"""Integrity motions: what is in hand, one motion with its five steps, and the form for a new one."""

import streamlit as st

from lib.insight.motions.listing import PARTS
from lib.insight.parts import part_of
from lib.ui import message
from lib.ui.access import session
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.motions import fields, listing, one
from lib.ui.record import worklist
from lib.ui.record.opening import opened
from lib.ui.work import listing as work

warehouse, register, viewer = session.warehouse(), session.register(), session.viewer()
assert warehouse is not None
frame = listing.visible_motions(register, warehouse, viewer)

wanted = st.query_params.get(listing.MOTION_KEY, "")
if wanted:
    worklist.head(work.made(register, warehouse, viewer), "motion", wanted)
    row = opened(register, warehouse, viewer, frame, "motion", wanted)
    one.one_motion(register, warehouse, viewer, row)
    st.stop()

asked = st.query_params.get(listing.PROPOSE_KEY, "")
if asked:
    way.back("motions")
    fields.proposal(register, warehouse, viewer, asked)
    st.stop()

if frame.empty:
    message.nothing("您的范围内没有廉情动议", "监督室、县纪委可以在这里或从预警、线索提出；提出后五步依次进行。")
    listing.propose_link(viewer)
    st.stop()
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    part = listing.parts(frame)
    st.space("stretch")
    listing.propose_link(viewer)
with card("motions"):
    listing.motion_table(register, warehouse, viewer, part_of(frame, PARTS, part), part)
