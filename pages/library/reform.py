"""Tasks of the reform: how far apart plan and progress are, where, one task with its steps, the form for a new one."""

import streamlit as st

from lib.insight.library.reform import PARTS
from lib.insight.parts import part_of
from lib.ui import message
from lib.ui.access import session
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.library.reform import fields, listing, one
from lib.ui.record import worklist
from lib.ui.record.opening import opened
from lib.ui.work import listing as work

warehouse, register, viewer = session.warehouse(), session.register(), session.viewer()
assert warehouse is not None

wanted = st.query_params.get(listing.TASK_KEY, "")
if wanted:
    worklist.head(work.made(register, warehouse, viewer), "reform_task", wanted)
    frame = listing.visible_tasks(register, warehouse, viewer)
    row = opened(register, warehouse, viewer, frame, "reform_task", wanted)
    one.one_task(register, warehouse, viewer, row)
    st.stop()

if st.query_params.get(listing.ISSUE_KEY, ""):
    way.back("reform")
    fields.issuing(register, warehouse, viewer)
    st.stop()

if listing.visible_tasks(register, warehouse, viewer).empty:
    message.nothing(
        "您的范围内没有改革任务", "监督室、县纪委在这里下达；责任单位报告进展，计划与实际的偏差按县、按部门列出。"
    )
    listing.issue_link(viewer)
    st.stop()
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    parts = st.container(width="content")
    st.space("stretch")
    known = listing.known_choice(warehouse)
    listing.issue_link(viewer)
frame = listing.visible_tasks(register, warehouse, viewer, known)
with parts:
    part = listing.parts(frame, known)
listing.deviations(frame, viewer, known)
cuts = listing.cut()
with card("reform"):
    rows = part_of(listing.narrowed(frame, *cuts), PARTS, part)
    listing.task_table(register, warehouse, viewer, rows, part, cuts)
