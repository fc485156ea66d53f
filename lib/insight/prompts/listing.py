"""Prompts to units as lists show them: whose turn it is, until when, and how they were answered."""

import json
from datetime import datetime

import numpy as np
import pandas as pd

from lib.access import Viewer, under
from lib.access.scope import of_unit
from lib.casework import deadlines
from lib.casework.clock import EXTEND, PAUSE, RESUME
from lib.casework.prompts.states import CLOSED, OPEN_STATES, WITH_SENDER, WITH_UNIT, WITHDRAWN
from lib.casework.reading.snapshot import snapshot
from lib.casework.reading.visible import objects
from lib.casework.store.register import Register
from lib.insight.due import most_pressing, with_due
from lib.insight.warnings.names import CITY_ITSELF, places
from lib.insight.wording import searched
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

EVERYTHING = "all"
# Key → what a list of those is called, for the unit and for whoever sent them.
PARTS = {
    "unit": ("待本单位回复", "等单位回复"),
    "sender": ("已回复，等待处理", "待处理"),
    "returned": ("退回重报", "退回重报"),
    "done": ("已办结", "已办结"),
    EVERYTHING: ("全部", "全部"),
}


@under("view", "prompt")
def prompt_list(register: Register, warehouse: Warehouse, viewer: Viewer, at: datetime | None = None) -> pd.DataFrame:
    """The visible prompts, what is open and due first.

    All columns of lib.casework's prompts (kept ones empty for the unit), and: org_name, area_label, sent_by,
    replied_at and found (of the last reply; None before), replied_late (whether the first reply came after what was
    due then), waits_for (in words; empty when done), open, and the columns of lib.insight.due.
    """
    at = at or now(warehouse)
    frame = objects(register, viewer, warehouse, "prompt").reset_index(drop=True)
    orgs, areas = places(warehouse)
    frame["org_name"] = frame["org_id"].map(orgs.set_index("org_id")["org_name"]).fillna("")
    frame["area_label"] = frame["area_code"].map(areas.set_index("area_code")["area_label"]).fillna(CITY_ITSELF)
    frame = frame.join(_replies(register, warehouse), on="prompt_id")
    frame["open"] = frame["state"].isin(OPEN_STATES)
    frame["waits_for"] = [
        _waits_for(state, org, sender, of_unit(viewer))
        for state, org, sender in zip(frame["state"], frame["org_name"], frame["opener_name"], strict=True)
    ]
    frame = with_due(frame, at, deadlines.calendar(warehouse))
    return most_pressing(frame, "prompt_id", ~frame["open"])


def _waits_for(state: str, org_name: str, sender: str, own: bool) -> str:
    if state in WITH_UNIT:
        return "本单位" if own else org_name
    return sender if state in WITH_SENDER else ""


def _replies(register: Register, warehouse: Warehouse) -> pd.DataFrame:
    """By prompt_id: who sent it (opener_name), the last reply (replied_at, found), whether the first one was late."""
    events = snapshot(register, warehouse).event
    own = events[events["object_type"].eq("prompt")]
    sent = own[own["action"].eq("send")].set_index("object_id")
    replies = own[own["action"].eq("reply")]
    last = replies.groupby("object_id").tail(1).set_index("object_id")
    first = replies.groupby("object_id").head(1).set_index("object_id")
    found = pd.DataFrame(index=pd.Index(sent.index, name="prompt_id"))
    found["opener_name"] = sent["actor_name"]
    found["replied_at"] = last["at"]
    found["found"] = last["payload"].map(lambda text: json.loads(text).get("found")).astype("object")
    days = deadlines.calendar(warehouse)
    limit = sent["payload"].map(lambda text: json.loads(text)["workdays"]).astype("int64")
    limit += _more_time(own, first["at"], days).reindex(sent.index).fillna(0).astype("int64")
    due = pd.Series(deadlines.end_of_day(days.after(sent["at"].to_numpy(), limit.to_numpy())), index=sent.index)
    found["replied_late"] = first["at"].reindex(found.index).gt(due)
    return found


def _more_time(events: pd.DataFrame, replied_at: pd.Series, days: deadlines.Calendar) -> pd.Series:
    """By prompt, the workdays that were added before the first reply: put off, and those it stood still."""
    found: dict[str, int] = {}
    since: dict[str, pd.Timestamp] = {}
    timed = events[events["action"].isin([EXTEND, PAUSE, RESUME])]
    timed = timed.join(replied_at.rename("replied_at"), on="object_id")
    for row in timed[timed["at"].lt(timed["replied_at"])].itertuples(index=False):
        key = str(row.object_id)
        if row.action == PAUSE:
            since[key] = row.at
            continue
        stood = [np.array([moment], dtype="datetime64[us]") for moment in (since.pop(key, row.at), row.at)]
        added = json.loads(row.payload)["more"] if row.action == EXTEND else int(days.between(*stood)[0])
        found[key] = found.get(key, 0) + added
    return pd.Series(found, dtype="int64")


def part(frame: pd.DataFrame, key: str) -> pd.DataFrame:
    """The rows of one of PARTS."""
    chosen = {
        "unit": frame["state"].isin(WITH_UNIT),
        "sender": frame["state"].isin(WITH_SENDER),
        "returned": frame["state"].eq("退回重报"),
        "done": frame["state"].isin([CLOSED, WITHDRAWN]),
        EVERYTHING: pd.Series(True, index=frame.index),
    }
    return frame[chosen[key]]


def containing(frame: pd.DataFrame, text: str) -> pd.DataFrame:
    """The rows in which every word of `text` stands somewhere in title, number, unit, sender or state."""
    if not text.strip():
        return frame
    told = searched(frame, ("title", "number", "org_name", "opener_name", "state", "purpose"))
    keep = pd.Series(True, index=frame.index)
    for word in text.lower().split():
        keep &= told.str.lower().str.contains(word, regex=False)
    return frame[keep]
