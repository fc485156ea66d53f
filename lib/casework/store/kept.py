"""The ends of the chains, kept beside the warehouse: what a store cut short, replaced or deleted cannot take along.

Written after every commit, so that it may lag behind the store by what a crash interrupted, never the other way round.
"""

import fcntl
import json
import logging
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import Connection, Table, select

from lib.casework.store.schema import audit_log, chain, event, store
from lib.errors import UserError

log = logging.getLogger(__name__)

_WIDTH = 1024
# The chains by name, what a person calls their rows, and where these stand.
CHAINS: tuple[tuple[str, str, Table], ...] = (("event", "事件", event), ("audit", "操作日志", audit_log))


# The events of a store after which it is no longer what had been noted of it outside, with a reason.
ANEW = ("accept", "restore")


class StoreLost(UserError):
    """The store is not the one, or not all of the one, that this home wrote to."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(
            "业务库与上次写入时不一致：" + "；".join(faults) + "。",
            "请停止使用并从备份恢复；确认无法恢复时，用 python -m lib casework accept --reason 原因 记下缺失后继续。",
        )
        self.faults = faults


@dataclass(frozen=True)
class Ends:
    """Which store, and the last number and seal of its events and of its audit log."""

    store_id: str
    event: tuple[int, str]
    audit: tuple[int, str]


def read(path: Path) -> Ends | None:
    """What was kept, None when nothing was. Raises UserError for a damaged file."""
    try:
        text = path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    return _parsed(text, path) if text else None


def _parsed(text: str, path: Path) -> Ends:
    try:
        held = json.loads(text)
        return Ends(str(held["store_id"]), _end(held["event"]), _end(held["audit"]))
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"业务库链头的留底文件损坏：{path}",
            "请从备份恢复该文件；无法恢复时用 python -m lib casework accept --reason 原因 重新留底。",
        ) from error


def _end(held: list) -> tuple[int, str]:
    return int(held[0]), str(held[1])


def keep(path: Path, ends: Ends) -> None:
    """Note the ends, each chain's unless a later one of the same store is there already.

    What was committed stays committed when this cannot be written: the note lags behind, and the log says why.
    """
    try:
        _keep(path, ends)
    except OSError:
        log.exception("the ends of the chains could not be noted")


def _keep(path: Path, ends: Ends) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a+b") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        handle.seek(0)
        text = handle.read().decode("utf-8", "replace").strip()
        try:
            before = _parsed(text, path) if text else None
        except UserError:
            before = None
        if before is not None and before.store_id == ends.store_id:
            ends = Ends(ends.store_id, max(before.event, ends.event), max(before.audit, ends.audit))
        # One write of one width: a process killed here leaves the old line or the new one.
        line = json.dumps(asdict(ends)).ljust(_WIDTH - 1) + "\n"
        descriptor = os.open(path, os.O_WRONLY)
        try:
            os.pwrite(descriptor, line.encode(), 0)
        finally:
            os.close(descriptor)


def forget(path: Path) -> None:
    """Nothing is expected of the store any more: it was emptied on purpose."""
    path.unlink(missing_ok=True)


def ends_of(connection: Connection) -> Ends:
    """The ends a store has now."""
    heads = {row.name: (row.seq, row.hash) for row in connection.execute(select(chain))}
    number = connection.execute(select(store.c.value).where(store.c.name == "store_id")).scalar_one()
    return Ends(number, heads["event"], heads["audit"])


def missing(connection: Connection, kept: Ends) -> list[str]:
    """In what a store falls short of what was kept of it: one Chinese line per fault."""
    number = connection.execute(select(store.c.value).where(store.c.name == "store_id")).scalar_one_or_none()
    if number != kept.store_id:
        return [f"这是另一个业务库，原来的记到事件第 {kept.event[0]} 号"]
    faults = []
    for name, zh, table in CHAINS:
        seq, seal = getattr(kept, name)
        if seq == 0:
            continue
        found = connection.execute(select(table.c.hash).where(table.c.seq == seq)).scalar_one_or_none()
        if found is None:
            faults.append(f"{zh}曾写到第 {seq} 号，现在没有这一号，末尾缺失")
        elif found != seal:
            faults.append(f"{zh}第 {seq} 号与留底的封印不同，链被改写过")
    return faults
