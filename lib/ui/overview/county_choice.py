"""The county that the leaders' page is narrowed to: chosen on its map, kept in the address."""

from typing import NamedTuple

import streamlit as st

from lib.access import Viewer
from lib.access.scope import sees_area
from lib.insight.figure import Query
from lib.insight.map.outlines import Shapes
from lib.ui.figure import address
from lib.ui.map.card import SELECTION

MAP = "card"
_COUNTY = "county"


class County(NamedTuple):
    """A county by code and name; both empty for all that the viewer sees."""

    code: str = ""
    name: str = ""


def chosen(viewer: Viewer, shapes: Shapes) -> County:
    """The county in the address, when it is one of the viewer's several; otherwise all."""
    names = {shape.name: shape.code for shape in shapes.counties if sees_area(viewer, shape.code)}
    name = st.query_params.get(_COUNTY, "")
    code = names.get(name, "") if len(names) > 1 else ""
    if name and not code:
        st.query_params.pop(_COUNTY, None)
    st.session_state[f"{_COUNTY}_names"] = {code: name for name, code in names.items()}
    return County(code, name) if code else County()


def picked() -> None:
    """The county clicked on the map is chosen; clicked again, or beside the map, all are."""
    found = st.session_state[MAP].selection.get(SELECTION, [])
    name = st.session_state[f"{_COUNTY}_names"].get(found[0][SELECTION]) if found else None
    if name is None or name == st.query_params.get(_COUNTY):
        st.query_params.pop(_COUNTY, None)
    else:
        st.query_params[_COUNTY] = name


def _all() -> None:
    st.query_params.pop(_COUNTY, None)


def whole_city(county: County) -> None:
    """The county chosen, with the way back to all."""
    if county.name:
        st.button(
            f"{county.name} ✕", key="whole_city", on_click=_all, type="primary", help="不再只看这个县（市、区）。"
        )


def on_map(county: County) -> Query:
    """The address of the map page at this county."""
    return address({_COUNTY: county.name} if county.name else {})
