"""Messages to be sent: written with the event that caused them, delivered by whoever owns the channel."""

import hashlib
from typing import Any

import pandas as pd
from sqlalchemy import insert, select

from lib.access import Viewer
from lib.casework.sight import require_object
from lib.casework.store.chain import Event
from lib.casework.store.register import Register
from lib.casework.store.schema import outbox
from lib.casework.store.transaction import Transaction

ZWDD = "浙政钉"


def message(to_org_id: str | None, subject: str, body: str) -> dict[str, Any]:
    """A message to a unit as the payload of its event carries it."""
    return {"channel": ZWDD, "to_org_id": to_org_id, "subject": subject, "body": body}


def row_of(event: Event) -> dict[str, Any]:
    """The row of the outbox that an event with a message stands for."""
    sent = event.payload["message"]
    key = f"{event.hash}|{sent['channel']}|{sent['to_org_id']}"
    return {
        "outbox_id": "M" + hashlib.sha256(key.encode()).hexdigest()[:20], **sent, "object_type": event.object_type,
        "object_id": event.object_id, "created_by": event.actor_id, "created_at": event.at, "sent_at": None,
    }  # fmt: skip


def post(tx: Transaction, event: Event) -> str:
    """Put the message of an event into the outbox, in its transaction; returns its id."""
    values = row_of(event)
    tx.connection.execute(insert(outbox).values(**values))
    return str(values["outbox_id"])


def messages(register: Register, viewer: Viewer, object_type: str, object_id: str) -> pd.DataFrame:
    """outbox_id, channel, to_org_id, subject, body, created_by, created_at, sent_at of a visible object, oldest first.

    Raises NotVisible.
    """
    columns = [column for column in outbox.c if column.name not in ("object_type", "object_id")]
    with register.read() as connection:
        require_object(connection, viewer, object_type, object_id)
        rows = connection.execute(
            select(*columns)
            .where(outbox.c.object_type == object_type, outbox.c.object_id == object_id)
            .order_by(outbox.c.created_at, outbox.c.outbox_id)
        ).all()
    return pd.DataFrame(rows, columns=[column.name for column in columns])
