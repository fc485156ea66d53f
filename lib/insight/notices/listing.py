"""The supervision notices a viewer may see, as the screens show them."""

from datetime import datetime

import pandas as pd

from lib.access import Viewer, under
from lib.casework import deadlines
from lib.casework.notices.next_step import waits_for
from lib.casework.notices.states import ANSWERED, CLOSED, DRAFTED, ENDED, RETURNED, REVIEWED, SIGNED, WITH_UNIT
from lib.casework.reading.visible import objects
from lib.casework.store.register import Register
from lib.insight.due import most_pressing, with_due
from lib.insight.parts import counts
from lib.insight.warnings.names import CITY_ITSELF, places
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

# Which notices a list shows: title, column of the list that says so.
PARTS = {
    "open": ("在办", "open"),
    "returned": ("退回修改", "returned"),
    "to_review": ("待审核", "to_review"),
    "to_sign": ("待签发", "to_sign"),
    "to_deliver": ("待送达", "to_deliver"),
    "with_unit": ("单位整改中", "with_unit"),
    "to_recheck": ("待复核", "to_recheck"),
    "escalated": ("已升级", "escalated"),
    "closed": ("已销号", "closed"),
    "all": ("全部", ""),
}
_STATES = {
    "returned": {RETURNED},
    "to_review": {DRAFTED},
    "to_sign": {REVIEWED},
    "to_deliver": {SIGNED},
    "with_unit": set(WITH_UNIT),
    "to_recheck": {ANSWERED},
    "closed": {CLOSED},
}


@under("view", "notice")
def notice_list(register: Register, warehouse: Warehouse, viewer: Viewer, at: datetime | None = None) -> pd.DataFrame:
    """The visible notices as they stand at `at` (the warehouse's clock unless given): what is late first, then by
    deadline, those that ended last, the newest first.

    All columns of lib.casework's notices, and: org_name, area_label, county_name, signed_on (date or None), open,
    returned, to_review, to_sign, to_deliver, with_unit, to_recheck, closed, the columns of lib.insight.due
    (the timing of what is late says when it was sent up), escalated (sent up and still open), waits (with whom it lies,
    empty when it ended).
    """
    at = at or now(warehouse)
    frame = objects(register, viewer, warehouse, "notice")
    orgs, areas = places(warehouse)
    frame = frame.merge(orgs[["org_id", "org_name"]], on="org_id", how="left")
    frame = frame.merge(areas[["area_code", "area_label", "county_name"]], on="area_code", how="left")
    frame["county_name"] = frame["county_name"].fillna(CITY_ITSELF)
    frame["area_label"] = frame["area_label"].fillna(frame["county_name"])
    frame["org_name"] = frame["org_name"].fillna("")
    frame["signed_on"] = [None if pd.isna(moment) else moment.date() for moment in frame["signed_at"]]
    frame["open"] = ~frame["state"].isin(ENDED)
    for column, states in _STATES.items():
        frame[column] = frame["state"].isin(states)
    frame = with_due(frame.assign(due_at=frame["due_at"].where(frame["open"])), at, deadlines.calendar(warehouse))
    frame["escalated"] = frame["open"] & pd.to_datetime(frame["escalated_at"]).notna()
    names = frame["drafter_name"].fillna("")
    frame["waits"] = [
        waits_for(state, unit, name) for state, unit, name in zip(frame["state"], frame["org_name"], names, strict=True)
    ]
    late = frame["overdue"] & frame["escalated"]
    frame["timing"] = frame["timing"].mask(late, frame["timing"] + " · 已升级")
    return most_pressing(frame, "notice_id", ~frame["open"])


def counts_shown(frame: pd.DataFrame) -> dict[str, int]:
    """How many each of PARTS has, those without any left out; what is open and all always stand."""
    return {part: count for part, count in counts(frame, PARTS).items() if count or part in ("open", "all")}
