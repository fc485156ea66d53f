"""The saved views of the workbench: a link each above the filters, and the way to save and delete one's own."""

import streamlit as st

from lib.access import Viewer
from lib.casework.store.register import Register
from lib.casework.work.views import drop_view, save_view
from lib.errors import UserError
from lib.insight.warnings.filter import WarningFilter
from lib.insight.warnings.views import Offered
from lib.ui import figure, message, paths
from lib.ui.browser import way
from lib.ui.verbatim import in_html, verbatim
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

_NAME, _SHARED, _REFUSED = "view_name", "view_shared", "view_refused"


def row(found: list[Offered]) -> None:
    """The views on offer, each a link; nothing without any."""
    refused = st.session_state.pop(_REFUSED, None)
    if refused is not None:
        message.problem(refused)
    if not found:
        return
    links = [
        f'<a href="{in_html(way.href(paths.WORKBENCH, way.onward(one.query)))}">{in_html(one.name)}</a>'
        for one in found
    ]
    st.html(figure.line('<span class="told">视图</span>', *links))


def saving(
    register: Register, warehouse: Warehouse, viewer: Viewer, found: list[Offered], chosen: WarningFilter, order: str
) -> None:
    """The present filters under a name, and one's own views to be deleted."""
    with st.popover("保存视图", icon=":material/bookmark_add:"):
        st.caption(f"当前筛选：{verbatim(chosen.words())}")
        st.text_input("名称", key=_NAME, max_chars=20, placeholder="例如：红色未签收")
        st.toggle("共享", key=_SHARED, help="别人只看到其权限范围内的；带搜索词的不能共享。")
        keep = (register, warehouse, viewer, chosen, order)
        st.button("保存", key="view_save", type="primary", on_click=_save, args=keep)
        for one in found:
            if one.own:
                name = f"删除「{verbatim(one.name)}」"
                drop = (register, viewer, one.view_id)
                st.button(name, key=f"view_{one.view_id}", type="tertiary", on_click=drop_view, args=drop)


def _save(register: Register, warehouse: Warehouse, viewer: Viewer, chosen: WarningFilter, order: str) -> None:
    name, shared = st.session_state.get(_NAME) or "", bool(st.session_state.get(_SHARED))
    held = {key: [value] if isinstance(value, str) else value for key, value in chosen.query().items()}
    try:
        if shared and chosen.text:
            raise UserError("带搜索词的视图不能共享，搜索词里可能有姓名。", "请清除搜索词，或不共享。")
        save_view(register, viewer, name, {**held, "w_order": [order]}, shared, now(warehouse))
    except UserError as error:
        st.session_state[_REFUSED] = error
        return
    st.session_state[_NAME], st.session_state[_SHARED] = "", False
