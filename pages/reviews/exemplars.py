"""Exemplars: published editions and what is found in them; for those who work on them what is nominated, one exemplar,
one edition, and the forms of new ones."""

import streamlit as st

from lib.ui.access import session
from lib.ui.browser import way
from lib.ui.exemplars import fields, listing, one
from lib.ui.record import worklist
from lib.ui.record.opening import opened

warehouse, register, viewer = session.warehouse(), session.register(), session.viewer()
assert warehouse is not None
works = viewer.may("view", "exemplar")

wanted = st.query_params.get(listing.EDITION_KEY, "")
if wanted:
    way.back("exemplars")
    worklist.told(wanted)
    editions = listing.visible_editions(register, warehouse, viewer)
    row = opened(register, warehouse, viewer, editions, "edition", wanted)
    one.one_edition(register, warehouse, viewer, row)
    st.stop()

wanted = st.query_params.get(listing.EXEMPLAR_KEY, "")
asked = st.query_params.get(listing.NOMINATE_KEY, "")
compiled = st.query_params.get(listing.COMPILE_KEY, "")
exemplars = listing.visible_exemplars(register, warehouse, viewer) if works else None
if wanted and exemplars is not None:
    way.back("exemplars")
    worklist.told(wanted)
    row = opened(register, warehouse, viewer, exemplars, "exemplar", wanted)
    one.one_exemplar(register, warehouse, viewer, row)
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
