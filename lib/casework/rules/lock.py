"""The one runner of the rules: held in the store, so that two processes never run them at once."""

import logging
import os
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Row, insert, select, update

from lib.casework.store.register import Register
from lib.casework.store.schema import runner
from lib.casework.store.transaction import Transaction
from lib.errors import UserError
from lib.warehouse.clock import now

log = logging.getLogger(__name__)

NAME = "rules"
BEAT_SECONDS = 5.0
DEAD_SECONDS = 60.0


class RunnerLost(Exception):
    """Another process has taken over the runner; nothing more may be written."""


class Holder:
    """The right to run the rules, until the block that got it ends."""

    def __init__(self, register: Register, token: str) -> None:
        self._register = register
        self.token = token

    def require(self, tx: Transaction) -> None:
        """Raise RunnerLost, inside the transaction that is about to write, when the right has passed on."""
        held = tx.connection.execute(select(runner.c.holder).where(runner.c.name == NAME)).scalar_one_or_none()
        if held != self.token:
            raise RunnerLost

    def beat(self) -> None:
        """Say that this holder is alive."""
        with self._register.transaction() as tx:
            tx.connection.execute(update(runner).where(runner.c.holder == self.token).values(heartbeat_at=now()))


@contextmanager
def hold(register: Register) -> Iterator[Holder | None]:
    """The runner, or None when a living one holds it. A dead holder's place is taken over."""
    token = uuid.uuid4().hex
    if not _taken(register, token):
        yield None
        return
    holder, done = Holder(register, token), threading.Event()

    def beat() -> None:
        while not done.wait(BEAT_SECONDS):
            try:
                holder.beat()
            except UserError:
                log.warning("the runner's heartbeat could not be written")

    beating = threading.Thread(target=beat, name="runner-heartbeat", daemon=True)
    beating.start()
    try:
        yield holder
    finally:
        done.set()
        beating.join()
        with register.transaction() as tx:
            tx.connection.execute(update(runner).where(runner.c.holder == token).values(holder=None))


def _taken(register: Register, token: str) -> bool:
    pid = os.getpid()
    mine = {
        "holder": token,
        "host": socket.gethostname(),
        "pid": pid,
        "pid_started": _started(pid),
        "heartbeat_at": now(),
    }
    with register.transaction() as tx:
        row = tx.connection.execute(select(runner).where(runner.c.name == NAME)).one_or_none()
        if row is None:
            tx.connection.execute(insert(runner).values(name=NAME, **mine))
        elif row.holder is None or not alive(row):
            tx.connection.execute(update(runner).where(runner.c.name == NAME).values(**mine))
        else:
            return False
    return True


def alive(row: Row) -> bool:
    """Whether a recorded holder still works: its process exists (on this host) and its heartbeat is recent."""
    if now() - row.heartbeat_at > timedelta(seconds=DEAD_SECONDS):
        return False
    if row.host != socket.gethostname():
        return True
    try:
        os.kill(row.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return _started(row.pid) == row.pid_started


def _started(pid: int) -> str:
    """When the process started, in kernel ticks: a number may be given again to another process."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]
