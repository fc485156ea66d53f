"""One motion: what it is about, its five steps in a line, what comes next, what has been done."""

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework.motions.states import ORIGINS
from lib.casework.motions.steps import MOTION, ON
from lib.casework.store.register import Register
from lib.insight.motions.listing import STEPS
from lib.insight.wording import NONE, day, moment, plain
from lib.ui.card import card
from lib.ui.motions import fields
from lib.ui.record import timeline
from lib.ui.record.opening import along, heading, source_link
from lib.ui.verbatim import verbatim
from lib.warehouse.store import Warehouse


def one_motion(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series) -> None:
    """One motion as the viewer may see it."""
    events = timeline.events(register, warehouse, viewer, MOTION, str(row["motion_id"]))
    with card("motion-way"):
        st.html(_along(row, events))
    left, right = st.columns([1, 1.35], gap="medium")
    with left, card("motion-facts"):
        heading(row)
        st.caption(f"动议 {row['number']} · {verbatim(row['org_name'])} · {row['origin_zh']}")
        st.table({title: verbatim(value) for title, value in _facts(row).items()}, border="horizontal")
        source_link(viewer, row, ORIGINS)
    with right:
        with card("motion-steps"):
            st.markdown("**办理**")
            fields.panel(register, warehouse, viewer, row, events)
        with card("motion-events"):
            timeline.timeline(register, warehouse, viewer, MOTION, str(row["motion_id"]), events)


def _along(row: pd.Series, events: pd.DataFrame) -> str:
    """The five steps from left to right: done with the day it took place, in hand with its deadline, or to come."""
    days = {
        MOTION.steps[action].name: payload[ON]
        for action, payload in zip(events["action"], events["payload"], strict=True)
        if action in MOTION.steps and ON in payload
    }
    return along(STEPS, days, int(row["done"]) if row["open"] else None, row["timing"])


def _facts(row: pd.Series) -> dict[str, str]:
    facts = {
        "送": f"{row['org_name']}党委（党组）书记 {row['recipient']}",
        "区域": row["area_label"],
        "提议": f"{moment(row['opened_at'])}，{plain(row['handler_name'])}",
        "期限": row["timing"],
        "延期": f"{row['extended']} 个工作日" if row["extended"] else NONE,
        "暂停": f"{row['paused']} 个工作日" if row["paused"] else NONE,
        "在谁手里": row["waits"] or NONE,
        "了结": day(row["state_at"]) if row["closed"] else NONE,
    }
    return {title: value for title, value in facts.items() if value != NONE}
