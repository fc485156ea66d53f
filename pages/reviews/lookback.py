"""Look-backs: what is in hand, one from draw to report, one drawn file, one's own sheet, and the plan of a new one."""

import streamlit as st

from lib.access import NotVisible
from lib.insight.parts import part_of
from lib.insight.reviews.listing import PARTS
from lib.ui import message
from lib.ui.access import session, trail
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.record import worklist
from lib.ui.record.opening import opened, row_of
from lib.ui.reviews import fields, file, listing, one
from lib.ui.work import listing as work

warehouse, register, viewer = session.warehouse(), session.register(), session.viewer()
assert warehouse is not None
made = work.made(register, warehouse, viewer)

wanted = st.query_params.get(listing.SHEET_KEY, "")
if wanted:
    if not viewer.may("score", "review_sheet"):
        message.stop(NotVisible())
    worklist.head(made, "review_sheet", wanted)
    row = row_of(listing.own_sheets(register, warehouse, viewer), "review_sheet", wanted)
    trail.once(register, warehouse, viewer, "view", "review_sheet", wanted)
    file.own_sheet(register, warehouse, viewer, row)
    st.stop()

wanted = st.query_params.get(listing.FILE_KEY, "")
if wanted:
    worklist.head(made, "review_case", wanted)
    files = listing.visible_files(register, warehouse, viewer)
    row = opened(register, warehouse, viewer, files, "review_case", wanted)
    file.one_file(register, warehouse, viewer, row)
    st.stop()

if not viewer.may("view", "lookback"):
    files = listing.visible_files(register, warehouse, viewer)
    if files.empty:
        message.nothing("没有送达本单位的评查结果", "回头看报告后反馈本单位的评查件会列在这里，请按期回复。")
        st.stop()
    with card("told-files"):
        st.markdown("**反馈本单位的评查件**")
        listing.file_table(register, warehouse, viewer, files, {}, "本单位")
    st.stop()

frame = listing.visible_lookbacks(register, warehouse, viewer)
wanted = st.query_params.get(listing.LOOKBACK_KEY, "")
if wanted:
    worklist.head(made, "lookback", wanted)
    row = opened(register, warehouse, viewer, frame, "lookback", wanted)
    one.one_lookback(register, warehouse, viewer, row)
    st.stop()

wanted = st.query_params.get(listing.PLAN_KEY, "")
if wanted:
    way.back("lookback")
    fields.planning(register, warehouse, viewer, wanted)
    st.stop()

sheets: list[str] = []
if viewer.may("score", "review_sheet"):
    mine = listing.own_sheets(register, warehouse, viewer)
    if len(mine):
        with card("my-sheets"):
            sheets = listing.sheet_table(mine)
if frame.empty:
    message.nothing("您的范围内没有回头看", "监督室、派驻组、县纪委可以在这里拟定：抽样、评查、裁决、报告都在这一页。")
    listing.plan_link(viewer)
    st.stop()
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    part = listing.parts(frame)
    st.space("stretch")
    listing.plan_link(viewer)
with card("lookbacks"):
    listing.lookback_table(register, warehouse, viewer, part_of(frame, PARTS, part), part, sheets)
