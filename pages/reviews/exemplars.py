"""Exemplars: published editions and what is found in them; for those who work on them what is nominated, one exemplar,
one edition, and the forms of new ones."""

import streamlit as st

from lib.access import NotVisible
from lib.casework import audit
from lib.ui import message
from lib.ui.access import session
from lib.ui.browser import way
from lib.ui.exemplars import fields, listing, one
from lib.ui.record import timeline, worklist
from lib.warehouse.clock import now

warehouse, register, viewer = session.warehouse(), session.register(), session.viewer()
assert warehouse is not None
works = viewer.may("view", "exemplar")

wanted = st.query_params.get(listing.EDITION_KEY, "")
if wanted:
    way.back("exemplars")
    worklist.told(wanted)
    editions = listing.visible_editions(register, warehouse, viewer)
    found = editions[editions["edition_id"] == wanted]
    if found.empty:
        message.stop(NotVisible())
    if timeline.is_opening(wanted):
        audit.log(register, viewer, "view", "edition", wanted, at=now(warehouse))
    one.one_edition(register, warehouse, viewer, found.iloc[0])
    st.stop()

wanted = st.query_params.get(listing.EXEMPLAR_KEY, "")
asked = st.query_params.get(listing.NOMINATE_KEY, "")
compiled = st.query_params.get(listing.COMPILE_KEY, "")
exemplars = listing.visible_exemplars(register, warehouse, viewer) if works else None
if wanted and exemplars is not None:
    way.back("exemplars")
    worklist.told(wanted)
    found = exemplars[exemplars["exemplar_id"] == wanted]
    if found.empty:
        message.stop(NotVisible())
    if timeline.is_opening(wanted):
        audit.log(register, viewer, "view", "exemplar", wanted, at=now(warehouse))
    one.one_exemplar(register, warehouse, viewer, found.iloc[0])
    st.stop()
if asked:
    way.back("exemplars")
    fields.nomination(register, warehouse, viewer, asked)
    st.stop()
if compiled and exemplars is not None:
    way.back("exemplars")
    chosen = exemplars[exemplars["chosen"]]
    fields.compiling(register, warehouse, viewer, dict(zip(chosen["exemplar_id"], chosen["title"], strict=True)))
    st.stop()

listing.editions(viewer, listing.visible_editions(register, warehouse, viewer))
listing.search(register, warehouse, viewer)
if exemplars is not None:
    listing.in_hand(exemplars)
    if viewer.may("nominate", "exemplar"):
        listing.suggestions(register, warehouse, viewer)
