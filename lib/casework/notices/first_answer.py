"""The first round of a notice: until when the unit was to answer, and when that was re-checked."""

import json
from typing import Any

import numpy as np
import pandas as pd

from lib.casework.clock import EXTEND, PAUSE, RESUME
from lib.casework.deadlines import Calendar, end_of_day
from lib.casework.steps import WORKDAYS

_TIMING = ("deliver", "feed_back", EXTEND, PAUSE, RESUME)
_JUDGING = ("recheck", "send_back")


def first_answer(keys: list[str], events: pd.DataFrame, days: Calendar) -> dict[str, np.ndarray]:
    """Columns for the notices of these keys: first_due_at (until when the unit's first answer is due, the end of the
    day, extensions and pauses in it; NaT before delivery and while the time stands still) and judged_at (when what was
    done was first re-checked, whether it passed or was sent back)."""
    place = {key: number for number, key in enumerate(keys)}
    since = np.full(len(keys), np.datetime64("NaT", "us"))
    stopped, judged, count = since.copy(), since.copy(), np.zeros(len(keys), dtype="int64")
    answered = np.zeros(len(keys), dtype=bool)
    for key, action, at, payload in _rows(events):
        one = place.get(key, -1)
        if one < 0:
            continue
        if action in _JUDGING:
            judged[one] = at if np.isnat(judged[one]) else judged[one]
        elif action == "deliver":
            since[one], count[one] = at, json.loads(payload)[WORKDAYS]
        elif np.isnat(since[one]) or answered[one]:
            continue
        elif action == "feed_back":
            answered[one] = True
        elif action == EXTEND:
            count[one] += json.loads(payload)["more"]
        elif action == PAUSE:
            stopped[one] = at
        elif not np.isnat(stopped[one]):
            count[one] += int(days.between(stopped[[one]], np.array([at], dtype="datetime64[us]"))[0])
            stopped[one] = np.datetime64("NaT", "us")
    due = np.where(np.isnat(stopped), end_of_day(days.after(since, count)), np.datetime64("NaT", "us"))
    return {"first_due_at": due.astype("datetime64[us]"), "judged_at": judged}


def _rows(events: pd.DataFrame) -> list[tuple[str, str, Any, str]]:
    wanted = events["object_type"].eq("notice") & events["action"].isin([*_TIMING, *_JUDGING])
    own = np.flatnonzero(wanted.to_numpy())
    columns = ("object_id", "action", "at", "payload")
    return list(zip(*(events[name].take(own).to_numpy() for name in columns), strict=True))
