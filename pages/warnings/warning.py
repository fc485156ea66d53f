"""One warning: why it fired, what it rests on, what has been done and what comes next."""

from functools import partial

import streamlit as st

from lib.access import NotVisible
from lib.casework import audit
from lib.casework.warnings.steps import WARNING
from lib.ui import message, paths
from lib.ui.access import session
from lib.ui.browser import way
from lib.ui.browser.width import on_phone
from lib.ui.card import card
from lib.ui.record import timeline, worklist
from lib.ui.record.following import came_of_it
from lib.ui.state import visible_warnings
from lib.ui.warnings import fields, why, workbench
from lib.ui.warnings.state_card import state_card
from lib.ui.work import listing as work
from lib.warehouse.clock import now

warehouse, register, viewer = session.warehouse(), session.register(), session.viewer()
assert warehouse is not None
warning_id = st.query_params.get("id", "")
if not warning_id:
    way.back("workbench")
    message.nothing("还没有选定预警", "请从工作台、地图或排序中打开一条预警。")
    st.stop()
frame = visible_warnings(register, warehouse, viewer, spot_checks=True)
made: worklist.Made = {
    paths.WORKBENCH: partial(workbench.numbers, register, warehouse, viewer, frame),
    **work.made(register, warehouse, viewer),
}
worklist.head(made, "warning", warning_id, "workbench")
row = why.row_of(frame, warning_id)
if row is None:
    message.stop(NotVisible())
evidence, rule = why.evidence_of(row), why.rule_of(register, row)

if timeline.is_opening(warning_id) and row["officer_label"]:
    audit.log(register, viewer, "view", "warning", warning_id, at=now(warehouse), detail={"officer": row["officer_id"]})

if on_phone():
    why.head(register, warehouse, viewer, row, evidence, rule)
    deeds, reasons = st.container(), st.container()
else:
    left, deeds = st.columns([1.75, 1], gap="medium")
    with left:
        why.head(register, warehouse, viewer, row, evidence, rule)
        reasons = st.container()
with deeds:
    state_card(viewer, row)
    with card("steps"):
        st.markdown("**办理**")
        fields.panel(register, warehouse, viewer, row, rule)
    came_of_it(register, warehouse, viewer, "warning", warning_id)
    with card("events"):
        events = timeline.events(register, warehouse, viewer, WARNING, warning_id)
        timeline.timeline(register, warehouse, viewer, WARNING, warning_id, events)
with reasons:
    why.peers(register, warehouse, rule, row, evidence)
    why.alert(register, warehouse, viewer, row, evidence)
    why.grounds(rule, row)
    why.evidence_rows(register, warehouse, viewer, rule, row, evidence)
    why.others(frame, row)
