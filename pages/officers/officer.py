"""The integrity file of one officer: what the sources hold about a person, for verification, not as a finding."""

import streamlit as st

from lib.errors import UserError
from lib.insight.officers.integrity_file import integrity_file
from lib.ui import message
from lib.ui.access import session
from lib.ui.browser import way
from lib.ui.browser.width import on_phone
from lib.ui.officers import integrity_file as view
from lib.ui.state import casework as casework_of

warehouse, register, viewer = session.warehouse(), session.register(), session.viewer()
assert warehouse is not None
way.back()
officer_id = st.query_params.get(view.PARAMETER, "")
if not officer_id:
    view.search(warehouse, viewer)
    st.stop()
try:
    file = integrity_file(register, warehouse, viewer, officer_id)
    view.log_opening(register, warehouse, viewer, file)
except UserError as error:
    view.search(warehouse, viewer)
    message.stop(error)

view.head(file)
what = st.query_params.get(view.LIST)
if what:
    view.rows_of(file, what)
    st.stop()
casework = casework_of(register, warehouse, viewer)
view.figures(file)
if on_phone():
    view.found_against(file, casework, viewer.may("view", "ranking"))
    view.on_record(file)
else:
    left, right = st.columns([1.25, 1], gap="small")
    with left:
        view.found_against(file, casework, viewer.may("view", "ranking"))
    with right:
        view.on_record(file)
view.timeline(file)
