"""The list a warning was opened from: the one before, the next, and what was told about the last."""

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework.store.register import Register
from lib.casework.warnings.steps import WARNING
from lib.insight.figure import asked_in
from lib.insight.warnings.filter import WarningFilter
from lib.insight.warnings.order import AS_WORK, ORDERS, in_order
from lib.ui import figure, paths
from lib.ui.browser import way
from lib.ui.record import outcome
from lib.warehouse.store import Warehouse

TOLD = "worklist_told"
_HERE = "worklist"


def listed(register: Register, warehouse: Warehouse, viewer: Viewer, frame: pd.DataFrame, warning_id: str) -> list[str]:
    """The numbers of the list one came from; empty when the warning was opened by itself.

    A session that has not seen the list (after a reload) makes it anew from the address of the workbench.
    """
    ids = way.listed()
    path, values_of = way.asked_there()
    if ids is None and way.came_from() and way.file_of(path) == paths.WORKBENCH:
        asked = asked_in(values_of)
        rows = figure.narrowed(register, warehouse, viewer, frame, "warning_id", asked)
        rows = WarningFilter.from_query(values_of, viewer.person_id).apply(rows)
        order = "".join(values_of("w_order"))
        ids = in_order(rows, order if order in ORDERS else AS_WORK)["warning_id"].tolist()
    st.session_state[_HERE] = ids = ids or []
    return ids


def next_of(warning_id: str) -> str | None:
    """The number after this one in the list one came from; the first when this one is no longer in it."""
    ids: list[str] = st.session_state.get(_HERE, [])
    rest = ids[ids.index(warning_id) + 1 :] if warning_id in ids else ids
    return next(iter(rest), None)


def bar(ids: list[str], warning_id: str) -> None:
    """The way back, the place in the list, the one before and the next."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        way.back("workbench")
        if warning_id not in ids:
            return
        place = ids.index(warning_id)
        st.space("stretch")
        if place:
            _link("上一条", ids[place - 1], ":material/chevron_left:")
        st.caption(f"第 {place + 1} 条，共 {len(ids)} 条", width="content")
        if place + 1 < len(ids):
            _link("下一条", ids[place + 1], ":material/chevron_right:")


def _link(label: str, warning_id: str, icon: str) -> None:
    query = way.onward({"id": warning_id})
    st.page_link(paths.WARNING, label=label, icon=icon, query_params=query, width="content")


def told(warning_id: str) -> None:
    """What came of the step on the warning before this one, once."""
    if TOLD not in st.session_state:
        return
    before, title, result = st.session_state[TOLD]
    if before == warning_id:
        return
    with st.container(key="told"):
        outcome.show(result, WARNING, True, about=title)
        st.page_link(paths.WARNING, label="回看上一条", icon=":material/undo:", query_params=way.onward({"id": before}))
