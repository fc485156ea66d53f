"""The casework store: SQLite beside the warehouse by default, PostgreSQL by URL."""

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, insert, inspect, select, text
from sqlalchemy import event as hook
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError

from lib.casework.chain import EVENT_CHAIN, GENESIS
from lib.casework.schema import chain, metadata
from lib.casework.transaction import Transaction
from lib.errors import UserError
from lib.warehouse.home import home as default_home

log = logging.getLogger(__name__)

AUDIT_CHAIN = "audit"
BUSY_SECONDS = 30
_CREATE_LOCK = 330400


class Register:
    """One casework store, safe to share between threads.

    `transaction()` gives the one writer; a nested call in the same thread joins the outer transaction, so that
    many actions can be made durable together. `read()` gives a consistent reading connection and never waits
    for the writer.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)
        self.sqlite = self.engine.dialect.name == "sqlite"
        self._writer = self.engine.execution_options(begin="immediate") if self.sqlite else self.engine
        # SQLite's own waiting is a sleep with back-off; queueing here keeps threads of one process in turn.
        self._turn = threading.Lock() if self.sqlite else nullcontext()
        self._here = threading.local()
        self._create()

    def _create(self) -> None:
        with self._turn, self._writer.begin() as connection:
            if not self.sqlite:
                connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _CREATE_LOCK})
            metadata.create_all(connection)
            _add_columns(connection)
            present = set(connection.execute(select(chain.c.name)).scalars())
            missing = [name for name in (EVENT_CHAIN, AUDIT_CHAIN) if name not in present]
            if missing:
                connection.execute(
                    insert(chain), [{"name": name, "seq": 0, "hash": GENESIS, "revision": 0} for name in missing]
                )

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """The write transaction of this thread; committed and on disk when the outermost block ends.

        An exception rolls everything back, also one that an outer block catches from an inner one. Raises
        UserError when the store is busy for too long, full or not to be reached.
        """
        outer: Transaction | None = getattr(self._here, "transaction", None)
        if outer is not None:
            try:
                yield outer
            except BaseException:
                outer.doomed = True
                raise
            return
        with _reachable("写入"), self._turn, self._writer.begin() as connection:
            current = self._here.transaction = Transaction(connection)
            try:
                yield current
                if current.doomed:
                    raise RuntimeError("an inner step of this transaction failed")
                current.flush()
            finally:
                self._here.transaction = None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one moment of the store; inside a transaction, that transaction's view."""
        current: Transaction | None = getattr(self._here, "transaction", None)
        if current is not None:
            current.flush()
            yield current.connection
            return
        with _reachable("读取"), self.engine.connect() as connection:
            if not self.sqlite:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @property
    def writing(self) -> bool:
        """Whether this thread is inside a transaction."""
        return getattr(self._here, "transaction", None) is not None

    def close(self) -> None:
        """Give back all connections; the last one to leave a SQLite file folds its log into it."""
        self.engine.dispose()


def _add_columns(connection: Connection) -> None:
    """Give a store of an earlier release the columns it lacks; they are all nullable."""
    present = inspect(connection)
    for table in metadata.sorted_tables:
        known = {column["name"] for column in present.get_columns(table.name)}
        for column in table.columns:
            if column.name not in known:
                kind = column.type.compile(connection.dialect)
                connection.exec_driver_sql(f'alter table "{table.name}" add column "{column.name}" {kind}')


@contextmanager
def _reachable(what: str) -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        log.exception("casework store")
        raise UserError(
            f"业务库暂时无法{what}。", "请稍后再试，同一次提交不会重复记录；持续出现时请联系管理员检查磁盘和数据库。"
        ) from error


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() != "sqlite":
            return create_engine(parsed, pool_size=10, max_overflow=40, pool_pre_ping=True)
        if not parsed.database or parsed.database == ":memory:":
            raise UserError("业务库不能放在内存里。", "请把 COCKPIT_CASEWORK_URL 指向一个文件或 PostgreSQL。")
        # SQLite gives its log and index the rights of the file.
        if not parsed.database.startswith("file:"):
            with suppress(OSError):
                Path(parsed.database).touch(mode=0o600)
        engine = create_engine(
            parsed, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}, pool_size=10, max_overflow=60
        )
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise UserError(
            "业务库地址无法使用。", "请检查 COCKPIT_CASEWORK_URL 的写法和数据库驱动是否已安装。"
        ) from error

    @hook.listens_for(engine, "connect")
    def prepare(dbapi_connection: Any, _record: Any) -> None:
        dbapi_connection.isolation_level = None
        for pragma in ("journal_mode = wal", "synchronous = full", f"busy_timeout = {BUSY_SECONDS * 1000}"):
            dbapi_connection.execute(f"pragma {pragma}")

    @hook.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        mode = connection.get_execution_options().get("begin", "deferred")
        connection.exec_driver_sql("begin immediate" if mode == "immediate" else "begin")

    return engine


_opened: dict[str, Register] = {}
_opening = threading.Lock()


def casework_url(home: Path | None = None) -> str:
    """COCKPIT_CASEWORK_URL, or the SQLite file in the home folder."""
    return os.environ.get("COCKPIT_CASEWORK_URL") or f"sqlite:///{(home or default_home()) / 'casework.sqlite'}"


def open_register(home: Path | None = None) -> Register:
    """The casework store of a home, opened once per process and created when missing.

    Raises UserError when the address cannot be used or the store cannot be reached.
    """
    url = casework_url(home)
    with _opening:
        if url not in _opened:
            try:
                _opened[url] = Register(url)
            except DatabaseError as error:
                raise UserError(
                    "打不开业务库。", "请检查数据库是否在运行、文件是否可写；文件损坏时请从备份恢复。"
                ) from error
        return _opened[url]


def forget_register(home: Path | None = None) -> None:
    """Close the register of a home and open it anew next time; for after its tables were dropped."""
    with _opening:
        register = _opened.pop(casework_url(home), None)
    if register is not None:
        register.close()
