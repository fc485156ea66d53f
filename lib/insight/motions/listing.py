"""The integrity motions a viewer may see, as the screens show them."""

from datetime import datetime

import numpy as np
import pandas as pd

from lib.access import Viewer, under
from lib.access.masking import mask_name
from lib.access.policy import policy
from lib.casework import deadlines
from lib.casework.motions.states import ALONG, CLOSED, OPEN_STATES, ORIGINS
from lib.casework.reading.visible import objects
from lib.casework.store.register import Register
from lib.insight.due import most_pressing, with_due
from lib.insight.warnings.names import CITY_ITSELF, places
from lib.insight.wording import way
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

# Which motions a list shows: title, column of the list that says so.
PARTS = {"open": ("在办", "open"), "closed": ("已了结", "closed"), "all": ("全部", "")}
STEPS = ("书记问询", "集体商议", "问题认领", "监督整改", "报告了结")


@under("view", "motion")
def motion_list(register: Register, warehouse: Warehouse, viewer: Viewer, at: datetime | None = None) -> pd.DataFrame:
    """The visible motions as they stand at `at` (the warehouse's clock unless given): what is late first, then by
    deadline, those that ended last.

    All columns of lib.casework's motions, the recipient masked, and: org_name, area_label, origin_zh, open, closed,
    the columns of lib.insight.due, done (how many of STEPS), way (●●○○○ and the step that comes next, or how it ended),
    waits (who takes it, empty when it ended).
    """
    at = at or now(warehouse)
    frame = objects(register, viewer, warehouse, "motion")
    orgs, areas = places(warehouse)
    frame = frame.merge(orgs[["org_id", "org_name"]], on="org_id", how="left")
    frame = frame.merge(areas[["area_code", "area_label"]], on="area_code", how="left")
    frame["area_label"] = frame["area_label"].fillna(CITY_ITSELF)
    frame["org_name"] = frame["org_name"].fillna("")
    frame["recipient"] = frame["recipient"].map(mask_name)
    frame["origin_zh"] = frame["origin"].map(ORIGINS)
    frame["open"], frame["closed"] = frame["state"].isin(OPEN_STATES), frame["state"].eq(CLOSED)
    # One that was taken back had not begun.
    frame["done"] = [ALONG.index(state) if state in ALONG else 0 for state in frame["state"]]
    frame["way"] = [way(state, ALONG, STEPS) for state in frame["state"]]
    frame["waits"] = np.where(frame["open"], "、".join(policy().holders("record", "motion")), "")
    frame = with_due(frame, at, deadlines.calendar(warehouse))
    return most_pressing(frame, "motion_id", ~frame["open"])
