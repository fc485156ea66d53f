"""What came of a record, each a link; before it is closed, what of that is still open."""

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework.objects import KINDS
from lib.casework.reading.following import following
from lib.casework.steps import Step
from lib.casework.store.register import Register
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.kept import kept
from lib.ui.paths import BY_URL
from lib.ui.record.form import Record
from lib.ui.state import Key, key
from lib.ui.verbatim import verbatim
from lib.warehouse.store import Warehouse


@kept(256)
def _following(
    _register: Register, _warehouse: Warehouse, _viewer: Viewer, object_type: str, object_id: str, state: Key
) -> pd.DataFrame:
    return following(_register, _viewer, _warehouse, object_type, object_id)


def _came(register: Register, warehouse: Warehouse, viewer: Viewer, object_type: str, object_id: str) -> pd.DataFrame:
    """See lib.casework.reading.following; found anew when anything was recorded."""
    return _following(register, warehouse, viewer, object_type, object_id, key(register, warehouse, viewer))


def came_of_it(register: Register, warehouse: Warehouse, viewer: Viewer, object_type: str, object_id: str) -> None:
    """A card of what came of a record; nothing where nothing did."""
    found = _came(register, warehouse, viewer, object_type, object_id)
    if found.empty:
        return
    with card("following"):
        st.markdown("**由此办理**" + ("" if found["open"].any() else "，都已办结"))
        for one in found.to_dict("records"):
            page = KINDS[one["kind"]].page
            assert page is not None
            url, parameter = page
            st.page_link(
                BY_URL[url].file,
                label=verbatim(f"{one['kind_name']} {one['number']} · {one['state']} · {one['title']}"),
                query_params=way.onward({parameter: str(one["object_id"])}),
            )


def before_closing(record: Record, step: Step) -> None:
    """With a step that ends the record: what came of it and is still open, which goes on all the same."""
    if step.target is None or step.target in record.workflow.usual:
        return
    kind = record.workflow.object_type
    found = _came(record.register, record.warehouse, record.viewer, kind, record.object_id)
    still = found[found["open"]]
    if len(still):
        told = "、".join(f"{one['kind_name']} {one['number']}（{one['state']}）" for one in still.to_dict("records"))
        st.caption(
            f"由此办理的还有 {len(still)} 项没有办结：{verbatim(told)}。{step.name}后它们照常办理，不会随之关闭。"
        )
