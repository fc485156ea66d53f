"""A task that a light raised: which indicator, month and value, what comes next, what has been done."""

import streamlit as st

from lib.access import NotVisible, Viewer
from lib.casework.lists.states import OPEN
from lib.casework.lists.steps import TASK
from lib.casework.reading.visible import objects
from lib.casework.store.register import Register
from lib.insight.wording import moment
from lib.ui import message, paths
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.library.lists.figures import INDICATOR_KEY, MONTH_KEY
from lib.ui.record import timeline
from lib.ui.record.form import Record
from lib.ui.record.panel import steps_panel
from lib.ui.verbatim import verbatim
from lib.warehouse.store import Warehouse

TURNED_KEY = "turned"


def task(register: Register, warehouse: Warehouse, viewer: Viewer, task_id: str) -> None:
    """One task as the viewer may see it."""
    found = objects(register, viewer, warehouse, "list_task")
    found = found[found["task_id"].eq(task_id)]
    if found.empty:
        message.stop(NotVisible())
    row = found.iloc[0]
    state, month = str(row["state"]), f"{row['month']:%Y-%m}"
    with card("list-task"):
        st.markdown(f"**{verbatim(row['title'])}** · {state}")
        st.caption(f"{moment(row['state_at'])} {state}")
        query = way.address({INDICATOR_KEY: str(row["indicator_id"]), MONTH_KEY: month})
        st.page_link(paths.LISTS, label=f"指标 {row['indicator_id']}　{month}", query_params=query, width="content")
        record = Record(register, warehouse, viewer, TASK, task_id, state, int(row["last_seq"]))
        steps = TASK.possible(viewer, state)
        steps_panel(record, steps, "" if steps or state != OPEN else "由清单的派驻组办结。")
    with card("list-task-events"):
        events = timeline.events(register, warehouse, viewer, TASK, task_id)
        timeline.timeline(register, warehouse, viewer, TASK, task_id, events)
