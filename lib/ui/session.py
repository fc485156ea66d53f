"""Who is signed in to this session, and what it reads."""

import streamlit as st

from lib.access import Viewer
from lib.access.personas import PERSONA_TITLES, personas
from lib.casework.demo import is_building
from lib.casework.register import Register, open_register
from lib.errors import UserError
from lib.ui import message
from lib.warehouse.home import home
from lib.warehouse.store import NoWarehouse, Warehouse, open_warehouse

PERSONA_KEY = "as"


def warehouse() -> Warehouse | None:
    """The generation in force, the page stopped with a message when it is broken.

    None before the first one, and while the synthetic city and its casework are still being made.
    """
    try:
        return None if is_building(home()) else open_warehouse(home())
    except NoWarehouse:
        return None
    except UserError as error:
        message.stop(error)


def register() -> Register:
    """The casework register of this home."""
    return open_register(home())


def sign_in(warehouse: Warehouse) -> Viewer:
    """The viewer of this session; the page is stopped when nobody is signed in.

    A synthetic city offers personas. Real data needs the identity provider configured for st.login, and the
    person entered in the register.
    """
    if warehouse.synthetic:
        offered = {viewer.person_id: viewer for viewer in personas(warehouse.synthetic)}
        # A page switched to from a callback starts without the switch's value: the last viewer stays.
        held = getattr(st.session_state.get("viewer"), "person_id", None)
        chosen = st.session_state.get(PERSONA_KEY) or held or st.query_params.get(PERSONA_KEY)
        viewer = offered.get(chosen or "", next(iter(offered.values())))
        st.session_state["viewer"] = viewer
        return viewer
    viewer = _signed_in_person()
    st.session_state["viewer"] = viewer
    return viewer


def viewer() -> Viewer:
    """The viewer that app.py resolved for this rerun."""
    return st.session_state["viewer"]


def persona_select(warehouse: Warehouse, viewer: Viewer) -> None:
    """The switch between personas, kept in the address; nothing on real data."""
    if not warehouse.synthetic:
        return
    ids = [offered.person_id for offered in personas(True)]
    # Not bound: a bound list keeps its titles in the address, and links name the person_id.
    if st.query_params.get(PERSONA_KEY) != viewer.person_id:
        st.query_params[PERSONA_KEY] = viewer.person_id
    st.selectbox(
        "演示身份",
        ids,
        index=ids.index(viewer.person_id),
        format_func=lambda person_id: PERSONA_TITLES[person_id],
        key=PERSONA_KEY,
        label_visibility="collapsed",
        help="合成城市的演示身份,真实数据须统一身份认证登录。",
    )


def _signed_in_person() -> Viewer:
    if "auth" not in st.secrets:
        message.stop(
            UserError(
                "真实数据须配置统一身份认证后才能使用。",
                "请在 .streamlit/secrets.toml 的 [auth] 中配置 OIDC,并用 python -m lib person 登记人员。",
            )
        )
    if not st.user.is_logged_in:
        st.title("执法监督舱")
        st.button("统一身份认证登录", type="primary", on_click=st.login)
        st.stop()
    from lib.casework.people import person

    found = person(register(), str(st.user.get("sub") or st.user.get("email")))
    if found is None:
        message.stop(UserError("您的账号尚未登记。", "请联系系统管理员登记角色和权限范围。"))
    return found
