"""One object that an address names: its row, the line in the log, its head, what it comes of; the way to the form that
makes a new one."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from lib.access import NotVisible, Viewer
from lib.casework import audit
from lib.casework.objects import KINDS
from lib.casework.store.register import Register
from lib.insight.wording import NONE
from lib.ui import message, paths
from lib.ui.browser import way
from lib.ui.record import timeline
from lib.ui.verbatim import in_html, verbatim
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse


def row_of(rows: pd.DataFrame, kind: str, object_id: str) -> pd.Series:
    """The row of an object among those in sight; the page is stopped when it is not there."""
    found = rows[rows[KINDS[kind].key] == object_id]
    if found.empty:
        message.stop(NotVisible())
    return found.iloc[0]


def opened(
    register: Register, warehouse: Warehouse, viewer: Viewer, rows: pd.DataFrame, kind: str, object_id: str
) -> pd.Series:
    """The same, the look at it logged when the page shows it for the first time since it was entered."""
    row = row_of(rows, kind, object_id)
    if timeline.is_opening(object_id):
        audit.log(register, viewer, "view", kind, object_id, at=now(warehouse))
    return row


def form_link(viewer: Viewer, action: str, kind: str, page: str, label: str, query: way.Query) -> None:
    """To the form that makes an object of a kind, for those who may."""
    if viewer.may(action, kind):
        st.page_link(page, label=label, icon=":material/add_circle:", query_params=way.address(query), width="content")


def heading(row: pd.Series) -> None:
    """What the object is called, and where it stands."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"#### {verbatim(row['title'])}", anchors=False, width="content")
        st.badge(row["state"], color="gray")


def source_link(viewer: Viewer, row: pd.Series, names: Mapping[str, str]) -> None:
    """To what the object was made from (`origin`, `source_id`; names of the kinds), for whoever may see that."""
    kind = KINDS.get(str(row["origin"]))
    if kind is None or kind.page is None or pd.isna(row["source_id"]) or not viewer.may("view", kind.name):
        return
    path, parameter = kind.page
    st.page_link(
        paths.BY_URL[path].file,
        label=f"来源{names[kind.name]}",
        icon=":material/flag:",
        query_params=way.address({parameter: str(row["source_id"])}),
        width="content",
    )


def along(names: Sequence[str], days: Mapping[str, str], here: int | None, timing: str) -> str:
    """Steps from left to right as HTML: those with a day are done, the one `here` is in hand with its deadline; the
    others are to come, or never (`here` None: nothing runs)."""
    told = []
    for place, name in enumerate(names):
        if name in days:
            mark, about, kind = "✓", days[name], "done"
        elif place == here:
            mark, about, kind = str(place + 1), timing, "now"
        else:
            mark, about, kind = str(place + 1), NONE if here is None else "未开始", "ahead"
        told.append(
            f'<div class="{kind}"><i>{mark}</i><b>{in_html(name)}</b><span class="told">{in_html(about)}</span></div>'
        )
    return f'<div class="along">{"".join(told)}</div>'
