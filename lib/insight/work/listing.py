"""What a person has to do, of every kind: what is in hand, until when, with whom."""

from collections.abc import Mapping
from datetime import datetime

import numpy as np
import pandas as pd

from lib.access import Viewer, under
from lib.casework.deadlines import calendar
from lib.casework.store.register import Register
from lib.casework.work.open import open_work
from lib.insight.due import LATE, SOON, TODAY, group_names, with_due
from lib.insight.names import officer_names
from lib.insight.warnings.names import known_names, places
from lib.rules.levels import NAMES, ORDER
from lib.warehouse.store import Warehouse

# What the page counts: its key → its name; those of the deadlines are called as in lib.insight.due.
NEW, MINE, RETURNED, OTHERS, ALL = "new", "mine", "returned", "others", "all"
# The same deadline over all that is open in the scope, whoever it waits for.
EVERYBODY = {LATE: "late_all", TODAY: "today_all", SOON: "soon_all"}


@under("view", "work")
def work_list(
    register: Register,
    viewer: Viewer,
    warehouse: Warehouse,
    at: datetime,
    since: datetime,
    principals: Mapping[str, str],
) -> pd.DataFrame:
    """All that is open in the viewer's scope, the most pressing first.

    The columns of lib.casework.work.open and of lib.insight.due, and: matter (what is in hand: for a warning its model
    and what it is about, else unit, masked person and title), org_name, area_label, level_zh and level_order (empty and
    last without a level), new (somebody else moved, assigned or reminded of it after `since`), waits_for (我, the
    person, the unit, or the roles), waits_key (the same for whoever is reminded: one value a person, unit or role).
    """
    frame = with_due(open_work(register, viewer, warehouse, principals), at, calendar(warehouse))
    orgs, areas = places(warehouse)
    frame["org_name"] = frame["org_id"].map(orgs.set_index("org_id")["org_name"]).astype("object").fillna("")
    frame["area_label"] = frame["area_code"].map(areas.set_index("area_code")["area_label"]).astype("object").fillna("")
    frame["matter"] = _matters(frame, register, warehouse)
    frame["level_zh"] = frame["level"].map(NAMES).astype("object").fillna("")
    frame["level_order"] = frame["level"].map(ORDER).fillna(len(ORDER)).astype("int8")
    frame["new"] = frame["changed_at"].gt(pd.Timestamp(since)) & frame["changed_by"].ne(viewer.person_id)
    frame = _with_whom(frame)
    late = frame["due_at"].to_numpy()
    order = np.lexsort(
        (frame["object_id"].to_numpy(str), frame["state_at"], frame["level_order"], late, ~frame["mine"])
    )
    return frame.iloc[order].reset_index(drop=True)


def _matters(frame: pd.DataFrame, register: Register, warehouse: Warehouse) -> list[str]:
    """What is in hand, in words that tell rows apart."""
    known = known_names(register, warehouse)
    number = frame["warning_id"].fillna("").where(frame["kind"].ne("warning"), frame["object_id"])
    subjects = number.map(known["subject_title"]).astype("object").fillna("")
    labels = number.map(known["rule_label"]).astype("object").fillna("")
    people = frame["officer_id"].map(officer_names(warehouse)).astype("object").fillna("")
    told = []
    for kind, title, unit, person, subject, label, own in zip(
        frame["kind"], frame["title"], frame["org_name"], people, subjects, labels, frame["number"], strict=True
    ):
        if kind == "warning" and label:
            told.append(f"{label} {subject}".strip())
            continue
        who = " ".join(part for part in (unit, person) if part)
        about = f"（{subject}）" if subject and person not in subject[:2] else ""
        said = str(title) if isinstance(title, str) and title else str(own)
        told.append(f"{who}：{said}{about}" if who and not said.startswith(unit) else f"{said}{about}")
    return told


def _with_whom(frame: pd.DataFrame) -> pd.DataFrame:
    unit = frame["of_unit"] & frame["org_name"].ne("")
    named = frame["whose_name"].notna()
    roles = frame["roles"].map(_short)
    key = np.select([named, unit], [frame["whose"].fillna(""), frame["org_id"].fillna("")], frame["roles"])
    told = np.select([named, unit], [frame["whose_name"].fillna(""), frame["org_name"]], roles)
    deputy = frame["mine"] & frame["for_name"].notna()
    words = np.where(deputy, "我（代" + frame["for_name"].fillna("") + "）", np.where(frame["mine"], "我", told))
    return frame.assign(waits_key=key.astype("object"), waits_with=told.astype("object"), waits_for=words)


def _short(roles: str) -> str:
    """监督室, 监督室、县纪委, 监督室等 4 类岗位."""
    names = roles.split("、")
    return roles if len(names) <= 2 else f"{names[0]}等 {len(names)} 类岗位"


def parts(frame: pd.DataFrame) -> dict[str, tuple[str, pd.Series]]:
    """What can be listed: by key its name and which rows it holds.

    新到 and the deadlines count what waits for the viewer, those of EVERYBODY what waits for anybody,
    等待他人 what waits for others.
    """
    mine, names = frame["mine"], group_names()
    return {
        NEW: ("新到", mine & frame["new"]),
        LATE: (names[LATE], mine & frame["due_group"].eq(LATE)),
        TODAY: (names[TODAY], mine & frame["due_group"].eq(TODAY)),
        SOON: (names[SOON], mine & frame["due_group"].eq(SOON)),
        RETURNED: ("退回给我", mine & frame["returned"]),
        MINE: ("待我办理", mine),
        OTHERS: ("等待他人", ~mine),
        **{key: (names[group], frame["due_group"].eq(group)) for group, key in EVERYBODY.items()},
    }


def late_with(frame: pd.DataFrame) -> pd.DataFrame:
    """Who is late, by whom it waits for: waits_key, waits_with, count, days (the most), reminded (how many of them have
    been reminded of since they were moved), the longest first."""
    late = frame[frame["due_group"].eq(LATE) & ~frame["mine"]]
    late = late.assign(told=late["reminded_at"].notna())
    grouped = late.groupby(["waits_key", "waits_with"], sort=False)
    found = grouped.agg(count=("object_id", "size"), days=("overdue_days", "max"), reminded=("told", "sum"))
    found = found.reset_index()
    return found.sort_values(["days", "count", "waits_key"], ascending=[False, False, True]).reset_index(drop=True)
