"""The worker that sends what waits: one at a time in a home, each channel by itself, so that none waits for another."""

import fcntl
import logging
import os
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from lib.casework.messages import delivery, letter, sending
from lib.casework.messages.settings import Addresses, Settings, addresses, settings
from lib.casework.store.register import Register
from lib.errors import UserError
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

log = logging.getLogger(__name__)


class Sent(NamedTuple):
    """What a pass did: messages taken in hand, sent, and not sent."""

    taken_in: int = 0
    sent: int = 0
    failed: int = 0


@contextmanager
def alone(home: Path) -> Iterator[bool]:
    """Whether this process is the one that sends in this home; the right ends with the process, however it ends."""
    with open(os.open(home / "messages.lock", os.O_CREAT | os.O_RDWR, 0o600), "r+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def waiting(register: Register, home: Path) -> bool:
    """Whether a pass would find something to do."""
    return delivery.any_due(register, settings(), addresses(home), now())


def work(register: Register, warehouse: Warehouse, home: Path) -> Sent:
    """Send what is due, until nothing is. Without an address nothing is written and nobody is asked."""
    rules, book = settings(), addresses(home)
    if not book.open:
        return Sent()
    taken_in = delivery.take_in(register, rules, book, now(), now(warehouse))
    passes = [_Pass(register, warehouse, rules, book, channel) for channel in sorted(book.open)]
    for one in passes:
        one.start()
    for one in passes:
        one.join()
    for one in passes:
        if one.fault is not None:
            raise one.fault
    return Sent(taken_in, sum(one.sent for one in passes), sum(one.failed for one in passes))


class _Pass(threading.Thread):
    """Sending by one channel. Whoever does not answer is left alone for the rest of the pass."""

    def __init__(self, register: Register, warehouse: Warehouse, rules: Settings, book: Addresses, channel: str):
        super().__init__(name=f"messages-{channel}", daemon=True)
        self._register, self._warehouse, self._rules, self._book = register, warehouse, rules, book
        self._channel, self._silent = channel, set[str]()
        self._worker = uuid.uuid4().hex
        self.sent = self.failed = 0
        self.fault: UserError | None = None

    def run(self) -> None:
        try:
            while self._one():
                pass
        except UserError as fault:
            self.fault = fault

    def _one(self) -> bool:
        """Send the next message; False when there is none."""
        taken = delivery.take(self._register, self._rules, self._channel, self._worker, now(), self._left_alone)
        if taken is None:
            return False
        address = self._book.of(self._channel, taken.row.to_org_id)
        failure = sending.Failure(delivery.NO_ADDRESS) if address is None else self._sent(taken, address)
        if failure is None:
            delivery.note_sent(self._register, taken, now())
            self.sent += 1
            return True
        log.warning("message %s was not sent, attempt %d: %s", taken.key, taken.attempt, failure.reason)
        delivery.note_failed(self._register, self._rules, taken, failure, now())
        self.failed += 1
        if failure.silent and address is not None:
            self._silent.add(address)
        return True

    def _sent(self, taken: delivery.Taken, address: str) -> sending.Failure | None:
        try:
            told = letter.compose(self._register, self._warehouse, taken.row, taken.key, self._book.link)
        except UserError:
            raise
        except Exception as error:
            # One that cannot be written goes the way of those that fail, and holds up no other.
            log.exception("message %s could not be written", taken.key)
            return sending.Failure(f"写不成这条消息：{type(error).__name__}")
        return sending.send(address, told, self._rules)

    def _left_alone(self, org_id: str | None) -> bool:
        return self._book.of(self._channel, org_id) in self._silent
