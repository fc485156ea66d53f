"""How the messages of the outbox are taken in hand, put together, sent once by many workers, tried again, given up.

A message is at least sent once: what was sent and not noted because the worker died is sent again under the same key.
"""

import json
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, func, insert, or_, select, update

from lib.casework.messages.sending import Failure
from lib.casework.messages.settings import Addresses, Settings
from lib.casework.store.register import Register
from lib.casework.store.schema import delivery, event, outbox

WAITING, SENT, DEAD, JOINED, STALE = "waiting", "sent", "dead", "joined", "stale"
_SLICE = 500
# Where the event of a restore names the messages that were held back.
HELD_BACK = "held_back"
_HOUR = timedelta(hours=1)
TOO_OLD, NO_ADDRESS = "写成太久才有通道可发", "没有这个单位的地址"
# What a restored store has as not sent may have been sent after the backup.
RESTORED = "业务库从备份恢复，可能已经发过；核实后重发"


class Taken(NamedTuple):
    """A message that a worker has taken to send: by which channel, under which lease, which attempt it is; `row` is
    the row of the outbox."""

    row: Row
    channel: str
    lease: str
    attempt: int

    @property
    def key(self) -> str:
        """By which whoever gets it twice can tell that it is the same."""
        return f"{self.row.outbox_id}-{self.channel}"


_OWN = delivery.c.outbox_id == outbox.c.outbox_id
_NEW = select(outbox).where(~exists().where(_OWN)).order_by(outbox.c.created_at, outbox.c.outbox_id)


def take_in(register: Register, settings: Settings, book: Addresses, at: datetime, clock: datetime) -> int:
    """Give every new message of the outbox a row for each channel it goes by; returns how many messages.

    `at` is the clock, `clock` the time that messages are dated by (a synthetic city's). A newer message about the same
    object to the same unit takes the place of one that waits. Those without a channel that has an address are left.
    """
    count = 0
    with register.read() as connection:
        going = _going(connection, settings, book)
        restored = _before_restore(connection)
    if not going:
        return 0
    while True:
        with register.transaction() as tx:
            rows = tx.connection.execute(_NEW.where(outbox.c.object_type.in_(going)).limit(_SLICE)).all()
            for row in rows:
                _take_in(tx.connection, settings, book, row, at, clock, row.outbox_id in restored)
        count += len(rows)
        if len(rows) < _SLICE:
            return count


def _before_restore(connection: Connection) -> frozenset[str]:
    """The messages that were in the store when it was last restored, and in nobody's hand."""
    last = select(event.c.payload).where(event.c.object_type == "store", event.c.action == "restore")
    found = connection.execute(last.order_by(event.c.seq.desc()).limit(1)).scalar_one_or_none()
    return frozenset() if found is None else frozenset(json.loads(found).get(HELD_BACK, ()))


def hold(connection: Connection) -> list[str]:
    """Stop all that waits to be sent, in a store that was just restored, and what no worker had taken in: the numbers
    of those, which `take_in` holds as soon as it knows their channels. A person sends them again from the page."""
    connection.execute(
        update(delivery)
        .where(delivery.c.state == WAITING)
        .values(state=DEAD, reason=RESTORED, lease=None, lease_until=None)
    )
    return list(connection.execute(_NEW.with_only_columns(outbox.c.outbox_id)).scalars())


def _take_in(
    connection: Connection, settings: Settings, book: Addresses, row: Row, at: datetime, clock: datetime, restored: bool
) -> None:
    age = max(clock - row.created_at, timedelta(0))
    for channel in settings.route(row.object_type):
        if channel not in book.open:
            continue
        due = at + max(settings.together - age, timedelta(0))
        state, reason = (STALE, TOO_OLD) if age > settings.oldest else (WAITING, "")
        if restored:
            state, reason = DEAD, RESTORED
        if state == WAITING:
            due = min([due, *_joined(connection, row, channel, at)])
        connection.execute(
            insert(delivery).values(
                outbox_id=row.outbox_id, channel=channel, state=state, attempts=0, next_at=due, reason=reason
            )
        )


def _joined(connection: Connection, row: Row, channel: str, at: datetime) -> list[datetime]:
    """Put what waits about the same into this message; when that was to go out."""
    unit = outbox.c.to_org_id == row.to_org_id if row.to_org_id is not None else outbox.c.to_org_id.is_(None)
    same = select(delivery.c.outbox_id, delivery.c.next_at).join(outbox, _OWN)
    waiting = connection.execute(
        same.where(
            outbox.c.object_type == row.object_type, outbox.c.object_id == row.object_id, unit,
            delivery.c.channel == channel, delivery.c.state == WAITING, _free(at),
        )
    ).all()  # fmt: skip
    for one in waiting:
        connection.execute(
            update(delivery)
            .where(delivery.c.outbox_id == one.outbox_id, delivery.c.channel == channel)
            .values(state=JOINED, joined_to=row.outbox_id)
        )
    return [one.next_at for one in waiting]


