"""What pages read, computed once per state of the data, the casework, the viewer and the clock."""

from datetime import datetime
from functools import partial

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework.deadlines import calendar
from lib.casework.reading.snapshot import Head, snapshot
from lib.casework.reading.visible import current
from lib.casework.store.register import Register
from lib.insight.clues.rates import clue_list
from lib.insight.figure import Casework
from lib.insight.ranking.officers import compared_warnings
from lib.insight.warnings import kpi
from lib.insight.warnings.listing import warning_list
from lib.rules.levels import SPOT_CHECK
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

_CLOCK_MINUTES = 5


def generation_key(warehouse: Warehouse) -> tuple[str, int]:
    """Which state of the data is open."""
    return str(warehouse.generation.path), warehouse.generation.number


def state_of(register: Register, warehouse: Warehouse, viewer: Viewer) -> tuple:
    """The cache key of all that depends on data, casework, viewer and the clock (to five minutes)."""
    at = now(warehouse)
    held = snapshot(register, warehouse).revision
    return (str(warehouse.generation.path), register.url, held, viewer.scope_key, at.date(), at.hour, at.minute // 5)


def casework(register: Register, warehouse: Warehouse, viewer: Viewer) -> Casework:
    """What the viewer's figures are taken from."""
    return _casework(register, warehouse, viewer, state_of(register, warehouse, viewer))


@st.cache_resource(show_spinner=False, max_entries=64)
def _casework(_register: Register, _warehouse: Warehouse, _viewer: Viewer, state: tuple) -> Casework:
    held = current(_register, _warehouse)
    both = visible_warnings(_register, _warehouse, _viewer, spot_checks=True)
    return Casework(
        visible_warnings(_register, _warehouse, _viewer), clue_list(_register, _warehouse, _viewer),
        kpi.false_alarms(held.event), calendar(_warehouse), now(_warehouse), held.event["at"].min(),
        both[both["level"].eq(SPOT_CHECK)], partial(compared_warnings, _register, _warehouse),
    )  # fmt: skip


@st.cache_resource(show_spinner=False, max_entries=64)
def _cached(
    _register: Register, _warehouse: Warehouse, _viewer: Viewer, url: str, generation: tuple, head: Head,
    scope: tuple, at: datetime, spot_checks: bool,
) -> pd.DataFrame:  # fmt: skip
    return warning_list(_register, _warehouse, _viewer, at, spot_checks)


def visible_warnings(
    register: Register, warehouse: Warehouse, viewer: Viewer, spot_checks: bool = False
) -> pd.DataFrame:
    """The viewer's warning list, recomputed when anything was recorded and every few minutes; never change it.

    With `spot_checks` also the subjects drawn by chance.
    """
    at = now(warehouse)
    at = at.replace(minute=at.minute // _CLOCK_MINUTES * _CLOCK_MINUTES, second=0, microsecond=0)
    head = snapshot(register, warehouse).head
    return _cached(
        register, warehouse, viewer, register.url, generation_key(warehouse), head, viewer.scope_key, at, spot_checks
    )
