"""The frame of every page: the bar with organ, system, cut-off, scope and classification; the title under it."""

import streamlit as st

from lib.access import Viewer
from lib.access.policy import policy
from lib.access.scope import of_unit
from lib.catalog.lists import domain_names
from lib.errors import UserError
from lib.insight.figure import Asked
from lib.insight.warnings.names import places
from lib.ui import figure, message, paths
from lib.ui.access import gate, looking, session
from lib.ui.browser import way
from lib.ui.browser.look import look
from lib.ui.paths import WORKBENCH
from lib.ui.verbatim import verbatim
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
    if of_unit(viewer):
        return places(warehouse)[0].set_index("org_id")["org_name"].get(viewer.org_id, str(viewer.org_id))
    return policy().scopes[policy().roles[viewer.role].scope]


def header(title: str, warehouse: Warehouse, viewer: Viewer) -> None:
    """The bar and the page's title; on a synthetic city the bar holds the persona switch."""
    look()
    with st.container(key="bar", horizontal=True, vertical_alignment="center", width="content", gap="small"):
        st.caption(f"数据截至 {warehouse.as_of:%Y-%m-%d} · {verbatim(scope_text(warehouse, viewer))}", width="content")
        if gate.opens(viewer, WORKBENCH):
            waiting = Asked("open")
            count = len(figure.ids(session.register(), warehouse, viewer, waiting))
            figure.link(count, waiting, "待处置", about="您的范围内尚未办结的预警。")
        about = figure.anchor("帮助", (paths.HELP, _about_here()), "这一页的说明和口径。")
        st.html(figure.line(about), width="content")
        if warehouse.synthetic:
            st.badge("合成城市", icon=":material/science:", color="blue")
        st.badge(CLASSIFICATION, color="gray")
        if (trainee := looking.trainee()) is not None:
            session.seat(trainee)
        elif warehouse.synthetic:
            with st.container(width=190):
                session.persona_select(warehouse, viewer)
        else:
            session.identity(viewer)
    if warehouse.generation.fallen:
        message.problem(UserError(f"{warehouse.generation.fallen}。", "请告诉系统管理员运行 generations --repair。"))
    with st.container(key="title", width="content"):
        st.markdown(f"### {title}", width="content", anchors=False)


def _about_here() -> dict[str, str | list[str]]:
    """The entry of the page shown; the manual's contents on its own page."""
    page = way.page()
    return {} if page == paths.BY_FILE[paths.HELP].url_path else {"entry": page}
