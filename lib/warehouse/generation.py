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
from pathlib import Path

from lib.errors import UserError

KEEP = 2
# A writer's file, its log, and the folder DuckDB spills to beside it.
_TMP = re.compile(r"gen-\d+\.(\d+)\.tmp(\.wal|\.tmp)?$")
_PUBLISHED = re.compile(r"gen-(\d+)\.duckdb$")


@dataclass(frozen=True)
class Generation:
    """One published warehouse file."""

    number: int
    path: Path


def _folder(home: Path) -> Path:
    folder = home / "warehouse"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def current(home: Path) -> Generation | None:
    """The generation in force, or None before the first one.

    Raises UserError when the pointer is unreadable or names a file that is gone.
    """
    pointer = _folder(home) / "current.json"
    try:
        named = json.loads(pointer.read_text(encoding="utf-8"))
        generation = Generation(int(named["number"]), pointer.parent / named["file"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"仓库指针文件损坏:{pointer}", "请从备份恢复该文件,或重新装载数据。") from error
    if not generation.path.exists():
        raise UserError(f"仓库文件不存在:{generation.path}", "请从备份恢复,或重新装载数据。")
    return generation


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
    pointer_tmp = folder / f"current.json.{os.getpid()}"
    with open(pointer_tmp, "w", encoding="utf-8") as handle:
        json.dump({"number": generation.number, "file": generation.path.name}, handle)
        handle.flush()
        os.fsync(handle.fileno())
    os.replace(pointer_tmp, folder / "current.json")
    _sync(folder)
    sweep(home)
    return generation


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
