"""What is said about a page on its first visit: once for each person, above what the page shows, never over it."""

import streamlit as st

from lib.access import Viewer
from lib.casework.help.hints import tell, told
from lib.casework.store.register import Register
from lib.insight.help.chapters import pages
from lib.ui import paths
from lib.ui.access import session
from lib.ui.browser import way
from lib.ui.verbatim import in_html
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

_TOLD, _SHOWN = "hints_told", "hint_shown"


def first_visit(register: Register, warehouse: Warehouse, viewer: Viewer) -> None:
    """Say what the page is for when the viewer has never opened it; it stays until they go on or close it."""
    page = way.page()
    # In a demonstration the strip of the walk says what to look at.
    if not viewer.may("view", "help") or session.walking() is not None:
        return
    person, known = st.session_state.get(_TOLD, ("", frozenset()))
    if person != viewer.person_id:
        person, known = viewer.person_id, told(register, viewer)
    here = viewer.person_id, page
    if page not in known:
        known |= {page}
        tell(register, viewer, [page], now(warehouse))
        st.session_state[_SHOWN] = here
    elif st.session_state.get(_SHOWN) not in (here, None):
        del st.session_state[_SHOWN]
    st.session_state[_TOLD] = person, known
    entry = next(iter(pages({page: paths.RIGHTS[page]})), None)
    if st.session_state.get(_SHOWN) != here or entry is None:
        return
    href = in_html(way.href(paths.HELP, way.address({"entry": entry.id})))
    with st.container(key="hint", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(f'<strong>第一次来</strong>　{in_html(entry.hint)}　<a href="{href}">看说明</a>', width="stretch")
        st.button("知道了", key="hint_close", type="tertiary", on_click=_close)


def _close() -> None:
    st.session_state.pop(_SHOWN, None)
