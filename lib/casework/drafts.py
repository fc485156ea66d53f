"""What a person has typed and not recorded: kept when two people collide, or on request."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from lib.access import OBJECT, Viewer, under
from lib.casework import attachments
from lib.casework.sight import require_object
from lib.casework.steps import Submission
from lib.casework.store.chain import canonical
from lib.casework.store.register import Register
from lib.casework.store.schema import draft
from lib.casework.store.transaction import Transaction

UNREGISTERED = "new"


def unregistered(about: str = "") -> str:
    """The id under which a draft of what is not registered yet is kept: one for each thing it is made from."""
    return f"{UNREGISTERED}:{about}" if about else UNREGISTERED


_OF_ACTION = (
    (draft.c.object_type == bindparam("kind"))
    & (draft.c.object_id == bindparam("object"))
    & (draft.c.person_id == bindparam("person"))
    & (draft.c.action == bindparam("did"))
)
_DISCARD = delete(draft).where(_OF_ACTION)


def _mine(viewer: Viewer, object_type: str, object_id: str, action: str | None) -> Any:
    condition = (
        (draft.c.object_type == object_type)
        & (draft.c.object_id == object_id)
        & (draft.c.person_id == viewer.person_id)
    )
    return condition if action is None else condition & (draft.c.action == action)


def _put(
    tx: Transaction, viewer: Viewer, object_type: str, object_id: str, action: str, payload: dict, at: datetime
) -> None:
    values = {"payload": canonical(payload), "at": at}
    changed = tx.connection.execute(update(draft).where(_mine(viewer, object_type, object_id, action)).values(values))
    if changed.rowcount == 0:
        tx.connection.execute(
            insert(draft).values(
                object_type=object_type, object_id=object_id, person_id=viewer.person_id, action=action, **values
            )
        )


def keep(
    tx: Transaction, viewer: Viewer, object_type: str, object_id: str, action: str, sent: Submission, values: dict
) -> dict[str, Any]:
    """Keep what a refused submission contained, the values of its fields and its file, and return it."""
    payload: dict[str, Any] = {**values, "action": action, "text": sent.text}
    payload |= attachments.store_all(tx, viewer, object_type, object_id, sent.files, sent.at)
    _put(tx, viewer, object_type, object_id, action, payload, sent.at)
    return payload


@under("view", OBJECT)
def save_draft(
    register: Register,
    viewer: Viewer,
    object_type: str,
    object_id: str,
    payload: dict[str, Any],
    at: datetime,
    action: str = "conclude",
) -> None:
    """Keep a half-filled form of this person for this object and action; a later one replaces it.

    What is not registered yet has an id of `unregistered`. Raises NotVisible outside the scope.
    """
    with register.transaction() as tx:
        tx.require_standing(viewer)
        if object_id.partition(":")[0] != UNREGISTERED:
            require_object(tx.connection, viewer, object_type, object_id)
        _put(tx, viewer, object_type, object_id, action, payload, at)


@under("view", OBJECT)
def load_draft(
    register: Register, viewer: Viewer, object_type: str, object_id: str, action: str | None = None
) -> dict[str, Any] | None:
    """This person's newest draft for an object (of one action, when given), or None; nobody else's."""
    with register.read() as connection:
        row = connection.execute(
            select(draft.c.payload)
            .where(_mine(viewer, object_type, object_id, action))
            .order_by(draft.c.at.desc())
            .limit(1)
        ).one_or_none()
    return None if row is None else json.loads(row.payload)


def discard(tx: Transaction, viewer: Viewer, object_type: str, object_id: str, action: str) -> None:
    """Drop the person's draft of an action that has now been recorded."""
    bound = {"kind": object_type, "object": object_id, "person": viewer.person_id, "did": action}
    tx.connection.execute(_DISCARD, bound)
