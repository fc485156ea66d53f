"""Generations: published, immutable warehouse files, named by a pointer written last.

A crash at any point leaves the old generation in force: the new file is complete and on disk before the
pointer names it, and the pointer is replaced in one step. What each generation is stands in a list inside the file
itself, with those it was made from, so that no crash can part the two.
"""

import errno
import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import takewhile
from pathlib import Path, PurePath

import duckdb

from lib import yamltext
from lib.catalog.dataset import ROOT
from lib.errors import UserError
from lib.warehouse.clock import BEIJING
from lib.warehouse.room import OPENING

# Why a generation was made; one that only has other marts holds the data of the one before.
_LOG_TABLE = """
create table if not exists generation_log (
    number integer primary key, day date, published_at timestamp, reason varchar, batch_id varchar, row_cnt bigint
)
"""
REASONS = {"demo": "建立合成城市", "load": "装载", "marts": "重做统计表"}
SAME_DATA = "marts"
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
class Noted:
    """What a generation says of itself: the day it counts from, why it was made, by which batch, the rows it holds.

    One made by an earlier release says nothing: its day is then the city's own or that of the file, the rest is empty.
    """

    number: int
    day: date
    published_at: datetime
    reason: str = ""
    batch_id: str = ""
    rows: int | None = None


@dataclass(frozen=True)
class Listed:
    """A published file as it lies in the folder, and why it is kept (Chinese; empty when the next pruning takes it)."""

    number: int
    path: Path
    size: int
    noted: Noted
    whole: bool
    in_force: bool
    kept: str

    @property
    def published_at(self) -> datetime:
        return self.noted.published_at


@dataclass(frozen=True)
class Keeping:
    """data/generations.yaml: how many of the newest generations stay, and of how many months the last one."""

    last: int
    month_ends: int


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


@dataclass(frozen=True)
class _Look:
    """What one look into a file finds: whether DuckDB can open it and read what it says of itself, and its list."""

    whole: bool
    day: date | None = None
    noted: tuple[Noted, ...] = ()


@lru_cache(maxsize=256)
def _look(path: Path, _changed: int, _size: int) -> _Look:
    """A look into a file that looks like this."""
    number = int(path.stem[4:])
    try:
        with duckdb.connect(str(path), read_only=True, config=OPENING) as con:
            con.execute("select key, value from meta").fetchall()
            con.execute("select dataset, row_cnt from dataset_state").fetchall()
            day: date | None = None
            noted: tuple[Noted, ...] = ()
            # One made by an earlier release has no list.
            with suppress(duckdb.Error):
                day = con.execute("select max(value)::date from meta where key = 'as_of'").fetchall()[0][0]
                rows = con.execute("from generation_log where number <= $number order by number", {"number": number})
                noted = tuple(Noted(*row) for row in rows.fetchall())
            return _Look(True, day, noted)
    except (duckdb.ConnectionException, duckdb.OutOfMemoryException):
        # Open elsewhere in this process under other settings, or no room for now: neither says it is broken.
        return _Look(True)
    except duckdb.Error as error:
        if "lock" in str(error):
            raise UserError(f"仓库文件正被另一个程序打开：{path}", "请关闭那个程序后刷新。") from error
        return _Look(False)


def _whole(path: Path, changed: int, size: int) -> bool:
    """Whether DuckDB can open a file that looks like this and read what it says of itself."""
    return _look(path, changed, size).whole


def note(con: duckdb.DuckDBPyConnection, number: int, reason: str, day: date, at: datetime, batch_id: str = "") -> None:
    """Enter a generation that is being written into its own list, with the rows its dataset_state counts."""
    con.execute(_LOG_TABLE)
    con.execute(
        "insert or replace into generation_log "
        "select $number, $day, $at, $reason, $batch, coalesce(sum(row_cnt), 0) from dataset_state",
        {"number": number, "day": day, "at": at, "reason": reason, "batch": batch_id},
    )


def _log(path: Path, changed: int, size: int) -> tuple[Noted, ...]:
    """The list inside a file that looks like this, oldest first.

    One made by an earlier release ends it with an entry of the city's own day, or of the time of the file.
    """
    number, found = int(path.stem[4:]), _look(path, changed, size)
    if found.noted and found.noted[-1].number == number:
        return found.noted
    at = datetime.fromtimestamp(changed / 1e9, BEIJING).replace(tzinfo=None)
    return (*found.noted, Noted(number, found.day or at.date(), at))


def log_of(generation: Generation) -> tuple[Noted, ...]:
    """The generations that led to this one and itself, the oldest first; those pruned since are among them."""
    look = generation.path.stat()
    return _log(generation.path, look.st_mtime_ns, look.st_size)


