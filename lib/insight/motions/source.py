"""What a motion is proposed about, and what was still open when it is reported."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from lib.access import Viewer, under
from lib.access.scope import visible
from lib.casework.motions.states import BY_HAND, ORIGINS
from lib.casework.reading.visible import objects
from lib.casework.reform.states import OPEN_STATES as OPEN_TASKS
from lib.casework.store.register import Register
from lib.casework.warnings.states import OPEN_STATES
from lib.insight.library.reform import told_of
from lib.insight.names import every_unit
from lib.insight.warnings.listing import warning_list
from lib.warehouse.store import Warehouse

_OPEN = {"warning": OPEN_STATES, "reform_task": OPEN_TASKS}
_KEYS = {"warning": "warning_id", "clue": "clue_id", "reform_task": "task_id"}


@under("propose", "motion")
def recipients(warehouse: Warehouse, viewer: Viewer) -> pd.DataFrame:
    """The units to whose secretary a viewer may make a motion: org_id, org_name, area_code, domain_code, by name."""
    return visible(viewer, every_unit(warehouse)).reset_index(drop=True)


@under("propose", "motion")
def begins(
    register: Register, warehouse: Warehouse, viewer: Viewer, origin: str, source_id: str | None
) -> dict[str, Any] | None:
    """What the fields of a proposal hold at first, by their names; None for a source that the viewer does not see."""
    if origin not in ORIGINS or (origin == BY_HAND) != (source_id is None):
        return None
    if source_id is None:
        return {}
    if origin == "reform_task":
        task = told_of(register, warehouse, viewer, source_id)
        return None if task is None else {"title": task["title"][:64], "org_id": task["org_id"], "text": task["facts"]}
    frame = _sources(register, warehouse, viewer, origin)
    rows = frame[frame[_KEYS[origin]].eq(source_id)]
    if rows.empty or pd.isna(rows["org_id"].iloc[0]):
        return None
    row = rows.iloc[0]
    told = f"{row['subject']}：{row['title']}" if origin == "warning" else str(row["title"])
    return {"title": told[:64], "org_id": str(row["org_id"])}


def _sources(register: Register, warehouse: Warehouse, viewer: Viewer, origin: str) -> pd.DataFrame:
    if origin == "clue":
        return objects(register, viewer, warehouse, "clue")
    frame = warning_list(register, warehouse, viewer, spot_checks=True)
    return frame.assign(subject=frame["org_name"], title=frame["rule_title"])


@under("view", "motion")
def source_state(register: Register, warehouse: Warehouse, viewer: Viewer, row: Mapping[str, Any]) -> str:
    """Where the warning, clue or task of a motion stands; empty when it ended, is hidden or there is none."""
    origin = str(row["origin"])
    if origin not in _KEYS or not viewer.may("view", origin):
        return ""
    frame = objects(register, viewer, warehouse, origin)
    state = "".join(frame.loc[frame[_KEYS[origin]].eq(row["source_id"]), "state"])
    ended = state == "归档" if origin == "clue" else state not in _OPEN[origin]
    return "" if ended else state
