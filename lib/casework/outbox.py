"""Messages to be sent: written with the event that caused them, delivered by whoever owns the channel."""

import hashlib
from typing import Any

from sqlalchemy import insert

from lib.casework.store.chain import Event
from lib.casework.store.schema import outbox
from lib.casework.store.transaction import Transaction

ZWDD = "浙政钉"


def message(to_org_id: str | None, name: str) -> dict[str, Any]:
    """A message to a unit as the payload of its event carries it: that there is something called `name` to do.

    The matter itself stays in the product, so that no message holds anything about a person.
    """
    body = f"您有一条{name}待办，请登录执法监督舱查看。"
    return {"channel": ZWDD, "to_org_id": to_org_id, "subject": f"{name}待办", "body": body}


def row_of(event: Event) -> dict[str, Any]:
    """The row of the outbox that an event with a message stands for."""
    sent = event.payload["message"]
    key = f"{event.hash}|{sent['channel']}|{sent['to_org_id']}"
    return {
        "outbox_id": "M" + hashlib.sha256(key.encode()).hexdigest()[:20],
        **sent,
        "object_type": event.object_type,
        "object_id": event.object_id,
        "created_by": event.actor_id,
        "created_at": event.at,
        "sent_at": None,
    }


def post(tx: Transaction, event: Event) -> str:
    """Put the message of an event into the outbox, in its transaction; returns its id."""
    values = row_of(event)
    tx.connection.execute(insert(outbox).values(**values))
    return str(values["outbox_id"])
