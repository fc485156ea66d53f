"""Where field checks stand: what plain states say, and what was last found."""

import json

import pandas as pd

from lib.casework.deadlines import Calendar
from lib.casework.reading.states import plain

_TEXTS = ("finding", "first_finding", "end", "checked_by", "reason")


def standing(table: pd.DataFrame, events: pd.DataFrame, days: Calendar) -> pd.DataFrame:
    """The table with the columns of states.plain, finding, end, checked_at and checked_by of the last check (missing
    before it), first_finding (of the first, before anything was done again), reopened (how often) and reason (why, the
    last time)."""
    own = events[events["object_type"].eq("grid_check")]
    texts = dict.fromkeys(table, "str")
    frame = plain(table.astype(texts), events, "grid_check", "check_id", ("send_out",), days)
    key = pd.Index(frame["check_id"])
    checks = own[own["action"].eq("check")].groupby("object_id")
    checked, first = checks.last().reindex(key), checks["payload"].first().reindex(key)
    reopened = own[own["action"].eq("reopen")]
    held = [{} if pd.isna(text) else json.loads(text) for text in checked["payload"]]
    why = reopened.groupby("object_id")["payload"].last().reindex(key)
    frame = frame.assign(
        finding=[one.get("finding") for one in held],
        first_finding=[None if pd.isna(text) else json.loads(text)["finding"] for text in first],
        end=[one.get("end") for one in held],
        checked_at=pd.to_datetime(checked["at"]).to_numpy("datetime64[us]"),
        checked_by=checked["actor_id"].to_numpy(),
        reopened=reopened["object_id"].value_counts().reindex(key).fillna(0).astype("int64").to_numpy(),
        reason=[None if pd.isna(text) else json.loads(text)["reason"] for text in why],
    )
    return frame.astype(dict.fromkeys(_TEXTS, "str"))
