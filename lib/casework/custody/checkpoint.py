"""Checkpoints: the heads of the chains in signed lines outside the store, which a chain rewritten whole cannot follow.

The file is only ever added to. Each line carries the digest of the line before and a signature made with a key that
need not lie on this machine's disk; each checkpoint is an event too, which carries the digest of the last line, so that
lines taken out, or the whole file, are missed.
"""

import fcntl
import hashlib
import json
import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Connection, select

from lib.access import Viewer
from lib.casework.store.chain import canonical
from lib.casework.store.kept import ANEW, CHAINS, ends_of
from lib.casework.store.register import Register
from lib.casework.store.schema import event
from lib.errors import UserError, system_says
from lib.warehouse.home import checkpoints_path

log = logging.getLogger(__name__)

DAILY, BACKUP, BEGUN = "每日", "备份", "重新开始"


class NoKey(UserError):
    """There is nothing to sign or to verify with."""


@dataclass(frozen=True)
class Checkpoint:
    """One line: which store had come to which ends, when and why it was noted; `text` is the line as it stands."""

    number: int
    at: datetime
    reason: str
    store_id: str
    event: tuple[int, str]
    audit: tuple[int, str]
    text: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def key_path(home: Path) -> Path:
    """COCKPIT_SEAL_KEY, or a file in the home: the private key, or for verifying alone the public one, as PEM."""
    named = os.environ.get("COCKPIT_SEAL_KEY")
    return Path(named).expanduser() if named else home / "seal.key"


def place(home: Path) -> str:
    """Which home on which machine a checkpoint was written in."""
    return hashlib.sha256(f"{socket.gethostname()}|{home}".encode()).hexdigest()[:16]


def _private(home: Path, fresh: bool) -> Ed25519PrivateKey:
    """The key to sign with, made where there is none and no line was signed yet. Raises NoKey."""
    path = key_path(home)
    if not path.exists() and fresh:
        made = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        with suppress(FileExistsError), open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(made)
    key = _read_key(path)
    if not isinstance(key, Ed25519PrivateKey):
        raise NoKey(f"{path} 只是公钥，不能封存。", "请用 COCKPIT_SEAL_KEY 指向私钥。")
    return key


def public_key(home: Path) -> Ed25519PublicKey:
    """The key that signatures are verified with. Raises NoKey."""
    key = _read_key(key_path(home))
    return key.public_key() if isinstance(key, Ed25519PrivateKey) else key


def _read_key(path: Path) -> Ed25519PrivateKey | Ed25519PublicKey:
    try:
        held = path.read_bytes()
    except OSError as error:
        raise NoKey(
            f"封存密钥不在或读不了：{path}。", "请接上放密钥的介质，或用 COCKPIT_SEAL_KEY 指明密钥文件。"
        ) from error
    with suppress(ValueError, TypeError, UnsupportedAlgorithm):
        private = b"PRIVATE KEY" in held
        key = serialization.load_pem_private_key(held, None) if private else serialization.load_pem_public_key(held)
        if isinstance(key, Ed25519PrivateKey | Ed25519PublicKey):
            return key
    raise NoKey(f"封存密钥不是 Ed25519 的 PEM 文件：{path}。", "请换成建立封存时的密钥文件。")


def _require_same(key: Ed25519PublicKey, before: list[str], path: Path) -> None:
    """Raise NoKey when the last line was signed with another key: no one key would verify all of them."""
    if before and not signed_by(key, before[-1]):
        raise NoKey(
            f"封存密钥与前一次封存的不是同一把，没有封存：{path}。",
            "请换回原来的密钥；确要换用新密钥的，核对后用 python -m lib casework accept --reason 原因 重新开始。",
        )


