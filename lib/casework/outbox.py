"""Messages to be sent: written with the event that caused them, delivered by whoever owns the channel."""

import hashlib
from datetime import datetime

import pandas as pd
from sqlalchemy import insert, select

from lib.access import Viewer
from lib.casework.chain import Event
from lib.casework.register import Register
from lib.casework.schema import outbox
from lib.casework.sight import require_object
from lib.casework.transaction import Transaction

ZWDD = "浙政钉"


def post(tx: Transaction, event: Event, to_org_id: str | None, subject: str, body: str, channel: str = ZWDD) -> str:
    """Put one message into the outbox, in the transaction of its event; returns its id."""
    outbox_id = "M" + hashlib.sha256(f"{event.hash}|{channel}|{to_org_id}".encode()).hexdigest()[:20]
    tx.connection.execute(
        insert(outbox).values(
            outbox_id=outbox_id, channel=channel, to_org_id=to_org_id, subject=subject, body=body,
            object_type=event.object_type, object_id=event.object_id, created_by=event.actor_id,
            created_at=event.at, sent_at=None,
        )
    )  # fmt: skip
    return outbox_id


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


def mark_sent(register: Register, outbox_id: str, at: datetime) -> None:
    """Note that a message has been delivered."""
    with register.transaction() as tx:
        tx.connection.execute(outbox.update().where(outbox.c.outbox_id == outbox_id).values(sent_at=at))
