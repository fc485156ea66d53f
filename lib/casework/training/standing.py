"""Where classes stand: what plain states say, and the last day after what was put off."""

import json

import numpy as np
import pandas as pd

from lib.casework.deadlines import Calendar
from lib.casework.reading.states import plain
from lib.casework.training.steps import ENDS_ON, JOIN, OPEN, TRAINING_CLASS

_TEXTS = ("class_id", "code", "title", "course")


def standing(table: pd.DataFrame, events: pd.DataFrame, days: Calendar) -> pd.DataFrame:
    """The table with the columns of states.plain, ends_on as it was last put off, and taken (how many seats are)."""
    own = np.flatnonzero(events["object_type"].eq(TRAINING_CLASS).to_numpy())
    put_off: dict[str, str] = {}
    taken: dict[str, int] = {}
    columns = (events[name].take(own) for name in ("object_id", "action", "payload"))
    for key, action, payload in zip(*columns, strict=True):
        if action == "extend":
            put_off[key] = json.loads(payload)[ENDS_ON]
        elif action == JOIN:
            taken[key] = taken.get(key, 0) + 1
    frame = plain(table.astype(dict.fromkeys(_TEXTS, "str")), events, TRAINING_CLASS, "class_id", (OPEN.action,), days)
    ends = [pd.Timestamp(put_off.get(key, first)) for key, first in zip(table["class_id"], table[ENDS_ON], strict=True)]
    return frame.assign(
        **{ENDS_ON: pd.Series(ends, frame.index, dtype="datetime64[us]")},
        taken=pd.Series([taken.get(key, 0) for key in table["class_id"]], frame.index, dtype="int64"),
    )
