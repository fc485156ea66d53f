"""All tables of a store in one file, the same whichever database it stands in: a zip of JSON lines with a manifest.

Beside them may stand whole SQLite files by name, such as the stores of seats.
"""

import base64
import hashlib
import json
import os
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from datetime import date, datetime
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    func,
    insert,
    select,
)

from lib.casework.store import guard, revision
from lib.casework.store.schema import alembic_version, metadata, store
from lib.errors import UserError, system_says

FORMAT = 1
# What holds of this server and this moment only: who is signed in, which process runs the models.
FLEETING = ("signed_in", "runner", alembic_version.name)
# How many copies from before a change of the schema stay.
KEPT_COPIES = 5
_MANIFEST = "manifest.json"
_CHUNK = 500
_KINDS = (
    (Boolean, "flag"),
    (DateTime, "time"),
    (Date, "day"),
    (LargeBinary, "bytes"),
    (Float, "float"),
    (Integer, "int"),
)


class Damaged(UserError):
    """The file is not a whole backup."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(f"备份文件不完整或被改动：{path.name}，{what}。", "请换一份备份。")


def _kind(column: Column) -> str:
    return next((name for sort, name in _KINDS if isinstance(column.type, sort)), "text")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes | memoryview) else value


def _read(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind == "time":
        return datetime.fromisoformat(value)
    if kind == "day":
        return date.fromisoformat(value)
    return base64.b64decode(value) if kind == "bytes" else value


def write(
    connection: Connection, path: Path, about: Mapping[str, Any], beside: Mapping[str, Path] | None = None
) -> dict[str, Any]:
    """Write what a store holds at the moment its connection sees, whatever revision it is at.

    `about` goes into the manifest, which is returned; `beside` are the SQLite files that go along, each as of a moment
    of its own. The file is whole once it is there.
    """
    found = MetaData()
    found.reflect(connection)
    tables: dict[str, Any] = {}
    making = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
        with open(os.open(making, os.O_CREAT | os.O_TRUNC | os.O_RDWR, 0o600), "w+b") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as packed:
                for table in found.sorted_tables:
                    if table.name not in FLEETING:
                        tables[table.name] = _write_table(connection, table, packed)
                files = {name: _write_file(one, name, packed) for name, one in (beside or {}).items()}
                manifest = {"format": FORMAT, "revision": revision.standing(connection), **about, "tables": tables}
                manifest |= {} if beside is None else {"files": files}
                packed.writestr(_MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
            file.flush()
            os.fsync(file.fileno())
        making.rename(path)
    except (OSError, sqlite3.Error) as error:
        raise UserError(
            f"备份没有写成：{path}（{_says(error)}）。", "请检查磁盘空间和目录权限，或用 --to 换一个目录。"
        ) from error
    finally:
        with suppress(OSError):
            making.unlink(missing_ok=True)
    return manifest


def _write_table(connection: Connection, table: Table, packed: zipfile.ZipFile) -> dict[str, Any]:
    digest, rows = hashlib.sha256(), 0
    query = select(table).order_by(*table.primary_key.columns)
    with packed.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as file:
        size = 20 if "content" in table.c else _CHUNK
        for row in connection.execute(query, execution_options={"yield_per": size}):
            line = f"{json.dumps([_plain(value) for value in row], ensure_ascii=False)}\n".encode()
            digest.update(line)
            file.write(line)
            rows += 1
    return {
        "columns": {column.name: _kind(column) for column in table.columns},
        "rows": rows,
        "sha256": digest.hexdigest(),
    }


def _says(error: Exception) -> str:
    return system_says(error) if isinstance(error, OSError) else "座位的业务库读不出"


def _write_file(path: Path, name: str, packed: zipfile.ZipFile) -> str:
    """Write one SQLite file as it stands at a moment; its sha256."""
    with tempfile.NamedTemporaryFile(suffix=".sqlite") as copied:
        copy_file(path, Path(copied.name))
        packed.write(copied.name, f"files/{name}")
        return hashlib.file_digest(copied, "sha256").hexdigest()


def copy_file(path: Path, to: Path) -> None:
    """Copy a SQLite file as it stands at a moment, whoever writes meanwhile. Raises sqlite3.Error."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as whole, closing(sqlite3.connect(to)) as copy:
        whole.backup(copy)


