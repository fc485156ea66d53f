"""Where the risks of the integrity registers stand: what plain states say, the text in force, the last review."""

import json
from typing import Any

import numpy as np
import pandas as pd

from lib.casework.deadlines import Calendar, end_of_day
from lib.casework.reading.states import plain
from lib.casework.risks.states import OPEN_STATES
from lib.casework.risks.steps import EFFECT, ENTER, LEVEL, REVIEW_ON, RISK, WRITTEN

_TEXTS = ("risk_id", "org_id", "area_code", "domain_code", "point", LEVEL, *WRITTEN)


def standing(table: pd.DataFrame, events: pd.DataFrame, days: Calendar) -> pd.DataFrame:
    """The table with the columns of states.plain, what is written as it was last revised, level and review_on as they
    were last reviewed, and effect (of the last review, None before any), reviewed_at (NaT before any), version (1 as
    it was entered). It is due by the end of review_on."""
    told = _told(events)
    keys = table["risk_id"].tolist()
    held = [told.get(key, {}) for key in keys]
    changed = {
        name: [one.get(name, first) for one, first in zip(held, table[name], strict=True)] for name in (*WRITTEN, LEVEL)
    }
    review = [one.get(REVIEW_ON, first) for one, first in zip(held, table[REVIEW_ON], strict=True)]
    texts = dict.fromkeys(_TEXTS, "str")
    frame = plain(table.assign(**changed).astype(texts), events, RISK, "risk_id", (ENTER.action,), days)
    on = pd.Series([pd.Timestamp(one) for one in review], frame.index, dtype="datetime64[us]")
    due = end_of_day(on.to_numpy().astype("datetime64[D]"))
    running = frame["state"].isin(OPEN_STATES).to_numpy()
    return frame.assign(
        **{REVIEW_ON: on, EFFECT: pd.array([one.get(EFFECT) for one in held], dtype="str")},
        reviewed_at=np.array([one.get("at", np.datetime64("NaT")) for one in held], "datetime64[us]"),
        version=pd.Series([1 + one.get("revised", 0) for one in held], frame.index, dtype="int64"),
        due_at=np.where(running, due, np.datetime64("NaT", "us")),
    )


def _told(events: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """What the last revision and the last review of each risk say."""
    own = np.flatnonzero(events["object_type"].eq(RISK).to_numpy())
    columns = (events[name].take(own) for name in ("object_id", "action", "at", "payload"))
    found: dict[str, dict[str, Any]] = {}
    for key, action, at, text in zip(*columns, strict=True):
        held = found.setdefault(key, {})
        if action == "revise":
            payload = json.loads(text)
            held |= {name: payload[name] for name in WRITTEN} | {"revised": held.get("revised", 0) + 1}
        elif action == "review":
            payload = json.loads(text)
            held |= {name: payload[name] for name in (LEVEL, EFFECT, REVIEW_ON)} | {"at": at.to_datetime64()}
    return found
