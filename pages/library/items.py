"""High-frequency enforcement items: what is enforced most; one item with its steps, its risk points and its teams."""

import streamlit as st

from lib.ui.access import session
from lib.ui.browser import way
from lib.ui.library import items
from lib.ui.period import period_choice

warehouse, viewer = session.warehouse(), session.viewer()
assert warehouse is not None

code, listed = st.query_params.get(items.ITEM_KEY, ""), st.query_params.get(items.ROWS_KEY, "")
if code:
    way.back("items")
    chosen = period_choice(warehouse)
    if listed:
        items.rows(warehouse, viewer, chosen, code, listed)
    else:
        items.one(warehouse, viewer, chosen, code)
    st.stop()

chosen = period_choice(warehouse)
items.ranked(warehouse, viewer, chosen)
