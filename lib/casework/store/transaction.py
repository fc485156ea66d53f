"""One write transaction: the chain head is held, events are appended, everything commits at once."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from lib.access import SYSTEM, Forbidden, Viewer
from lib.casework.store.chain import (
    EVENT_CHAIN,
    GENESIS,
    SEALED,
    Event,
    by_the_wall,
    canonical,
    event_id,
    from_row,
    seal,
)
from lib.casework.store.entered import entered
from lib.casework.store.kept import Ends
from lib.casework.store.schema import REAL, chain, event
from lib.warehouse.clock import now

# Built once: composing these for every action would cost more than running them.
_OF_OBJECT = (event.c.object_type == bindparam("kind")) & (event.c.object_id == bindparam("object"))
_LAST = select(event).where(_OF_OBJECT).order_by(event.c.seq.desc()).limit(1)
_LATEST = select(event).where(_OF_OBJECT, event.c.action == bindparam("did")).order_by(event.c.seq.desc()).limit(1)
_SINCE = select(event).where(_OF_OBJECT, event.c.seq > bindparam("since")).order_by(event.c.seq)
_SUBMITTED = select(event).where(event.c.submission_id == bindparam("submission"))


class Transaction:
    """What a changing function works with.

    The head row is locked from the start, so sequence numbers are gapless and the chain has one end. Appended
    events are kept back and written in bulk by `flush`; `last_event` and `submitted` know them already.
    """

    def __init__(self, connection: Connection, kind: str | None = None) -> None:
        self.connection = connection
        self.doomed = False
        # The last line of the audit log, when this transaction wrote one.
        self.logged: tuple[int, str] | None = None
        self._kind = kind
        self._standing: set[Viewer] = set()
        head = connection.execute(select(chain).where(chain.c.name == EVENT_CHAIN).with_for_update()).one()
        self._began = self._seq, self._hash = head.seq, head.hash
        self._revision = head.revision
        self._touched = False
        self._pending: list[dict[str, Any]] = []
        self._last: dict[tuple[str, str], Event | None] = {}
        self._latest: dict[tuple[str, str, str], Event] = {}
        self._submitted: dict[str, Event] = {}

    def append(
        self,
        viewer: Viewer,
        at: datetime,
        object_type: str,
        object_id: str,
        action: str,
        from_state: str | None,
        to_state: str | None,
        text: str = "",
        payload: dict[str, Any] | None = None,
        submission_id: str | None = None,
    ) -> Event:
        """Append one event and return it, sealed. Raises Forbidden as `require_standing` does."""
        self.require_standing(viewer)
        payload = by_the_wall(payload or {}, viewer.in_class, now())
        row: dict[str, Any] = {
            "seq": self._seq + 1,
            "at": at,
            "actor_id": viewer.person_id,
            "actor_name": viewer.name,
            "actor_role": viewer.role,
            "object_type": object_type,
            "object_id": object_id,
            "action": action,
            "from_state": from_state,
            "to_state": to_state,
            "text": text,
            "payload": canonical(payload),
            "submission_id": submission_id,
            "prev_hash": self._hash,
        }
        row["hash"] = seal(self._hash, row, SEALED)
        row["event_id"] = event_id(row["hash"])
        self._seq, self._hash = row["seq"], row["hash"]
        self._pending.append(row)
        appended = Event(**{**row, "payload": payload})
        self._last[object_type, object_id] = appended
        self._latest[object_type, object_id, action] = appended
        if submission_id is not None:
            self._submitted[submission_id] = appended
        return appended

    def last_event(self, object_type: str, object_id: str) -> Event | None:
        """The newest event of an object, or None."""
        key = (object_type, object_id)
        if key not in self._last:
            row = self.connection.execute(_LAST, {"kind": object_type, "object": object_id}).one_or_none()
            self._last[key] = None if row is None else from_row(row)
        return self._last[key]

    def latest(self, object_type: str, object_id: str, action: str) -> Event | None:
        """The object's newest event of one action, or None."""
        last = self.last_event(object_type, object_id)
        if last is None or last.action == action:
            return last
        if (object_type, object_id, action) in self._latest:
            return self._latest[object_type, object_id, action]
        bound = {"kind": object_type, "object": object_id, "did": action}
        row = self.connection.execute(_LATEST, bound).one_or_none()
        return None if row is None else from_row(row)

    def events_since(self, object_type: str, object_id: str, seq: int) -> tuple[Event, ...]:
        """The object's events after number `seq`, oldest first."""
        self.flush()
        rows = self.connection.execute(_SINCE, {"kind": object_type, "object": object_id, "since": seq})
        return tuple(from_row(row) for row in rows)

    def submitted(self, submission_id: str) -> Event | None:
        """The event an earlier submission with this id left, or None."""
        if submission_id in self._submitted:
            return self._submitted[submission_id]
        row = self.connection.execute(_SUBMITTED, {"submission": submission_id}).one_or_none()
        return None if row is None else from_row(row)

    def require_standing(self, viewer: Viewer) -> None:
        """Raise Forbidden when a person of a real store is no longer entered as the viewer that is asking.

        A form stays open for hours; the grant is read anew inside the transaction that uses it.
        """
        if self._kind != REAL or viewer.role == SYSTEM.role or viewer in self._standing:
            return
        if entered(self.connection, viewer.person_id) != viewer:
            raise Forbidden(
                "您的登记已被撤销或变更，没有保存。", "请复制好已填写的内容，重新登录；有疑问请联系系统管理员。"
            )
        self._standing.add(viewer)

    def ends(self, store_id: str) -> Ends | None:
        """The ends of the chains that this transaction wrote, None when it wrote neither."""
        if self._began == (self._seq, self._hash) and self.logged is None:
            return None
        return Ends(store_id, (self._seq, self._hash), self.logged or (0, GENESIS))

    def touch(self) -> None:
        """Say that something readers care for has changed without an event."""
        self._touched = True

    def flush(self) -> None:
        """Write the appended events and move the head."""
        if not self._pending and not self._touched:
            return
        if self._pending:
            self.connection.execute(insert(event), self._pending)
        self._revision += 1
        self.connection.execute(
            update(chain)
            .where(chain.c.name == EVENT_CHAIN)
            .values(seq=self._seq, hash=self._hash, revision=self._revision)
        )
        self._pending, self._touched = [], False
