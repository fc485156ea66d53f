"""The warnings a viewer may see, as the screens show them."""

from datetime import datetime
from functools import lru_cache

import numpy as np
import pandas as pd

from lib.access import Viewer
from lib.casework import deadlines
from lib.casework.reading import overdue, warnings
from lib.casework.register import Register
from lib.insight.figures import SHARE
from lib.insight.subject import officer_labels, officer_names, subject_titles
from lib.rules import read_rules
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

LEVEL_ORDER = ("red", "orange", "yellow")
LEVEL_ZH = {"red": "红", "orange": "橙", "yellow": "黄"}
CITY_UNITS = "市本级"

_ORGS = "select org_id, org_name, domain_code as org_domain_code from org"
_AREAS = """
select
    area.area_code,
    area.area_name,
    county.area_code as county_code,
    county.area_name as county_name,
    case area.level when '镇街' then area.area_name end as town_name,
    case area.level
        when '市' then $city_units
        when '县' then area.area_name
        else county.area_name || ' ' || area.area_name
    end as area_label
from area
left join area as county on county.level = '县' and county.area_code = substr(area.area_code, 1, 6)
"""


def warning_list(register: Register, warehouse: Warehouse, viewer: Viewer, at: datetime | None = None) -> pd.DataFrame:
    """The visible warnings, worst and oldest deadline first.

    All columns of lib.casework's warnings, and: rule_title, rule_label (M05 罚缴不一致), level_order (red 0), level_zh
    (红 橙 黄), area_name, area_label (桐乡市, 桐乡市 濮院镇, 市本级 for the city's own units), county_code, county_name
    (市本级 likewise), town_code and town_name (empty above a town), org_name, domain_code, officer_name (masked),
    officer_label (with the number, since masked names repeat), subject_title, overdue (bool), overdue_days (calendar
    days past due_at, NaN unless overdue), workdays_left (workdays to due_at, NaN when overdue or without one), unit (of
    value and threshold). `at` is the moment deadlines are judged by: the warehouse's clock unless given.
    """
    at = at or now(warehouse)
    frame = warnings(register, viewer, warehouse).copy()
    frame["overdue"] = overdue(frame, at)
    return enrich(frame, warehouse, at)


def enrich(frame: pd.DataFrame, warehouse: Warehouse, at: datetime) -> pd.DataFrame:
    """`frame` (warnings with state, due_at and overdue) with the names and times screens show, in working order."""
    frame = _with_levels(_with_rules(frame))
    frame = _with_places(frame, warehouse)
    frame = _with_people(frame, warehouse)
    frame["subject_title"] = subject_titles(frame, warehouse)
    frame = _with_times(frame, warehouse, at)
    order = ["closed", "level_order", "due_at", "first_seen_at", "warning_id"]
    frame["closed"] = frame["due_at"].isna()
    return frame.sort_values(order, kind="stable").drop(columns="closed").reset_index(drop=True)


def rule_label(rule_id: str) -> str:
    """Number and title of a rule: M05 罚缴不一致."""
    rules = read_rules()
    return f"{rule_id} {rules[rule_id].title}" if rule_id in rules else rule_id


def _with_rules(frame: pd.DataFrame) -> pd.DataFrame:
    rules = read_rules()
    titles = {rule_id: rule.title for rule_id, rule in rules.items()}
    frame["rule_title"] = frame["rule_id"].map(titles).fillna(frame["title"])
    frame["rule_label"] = frame["rule_id"].str.cat(frame["rule_title"], sep=" ")
    unit = frame["rule_id"].map({rule_id: rule.unit for rule_id, rule in rules.items()}).fillna("")
    subject = frame["rule_id"].map({rule_id: rule.subject for rule_id, rule in rules.items() if rule.grouped})
    # A warning about a group holds signals per exposure, whatever its rule measures in one subject.
    frame["unit"] = unit.mask(subject.notna() & subject.ne(frame["subject_type"]), SHARE)
    return frame


def _with_levels(frame: pd.DataFrame) -> pd.DataFrame:
    frame["level_order"] = frame["level"].map({level: rank for rank, level in enumerate(LEVEL_ORDER)}).astype("int8")
    frame["level_zh"] = frame["level"].map(LEVEL_ZH)
    return frame


def _with_places(frame: pd.DataFrame, warehouse: Warehouse) -> pd.DataFrame:
    orgs, areas = places(warehouse)
    frame = frame.merge(orgs, on="org_id", how="left").merge(areas, on="area_code", how="left")
    frame["domain_code"] = frame["domain_code"].fillna(frame.pop("org_domain_code"))
    frame["town_code"] = frame["area_code"].where(frame["town_name"].notna(), "")
    frame["county_name"] = frame["county_name"].fillna(CITY_UNITS)
    for column in ("org_name", "area_name", "area_label", "county_code", "town_name"):
        frame[column] = frame[column].fillna("")
    return frame


@lru_cache(maxsize=4)
def places(warehouse: Warehouse) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The units (org_id, org_name, org_domain_code) and the areas with their county and label, of a generation."""
    return warehouse.query(_ORGS), warehouse.query(_AREAS, {"city_units": CITY_UNITS})


def _with_people(frame: pd.DataFrame, warehouse: Warehouse) -> pd.DataFrame:
    names = officer_names(warehouse)
    frame["officer_name"] = frame["officer_id"].map(names).astype("object").fillna("")
    frame["officer_label"] = officer_labels(names, frame["officer_id"])
    return frame


def _with_times(frame: pd.DataFrame, warehouse: Warehouse, at: datetime) -> pd.DataFrame:
    due = pd.to_datetime(frame["due_at"])
    days = deadlines.calendar(warehouse).between(np.full(len(frame), np.datetime64(at)), due.to_numpy())
    late = (pd.Timestamp(at).normalize() - due.dt.normalize()).dt.days
    frame["workdays_left"] = np.where(frame["overdue"], np.nan, days)
    frame["overdue_days"] = late.where(frame["overdue"]).clip(lower=0)
    return frame
