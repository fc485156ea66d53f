"""The page frame: title left; cut-off, scope, synthetic-city mark and classification right."""

import streamlit as st

from lib.access import Viewer
from lib.access.personas import domain_names
from lib.ui import session
from lib.warehouse.store import Warehouse

CLASSIFICATION = "内部资料"


def scope_text(warehouse: Warehouse, viewer: Viewer) -> str:
    """The viewer's scope in words."""
    if viewer.area_code is not None:
        name = warehouse.query("select area_name from area where area_code = $code", {"code": viewer.area_code})
        return str(name.iloc[0, 0]) if len(name) else viewer.area_code
    if viewer.domains is not None:
        names = domain_names()
        return "全市·" + "、".join(names[code] for code in sorted(viewer.domains))
    return "全市"


def header(title: str, warehouse: Warehouse, viewer: Viewer) -> None:
    """One line above every page; on a synthetic city it holds the persona switch."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"## {title}", width="content")
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            st.caption(f"数据截至 {warehouse.as_of:%Y-%m-%d}", width="content")
            st.caption(f"范围 {scope_text(warehouse, viewer)}", width="content")
            if warehouse.synthetic:
                st.badge("合成城市", icon=":material/science:", color="blue")
            st.badge(CLASSIFICATION, color="gray")
            with st.container(width=220):
                session.persona_select(warehouse, viewer)
