"""Messages to the units: where each stands, why one did not arrive, sending it again."""

import streamlit as st

from lib.ui.access import session
from lib.ui.admin import messages
from lib.ui.browser import way

warehouse, register, viewer = session.warehouse(), session.register(), session.viewer()
assert warehouse is not None
way.back("messages" if messages.ONE in st.query_params else None)
where = messages.book()
messages.told(where, warehouse.synthetic)
rows = messages.found(register, warehouse, viewer, where)
if messages.ONE in st.query_params:
    messages.one(register, warehouse, viewer, rows, where)
else:
    messages.page(register, warehouse, viewer, rows)
