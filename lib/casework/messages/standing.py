"""Where the messages of the outbox stand, and sending again what was given up."""

from collections.abc import Sequence
from datetime import datetime

import pandas as pd
from sqlalchemy import select, update

from lib.access import NotVisible, Viewer, under
from lib.casework.messages.delivery import DEAD, STALE, WAITING
from lib.casework.messages.letter import Letter, compose
from lib.casework.objects import KINDS
from lib.casework.reading.snapshot import Snapshot, snapshot
from lib.casework.store.register import Register
from lib.casework.store.schema import delivery, outbox
from lib.warehouse.store import Warehouse

_COLUMNS = (
    *(outbox.c[name] for name in ("outbox_id", "object_type", "object_id", "to_org_id", "created_at")),
    *(delivery.c[name] for name in ("channel", "state", "attempts", "next_at", "tried_at", "sent_at", "reason",
                                    "joined_to", "lease_until")),
)  # fmt: skip
_TIMES = ("created_at", "next_at", "tried_at", "sent_at", "lease_until")
# What may be sent again at a person's word.
AGAIN = (DEAD, STALE)


@under("view", "message")
def messages(register: Register, viewer: Viewer, warehouse: Warehouse | None) -> pd.DataFrame:
    """Every message by every channel it goes by, the newest first: outbox_id, object_type, object_id, to_org_id,
    created_at (by the city's clock), number (the short one of the object), channel, state, attempts, next_at, tried_at,
    sent_at, reason, joined_to, lease_until.

    One that no worker has taken in hand has neither channel nor state. What was written in it is no part of this.
    """
    own = delivery.c.outbox_id == outbox.c.outbox_id
    order = (outbox.c.created_at.desc(), outbox.c.outbox_id, delivery.c.channel)
    query = select(*_COLUMNS).select_from(outbox.outerjoin(delivery, own)).order_by(*order)
    with register.read() as connection:
        frame = pd.DataFrame(map(tuple, connection.execute(query)), columns=[column.name for column in _COLUMNS])
    texts = [name for name in frame if name not in (*_TIMES, "attempts")]
    times = {name: pd.to_datetime(frame[name]) for name in _TIMES}
    counted = frame.assign(attempts=frame["attempts"].fillna(0).astype("int64"), **times)
    return _numbered(counted.astype(dict.fromkeys(texts, "str")), snapshot(register, warehouse))


def _numbered(found: pd.DataFrame, held: Snapshot) -> pd.DataFrame:
    """With the short numbers of the objects, those by which they are stored where there is none."""
    numbers = found["object_id"].astype("object")
    for name, rows in found.groupby("object_type"):
        kind = KINDS.get(str(name))
        if kind is not None:
            own = held.objects[kind.name].set_index(kind.key)["number"]
            numbers.loc[rows.index] = rows["object_id"].map(own).astype("object").fillna(rows["object_id"])
    return found.assign(number=numbers)


@under("view", "message")
def text_of(
    register: Register, viewer: Viewer, warehouse: Warehouse, outbox_id: str, channel: str, link: str
) -> Letter:
    """A message as it goes out. Raises NotVisible."""
    with register.read() as connection:
        row = connection.execute(select(outbox).where(outbox.c.outbox_id == outbox_id)).one_or_none()
    if row is None:
        raise NotVisible()
    return compose(register, warehouse, row, f"{outbox_id}-{channel}", link)


@under("resend", "message")
def resend(register: Register, viewer: Viewer, chosen: Sequence[tuple[str, str]], at: datetime, clock: datetime) -> int:
    """Let messages that were given up be tried anew, from the beginning: an event each; returns how many there were.

    chosen: pairs of outbox_id and channel; what has meanwhile been sent or taken up again is left alone. `at` is the
    clock, `clock` the time that events are dated by.
    """
    count = 0
    with register.transaction() as tx:
        tx.require_standing(viewer)
        for outbox_id, channel in chosen:
            own = (delivery.c.outbox_id == outbox_id, delivery.c.channel == channel, delivery.c.state.in_(AGAIN))
            row = tx.connection.execute(select(delivery).where(*own)).one_or_none()
            if row is None:
                continue
            fresh = {"state": WAITING, "attempts": 0, "next_at": at, "lease": None, "lease_until": None}
            tx.connection.execute(update(delivery).where(*own).values(**fresh))
            told = {"channel": channel, "attempts": row.attempts, "reason": row.reason}
            tx.append(viewer, clock, "message", outbox_id, "resend", row.state, WAITING, payload=told)
            count += 1
    return count
