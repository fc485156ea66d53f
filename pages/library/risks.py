"""Integrity registers of units: their risks, one risk with its controls at work, the form for a new one."""

import streamlit as st

from lib.insight.library.risks import PARTS
from lib.insight.parts import part_of
from lib.ui import message
from lib.ui.access import session
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.library.risks import fields, listing, one
from lib.ui.record import worklist
from lib.ui.record.opening import opened, row_of
from lib.ui.work import listing as work

warehouse, register, viewer = session.warehouse(), session.register(), session.viewer()
assert warehouse is not None
frame = listing.visible_risks(register, warehouse, viewer)

wanted, cases = st.query_params.get(listing.RISK_KEY, ""), st.query_params.get(one.CASES_KEY, "")
if wanted and cases:
    way.back("risks")
    one.cases(warehouse, viewer, row_of(frame, "risk", wanted), cases)
    st.stop()
if wanted:
    worklist.head(work.made(register, warehouse, viewer), "risk", wanted)
    one.one_risk(register, warehouse, viewer, opened(register, warehouse, viewer, frame, "risk", wanted))
    st.stop()

if st.query_params.get(listing.ENTRY_KEY, ""):
    way.back("risks")
    fields.entering(register, warehouse, viewer)
    st.stop()

if frame.empty:
    message.nothing(
        "您的范围内没有廉政风险登记", "监督室、派驻组、县纪委在这里按单位登记；到期复核，运行证据从数据中来。"
    )
    listing.enter_link(viewer)
    st.stop()
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    part = listing.parts(frame)
    st.space("stretch")
    listing.enter_link(viewer)
rows, unit = listing.of_unit(frame)
if not unit:
    listing.by_units(frame)
with card("risks"):
    listing.risk_table(register, warehouse, viewer, part_of(rows, PARTS, part), part, unit)
