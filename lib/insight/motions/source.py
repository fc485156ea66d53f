"""What a motion is proposed about, and what was still open when it is reported."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from lib.access import Viewer, under
from lib.access.scope import visible
from lib.casework.motions.states import BY_HAND, ORIGINS
from lib.casework.reading.visible import objects
from lib.casework.store.register import Register
from lib.casework.warnings.states import OPEN_STATES
from lib.insight.warnings.listing import warning_list
from lib.warehouse.store import Warehouse

_UNITS = "select org_id, org_name, area_code, domain_code from org order by org_name"
_KEYS = {"warning": "warning_id", "clue": "clue_id"}


@under("propose", "motion")
def recipients(warehouse: Warehouse, viewer: Viewer) -> pd.DataFrame:
    """The units to whose secretary a viewer may make a motion: org_id, org_name, area_code, domain_code, by name."""
    return visible(viewer, warehouse.query(_UNITS)).reset_index(drop=True)


@under("propose", "motion")
def begins(
    register: Register, warehouse: Warehouse, viewer: Viewer, origin: str, source_id: str | None
) -> dict[str, Any] | None:
    """What the fields of a proposal hold at first, by their names; None for a source that the viewer does not see."""
    if origin not in ORIGINS or (origin == BY_HAND) != (source_id is None):
        return None
    if source_id is None:
        return {}
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
    """Where the warning or clue stands that a motion comes from; empty when it ended, is hidden or there is none."""
    origin = str(row["origin"])
    if origin not in _KEYS or not viewer.may("view", origin):
        return ""
    frame = objects(register, viewer, warehouse, origin)
    states = frame.loc[frame[_KEYS[origin]].eq(row["source_id"]), "state"]
    ended = states.empty or (states.iloc[0] not in OPEN_STATES if origin == "warning" else states.iloc[0] == "归档")
    return "" if ended else str(states.iloc[0])
