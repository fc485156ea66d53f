"""The supervision lists: their indicators of a month; one indicator with its places; the rows behind a number."""

import streamlit as st

from lib.ui.access import session
from lib.ui.browser import way
from lib.ui.library.lists import board, one, rows
from lib.ui.library.lists.figures import INDICATOR_KEY, ROW_KEY, ROWS_KEY

warehouse, register, viewer = session.warehouse(), session.register(), session.viewer()
assert warehouse is not None

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
    st.stop()

board.board(register, warehouse, viewer)
