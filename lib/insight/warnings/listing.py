"""The warnings a viewer may see, as the screens show them."""

from datetime import datetime

import numpy as np
import pandas as pd

from lib.access import Viewer, under
from lib.casework import deadlines
from lib.casework.reading import visible
from lib.casework.reading.visible import warnings
from lib.casework.store.register import Register
from lib.casework.warnings.states import CHECKING, NEW, RETURNED, SIGNED
from lib.insight.due import with_due, workdays_left
from lib.insight.warnings.names import known_names, names, rule_label
from lib.rules.levels import NAMES, ORDER
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

__all__ = ["rule_label", "warning_list"]


@under("view", "warning")
def warning_list(
    register: Register, warehouse: Warehouse, viewer: Viewer, at: datetime | None = None, spot_checks: bool = False
) -> pd.DataFrame:
    """The visible warnings, worst and oldest deadline first, those that wait for nobody last.

    With `spot_checks` also the subjects drawn by chance (level 'check', level_zh 抽查).

    All columns of lib.casework's warnings, and: rule_title, rule_label (M05 罚缴不一致), level_order (red 0), level_zh
    (红 橙 黄), area_name, area_label (桐乡市, 桐乡市 濮院镇, 市本级 for the city's own units), county_code, county_name
    (市本级 likewise), town_code and town_name (empty above a town), org_name, domain_code, officer_name (masked),
    officer_label (with the number, since masked names repeat), subject_title, the columns of lib.insight.due for
    the deadline that runs, and for each of the two deadlines: sign_late and verify_late (calendar days past it when it
    was met, or now; NaN when in time), sign_left and verify_left (workdays to it, NaN when met or past), unit (of value
    and threshold).
    `at` is the moment deadlines are judged by: the warehouse's clock unless given.
    """
    at = at or now(warehouse)
    frame = warnings(register, viewer, warehouse)
    if spot_checks:
        frame = pd.concat([frame, visible.spot_checks(register, viewer, warehouse)], ignore_index=True)
    known = known_names(register, warehouse)
    rows = known.index.get_indexer(frame["warning_id"])
    if (rows < 0).any():
        # A run has come in between the two looks at the register.
        known, rows = names(frame, warehouse), np.arange(len(frame))
    frame = pd.concat([frame, known.iloc[rows].set_index(frame.index)], axis="columns")
    frame["domain_code"] = frame["domain_code"].fillna(frame.pop("org_domain_code"))
    frame["level_order"] = frame["level"].map(ORDER).astype("int8")
    frame["level_zh"] = frame["level"].map(NAMES)
    return _in_working_order(_with_times(frame, warehouse, at))


def _with_times(frame: pd.DataFrame, warehouse: Warehouse, at: datetime) -> pd.DataFrame:
    frame = with_due(frame, at, deadlines.calendar(warehouse))
    unsigned, unverified = frame["state"].eq(NEW), frame["state"].isin([NEW, SIGNED, CHECKING, RETURNED])
    _with_deadline(frame, "sign", frame["signed_at"], unsigned, warehouse, at)
    _with_deadline(frame, "verify", frame["concluded_at"], unverified, warehouse, at)
    return frame


def _with_deadline(
    frame: pd.DataFrame, name: str, met_at: pd.Series, waiting: pd.Series, warehouse: Warehouse, at: datetime
) -> None:
    due = pd.to_datetime(frame[f"{name}_due_at"])
    until = pd.to_datetime(met_at).mask(waiting, pd.Timestamp(at))
    late = (until.dt.normalize() - due.dt.normalize()).dt.days
    frame[f"{name}_late"] = late.where(until.gt(due))
    frame[f"{name}_left"] = workdays_left(due, at, deadlines.calendar(warehouse)).where(waiting)


def _in_working_order(frame: pd.DataFrame) -> pd.DataFrame:
    due = frame["due_at"]
    order = np.lexsort(
        (frame["warning_id"].to_numpy(str), frame["first_seen_at"], due.to_numpy(), frame["level_order"], due.isna())
    )
    return frame.iloc[order].reset_index(drop=True)
