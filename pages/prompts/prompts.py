"""Prompts to units (工作提示): a list and one; a unit's liaison answers here, and sees nothing else."""

from functools import partial

import streamlit as st

from lib.access import NotVisible
from lib.casework import audit
from lib.ui import message, paths
from lib.ui.access import session
from lib.ui.browser import way
from lib.ui.prompts import listing
from lib.ui.prompts.one import one
from lib.ui.record import timeline, worklist
from lib.ui.work import listing as work
from lib.warehouse.clock import now

warehouse, register, viewer = session.warehouse(), session.register(), session.viewer()
assert warehouse is not None
frame = listing.visible_prompts(register, warehouse, viewer)

wanted = st.query_params.get(listing.PROMPT_KEY, "")
if wanted:
    made = {paths.WORK: partial(work.numbers, register, warehouse, viewer)}
    worklist.bar(worklist.listed(made), "prompt", wanted, "prompts")
    worklist.told(wanted)
    found = frame[frame["prompt_id"] == wanted]
    if found.empty:
        message.stop(NotVisible())
    if timeline.is_opening(wanted):
        audit.log(register, viewer, "view", "prompt", wanted, at=now(warehouse))
    one(register, warehouse, viewer, found.iloc[0])
    st.stop()

way.back()
listing.listing(register, warehouse, viewer, frame)
