"""Adjusting the supervision lists: the versions there are, one of them with its steps, the form for a new one."""

import pandas as pd
import streamlit as st

from lib.access import NotVisible, Viewer
from lib.casework.drafts import UNREGISTERED
from lib.casework.lists.drafting import draft_version
from lib.casework.lists.in_force import indicators_in_force
from lib.casework.lists.steps import ABOUT, DRAFTING, FOCUS, FOCUS_NAME, GREEN, LIST_VERSION, RED, VERSION, is_indicator
from lib.casework.reading.visible import objects
from lib.casework.store.register import Register
from lib.insight.wording import moment
from lib.rules.indicators import read_indicators
from lib.ui import message, paths
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.record import timeline
from lib.ui.record.form import Form, Record, Wording
from lib.ui.record.outcome import Result
from lib.ui.record.panel import steps_panel
from lib.ui.verbatim import verbatim
from lib.warehouse.store import Warehouse

# In the address: what is adjusted (an indicator), a version by its number, or ANY.
ADJUST_KEY, ANY = "adjust", "any"


def adjust_link(viewer: Viewer, about: str = ANY) -> None:
    """To the versions and the form, for those who may draft or approve one."""
    if viewer.may("tune", LIST_VERSION) or viewer.may("approve", LIST_VERSION):
        query = way.address({ADJUST_KEY: about})
        st.page_link(paths.LISTS, label="调整", icon=":material/edit_note:", query_params=query, width="content")


def adjusting(register: Register, warehouse: Warehouse, viewer: Viewer, asked: str) -> None:
    """What the address asks for."""
    every = objects(register, viewer, warehouse, LIST_VERSION).sort_values("last_seq", ascending=False)
    found = every[every["version_id"].eq(asked)]
    if len(found):
        _one(register, warehouse, viewer, found.iloc[0])
        return
    held = indicators_in_force(register).get(asked)
    if held is None and asked != ANY:
        message.stop(NotVisible())
    left, right = st.columns([1.2, 1], gap="medium")
    with left, card("list-draft"):
        st.markdown("**起草清单版本**")
        if viewer.may("tune", LIST_VERSION):
            begins = {}
            if held is not None:
                begins = {ABOUT: held.id, GREEN: f"{held.green:g}", RED: f"{held.red:g}", FOCUS: held.focus}
                st.caption(verbatim(f"{held.id} {held.title}：现行{held.target}"))
            st.caption("发布前一切照旧；由起草人、提交人以外的人发布。")
            record = Record(register, warehouse, viewer, VERSION, UNREGISTERED, "", 0)
            wording = Wording(begins=begins)
            Form(record, DRAFTING, wording, lambda sent: draft_version(register, viewer, sent), then=_open).draw()
        else:
            st.caption(f"您的角色（{viewer.role_name}）审批清单版本，不起草。")
    with right, card("list-versions"):
        st.markdown("**清单版本**")
        if every.empty:
            message.nothing("还没有调整过", "各清单和指标与交付时相同。")
        for row in every.to_dict("records"):
            label = verbatim(f"{_title(row)} · {row['state']} · {moment(row['state_at'])}")
            st.page_link(paths.LISTS, label=label, query_params=way.onward({ADJUST_KEY: row["version_id"]}))


def _title(row: dict) -> str:
    if is_indicator(row[ABOUT]):
        held = read_indicators().get(row[ABOUT])
        name = "" if held is None else f"{held.title}："
        return f"{row[ABOUT]} {name}达标 {row[GREEN]}，未达标 {row[RED]}，重点 {row[FOCUS]}"
    return f"{row[ABOUT]} 重点 {row[FOCUS]} {row[FOCUS_NAME]}"


def _one(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series) -> None:
    version_id, state = str(row["version_id"]), str(row["state"])
    record = Record(register, warehouse, viewer, VERSION, version_id, state, int(row["last_seq"]))
    with card("list-version"):
        st.markdown(f"**{verbatim(_title(row.to_dict()))}** · {state}")
        steps = VERSION.possible(viewer, state)
        line = "" if steps else f"您的角色（{viewer.role_name}）在这一步不办理。"
        steps_panel(record, steps, line, usual=False)
    with card("list-version-events"):
        events = timeline.events(register, warehouse, viewer, VERSION, version_id)
        timeline.timeline(register, warehouse, viewer, VERSION, version_id, events)


def _open(result: Result) -> None:
    way.go(paths.LISTS, way.onward({ADJUST_KEY: str(result.created)}))
