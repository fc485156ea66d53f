"""Putting a backup into a store: looked through before and after, and on record."""

import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.exc import DatabaseError

from lib.access import Viewer
from lib.casework.custody import checkpoint, seats
from lib.casework.custody.loss import put_aside
from lib.casework.custody.verify import verify_all
from lib.casework.messages.delivery import HELD_BACK, hold
from lib.casework.store import archive
from lib.casework.store.archive import Archive, Damaged
from lib.casework.store.register import (
    HELD,
    OF_STORE,
    REAL,
    SYNTHETIC,
    Register,
    StoreBusy,
    StoreKind,
    casework_url,
    forget_register,
    open_register,
    opened_register,
)
from lib.casework.store.schema import chain, event
from lib.casework.store.verify import changed_generations, verify_register
from lib.errors import UserError, system_says
from lib.warehouse.generation import current
from lib.warehouse.home import backups_path, register_path
from lib.warehouse.store import open_warehouse


@dataclass(frozen=True)
class Restored:
    """What came of it: how many rows, where that which stood there before was put, what could not be made sure of."""

    rows: int
    before: Path | None
    unsure: list[str]


def restore(
    home: Path, path: Path, at: datetime, giver: Viewer, *, replace: bool = False, reason: str = ""
) -> Restored:
    """Put the backup at `path` into the store of a home, in one transaction.

    Into a store in which people have left nothing; with `replace` into any, which is kept in a file first. The stores
    of seats of classes go with it both ways. The backup
    is tried in a store of its own before, the store is verified after. No message that it has as not sent goes out by
    itself: it may have been sent since. Raises UserError when the backup is damaged or
    changed, of another kind than the home's data, or written by a later release; nothing was changed then.
    """
    copy = Archive(path)
    copy.require_known()
    try:
        unsure = _tried(home, copy)
    except OSError as error:
        raise UserError(f"没有恢复：{home}（{system_says(error)}）。", "请检查磁盘空间和目录权限。") from error
    stamp = f"{at:%Y%m%d-%H%M%S}"
    forget_register(home)
    present = _present(home, stamp, replace)
    held: list[str] = []

    def put(connection: Connection) -> None:
        copy.put_into(connection)
        held.extend(hold(connection))

    try:
        before, head = _kept(present, home, stamp, replace, copy)
        present.refill(put, head)
        seats.put_back(copy, home)
    finally:
        present.close()
    payload: dict[str, Any] = {
        "file": path.name,
        "sha256": copy.sha256,
        "at": copy.manifest.get("at"),
        "reason": reason,
        HELD_BACK: held,
    }
    payload |= {"kept": put_aside(register_path(home), stamp), "place": checkpoint.place(home)}
    payload |= {"checkpoints": checkpoint.begin_anew(home, stamp), "before": None if before is None else before.name}
    register = opened_register(home)
    with register.transaction() as tx:
        tx.append(giver, at, "store", "register", "restore", None, register.kind, reason, payload)
    forget_register(home)
    register = open_register(home)
    if faults := verify_all(register, home):
        raise UserError(f"已恢复，但核对有问题：{'；'.join(faults)}。", "请运行 python -m lib casework verify 查明。")
    checkpoint.write(register, home, checkpoint.BEGUN, at, giver)
    return Restored(sum(held["rows"] for held in copy.manifest["tables"].values()), before, unsure)


def _tried(home: Path, copy: Archive) -> list[str]:
    """Put the backup into a store of its own and verify that; what cannot be made sure of."""
    with tempfile.TemporaryDirectory(prefix="restore-", dir=home) as folder:
        seats.require_whole(copy, Path(folder))
        trial = Register(f"sqlite:///{folder}/casework.sqlite")
        try:
            trial.refill(copy.put_into, 0)
            faults, unsure = verify_register(trial), changed_generations(trial, home)
            sealed = copy.manifest.get("checkpoint")
            if sealed is None:
                unsure.append("备份里没有封存的链头，只核对了内部的指纹")
            else:
                with trial.read() as connection:
                    try:
                        faults += checkpoint.disagreement(connection, [checkpoint.parsed(sealed)])
                        if not checkpoint.signed_by(checkpoint.public_key(home), sealed):
                            faults.append("链头的签名与本机的封存密钥不符")
                    except checkpoint.NoKey as missing:
                        unsure.append(f"链头的签名没有核对：{missing.message.rstrip('。')}")
                    except ValueError:
                        faults.append("封存的链头读不懂")
            kind = trial.kind
            if kind == SYNTHETIC and copy.files is None:
                unsure.append("备份没有带上班级座位的练习记录，现有的留在原处")
        finally:
            trial.close()
    if faults:
        raise Damaged(copy.path, "；".join(faults))
    generation = current(home)
    if generation is not None and kind is not None:
        data = SYNTHETIC if open_warehouse(home).synthetic else REAL
        if data != kind:
            raise StoreKind(f"备份属于{HELD[kind]}，这里的仓库是{HELD[data]}，没有恢复。", "请核对 COCKPIT_HOME。")
    return unsure


def _present(home: Path, stamp: str, replace: bool) -> Register:
    """The store as it is; a SQLite file that cannot be opened is moved aside where it is to be replaced."""
    url = casework_url(home)
    try:
        register = Register(url)
        with register.read() as connection:
            connection.execute(select(event.c.seq).order_by(event.c.seq.desc()).limit(1)).first()
        return register
    except StoreBusy:
        raise
    except (UserError, DatabaseError) as damaged:
        if not url.startswith("sqlite:///") or not replace:
            raise UserError("现在的业务库打不开，没有恢复。", "确认不再需要它时加 --replace。") from damaged
        file = Path(url.removeprefix("sqlite:///"))
        aside = backups_path(home) / f"damaged-{stamp}"
        aside.mkdir(parents=True, mode=0o700)
        for part in ("", "-wal", "-shm"):
            held = Path(f"{file}{part}")
            if held.exists():
                held.rename(aside / held.name)
        seats.move_aside(home, aside)
        return Register(url)


def _kept(present: Register, home: Path, stamp: str, replace: bool, copy: Archive) -> tuple[Path | None, int]:
    """Where what stands in the store was kept, None for nothing; and how often that store had been written to."""
    with present.read() as connection:
        used = connection.execute(select(event.c.seq).where(event.c.object_type.not_in(OF_STORE)).limit(1)).first()
        head = max(connection.execute(select(chain.c.revision)).scalars(), default=0)
        if used is None:
            return None, head
        if not replace:
            raise UserError("业务库里已有记录，没有恢复。", "要用备份替换它，请加 --replace：现有的会先另存。")
        kind = copy.manifest.get("kind")
        if present.kind == REAL and kind == SYNTHETIC:
            raise StoreKind("业务库属于真实数据，备份属于合成城市，没有恢复。", "请核对 COCKPIT_HOME 和备份文件。")
        path = backups_path(home) / f"replaced-{stamp}.zip"
        archive.write(connection, path, {"at": stamp, "reason": "恢复备份前", "kind": present.kind}, seats.files(home))
    return path, head
