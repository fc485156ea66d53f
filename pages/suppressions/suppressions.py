"""The suppression register (抑制登记): what is held back, until when, why, and how much it has held back."""

import streamlit as st

from lib.ui.access import session
from lib.ui.browser import way
from lib.ui.record.opening import opened
from lib.ui.suppressions import listing

warehouse, register, viewer = session.warehouse(), session.register(), session.viewer()
assert warehouse is not None
frame = listing.visible_suppressions(register, warehouse, viewer)

wanted = st.query_params.get(listing.SUPPRESSION_KEY, "")
if wanted:
    way.back("suppressions")
    row = opened(register, warehouse, viewer, frame, "suppression", wanted)
    listing.one(register, warehouse, viewer, row)
    st.stop()

listing.listing(frame)
