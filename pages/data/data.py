"""The data: what there is, how fresh, what was loaded, what was set aside, and loading more."""

import streamlit as st

from lib.ui.access import session
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.data import datasets, doubts, loading, quarantine

VIEWS = ("数据集", "装载记录", "隔离", "待确认", "装载")

warehouse, register, viewer = session.warehouse(), session.register(), session.viewer()
assert warehouse is not None
way.back()
frame = datasets.states(warehouse, viewer)

view = st.segmented_control(
    "视图", VIEWS, default=VIEWS[0], required=True, key="d_view", bind="query-params", label_visibility="collapsed"
)
datasets.figures(frame, viewer)
if view != "待确认":
    doubts.notice()
if view == "装载记录":
    datasets.loads(warehouse, viewer)
elif view == "隔离":
    quarantine.quarantine(register, warehouse, viewer)
elif view == "待确认":
    doubts.page(register, warehouse, viewer)
elif view == "装载":
    loading.form(viewer)
else:
    shown = datasets.asked_for(frame)
    left, right = st.columns([1.9, 1], gap="small")
    with right, card("dataset", height="stretch"):
        datasets.detail(warehouse, viewer, frame)
    with left:
        datasets.table(shown, viewer)
