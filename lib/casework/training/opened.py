"""Which exercise a seat is in the middle of, and what it opens meanwhile."""

import json
from typing import NamedTuple

from sqlalchemy import select

from lib.casework.store.register import Register
from lib.casework.store.schema import event
from lib.casework.training.states import WORKING

ATTEMPT = "attempt"

_LAST = select(event.c.object_id, event.c.to_state).where(event.c.object_type == ATTEMPT).order_by(event.c.seq.desc())
_FIRST = select(event.c.payload).where(event.c.object_type == ATTEMPT).order_by(event.c.seq)


class Opened(NamedTuple):
    """An attempt that is not finished: its number and exercise, the roles that may be played and the pages (by their
    url paths) that are open meanwhile. All of it stands in the event that began it."""

    attempt_id: str
    exercise: str
    plays: tuple[str, ...]
    pages: tuple[str, ...]


def opened(register: Register) -> Opened | None:
    """The attempt a seat works on, None between two."""
    with register.read() as connection:
        last = connection.execute(_LAST.limit(1)).one_or_none()
        if last is None or last.to_state != WORKING:
            return None
        begun = connection.execute(_FIRST.where(event.c.object_id == last.object_id).limit(1)).scalar_one()
    told = json.loads(begun)
    return Opened(last.object_id, told["exercise"], tuple(told["plays"]), tuple(told["pages"]))
