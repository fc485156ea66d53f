"""The integrity registers of units: their risks, when they are reviewed, and what the data shows of their controls."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import pandas as pd

from lib.access import Viewer, under
from lib.access.scope import visible
from lib.casework import deadlines
from lib.casework.lists.in_force import indicators_in_force
from lib.casework.reading.visible import events_of, objects
from lib.casework.risks.states import CALLED, CLOSED, LEVELS, OPEN_STATES
from lib.casework.store.register import Register
from lib.casework.warnings.states import OPEN_STATES as OPEN_STATES_OF_WARNINGS
from lib.casework.warnings.states import PARTLY, TRUE
from lib.catalog.lists import domain_names
from lib.catalog.steps import points
from lib.insight.due import most_pressing, with_due
from lib.insight.library.controls import MEASURES, MONTHS, controls, observed
from lib.insight.library.indicators import of_unit
from lib.insight.names import every_unit
from lib.insight.share import Share
from lib.insight.warnings.filter import WarningFilter
from lib.insight.warnings.listing import warning_list
from lib.insight.warnings.names import CITY_ITSELF, places, rule_label
from lib.insight.wording import NONE, number
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

# Which risks a list shows: title, column of the list that says so.
PARTS = {
    "open": ("在册", "open"),
    "high": (f"在册{LEVELS[0]}风险", "high"),
    "called": (CALLED, "called"),
    "late": ("复核超期", "late"),
    "closed": (CLOSED, "closed"),
    "all": ("全部", ""),
}


@under("view", "risk")
def risk_list(register: Register, warehouse: Warehouse, viewer: Viewer, at: datetime | None = None) -> pd.DataFrame:
    """The visible risks as they stand at `at` (the warehouse's clock unless given): whose review is late first, then by
    its day, those struck out last.

    All columns of lib.casework's risks, and: org_name, area_label, department, step and risk (of the point), open,
    high, called, late, closed, the columns of lib.insight.due.
    """
    at = at or now(warehouse)
    frame = objects(register, viewer, warehouse, "risk")
    orgs, areas = places(warehouse)
    frame = frame.merge(orgs[["org_id", "org_name"]], on="org_id", how="left")
    frame = frame.merge(areas[["area_code", "area_label"]], on="area_code", how="left")
    split = [str(point).partition("：") for point in frame["point"]]
    frame = frame.assign(
        org_name=frame["org_name"].fillna(""),
        area_label=frame["area_label"].fillna(CITY_ITSELF),
        department=frame["domain_code"].map(domain_names()).fillna(NONE),
        step=[step for step, _, _ in split],
        risk=[risk for _, _, risk in split],
        open=frame["state"].isin(OPEN_STATES),
        called=frame["state"].eq(CALLED),
        closed=frame["state"].eq(CLOSED),
    )
    frame["high"] = frame["open"] & frame["level"].eq(LEVELS[0])
    frame = with_due(frame, at, deadlines.calendar(warehouse))
    frame["late"] = frame["open"] & frame["overdue"]
    return most_pressing(frame, "risk_id", ~frame["open"])


def by_unit(frame: pd.DataFrame) -> pd.DataFrame:
    """The registers of units, those with most risks first: org_id, org_name, area_label, department, open, high (how
    many of them), late, reviewed (of those open the share that was ever reviewed), next_on (the earliest review)."""
    running = frame[frame["open"]]
    found = running.groupby(["org_id", "org_name", "area_label", "department"], as_index=False, sort=False).agg(
        open=("risk_id", "size"),
        high=("high", "sum"),
        late=("late", "sum"),
        reviewed=("reviewed_at", "count"),
        next_on=("review_on", "min"),
    )
    return found.sort_values(["open", "high", "org_id"], ascending=[False, False, True], ignore_index=True)


@under("record", "risk")
def units(warehouse: Warehouse, viewer: Viewer) -> pd.DataFrame:
    """The units whose register a viewer keeps: org_id, org_name, area_code, domain_code, by name."""
    return visible(viewer, every_unit(warehouse)).reset_index(drop=True)


class Observed(NamedTuple):
    """A control as the data shows it: its name, what it is called and counts, in how many of how many cases."""

    name: str
    title: str
    meaning: str
    share: Share


class Watched(NamedTuple):
    """A model that watches the point: its label, how many warnings of the unit in the months looked at, how many of
    them were found true (partly too), how many are open, and the address of all its warnings of the unit."""

    rule_id: str
    label: str
    warnings: int
    true: int
    open: int
    query: dict[str, str | list[str]]


@under("view", "risk")
def at_work(warehouse: Warehouse, viewer: Viewer, row: Mapping[str, Any]) -> list[Observed]:
    """The controls of a risk (row of `risk_list`) as the cases of its unit show them."""
    held = controls().get(str(row["step"]))
    found = []
    for name in held.measures if held else ():
        cases = observed(warehouse, viewer, str(row["org_id"]), str(row["step"]), name)
        measure = MEASURES[name]
        found.append(Observed(name, measure.title, measure.meaning, Share(int(cases["met"].sum()), len(cases))))
    return found


@under("view", "risk")
def watched(register: Register, warehouse: Warehouse, viewer: Viewer, row: Mapping[str, Any]) -> list[Watched]:
    """What the models that watch the point of a risk have found about its unit in the last MONTHS."""
    point = points().get(str(row["point"]))
    if point is None or not viewer.may("view", "warning"):
        return []
    frame = warning_list(register, warehouse, viewer)
    since = (pd.Timestamp(warehouse.as_of) - pd.DateOffset(months=MONTHS)).date()
    found = []
    for rule_id in point.risk.models:
        label = rule_label(rule_id)
        asked = WarningFilter(rules=(label,), orgs=(str(row["org_name"]),), since=since)
        rows = asked.apply(frame)
        true, still = rows["conclusion"].isin([TRUE, PARTLY]), rows["state"].isin(OPEN_STATES_OF_WARNINGS)
        found.append(Watched(rule_id, label, len(rows), int(true.sum()), int(still.sum()), asked.query()))
    return found


class Figure(NamedTuple):
    """An indicator of the lists for a unit: what it is called, its value in words, on how much it rests, its light
    (empty without a value); of the year so far where it is counted by month."""

    indicator_id: str
    title: str
    value: str
    n: int
    light: str


@under("view", "risk")
def indicators(register: Register, warehouse: Warehouse, viewer: Viewer, row: Mapping[str, Any]) -> list[Figure]:
    """The indicators of the step of a risk for its unit; a word stands in place of a value that there is none of."""
    held = controls().get(str(row["step"]))
    if held is None or not viewer.may("view", "indicator"):
        return []
    rows = of_unit(register, warehouse, viewer, held.indicators, str(row["org_id"]))
    inside = indicators_in_force(register)
    found = []
    for one in rows.to_dict("records"):
        indicator = inside[one["indicator_id"]]
        yearly = not pd.isna(one["year_value"])
        value = one["year_value"] if yearly else one["value"]
        told = str(one["word"]) or NONE if pd.isna(value) else f"{number(value)}{indicator.unit}"
        n, light = (one["year_n"], one["year_light"]) if yearly else (one["n"], one["light"])
        found.append(Figure(indicator.id, indicator.title, told, int(n), str(light)))
    return found


@under("view", "risk")
def versions(register: Register, warehouse: Warehouse, viewer: Viewer, risk_id: str) -> list[dict[str, Any]]:
    """The texts of a risk, the newest first: version, at, by, why, title, description, controls, owner."""
    events = events_of(register, viewer, warehouse, "risk", risk_id)
    told = events[events["action"].isin(["enter", "revise"])]
    found = [
        {
            "version": place,
            "at": one["at"],
            "by": one["actor_name"],
            "why": one["text"],
            **{name: one["payload"][name] for name in ("title", "description", "controls", "owner")},
        }
        for place, one in enumerate(told.to_dict("records"), start=1)
    ]
    return found[::-1]
