"""I23 动议办结率: motions whose sixty-five workdays (and what was granted beside them) are over, and those finished."""

import json

import pandas as pd

from tests.insight.library.raw import Raw

_WHOLE = 5 + 15 + 5 + 30 + 10


def _due(days: pd.Series, events: pd.DataFrame) -> pd.Timestamp | None:
    """The day on which the time of one motion ends; None while it stands still."""
    start, count, stopped = events["at"].iloc[0].normalize(), _WHOLE, None
    for event in events.iloc[1:].to_dict("records"):
        at = event["at"].normalize()
        if event["action"] == "extend":
            count += json.loads(event["payload"])["more"]
        elif event["action"] == "pause":
            stopped = at
        elif event["action"] == "resume" and stopped is not None:
            count, stopped = count + days[at] - days[stopped], None
    after = days.index[days.ge(days[start] + count)]
    return None if stopped is not None else after[0]


def counted(raw: Raw) -> pd.DataFrame:
    days, rows = raw.workdays().sort_index(), []
    events = raw.casework.event
    events = events[events["object_type"].eq("motion")].sort_values("seq")
    motions = raw.casework.objects["motion"].set_index("motion_id")
    for motion_id, own in events.groupby("object_id"):
        done = set(own["action"])
        due = _due(days, own)
        if "withdraw" in done or due is None or due >= raw.as_of:
            continue
        place = motions.loc[motion_id]
        rows.append((motion_id, due, place["org_id"], place["area_code"], "report" in done))
    return pd.DataFrame(rows, columns=["subject", "day", "org", "area", "met"])
