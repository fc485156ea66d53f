"""Append-only events, each sealed with the hash of the one before."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row

EVENT_CHAIN = "event"
GENESIS = "0" * 64

# What the seal covers, in this order. event_id is derived from the seal itself.
SEALED = (
    "seq",
    "at",
    "actor_id",
    "actor_name",
    "actor_role",
    "object_type",
    "object_id",
    "action",
    "from_state",
    "to_state",
    "text",
    "payload",
    "submission_id",
)


@dataclass(frozen=True)
class Event:
    """Who did what, when, on which object, from which state to which.

    `to_state` is the object's state after the event, also when the event changed nothing about it.
    """

    seq: int
    event_id: str
    at: datetime
    actor_id: str
    actor_name: str
    actor_role: str
    object_type: str
    object_id: str
    action: str
    from_state: str | None
    to_state: str | None
    text: str
    payload: dict[str, Any] = field(hash=False)
    submission_id: str | None
    prev_hash: str
    hash: str


# In what is recorded of a class: when it was done by the clock on the wall. A synthetic city's day never moves on, and
# its midnight brings the same day again.
CLOCK = "clock"


def by_the_wall(told: dict[str, Any], in_class: bool, clock: datetime) -> dict[str, Any]:
    """What is recorded of something, with the wall clock's time when it is done in a class and does not say its own."""
    return told if not in_class or CLOCK in told else {**told, CLOCK: clock.isoformat(timespec="seconds")}


def wall_time(told: Mapping[str, Any], at: datetime) -> datetime:
    """When something was done by the wall clock, from what was recorded of it; `at` where nothing is said."""
    return datetime.fromisoformat(told[CLOCK]) if CLOCK in told else at


# How far a clock that was set by hand, or two of them, may plausibly lie apart.
SKEW = timedelta(days=7)


def moment_after(at: datetime, last: Event | None) -> datetime:
    """When something that follows `last` on the same object happened, by a clock that says `at`.

    Never earlier than `last`, so that a life reads in order; unless `last` lies so far ahead that its clock was wrong:
    one leap of a clock must not date all that follows. The order is then in the events' numbers alone.
    """
    return at if last is None or last.at - at > SKEW else max(at, last.at)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if hasattr(value, "item"):
        return value.item()
    if isinstance(value, set | frozenset | tuple):
        return sorted(value)
    raise TypeError(f"cannot be stored in a payload: {type(value).__name__}")


def canonical(value: Any) -> str:
    """The one JSON text of a value: sorted keys, no spaces, no NaN."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_plain)


def seal(prev_hash: str, values: dict[str, Any] | Any, columns: tuple[str, ...] = SEALED) -> str:
    """sha256 over the previous seal and the row's values (payload as stored text, times to the microsecond)."""
    parts = [
        value.isoformat(timespec="microseconds") if isinstance(value, datetime) else value
        for value in (values[name] for name in columns)
    ]
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{prev_hash}\n{text}".encode()).hexdigest()


def event_id(sealed: str) -> str:
    """The public number of an event."""
    return "E" + sealed[:20]


def from_row(row: Row | dict[str, Any]) -> Event:
    """A stored row of `event` as an Event."""
    values = dict(row) if isinstance(row, dict) else dict(row._mapping)
    values["payload"] = json.loads(values["payload"])
    return Event(**values)


def broken_links(rows: Iterator[Any], columns: tuple[str, ...], what: str) -> tuple[list[str], int, str]:
    """Faults of a sealed sequence read in order, and its last seq and hash.

    After a fault the check goes on from the stored hash, so that one tampered row is reported once.
    """
    faults, seq, prev_hash = [], 0, GENESIS
    for row in rows:
        values = row._mapping
        if values["seq"] != seq + 1:
            faults.append(f"{what}缺失：第 {seq + 1} 至 {values['seq'] - 1} 号")
        elif values["prev_hash"] != prev_hash:
            faults.append(f"{what}第 {values['seq']} 号与前一号不衔接")
        if seal(values["prev_hash"], values, columns) != values["hash"]:
            faults.append(f"{what}第 {values['seq']} 号内容被改动")
        seq, prev_hash = values["seq"], values["hash"]
    return faults, seq, prev_hash