def in_force_on(home: Path, day: date) -> Generation:
    """The generation whose data were in force at the end of `day`.

    One made anew from the same data stands for it. Raises UserError when there were no data yet, or when the file has
    been pruned since.
    """
    newest = current(home)
    log = log_of(newest) if newest else ()
    known = [one for one in log if one.day <= day]
    if newest is None or not known:
        first = f"：最早的一代是 {log[0].day} 的" if log else ""
        raise UserError(f"{day} 还没有数据{first}。", "请选这一天或以后的日子。" if log else "请先装载数据。")
    after = takewhile(lambda one: one.reason == SAME_DATA, log[len(known) :])
    for one in (known[-1], *after):
        path = newest.path.with_name(f"gen-{one.number:06d}.duckdb")
        if path.exists() and _whole(path, path.stat().st_mtime_ns, path.stat().st_size):
            return newest if path == newest.path else Generation(one.number, path)
    raise UserError(
        f"{day} 用的第 {known[-1].number} 代数据已按保留设置清理。",
        "运行 python -m lib generations 查看留着的各代；留多少由 data/generations.yaml 决定。",
    )


@lru_cache(maxsize=1)
def keeping() -> Keeping:
    """The content of data/generations.yaml."""
    found = Keeping(**yamltext.parse((ROOT / "data" / "generations.yaml").read_text(encoding="utf-8")))
    if found.last < 1 or found.month_ends < 0:
        raise UserError("data/generations.yaml 有误：last 至少为 1，month_ends 不能为负。", "请改正后再试。")
    return found


def _why_kept(noted: list[Noted], in_force: int | None) -> dict[int, str]:
    """Why each number stays: in force, newer than that, one of the last, the last of its month."""
    rule = keeping()
    month_ends: dict[tuple[int, int], int] = {}
    for one in sorted(noted, key=lambda one: one.number):
        month_ends[one.day.year, one.day.month] = one.number
    why: dict[int, list[str]] = {one.number: [] for one in noted}
    for (year, month), number in sorted(month_ends.items(), reverse=True)[: rule.month_ends]:
        why[number].append(f"{year}年{month}月最后一代")
    for number in sorted(why, reverse=True)[: rule.last]:
        why[number].append(f"最近{rule.last}代")
    for number, said in why.items():
        if in_force is None or number > in_force:
            said.append("尚未启用")
        elif number == in_force:
            said.append("现用")
    return {number: "、".join(reversed(said)) for number, said in why.items()}


def listed(home: Path) -> list[Listed]:
    """Every published file, the newest first."""
    try:
        named = current(home)
    except UserError:
        named = None
    files = [(number, path, path.stat()) for number, path in reversed(_published(home))]
    noted = {number: _log(path, look.st_mtime_ns, look.st_size)[-1] for number, path, look in files}
    kept = _why_kept(list(noted.values()), named.number if named else None)
    found = []
    for number, path, look in files:
        told_broken = named is not None and path.name in named.fallen
        whole = not told_broken and _whole(path, look.st_mtime_ns, look.st_size)
        in_force = named is not None and path == named.path
        with _unread(path) as unread:
            why = kept[number] or ("" if unread else "正有人读")
        found.append(Listed(number, path, look.st_size, noted[number], whole, in_force, why))
    return found


def hold(generation: Generation) -> int:
    """A descriptor that tells every pruning, in this process and others, that somebody reads this generation."""
    descriptor = os.open(generation.path, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


@contextmanager
def _unread(path: Path) -> Iterator[bool]:
    """Whether nobody holds a published file; nobody begins to while the block lasts."""
    with open(path, "rb") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def prune(home: Path) -> list[Listed]:
    """Remove the generations that neither data/generations.yaml nor a reader keeps; returns them, the newest first.

    Each goes in one step, so that a crash leaves a shorter list and nothing else. Raises UserError when a writer is at
    work.
    """
    with write_lock(home):
        return _prune(home)


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
            _copy(copy_from.path, tmp)
        except OSError:
            tmp.unlink(missing_ok=True)
            raise
    return tmp


def _copy(source: Path, target: Path) -> None:
    """A copy made by the system: where the file system can (XFS, Btrfs) both share their blocks until one changes, so
    that a load into a big city writes what it changes and no more."""
    with open(source, "rb") as old, open(target, "wb") as new:
        left = os.fstat(old.fileno()).st_size
        while left:
            try:
                done = os.copy_file_range(old.fileno(), new.fileno(), left)
            except OSError as error:
                if error.errno not in (errno.EXDEV, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL):
                    raise
                done = 0
            if not done:
                # A system or a file system that does not know how.
                old.seek(new.seek(0, os.SEEK_END))
                shutil.copyfileobj(old, new, 1 << 22)
                return
            left -= done


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
    """Put a closed, checkpointed temporary file in force and prune what nothing keeps."""
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
    """Remove temporary files of writers that are gone, and generations that nothing keeps."""
    for path in _folder(home).iterdir():
        match = _TMP.match(path.name)
        if match and not _alive(int(match[1])):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
    _prune(home)


def _prune(home: Path) -> list[Listed]:
    if current(home) is None:
        return []
    gone = []
    for one in listed(home):
        if not one.kept:
            with _unread(one.path) as unread:
                if unread:
                    one.path.unlink(missing_ok=True)
                    gone.append(one)
    return gone


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