def keep(connection: Connection, folder: Path, at_revision: str, at: datetime) -> Path:
    """A copy from before a change of the schema; of such copies the last few stay."""
    path = folder / f"before-{revision.head()}-{at:%Y%m%d-%H%M%S}.zip"
    write(
        connection, path, {"at": at.isoformat(timespec="seconds"), "reason": f"结构 {at_revision or '无编号'} 升级前"}
    )
    for old in sorted(folder.glob("before-*.zip"), key=lambda one: one.stat().st_mtime)[:-KEPT_COPIES]:
        old.unlink()
    return path


class Archive:
    """A backup file, read: its manifest, and its rows by table. Raises Damaged."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._packed = zipfile.ZipFile(path)
            self.manifest: dict[str, Any] = json.loads(self._packed.read(_MANIFEST))
            if self.manifest["format"] != FORMAT or not isinstance(self.manifest["tables"], dict):
                raise Damaged(path, "格式不认识")
            self.revision: str = self.manifest["revision"]
        except FileNotFoundError:
            raise UserError(f"没有备份文件 {path}。", "请核对路径。") from None
        except (zipfile.BadZipFile, OSError, KeyError, ValueError, TypeError, EOFError) as error:
            raise Damaged(path, "打不开或没有清单") from error

    @cached_property
    def sha256(self) -> str:
        """The digest of the manifest, which holds those of all tables."""
        return hashlib.sha256(self._packed.read(_MANIFEST)).hexdigest()

    def rows(self, table: str) -> Iterator[dict[str, Any]]:
        """The rows of a table. Raises Damaged, at the latest after the last, unless they are as noted."""
        held = self.manifest["tables"][table]
        kinds: dict[str, str] = held["columns"]
        digest, count = hashlib.sha256(), 0
        try:
            with self._packed.open(f"tables/{table}.jsonl") as file:
                for line in file:
                    digest.update(line)
                    count += 1
                    values = zip(kinds.items(), json.loads(line), strict=True)
                    yield {name: _read(value, kind) for (name, kind), value in values}
        except (zipfile.BadZipFile, OSError, KeyError, ValueError, EOFError) as error:
            raise Damaged(self.path, f"表 {table} 第 {count + 1} 行读不出") from error
        if (digest.hexdigest(), count) != (held["sha256"], held["rows"]):
            raise Damaged(self.path, f"表 {table} 的内容与清单不符")

    @property
    def files(self) -> dict[str, str] | None:
        """The sha256 of each file that stands beside the tables, by name; None in a backup that took none along."""
        return self.manifest.get("files")

    def put_file(self, name: str, to: Path) -> None:
        """Write a file that stands beside the tables. Raises Damaged unless it is as noted."""
        digest = hashlib.sha256()
        to.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
        try:
            with (
                self._packed.open(f"files/{name}") as held,
                open(os.open(to, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file,
            ):
                while chunk := held.read(1 << 20):
                    digest.update(chunk)
                    file.write(chunk)
        except (zipfile.BadZipFile, KeyError, EOFError) as error:
            raise Damaged(self.path, f"{name} 读不出") from error
        if digest.hexdigest() != (self.files or {}).get(name):
            raise Damaged(self.path, f"{name} 的内容与清单不符")

    def require_known(self) -> None:
        """Raise Newer when a later release wrote it."""
        strange = sorted(set(self.manifest["tables"]) - set(metadata.tables))
        if strange or (self.revision != revision.UNNUMBERED and self.revision not in revision.known()):
            raise revision.Newer(f"备份 {self.path.name} ", self.revision + (f"，有表 {strange[0]}" if strange else ""))

    def put_into(self, connection: Connection) -> None:
        """Put all rows into a store without tables, made as they were and then brought forward to this release."""
        self.require_known()
        if self.revision == revision.head():
            revision.make(connection)
        else:
            revision.bring(connection, self.revision or revision.known()[0])
            metadata.create_all(connection)
        standing = MetaData()
        standing.reflect(connection)
        for name in self.manifest["tables"]:
            # Which account of a server may write is that server's affair.
            rows = (row for row in self.rows(name) if name != store.name or row["name"] != guard.WRITER)
            put = 0
            while chunk := list(islice(rows, _CHUNK)):
                connection.execute(insert(standing.tables[name]), chunk)
                put += len(chunk)
            if connection.execute(select(func.count()).select_from(standing.tables[name])).scalar_one() != put:
                raise Damaged(self.path, f"表 {name} 没有全部写入")
        if self.revision != revision.head():
            revision.bring(connection, revision.head())
        guard.raise_(connection)
