"""The manual: what it holds, an entry, or what was found."""

import streamlit as st

from lib.ui.access import session
from lib.ui.browser import way
from lib.ui.help import page

warehouse, register, viewer = session.warehouse(), session.register(), session.viewer()
assert warehouse is not None
asked = st.query_params.get(page.ENTRY_KEY, "")
way.back("help" if asked else None)
held = page.manual_of(register, warehouse, viewer)
words = page.search()
if asked:
    page.one(held, asked, words)
elif words:
    page.results(held, words)
else:
    page.contents(held, viewer)
