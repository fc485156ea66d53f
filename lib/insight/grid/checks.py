"""The field checks a viewer may see, as the screens show them."""

from datetime import datetime

import pandas as pd

from lib.access import Viewer, under
from lib.casework import deadlines
from lib.casework.grid.next_step import waits_for
from lib.casework.grid.states import CHECKED, CLOSED, FED_BACK, OPEN_STATES, REDONE, REOPENED, SENT
from lib.casework.reading.visible import objects
from lib.casework.store.register import Register
from lib.insight.due import most_pressing, with_due
from lib.insight.names import officer_labels, officer_names
from lib.insight.rules.precision import HIT_TRUE, HIT_UNTRUE, MISSED, UNMISSED, checked_on_site
from lib.insight.warnings.names import CITY_ITSELF, places
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

# Which checks a list shows: title, column of the list that says so. Those that the board tells.
ON_BOARD = {
    "open": ("在办", "open"),
    "to_check": ("待核查", "to_check"),
    "to_close": ("待反馈办结", "to_close"),
    "reopened": ("重新打开", "with_unit"),
    "closed": ("办结", "closed"),
    "all": ("全部", ""),
}
# What the model hit stands with the model.
PARTS = ON_BOARD | {
    HIT_TRUE: ("M16 命中、核查有问题", HIT_TRUE),
    HIT_UNTRUE: ("M16 命中、核查没有问题", HIT_UNTRUE),
    MISSED: ("M16 未命中、核查有问题", MISSED),
    UNMISSED: ("M16 未命中、核查没有问题", UNMISSED),
}
_STATES = {"to_check": {SENT, REDONE}, "to_close": {CHECKED, FED_BACK}, "with_unit": {REOPENED}, "closed": {CLOSED}}


@under("view", "grid_check")
def check_list(register: Register, warehouse: Warehouse, viewer: Viewer, at: datetime | None = None) -> pd.DataFrame:
    """The visible checks as they stand at `at` (the warehouse's clock unless given): what is late first, then by
    deadline, those that ended last.

    All columns of lib.casework's checks, and: org_name, area_label, officer_label (masked), open, to_check, to_close,
    with_unit, closed, the columns of lib.insight.due, waits (with whom it lies, empty when it ended), and
    what the check says of M16: one of hit_true, hit_untrue, missed, unmissed true where it says anything.
    """
    at = at or now(warehouse)
    frame = objects(register, viewer, warehouse, "grid_check")
    orgs, areas = places(warehouse)
    frame["org_name"] = frame["org_id"].map(orgs.set_index("org_id")["org_name"]).astype("object").fillna("")
    frame["area_label"] = frame["area_code"].map(areas.set_index("area_code")["area_label"]).astype("object")
    frame["area_label"] = frame["area_label"].fillna(CITY_ITSELF)
    frame["officer_label"] = officer_labels(officer_names(warehouse), frame["officer_id"].astype("object"))
    frame["open"] = frame["state"].isin(OPEN_STATES)
    for column, states in _STATES.items():
        frame[column] = frame["state"].isin(states)
    told = checked_on_site(register, viewer, warehouse) if viewer.may("view", "grid") else pd.Series(dtype="object")
    said = frame["check_id"].map(told)
    for part in (HIT_TRUE, HIT_UNTRUE, MISSED, UNMISSED):
        frame[part] = said.eq(part).fillna(False).astype(bool)
    frame["waits"] = [waits_for(state, unit) for state, unit in zip(frame["state"], frame["org_name"], strict=True)]
    frame = with_due(frame, at, deadlines.calendar(warehouse))
    return most_pressing(frame, "check_id", ~frame["open"])
