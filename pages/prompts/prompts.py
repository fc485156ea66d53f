"""Prompts to units (工作提示): a list and one; a unit's liaison answers here, and sees nothing else."""

import streamlit as st

from lib.ui.access import session
from lib.ui.browser import way
from lib.ui.prompts import listing
from lib.ui.prompts.one import one
from lib.ui.record import worklist
from lib.ui.record.opening import opened
from lib.ui.work import listing as work

warehouse, register, viewer = session.warehouse(), session.register(), session.viewer()
assert warehouse is not None
frame = listing.visible_prompts(register, warehouse, viewer)

wanted = st.query_params.get(listing.PROMPT_KEY, "")
if wanted:
    worklist.head(work.made(register, warehouse, viewer), "prompt", wanted)
    row = opened(register, warehouse, viewer, frame, "prompt", wanted)
    one(register, warehouse, viewer, row)
    st.stop()

way.back()
listing.listing(register, warehouse, viewer, frame)
