"""The supervision lists: their indicators of a month; one indicator with its places; the rows behind a number; a task
that a light raised; adjusting the lists."""

import streamlit as st

from lib.ui.access import session
from lib.ui.browser import way
from lib.ui.library.lists import board, one, rows, tasks, versions
from lib.ui.library.lists.figures import INDICATOR_KEY, ROW_KEY, ROWS_KEY
from lib.ui.record import worklist
from lib.ui.work import listing as work

warehouse, register, viewer = session.warehouse(), session.register(), session.viewer()
assert warehouse is not None

raised = st.query_params.get(tasks.TURNED_KEY, "")
if raised:
    worklist.head(work.made(register, warehouse, viewer), "list_task", raised)
    tasks.task(register, warehouse, viewer, raised)
    st.stop()

adjusted = st.query_params.get(versions.ADJUST_KEY, "")
if adjusted:
    way.back("lists")
    versions.adjusting(register, warehouse, viewer, adjusted)
    st.stop()

asked = st.query_params.get(INDICATOR_KEY, "")
listed, subject = st.query_params.get(ROWS_KEY, ""), st.query_params.get(ROW_KEY, "")
if asked:
    way.back("lists")
    indicator = one.asked_for(register, asked)
    if subject:
        rows.sources(register, warehouse, viewer, indicator, subject)
    elif listed:
        rows.rows(register, warehouse, viewer, indicator, listed)
    else:
        one.one(register, warehouse, viewer, indicator)
        versions.adjust_link(viewer, indicator.id)
    st.stop()

board.board(register, warehouse, viewer)
versions.adjust_link(viewer)