def _free(at: datetime) -> ColumnElement[bool]:
    """No worker has it in hand."""
    return or_(delivery.c.lease_until.is_(None), delivery.c.lease_until <= at)


def _due(at: datetime) -> ColumnElement[bool]:
    return and_(delivery.c.state == WAITING, delivery.c.next_at <= at, _free(at))


def any_due(register: Register, settings: Settings, book: Addresses, at: datetime) -> bool:
    """Whether a worker would find something to do: cheap, to be asked often."""
    if not book.open or settings.loud(at) != at:
        return False
    waiting = select(delivery.c.channel).distinct().where(_due(at), delivery.c.channel.in_(book.open))
    with register.read() as connection:
        channels = connection.execute(waiting).scalars().all()
        if any(_left(connection, settings, channel, at) > 0 for channel in channels):
            return True
        return bool(_going(connection, settings, book))


def _going(connection: Connection, settings: Settings, book: Addresses) -> list[str]:
    """The kinds of object that new messages are about and that go by a channel with an address."""
    kinds = connection.execute(select(outbox.c.object_type).distinct().where(~exists().where(_OWN))).scalars()
    return [kind for kind in kinds if book.open & set(settings.route(kind))]


def _left(connection: Connection, settings: Settings, channel: str, at: datetime) -> int:
    """How many more messages a channel may carry in this hour."""
    lately = select(func.count()).where(delivery.c.channel == channel, delivery.c.tried_at > at - _HOUR)
    return settings.channels[channel].most_per_hour - connection.execute(lately).scalar_one()


def take(
    register: Register,
    settings: Settings,
    channel: str,
    worker: str,
    at: datetime,
    aside: Callable[[str | None], bool] = lambda _: False,
) -> Taken | None:
    """Take the message of a channel that has waited longest, for one lease; None when none is due or the hour is full.

    aside: whether a unit is left alone for now.
    """
    if settings.loud(at) != at:
        return None
    waiting = select(outbox, delivery.c.attempts).join(delivery, _OWN)
    waiting = waiting.where(delivery.c.channel == channel, _due(at)).order_by(delivery.c.next_at, outbox.c.created_at)
    with register.read() as connection:
        if connection.execute(waiting.limit(1)).first() is None:
            return None
    with register.transaction() as tx:
        if _left(tx.connection, settings, channel, at) <= 0:
            return None
        rows = tx.connection.execute(waiting.limit(_SLICE)).all()
        row = next((one for one in rows if not aside(one.to_org_id)), None)
        if row is None:
            return None
        attempt = row.attempts + 1
        own = (delivery.c.outbox_id == row.outbox_id, delivery.c.channel == channel)
        done = tx.connection.execute(
            update(delivery)
            .where(*own, _due(at), delivery.c.attempts == row.attempts)
            .values(attempts=attempt, lease=worker, lease_until=at + settings.lease, tried_at=at)
        )
        return Taken(row, channel, worker, attempt) if done.rowcount == 1 else None


def note_sent(register: Register, taken: Taken, at: datetime) -> None:
    """Note that a message was taken by the other side; whoever has it in hand by now need not note it again."""
    own = (delivery.c.outbox_id == taken.row.outbox_id, delivery.c.channel == taken.channel)
    with register.transaction() as tx:
        tx.connection.execute(
            update(delivery)
            .where(*own, delivery.c.state.in_((WAITING, DEAD)))
            .values(state=SENT, sent_at=at, reason="", lease=None, lease_until=None)
        )


def note_failed(
    register: Register, settings: Settings, taken: Taken, failure: Failure, at: datetime, chance: float | None = None
) -> None:
    """Note that a message did not go, and when it is tried again; after the last attempt it is given up.

    What another worker has taken since, or sent, is left alone.
    """
    given_up = taken.attempt >= settings.times
    chance = random.random() if chance is None else chance
    own = (delivery.c.outbox_id == taken.row.outbox_id, delivery.c.channel == taken.channel)
    with register.transaction() as tx:
        tx.connection.execute(
            update(delivery)
            .where(*own, delivery.c.state == WAITING, delivery.c.lease == taken.lease,
                   delivery.c.attempts == taken.attempt)
            .values(state=DEAD if given_up else WAITING, reason=failure.reason[:80], lease=None, lease_until=None,
                    next_at=at + settings.again(taken.attempt, chance))
        )  # fmt: skip
