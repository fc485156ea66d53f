"""Whether the SQLite file that is open is still the one at its path: a store replaced under a server is refused."""

import sqlite3
import threading
from pathlib import Path

from lib.errors import UserError

_PARTS = ("", "-wal", "-shm")


class StoreReplaced(UserError):
    """The file at the path is no longer the one this process has open; what is written would be lost."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"业务库文件在运行中被替换或删除，没有保存：{path.name}。",
            "请复制好已填写的内容，停止服务，核对或恢复业务库文件后再启动。",
        )


class Footing:
    """What a process knows of the file it opened: which file, which log, and how it looked when it was last whole."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._marks: tuple | None = None
        self._looked: tuple[int, int] | None = None

    def connected(self) -> None:
        """A connection was opened and has read: its files are the ones to stay."""
        with self._lock:
            if self._marks is None:
                self._marks, self._looked = self._present(), self._look()
        self.hold()

    def forget(self) -> None:
        """All connections were given back; the last one takes the log away."""
        with self._lock:
            self._marks = None

    def hold(self) -> None:
        """Raise StoreReplaced unless the same files are at the path."""
        if self._marks is not None and self._present() != self._marks:
            raise StoreReplaced(self.path)

    def hold_whole(self) -> None:
        """`hold`, and when the file was written since: read it as a new process would, all events down to the head.

        Raises StoreReplaced. Only a checkpoint writes the file itself, one in hundreds of transactions.
        """
        self.hold()
        look = self._look()
        if look == self._looked:
            return
        try:
            fresh = sqlite3.connect(f"{self.path.as_uri()}?mode=ro", uri=True, timeout=5)
            try:
                seq, seal = fresh.execute("select seq, hash from chain where name = 'event'").fetchone()
                counted = fresh.execute("select count(*), max(seq) from event").fetchone()
                last = fresh.execute("select hash from event where seq = ?", [seq]).fetchone()
            finally:
                fresh.close()
        except (sqlite3.DatabaseError, TypeError) as error:
            if getattr(error, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
                return
            raise StoreReplaced(self.path) from error
        if counted != (seq, seq or None) or (seq and last != (seal,)):
            raise StoreReplaced(self.path)
        self._looked = look

    def _present(self) -> tuple:
        marks: list[tuple[int, int] | None] = []
        for part in _PARTS:
            try:
                found = Path(f"{self.path}{part}").stat()
                marks.append((found.st_dev, found.st_ino))
            except FileNotFoundError:
                marks.append(None)
        return tuple(marks)

    def _look(self) -> tuple[int, int]:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return (0, 0)
        return found.st_mtime_ns, found.st_size
