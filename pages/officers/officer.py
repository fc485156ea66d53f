"""The integrity file of one officer: what the sources hold about a person, for verification, not as a finding."""

import streamlit as st

from lib.errors import UserError
from lib.ui import message, state
from lib.ui.access import session
from lib.ui.browser import way
from lib.ui.browser.width import on_phone
from lib.ui.officers import integrity_file

warehouse, register, viewer = session.warehouse(), session.register(), session.viewer()
assert warehouse is not None
way.back()
officer_id = st.query_params.get(integrity_file.PARAMETER, "")
if not officer_id:
    integrity_file.search(warehouse, viewer)
    st.stop()
try:
    file = integrity_file.file_of(register, warehouse, viewer, officer_id)
    integrity_file.log_opening(register, warehouse, viewer, file)
except UserError as error:
    integrity_file.search(warehouse, viewer)
    message.stop(error)

integrity_file.head(file)
what = st.query_params.get(integrity_file.LIST)
if what:
    integrity_file.rows_of(file, what)
    st.stop()
casework = state.casework(register, warehouse, viewer)
integrity_file.figures(file)
if on_phone():
    integrity_file.found_against(file, casework, viewer.may("view", "ranking"))
    integrity_file.on_record(file)
else:
    left, right = st.columns([1.25, 1], gap="small")
    with left:
        integrity_file.found_against(file, casework, viewer.may("view", "ranking"))
    with right:
        integrity_file.on_record(file)
integrity_file.timeline(file)
