"""What the page of the supervision lists is asked for in its address, and the figures it shows, kept."""

from datetime import date, datetime

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.access.scope import sees_area
from lib.casework.store.register import Register
from lib.insight.library.board import EVERYWHERE, UNTOLD, Place, months, names, usual
from lib.insight.library.indicators import COUNTY, MONTH_FIGURE, TOWN, Standing, figures_of, standings
from lib.insight.library.lights import LIGHTS
from lib.rules.indicators import Indicator
from lib.ui import figure, paths
from lib.ui.kept import kept
from lib.ui.state import Key, key
from lib.ui.verbatim import in_html
from lib.warehouse.store import Warehouse

INDICATOR_KEY, MONTH_KEY = "indicator", "month"
LIST_KEY, LIGHT_KEY, PLACE_KEY, LEVEL_KEY = "li_list", "li_light", "li_place", "li_level"
ROWS_KEY, ROW_KEY = "li_rows", "li_row"
EVERY = "全部"


@kept(64)
def _figures(
    _register: Register,
    _warehouse: Warehouse,
    _viewer: Viewer,
    ids: tuple[str, ...],
    levels: tuple[str, ...],
    state: Key,
) -> pd.DataFrame:
    return figures_of(_register, _warehouse, _viewer, ids, levels)


def figures(
    register: Register, warehouse: Warehouse, viewer: Viewer, ids: tuple[str, ...], levels: tuple[str, ...]
) -> pd.DataFrame:
    """The rows of lib.insight.library.indicators of some indicators on some levels; never change them."""
    return _figures(register, warehouse, viewer, ids, levels, key(register, warehouse, viewer))


@kept(32)
def _standings(_register: Register, _warehouse: Warehouse, _viewer: Viewer, state: Key) -> dict[str, Standing]:
    return standings(_register, _warehouse, _viewer)


def at_fault(register: Register, warehouse: Warehouse, viewer: Viewer) -> dict[str, Standing]:
    """Why an indicator has a word in place of its values, by its id."""
    return _standings(register, warehouse, viewer, key(register, warehouse, viewer))


@kept(32)
def _names(_warehouse: Warehouse, _viewer: Viewer, state: Key) -> dict[str, dict[str, str]]:
    return names(_warehouse, _viewer)


def named(warehouse: Warehouse, viewer: Viewer) -> dict[str, dict[str, str]]:
    """The names of places and units by level and code."""
    return _names(warehouse, viewer, key(None, warehouse, viewer, clock=False))


def month_choice(warehouse: Warehouse) -> str:
    """The month chosen in the address; the last whole one at first, the present one said to be so far."""
    offered, first = months(warehouse.as_of), usual(warehouse.as_of)
    asked = st.selectbox(
        "月份",
        offered,
        index=offered.index(first),
        key=MONTH_KEY,
        bind="query-params",
        label_visibility="collapsed",
        width=120,
    )
    found = asked if asked in offered else first
    if found > first:
        st.caption(f"截至 {warehouse.as_of:%Y-%m-%d}，未满月", width="content")
    return found


def place_choice(warehouse: Warehouse, viewer: Viewer) -> Place:
    """A county or town of the viewer's scope chosen in the address, by its name; all of it at first."""
    held = named(warehouse, viewer)
    offered = {EVERY: EVERYWHERE}
    for level in (COUNTY, TOWN):
        inside = {code: name for code, name in held[level].items() if sees_area(viewer, code)}
        if len(inside) > 1:
            offered |= {name: Place(level, code, name) for code, name in sorted(inside.items())}
    asked = st.selectbox(
        "区域", list(offered), key=PLACE_KEY, bind="query-params", label_visibility="collapsed", width=190
    )
    return offered.get(str(asked), EVERYWHERE)


def opening(indicator: Indicator, month: str, place: Place = EVERYWHERE) -> figure.Opening:
    """The page of one indicator."""
    where = {PLACE_KEY: place.name} if place != EVERYWHERE else {}
    return paths.LISTS, {INDICATOR_KEY: indicator.id, MONTH_KEY: month} | where


def rows_opening(
    indicator_id: str, month: str, part: str, level: str, code: str, of: str = MONTH_FIGURE
) -> figure.Opening:
    """The rows that a part of a figure counts."""
    return paths.LISTS, {INDICATOR_KEY: indicator_id, MONTH_KEY: month, ROWS_KEY: f"{part}.{of}.{level}.{code}"}


def lit(text: str) -> str:
    """A light as HTML: its shape and word on its shade; a dash without one."""
    light = LIGHTS.get(text)
    if light is None:
        return f'<span class="told">{in_html(text or UNTOLD)}</span>'
    return f'<span class="light shade-{light.shade}">{light.text}</span>'


def first_day(month: str) -> date:
    """The first day of a month written as 2022-09."""
    return datetime.strptime(month, "%Y-%m").date()
