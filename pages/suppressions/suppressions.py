"""The suppression register (抑制登记): what is held back, until when, why, and how much it has held back."""

import streamlit as st

from lib.access import NotVisible
from lib.casework import audit
from lib.ui import message
from lib.ui.access import session
from lib.ui.browser import way
from lib.ui.record import timeline
from lib.ui.suppressions import listing
from lib.warehouse.clock import now

warehouse, register, viewer = session.warehouse(), session.register(), session.viewer()
assert warehouse is not None
frame = listing.visible_suppressions(register, warehouse, viewer)

wanted = st.query_params.get(listing.SUPPRESSION_KEY, "")
if wanted:
    way.back("suppressions")
    found = frame[frame["suppression_id"] == wanted]
    if found.empty:
        message.stop(NotVisible())
    if timeline.is_opening(wanted):
        audit.log(register, viewer, "view", "suppression", wanted, at=now(warehouse))
    listing.one(register, warehouse, viewer, found.iloc[0])
    st.stop()

listing.listing(frame)
