"""Where notices stand: what plain states say, the number, what was last written, and when each stage was reached."""

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from lib.casework.clock import EXTEND
from lib.casework.deadlines import Calendar
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
    signed_at … extended_at, and drafter_name.

    Title, facts and the rest are as they were last revised.
    """
    own = events[events["object_type"].eq("notice")]
    flags = {"complex": "bool", DAYS: "int64"}
    texts = dict.fromkeys((name for name in table if name not in flags), "str")
    frame = plain(table.astype(texts | flags), events, "notice", "notice_id", (DRAFT.action,), days)
    key = pd.Index(frame["notice_id"])
    reached = own[own["action"].isin(_AT)].groupby(["action", "object_id"])["at"].last()
    for action, column in _AT.items():
        held = reached[action] if action in reached.index else pd.Series(dtype="datetime64[us]")
        frame[column] = pd.to_datetime(held.reindex(key)).to_numpy("datetime64[us]")
    drafted = own[own["action"].eq(DRAFT.action)].set_index("object_id")["actor_name"]
    frame["drafter_name"] = drafted.reindex(key).to_numpy()
    frame["serial"] = [_number(held) for held in _last(own, "sign", key)]
    for place, held in enumerate(_last(own, "revise", key)):
        for name in _REVISED if held else ():
            frame.loc[frame.index[place], name] = held[name]
    return frame.astype({"serial": "str", "drafter_name": "str"})


def _last(own: pd.DataFrame, action: str, key: pd.Index) -> list[Mapping[str, Any]]:
    """The payload of each notice's newest event of an action, empty without one."""
    found = own[own["action"].eq(action)].groupby("object_id")["payload"].last().reindex(key)
    return [{} if pd.isna(text) else json.loads(text) for text in found]


def _number(held: Mapping[str, Any]) -> str | None:
    given = held.get(SERIAL)
    return None if given is None else number_text(given["year"], given["number"])
