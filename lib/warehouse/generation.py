"""Generations: published, immutable warehouse files, named by a pointer written last.

A crash at any point leaves the old generation in force: the new file is complete and on disk before the
pointer names it, and the pointer is replaced in one step.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path, PurePath

import duckdb

from lib.errors import UserError
from lib.warehouse.clock import BEIJING
from lib.warehouse.room import OPENING

KEEP = 2
# A writer's file, its log, and the folder DuckDB spills to beside it.
_TMP = re.compile(r"gen-\d+\.(\d+)\.tmp(\.wal|\.tmp)?$")
_PUBLISHED = re.compile(r"gen-(\d+)\.duckdb$")


@dataclass(frozen=True)
class Generation:
    """One published warehouse file.

    `fallen` says why it is in force although another one was named: that one is broken or gone. Empty otherwise.
    """

    number: int
    path: Path
    fallen: str = ""


@dataclass(frozen=True)
class Listed:
    """A published file as it lies in the folder."""

    number: int
    path: Path
    size: int
    published_at: datetime
    whole: bool
    in_force: bool


def _folder(home: Path) -> Path:
    folder = home / "warehouse"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def current(home: Path) -> Generation | None:
    """The generation in force, or None before the first one.

    When the pointer is unreadable or gone, or the file it names is gone or broken, the newest whole generation takes
    its place and says so (`fallen`). Raises UserError when there is none.
    """
    pointer = _folder(home) / "current.json"
    try:
        named = json.loads(pointer.read_text(encoding="utf-8"))
        generation = Generation(int(named["number"]), pointer.parent / PurePath(named["file"]).name)
        size = named.get("size")
    except FileNotFoundError:
        if not _published(home):
            return None
        return _newest_whole(home, f"仓库指针文件不在了：{pointer}")
    except (ValueError, KeyError, TypeError, AttributeError, OSError):
        return _newest_whole(home, f"仓库指针文件损坏：{pointer}")
    try:
        found = generation.path.stat()
    except FileNotFoundError:
        return _newest_whole(home, f"仓库文件不在了：{generation.path}")
    if size not in (None, found.st_size) or not _whole(generation.path, found.st_mtime_ns, found.st_size):
        return _newest_whole(home, f"仓库文件损坏：{generation.path}")
    return generation


def _newest_whole(home: Path, why: str) -> Generation:
    for number, path in reversed(_published(home)):
        found = path.stat()
        if path.name not in why and _whole(path, found.st_mtime_ns, found.st_size):
            return Generation(number, path, f"{why}，现用最近一代完好的数据（第 {number} 代）")
    raise UserError(
        f"{why}，也没有其他完好的仓库文件。", "请从备份恢复 warehouse 文件夹，或另设空的 COCKPIT_HOME 重新装载。"
    )


@lru_cache(maxsize=64)
def _whole(path: Path, _changed: int, _size: int) -> bool:
    """Whether DuckDB can open a file that looks like this and read what it says of itself."""
    try:
        with duckdb.connect(str(path), read_only=True, config=OPENING) as con:
            con.execute("select key, value from meta").fetchall()
            con.execute("select dataset, row_cnt from dataset_state").fetchall()
    except (duckdb.ConnectionException, duckdb.OutOfMemoryException):
        # Open elsewhere in this process under other settings, or no room for now: neither says it is broken.
        return True
    except duckdb.Error as error:
        if "lock" in str(error):
            raise UserError(f"仓库文件正被另一个程序打开：{path}", "请关闭那个程序后刷新。") from error
        return False
    return True


def listed(home: Path) -> list[Listed]:
    """Every published file, the newest first."""
    try:
        named = current(home)
    except UserError:
        named = None
    found = []
    for number, path in reversed(_published(home)):
        look = path.stat()
        told_broken = named is not None and path.name in named.fallen
        whole = not told_broken and _whole(path, look.st_mtime_ns, look.st_size)
        at = datetime.fromtimestamp(look.st_mtime, BEIJING).replace(tzinfo=None)
        found.append(Listed(number, path, look.st_size, at, whole, named is not None and path == named.path))
    return found


def repair(home: Path) -> Generation:
    """Put broken files aside (.broken) and name the newest whole one. Raises UserError when there is none."""
    with write_lock(home):
        for one in listed(home):
            if not one.whole:
                os.replace(one.path, one.path.with_suffix(".broken"))
        named = current(home)
        if named is None:
            raise UserError("没有可以启用的仓库文件。", "请从备份恢复 warehouse 文件夹，或重新装载数据。")
        whole = Generation(named.number, named.path)
        _point(home, whole)
    return whole


def sha256_of(path: Path) -> str:
    """The sha256 of a published file, which never changes."""
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


@contextmanager
def write_lock(home: Path) -> Iterator[None]:
    """Only one writer builds a generation at a time, across processes; released by the system on a crash.

    Raises UserError when another writer is at work.
    """
    with open(_folder(home) / "write.lock", "a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UserError("另一个装载或建库任务正在进行。", "请等它结束后再试。") from None
        yield


def begin(home: Path, copy_from: Generation | None = None) -> Path:
    """A temporary file to write the next generation into: a copy of `copy_from`, or not there yet."""
    sweep(home)
    newest = max([number for number, _ in _published(home)] + [0])
    tmp = _folder(home) / f"gen-{newest + 1:06d}.{os.getpid()}.tmp"
    # A dead writer may have had our process number; its log must not be replayed into the new file.
    for stale in (tmp, tmp.with_name(f"{tmp.name}.wal")):
        stale.unlink(missing_ok=True)
    if copy_from is not None:
        try:
            shutil.copyfile(copy_from.path, tmp)
        except OSError:
            tmp.unlink(missing_ok=True)
            raise
    return tmp


def next_number(tmp: Path) -> int:
    """The generation number that a temporary file of `begin` will get."""
    return int(tmp.name[4:10])


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def publish(home: Path, tmp: Path) -> Generation:
    """Put a closed, checkpointed temporary file in force and prune what is older than the last one."""
    folder = _folder(home)
    generation = Generation(next_number(tmp), folder / f"{tmp.name[:10]}.duckdb")
    tmp.chmod(0o600)
    _sync(tmp)
    os.replace(tmp, generation.path)
    _point(home, generation)
    sweep(home)
    return generation


def _point(home: Path, generation: Generation) -> None:
    folder = _folder(home)
    pointer_tmp = folder / f"current.json.{os.getpid()}"
    with open(pointer_tmp, "w", encoding="utf-8") as handle:
        size = generation.path.stat().st_size
        json.dump({"number": generation.number, "file": generation.path.name, "size": size}, handle)
        handle.flush()
        os.fsync(handle.fileno())
    os.replace(pointer_tmp, folder / "current.json")
    _sync(folder)


def _published(home: Path) -> list[tuple[int, Path]]:
    found = [(match, path) for path in _folder(home).iterdir() if (match := _PUBLISHED.match(path.name))]
    return sorted((int(match[1]), path) for match, path in found)


def sweep(home: Path) -> None:
    """Remove temporary files of writers that are gone, and generations older than the last kept ones."""
    named = current(home)
    for path in _folder(home).iterdir():
        match = _TMP.match(path.name)
        if match and not _alive(int(match[1])):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
    if named is None:
        return
    old = [(number, path) for number, path in _published(home) if number < named.number]
    for _, path in old[: max(0, len(old) - (KEEP - 1))]:
        path.unlink(missing_ok=True)


def _alive(pid: int) -> bool:
    if pid == os.getpid():
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
