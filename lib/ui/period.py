"""The period that a page is about, chosen in the address."""

import streamlit as st

from lib.insight.period import DEFAULT_PERIOD, PERIODS, Period, period
from lib.warehouse.store import Warehouse

PERIOD_KEY = "period"


def period_choice(warehouse: Warehouse) -> Period:
    """The period selector, in the address."""
    chosen = st.segmented_control(
        "期间",
        list(PERIODS.values()),
        default=PERIODS[DEFAULT_PERIOD],
        key=PERIOD_KEY,
        bind="query-params",
        label_visibility="collapsed",
        required=True,
    )
    # An address can leave it empty all the same.
    return period(next((key for key, name in PERIODS.items() if name == chosen), DEFAULT_PERIOD), warehouse.as_of)