def _name(key: Ed25519PublicKey) -> str:
    """What lines call the key they were signed with."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:16]


def parsed(text: str) -> Checkpoint:
    """A line of the file, whoever signed it. Raises ValueError when it is none."""
    try:
        held = json.loads(text)
        ends = {name: (int(held[name][0]), str(held[name][1])) for name in ("event", "audit")}
        at = datetime.fromisoformat(held["at"])
        return Checkpoint(int(held["number"]), at, str(held["reason"]), str(held["store_id"]), text=text, **ends)
    except (KeyError, TypeError, IndexError) as error:
        raise ValueError("no checkpoint") from error


def signed_by(key: Ed25519PublicKey, text: str) -> bool:
    """Whether a line was signed with the private half of this key."""
    try:
        held = json.loads(text)
        key.verify(bytes.fromhex(held.pop("signature")), canonical(held).encode())
    except (InvalidSignature, ValueError, KeyError, TypeError, AttributeError):
        return False
    return True


def lines(home: Path) -> list[str]:
    """The lines that stand in the file, whole ones only."""
    try:
        return checkpoints_path(home).read_text(encoding="utf-8", errors="replace").split("\n")[:-1]
    except FileNotFoundError:
        return []


def write(register: Register, home: Path, reason: str, at: datetime, giver: Viewer, note: str = "") -> Checkpoint:
    """Note where the chains have come to in one more signed line; `note` says what for, in the event.

    Raises NoKey, and UserError when lines are missing that were there before or the file cannot be written.
    """
    with _alone(home) as handle:
        return _write(handle, register, home, reason, at, giver, note)


@contextmanager
def _alone(home: Path) -> Iterator[BinaryIO]:
    """The file, for one writer at a time: what it decides by is still so when it writes."""
    path = checkpoints_path(home)
    try:
        with open(path, "a+b") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            _drop_torn_line(path)
            yield handle
    except OSError as error:
        raise UserError(f"没有封存：{path}（{system_says(error)}）。", "请检查磁盘空间和目录权限。") from error


def _write(
    handle: BinaryIO, register: Register, home: Path, reason: str, at: datetime, giver: Viewer, note: str = ""
) -> Checkpoint:
    before = lines(home)
    key = _private(home, not before)
    _require_same(key.public_key(), before, key_path(home))
    payload = {"place": place(home), "lines": len(before), "last": _digest(before[-1:]), "reason": reason}
    with register.transaction() as tx:
        if faults := _unmet(tx.connection, before, home):
            raise UserError(f"没有封存：{'；'.join(faults)}。", "请运行 python -m lib casework verify 查明。")
        tx.append(giver, at, "store", "register", "seal", None, register.kind, note, payload)
    with register.read() as connection:
        ends = ends_of(connection)
    held: dict[str, Any] = {
        "number": len(before) + 1,
        "at": at.isoformat(timespec="seconds"),
        "reason": reason,
        "store_id": ends.store_id,
        "event": list(ends.event),
        "audit": list(ends.audit),
        "before": _digest(before[-1:]),
        "key": _name(key.public_key()),
    }
    held["signature"] = key.sign(canonical(held).encode()).hex()
    text = canonical(held)
    handle.write(f"{text}\n".encode())
    handle.flush()
    os.fsync(handle.fileno())
    return parsed(text)


def write_daily(register: Register, home: Path, at: datetime, giver: Viewer) -> Checkpoint | None:
    """The checkpoint of the day, None when it is there already, whoever wrote it."""
    if _is_sealed(home, at):
        return None
    with _alone(home) as handle:
        return None if _is_sealed(home, at) else _write(handle, register, home, DAILY, at, giver)


def _is_sealed(home: Path, at: datetime) -> bool:
    """Whether a line of that day or a later one stands in the file."""
    with suppress(ValueError, IndexError):
        return parsed(lines(home)[-1]).at.date() >= at.date()
    return False


def begin_anew(home: Path, stamp: str) -> str:
    """Put the file aside: what it says is no longer expected of the store. Its new name, empty when there was none."""
    path = checkpoints_path(home)
    if not path.exists():
        return ""
    aside = path.with_suffix(f".{stamp}.jsonl")
    path.rename(aside)
    return aside.name


def forget(home: Path) -> None:
    """No checkpoint counts any more: the store was emptied on purpose."""
    checkpoints_path(home).unlink(missing_ok=True)


def verify_checkpoints(register: Register, home: Path) -> list[str]:
    """In what the store disagrees with its checkpoints, or they with themselves: one Chinese line per fault."""
    held = lines(home)
    faults, found = _faults_of_file(home, held)
    with register.read() as connection:
        faults += _unmet(connection, held, home)
        faults += disagreement(connection, found)
    return faults


def verify_against(register: Register, home: Path, copy: Path) -> list[str]:
    """What a copy of the file that was kept elsewhere says: a home put back as a whole has an older file of its own."""
    try:
        elsewhere = copy.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise UserError(f"读不了封存文件的副本：{copy}。", "请核对路径。") from error
    faults, found = _faults_of_file(home, elsewhere)
    here = lines(home)
    differs = next((number for number, one in enumerate(elsewhere) if here[number : number + 1] != [one]), None)
    if differs is not None:
        faults.append(f"本机的封存文件从第 {differs + 1} 行起与副本不同或缺少")
    with register.read() as connection:
        return faults + disagreement(connection, found)


def _faults_of_file(home: Path, held: list[str]) -> tuple[list[str], list[Checkpoint]]:
    faults: list[str] = []
    found: list[Checkpoint] = []
    try:
        key = public_key(home) if held else None
    except NoKey as missing:
        key, faults = None, [f"签名无法核对：{missing.message.rstrip('。')}"]
    before = ""
    for number, text in enumerate(held, start=1):
        try:
            one = parsed(text)
        except ValueError:
            faults.append(f"封存文件第 {number} 行读不懂")
            continue
        if one.number != number or json.loads(text).get("before") != before:
            faults.append(f"封存文件第 {number} 行与前一行不衔接")
        if key is not None and not signed_by(key, text):
            faults.append(f"封存文件第 {number} 行的签名不对")
        before = one.digest
        found.append(one)
    return faults, found


def disagreement(connection: Connection, found: list[Checkpoint]) -> list[str]:
    """The first checkpoint of each chain that the store does not agree with, and since which row: none or few lines."""
    if not found:
        return []
    number = ends_of(connection).store_id
    if odd := next((one for one in found if one.store_id != number), None):
        return [f"封存的是另一个业务库（{odd.at:%Y-%m-%d %H:%M} 第 {odd.number} 次封存）"]
    faults = []
    for name, zh, table in CHAINS:
        good = 0
        for one in found:
            seq, seal = getattr(one, name)
            when = f"{one.at:%Y-%m-%d %H:%M} 第 {one.number} 次封存"
            held = connection.execute(select(table.c.hash).where(table.c.seq == seq)).scalar_one_or_none()
            if seq and held is None:
                faults.append(f"{zh}第 {seq} 号在 {when}时还在，现在没有这一号")
                break
            if seq and held != seal:
                faults.append(f"{zh}第 {seq} 号与 {when}的不符：第 {good + 1} 至 {seq} 号之间被改写过")
                break
            good = seq
    return faults


def _unmet(connection: Connection, held: list[str], home: Path) -> list[str]:
    """What events say of the file that is not so: lines taken out or changed since."""
    told = select(event.c.seq, event.c.action, event.c.payload).where(
        event.c.object_type == "store", event.c.action.in_(("seal", *ANEW))
    )
    expected: tuple[int, int, str] | None = None
    for row in connection.execute(told.order_by(event.c.seq)):
        payload = json.loads(row.payload)
        if payload.get("place") != place(home):
            continue
        expected = None if row.action in ANEW else (row.seq, payload["lines"], payload["last"])
    if expected is None:
        return []
    seq, count, last = expected
    if len(held) < count:
        return [f"封存文件缺少第 {len(held) + 1} 行起的内容：事件第 {seq} 号登记时有 {count} 行"]
    if _digest(held[:count][-1:]) != last:
        return [f"封存文件第 {count} 行与事件第 {seq} 号登记的不符"]
    return []


def _digest(last: list[str]) -> str:
    return hashlib.sha256(last[0].encode()).hexdigest() if last else ""


def _drop_torn_line(path: Path) -> None:
    """Cut off what a crash left of a line that nobody has been told of."""
    text = path.read_bytes()
    whole = text.rfind(b"\n") + 1
    if whole != len(text):
        log.warning("a torn line of %s was cut off", path)
        os.truncate(path, whole)
