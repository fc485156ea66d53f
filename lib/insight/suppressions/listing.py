"""Suppressions as lists show them: about whom, until when, and how many warnings each has held back."""

import json
from datetime import datetime

import pandas as pd

from lib.access import Viewer, under
from lib.casework.deadlines import calendar
from lib.casework.reading.snapshot import snapshot
from lib.casework.reading.visible import objects
from lib.casework.store.register import Register
from lib.casework.suppressions.states import ACTIVE
from lib.casework.suppressions.steps import HOLD, OPEN
from lib.insight.due import with_due
from lib.insight.warnings.names import known_names, rule_labels
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

# Key → what a list of those is called.
PARTS = {"active": "抑制中", "over": "已结束", "all": "全部"}


@under("view", "suppression")
def suppression_list(
    register: Register, warehouse: Warehouse, viewer: Viewer, at: datetime | None = None
) -> pd.DataFrame:
    """The visible suppressions, those that hold first, by their end.

    All columns of lib.casework's suppressions, and: matter (model and subject in words, the number after it where two
    would read alike), org_name, area_label, maker (who made it), active, due_at (the end of `until`; NaT when it
    holds no more) with the columns of lib.insight.due, held (warnings held back), held_at (the last one; NaT without
    any), reviewed_at.
    """
    at = at or now(warehouse)
    frame = objects(register, viewer, warehouse, "suppression").reset_index(drop=True)
    names = known_names(register, warehouse).reindex(frame["warning_id"]).reset_index(drop=True)
    labels = rule_labels()
    told = [f"{labels.get(rule, rule)}：{subject or '—'}" for rule, subject in
            zip(frame["rule_id"], names["subject_title"].astype("object").fillna(""), strict=True)]  # fmt: skip
    twice = pd.Series(told, dtype="object").duplicated(keep=False)
    frame["matter"] = [
        f"{one} · {number}" if same else one for one, number, same in zip(told, frame["number"], twice, strict=True)
    ]
    frame["org_name"] = names["org_name"].astype("object").fillna("")
    frame["area_label"] = names["area_label"].astype("object").fillna("")
    frame = frame.join(_from_events(register, warehouse), on="suppression_id")
    frame["held"] = frame["held"].fillna(0).astype("int64")
    frame["until"] = pd.to_datetime(frame["until"])
    frame["active"] = frame["state"].eq(ACTIVE) & frame["until"].ge(pd.Timestamp(at).normalize())
    # It holds to the end of its last day.
    frame["due_at"] = (frame["until"] + pd.Timedelta(days=1, seconds=-1)).where(frame["active"])
    frame = with_due(frame, at, calendar(warehouse))
    order = frame.assign(done=~frame["active"]).sort_values(["done", "until", "suppression_id"], kind="stable")
    return frame.loc[order.index].reset_index(drop=True)


def _from_events(register: Register, warehouse: Warehouse) -> pd.DataFrame:
    """By suppression_id: who made it, how many warnings it has held back and the last of them, when it was reviewed."""
    events = snapshot(register, warehouse).event
    own = events[events["object_type"].eq("suppression")]
    held = own[own["action"].eq(HOLD)].groupby("object_id")["at"]
    return pd.DataFrame(
        {
            "maker": own[own["action"].eq(OPEN)].groupby("object_id")["actor_name"].first(),
            "held": held.size(),
            "held_at": held.max(),
            "reviewed_at": own[own["action"].eq("review")].groupby("object_id")["at"].max(),
        }
    )


@under("view", "suppression")
def held_back(register: Register, warehouse: Warehouse, viewer: Viewer, suppression_id: str) -> pd.DataFrame:
    """The warnings that a visible suppression has held back: warning_id (the number each would have had), level, at,
    run_id, the newest first."""
    visible = objects(register, viewer, warehouse, "suppression")["suppression_id"]
    events = snapshot(register, warehouse).event
    own = events[events["object_id"].eq(suppression_id) & events["object_type"].eq("suppression")]
    own = own[own["action"].eq(HOLD) & own["object_id"].isin(visible)].iloc[::-1]
    told = [json.loads(text) for text in own["payload"]]
    columns = ["warning_id", "level", "run_id"]
    return pd.DataFrame(told, columns=columns).assign(at=own["at"].to_numpy())


def part(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """The suppressions of a part (see PARTS)."""
    return frame if name == "all" else frame[frame["active"] == (name == "active")]
