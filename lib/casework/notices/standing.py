"""Where notices stand: what plain states say, the number, what was last written, and when each stage was reached."""

import json
from typing import NamedTuple

import numpy as np
import pandas as pd

from lib.casework.clock import EXTEND
from lib.casework.deadlines import Calendar
from lib.casework.notices.first_answer import first_answer
from lib.casework.notices.states import number_text
from lib.casework.notices.steps import CONTENT, DAYS, DRAFT
from lib.casework.reading.states import plain
from lib.casework.serial import SERIAL

# When a stage was last reached, by the action that reached it; delivery and signature are reached once.
_AT = {
    "sign": "signed_at",
    "deliver": "delivered_at",
    "receipt": "received_at",
    "feed_back": "answered_at",
    "recheck": "rechecked_at",
    "close": "closed_at",
    "escalate": "escalated_at",
    "send_back": "sent_back_at",
    EXTEND: "extended_at",
}
_REVISED = (*(one.name for one in CONTENT if one.name != "org_id"), DAYS)


def standing(table: pd.DataFrame, events: pd.DataFrame, days: Calendar) -> pd.DataFrame:
    """The table with the columns of states.plain, serial (监督通知〔2022〕第001号, missing before it is signed),
    signed_at … extended_at, drafter_name, and the columns of first_answer.

    Title, facts and the rest are as they were last revised.
    """
    last = _last(events)
    keys = table["notice_id"].tolist()
    revised = [json.loads(last[key, "revise"].payload) if (key, "revise") in last else {} for key in keys]
    written = {
        name: [held.get(name, first) for held, first in zip(revised, table[name], strict=True)] for name in _REVISED
    }
    flags = {"complex": "bool", DAYS: "int64"}
    texts = dict.fromkeys((name for name in table if name not in flags), "str")
    frame = plain(table.assign(**written).astype(texts | flags), events, "notice", "notice_id", (DRAFT.action,), days)
    never = np.datetime64("NaT", "us")
    times = {
        column: np.array([last[key, action].at if (key, action) in last else never for key in keys], "datetime64[us]")
        for action, column in _AT.items()
    }
    numbers = [_number(last[key, "sign"].payload) if (key, "sign") in last else None for key in keys]
    drafters = [last[key, DRAFT.action].actor_name if (key, DRAFT.action) in last else None for key in keys]
    times |= first_answer(keys, events, days)
    return frame.assign(**times, serial=pd.array(numbers, dtype="str"), drafter_name=pd.array(drafters, dtype="str"))


class _Event(NamedTuple):
    at: np.datetime64
    actor_name: str
    payload: str


def _last(events: pd.DataFrame) -> dict[tuple[str, str], _Event]:
    """The newest event of each notice and action."""
    own = np.flatnonzero(events["object_type"].eq("notice").to_numpy())
    columns = ("object_id", "action", "at", "actor_name", "payload")
    rows = zip(*(events[name].take(own).to_numpy() for name in columns), strict=True)
    return {(one, action): _Event(at, name, payload) for one, action, at, name, payload in rows}


def _number(payload: str) -> str:
    given = json.loads(payload)[SERIAL]
    return number_text(given["year"], given["number"])
