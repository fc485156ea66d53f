"""The supervision notices a viewer may see, as the screens show them."""

from datetime import datetime

import numpy as np
import pandas as pd

from lib.access import Viewer, under
from lib.casework import deadlines
from lib.casework.notices.next_step import waits_for
from lib.casework.notices.states import ANSWERED, CLOSED, DRAFTED, ENDED, RETURNED, REVIEWED, SIGNED, WITH_UNIT
from lib.casework.reading.visible import objects
from lib.casework.store.register import Register
from lib.insight.warnings.names import CITY_ITSELF, places
from lib.insight.wording import NONE, day, number
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
    "soon": ("将到期", "soon"),
    "overdue": ("超期", "overdue"),
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
    returned, to_review, to_sign, to_deliver, with_unit, to_recheck, closed, soon (workdays left up to what
    data/deadlines.yaml reminds of), overdue, overdue_days (calendar days, NaN unless overdue), workdays_left (NaN when
    overdue or nothing runs), escalated (sent up and still open), waits (with whom it lies, empty when it ended),
    timing (the deadline in words).
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
    frame = _timed(frame, warehouse, at)
    names = frame["drafter_name"].fillna("")
    frame["waits"] = [
        waits_for(state, unit, name) for state, unit, name in zip(frame["state"], frame["org_name"], names, strict=True)
    ]
    frame["timing"] = [_timing(row) for row in frame.to_dict("records")]
    frame["recent"] = -frame["last_seq"]
    order = frame.assign(done=~frame["open"], late=~frame["overdue"], due=frame["due_at"].where(frame["open"]))
    order = order.sort_values(["done", "late", "due", "recent"], kind="stable", na_position="last")
    return frame.drop(columns="recent").loc[order.index].reset_index(drop=True)


def _timed(frame: pd.DataFrame, warehouse: Warehouse, at: datetime) -> pd.DataFrame:
    due = pd.to_datetime(frame["due_at"])
    frame["overdue"] = frame["open"] & due.lt(at)
    left = deadlines.calendar(warehouse).between(np.full(len(frame), np.datetime64(at)), due.to_numpy())
    frame["workdays_left"] = np.where(frame["open"] & ~frame["overdue"], left, np.nan)
    late = (pd.Timestamp(at).normalize() - due.dt.normalize()).dt.days
    frame["overdue_days"] = late.where(frame["overdue"])
    frame["soon"] = frame["workdays_left"].le(deadlines.settings()["notice"]["soon_workdays"])
    frame["escalated"] = frame["open"] & pd.to_datetime(frame["escalated_at"]).notna()
    return frame


def _timing(row: dict) -> str:
    if not row["open"]:
        return NONE
    if not pd.isna(row["paused_at"]):
        return "计时暂停"
    if pd.isna(row["due_at"]):
        return NONE
    due = day(row["due_at"]) + ("（暂定）" if row["provisional"] else "")
    if row["overdue"]:
        return f"超期 {number(row['overdue_days'])} 天" + (" · 已升级" if row["escalated"] else "")
    return f"{due}，剩 {number(row['workdays_left'])} 工作日"


def part_of(frame: pd.DataFrame, part: str) -> pd.DataFrame:
    """The notices that PARTS[part] counts."""
    flag = PARTS[part][1]
    return frame[frame[flag]] if flag else frame


def counts(frame: pd.DataFrame) -> dict[str, int]:
    """How many each part has, those without any left out; what is open and all always stand."""
    found = {part: len(part_of(frame, part)) for part in PARTS}
    return {part: count for part, count in found.items() if count or part in ("open", "all")}
