"""The casework store: SQLite beside the warehouse by default, PostgreSQL by URL."""

import logging
import os
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, create_engine, func, insert, inspect, select, text, update
from sqlalchemy import event as hook
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.util import LRUCache

from lib.access import SYSTEM
from lib.casework.store import archive, guard, revision
from lib.casework.store import kept as kept_ends
from lib.casework.store.chain import EVENT_CHAIN, GENESIS
from lib.casework.store.footing import Footing
from lib.casework.store.kept import StoreLost
from lib.casework.store.rows import seal_earlier
from lib.casework.store.schema import REAL, SYNTHETIC, audit_log, chain, event, metadata, person, store
from lib.casework.store.transaction import Transaction
from lib.errors import UserError
from lib.warehouse.clock import now
from lib.warehouse.generation import Generation, current, sha256_of
from lib.warehouse.home import backups_path, register_path
from lib.warehouse.home import home as default_home
from lib.warehouse.store import open_warehouse

log = logging.getLogger(__name__)

AUDIT_CHAIN = "audit"
BUSY_SECONDS = 30
# What is committed to SQLite is on the disk.
SYNCHRONOUS = "full"
HELD = {SYNTHETIC: "合成城市", REAL: "真实数据"}
# What the people of a synthetic city are numbered by: its personas and those who played its years.
INVENTED = ("demo-", "played-")
# Events about the store itself and the data beside it, not about casework.
OF_STORE = ("store", "generation")
# Since when rows stand in events as digests; a store without the mark was written by a release before that.
SEALED, _SEALING = "sealed", "1"
_CREATE_LOCK = 330400


class StoreKind(UserError):
    """The store belongs to the other sort of data: synthetic work never stands beside real data."""


class Register:
    """One casework store, safe to share between threads.

    `transaction()` gives the one writer; a nested call in the same thread joins the outer transaction, so that
    many actions can be made durable together. `read()` gives a consistent reading connection and never waits
    for the writer. `kept` is the file that keeps the ends of the chains outside the store.
    """

    def __init__(self, url: str, kept: Path | None = None) -> None:
        self.url = url
        self.kept = kept
        self.settled: Path | None = None
        self.engine = _engine(url)
        self.sqlite = self.engine.dialect.name == "sqlite"
        self._footing = _footing(self.engine) if self.sqlite else None
        self._writer = self.engine.execution_options(begin="immediate") if self.sqlite else self.engine
        # SQLite's own waiting is a sleep with back-off; queueing here keeps threads of one process in turn.
        self._turn = threading.Lock() if self.sqlite else None
        self._here = threading.local()
        self._kind: str | None = None
        # How often this process has written: what was read before may not hold any more.
        self.written = 0
        self._create()

    def _create(self) -> None:
        with self._written() as connection:
            if not self.sqlite:
                connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _CREATE_LOCK})
            brought = self._bring_forward(connection)
            present = set(connection.execute(select(chain.c.name)).scalars())
            missing = [name for name in (EVENT_CHAIN, AUDIT_CHAIN) if name not in present]
            if missing:
                connection.execute(
                    insert(chain), [{"name": name, "seq": 0, "hash": GENESIS, "revision": 0} for name in missing]
                )
            marks = _marks(connection)
            if SEALED not in marks and connection.execute(select(event.c.seq).limit(1)).first() is None:
                marks[SEALED] = _SEALING
                connection.execute(insert(store).values(name=SEALED, value=_SEALING))
            if "store_id" not in marks:
                marks["store_id"] = uuid.uuid4().hex
                connection.execute(insert(store).values(name="store_id", value=marks["store_id"]))
                if earlier := kind_of_earlier(connection):
                    marks["kind"] = earlier
                    connection.execute(insert(store).values(name="kind", value=earlier))
            self._kind = marks.get("kind")
        if SEALED not in marks:
            with self.transaction() as tx:
                if SEALED not in _marks(tx.connection):
                    seal_earlier(tx, now(), SYSTEM)
                    tx.connection.execute(insert(store).values(name=SEALED, value=_SEALING))
        if brought:
            with self.transaction() as tx:
                tx.append(SYSTEM, now(), "store", "register", "forward", None, self._kind, "", brought)

    def _bring_forward(self, connection: Connection) -> dict[str, str]:
        """Make the tables, or those that are missing; an older store is backed up first. What was done to it."""
        at, brought = revision.standing(connection), {}
        missing = set(metadata.tables) - set(inspect(connection).get_table_names())
        if at != revision.head() or missing:
            guard.require_owner(connection)
        if at is None:
            revision.make(connection)
        elif at != revision.head():
            brought = {"from": at, "to": revision.head()}
            if self.kept is not None:
                brought["copy"] = archive.keep(connection, backups_path(self.kept.parents[1]), at, now()).name
            revision.bring(connection, revision.head())
        if at is not None and missing:
            metadata.create_all(connection)
        guard.raise_(connection)
        return brought

    def empty(self) -> None:
        """Take all tables away; whoever opens the store next makes them anew. Raises UserError without the right."""
        with self._written() as connection:
            guard.require_owner(connection)
            revision.drop(connection)

    def let_write(self, account: str) -> None:
        """Give an account of the database the rights to write, without changing what is only added to; see guard."""
        with self._written() as connection:
            guard.give(connection, account)

    def refill(self, put: Callable[[Connection], None], beyond: int) -> None:
        """Take all tables away and let `put` make them anew with what they hold, at once.

        Readers that had seen the store as of revision `beyond` read it again.
        """
        with self._written() as connection:
            guard.require_owner(connection)
            writer = guard.writer(connection)
            revision.drop(connection)
            put(connection)
            if writer is not None:
                guard.give(connection, writer)
            connection.execute(update(chain).values(revision=chain.c.revision + beyond + 1))
        self._kind = None
        self._create()

    @property
    def kind(self) -> str | None:
        """SYNTHETIC or REAL, as the store says itself; None while nothing has decided it."""
        if self._kind is None:
            with self.read() as connection:
                self._kind = _marks(connection).get("kind")
        return self._kind

    def claim(self, kind: str, at: datetime) -> None:
        """Make an undecided store one of this kind, for good. Raises StoreKind when it is of the other kind."""
        if self.kind is None:
            with self.transaction() as tx:
                if "kind" not in _marks(tx.connection):
                    tx.connection.execute(insert(store).values(name="kind", value=kind))
                    tx.append(SYSTEM, at, "store", "register", "found", None, kind, payload={"kind": kind})
        if self.kind != kind:
            raise StoreKind(
                f"业务库 {self.engine.url.render_as_string()} 属于{HELD[str(self.kind)]}，不能用于{HELD[kind]}。",
                "真实数据和合成城市各用各的 COCKPIT_HOME（和 COCKPIT_CASEWORK_URL）。",
            )

    @contextmanager
    def _written(self) -> Iterator[Connection]:
        """The one writing connection; whoever waits for it waits until one deadline, set when the wait began."""
        deadline = time.monotonic() + BUSY_SECONDS
        with _reachable("写入"):
            if self._turn is not None and not self._turn.acquire(timeout=BUSY_SECONDS):
                raise StoreBusy()
            try:
                with self._writer.connect() as connection:
                    if self.sqlite:
                        connection = connection.execution_options(deadline=deadline)
                    with connection.begin():
                        if not self.sqlite:
                            connection.execute(text(f"set local lock_timeout = '{BUSY_SECONDS}s'"))
                        yield connection
            finally:
                if self._turn is not None:
                    self._turn.release()

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """The write transaction of this thread; committed and on disk when the outermost block ends.

        An exception rolls everything back, also one that an outer block catches from an inner one. Raises
        UserError when the store is busy for too long, full or not to be reached, StoreReplaced when its file was
        replaced since it was opened.
        """
        outer: Transaction | None = getattr(self._here, "transaction", None)
        if outer is not None:
            try:
                yield outer
            except BaseException:
                outer.doomed = True
                raise
            return
        with self._written() as connection:
            if self._footing is not None:
                self._footing.hold_whole()
            marks = _marks(connection)
            current = self._here.transaction = Transaction(connection, marks.get("kind"))
            try:
                yield current
                if current.doomed:
                    raise RuntimeError("an inner step of this transaction failed")
                current.flush()
                ends = current.ends(marks["store_id"])
            finally:
                self._here.transaction = None
        self.written += 1
        if self._footing is not None:
            self._footing.hold()
        if self.kept is not None and ends is not None:
            kept_ends.keep(self.kept, ends)

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

    def lost(self) -> list[str]:
        """In what the store falls short of what was kept outside it: one Chinese line per fault."""
        kept = None if self.kept is None else kept_ends.read(self.kept)
        if kept is None:
            return []
        with self.read() as connection:
            return kept_ends.missing(connection, kept)

    def keep_ends(self) -> None:
        """Note the present ends of the chains outside the store."""
        if self.kept is not None:
            with self.read() as connection:
                kept_ends.keep(self.kept, kept_ends.ends_of(connection))

    def close(self) -> None:
        """Give back all connections; the last one to leave a SQLite file folds its log into it."""
        self.engine.dispose()
        if self._footing is not None:
            self._footing.forget()


def _marks(connection: Connection) -> dict[str, str]:
    """What the store says of itself, by name."""
    return {row.name: row.value for row in connection.execute(select(store.c.name, store.c.value))}


def kind_of_earlier(connection: Connection) -> str | None:
    """The kind of a store of an earlier release, told by whose work it holds; None when it holds none."""
    if connection.execute(select(person.c.person_id).limit(1)).first():
        return REAL
    for column in (event.c.actor_id, audit_log.c.person_id):
        people = set(connection.execute(select(column).distinct()).scalars()) - {SYSTEM.person_id}
        if people:
            invented = all(name.startswith(INVENTED) for name in people)
            return SYNTHETIC if invented else REAL
    return None


class StoreBusy(UserError):
    """Nothing could be written or read in time, or at all for now: `why`, and what somebody has to do about it."""

    def __init__(self, what: str = "写入", why: str = "", hint: str = "") -> None:
        about = f"业务库暂时无法{what}"
        super().__init__(
            f"{about}：{why}。" if why else f"{about}。",
            f"{_AGAIN if what == '写入' else '请稍后刷新；'}{hint or '持续出现时请联系管理员检查磁盘和数据库。'}",
        )


_AGAIN = "填写的内容还在本页，请稍后再提交，同一次提交不会重复记录；"
# Why, and for whom it is to mend, by what SQLite and PostgreSQL call it (the beginning of a name or SQLSTATE).
_WHY = {
    ("SQLITE_FULL", "53100"): ("磁盘已满", "请管理员腾出业务库所在磁盘的空间。"),
    ("SQLITE_READONLY", "25006"): ("磁盘或文件只读", "请管理员检查业务库所在磁盘的挂载和文件权限。"),
    ("SQLITE_BUSY", "SQLITE_LOCKED", "55P03"): (
        f"一直被占用，等了 {BUSY_SECONDS} 秒",
        "持续出现时请管理员查看是否有导入、备份等占着业务库。",
    ),
    ("SQLITE_IOERR", "58030"): ("磁盘读写出错，或已变为只读", "请管理员检查业务库所在磁盘和挂载。"),
    # The server calls a disk that became read-only a want of rights.
    ("42501",): ("数据库账号没有权限，或磁盘已变为只读", "请管理员检查数据库账号的权限、数据库所在磁盘和挂载。"),
    ("SQLITE_CANTOPEN", "57P", "08"): ("数据库没有运行或连不上", "请管理员检查数据库服务和网络。"),
}


def _refused(error: Exception, what: str) -> UserError | None:
    """What a person is told of an error of the database, None when it is a fault of this program."""
    origin = getattr(error, "orig", None)
    name = str(getattr(origin, "sqlite_errorname", None) or getattr(origin, "sqlstate", None) or "")
    for codes, told in _WHY.items():
        if name.startswith(codes):
            return StoreBusy(what, *told)
    if isinstance(error, PoolTimeout):
        return StoreBusy(what)
    if isinstance(error, OperationalError):
        # A connection that is lost or refused has no code.
        gone = getattr(error, "connection_invalidated", False) or (not name and not isinstance(origin, sqlite3.Error))
        return StoreBusy(what, *(_WHY["SQLITE_CANTOPEN", "57P", "08"] if gone else ()))
    if type(error) is DatabaseError:
        return UserError(f"业务库文件损坏，无法{what}。", "请停止服务，从备份恢复业务库。")
    return None


@contextmanager
def _reachable(what: str) -> Iterator[None]:
    try:
        yield
    except (DatabaseError, PoolTimeout) as error:
        refusal = _refused(error, what)
        if refusal is None:
            raise
        # One line: it is the disk or the server, not the program.
        log.warning("casework store: %s", " ".join(str(getattr(error, "orig", error)).split()))
        raise refusal from error


def _footing(engine: Engine) -> Footing:
    """Watch the file under an engine: every transaction of it begins on the files that were opened first."""
    footing = Footing(Path(str(engine.url.database)).resolve())

    @hook.listens_for(engine, "connect")
    def connected(_connection: Any, _record: Any) -> None:
        footing.connected()

    @hook.listens_for(engine, "begin")
    def begin(_connection: Connection) -> None:
        footing.hold()

    return footing


class _File(SQLiteDialect_pysqlite):
    """SQLite, the same whichever file: what is compiled for one store serves all of a process, as many as the seats of
    a class."""

    driver = "store"
    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self)

    def __hash__(self) -> int:
        return hash(type(self))


registry.register(f"{_File.name}.{_File.driver}", "lib.casework.store.register", _File.__name__)
# Statements compiled for files.
_COMPILED: LRUCache[Any, Any] = LRUCache(2000)


def _engine(url: str) -> Engine:
    """The engine of an address. What somebody typed stays out of the log: errors do not say what was written."""
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() != "sqlite":
            return create_engine(parsed, pool_size=10, max_overflow=40, pool_pre_ping=True, hide_parameters=True)
        if not parsed.database or parsed.database == ":memory:":
            raise UserError("业务库不能放在内存里。", "请把 COCKPIT_CASEWORK_URL 指向一个文件或 PostgreSQL。")
        # SQLite gives its log and index the rights of the file.
        if not parsed.database.startswith("file:"):
            with suppress(OSError):
                Path(parsed.database).touch(mode=0o600)
        engine = create_engine(
            parsed.set(drivername=f"{_File.name}+{_File.driver}"),
            connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
            execution_options={"compiled_cache": _COMPILED},
            pool_size=10,
            max_overflow=60,
            hide_parameters=True,
        )
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise UserError("业务库地址无法使用。", "请检查 COCKPIT_CASEWORK_URL 的写法和数据库驱动是否已安装。") from error

    @hook.listens_for(engine, "connect")
    def prepare(dbapi_connection: Any, _record: Any) -> None:
        dbapi_connection.isolation_level = None
        for pragma in (
            "journal_mode = wal",
            f"synchronous = {SYNCHRONOUS}",
            f"busy_timeout = {BUSY_SECONDS * 1000}",
            # A row that is replaced is a row that is deleted, for the triggers too.
            "recursive_triggers = on",
        ):
            dbapi_connection.execute(f"pragma {pragma}")
        # Reading opens the log.
        dbapi_connection.execute("select count(*) from sqlite_master").fetchone()

    @hook.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        deadline = options.get("deadline") or time.monotonic() + BUSY_SECONDS
        if options.get("begin") == "immediate":
            _begin_in_turn(connection, deadline)
            return
        connection.exec_driver_sql(f"pragma busy_timeout = {_left(deadline)}")
        connection.exec_driver_sql("begin")

    return engine


def _left(deadline: float) -> int:
    """Milliseconds until a deadline."""
    return int(max(0.0, deadline - time.monotonic()) * 1000)


def _begin_in_turn(connection: Connection, deadline: float) -> None:
    """Begin to write, among other processes that want to.

    SQLite itself asks the more seldom the longer it waits, so that whoever came last goes first. Here it is the other
    way round.
    """
    writer: Any = connection.connection.dbapi_connection
    began = time.monotonic()
    writer.execute("pragma busy_timeout = 0")
    while (moment := time.monotonic()) < deadline:
        try:
            writer.execute("begin immediate")
            writer.execute(f"pragma busy_timeout = {_left(deadline)}")
            return
        except sqlite3.OperationalError as error:
            if not str(error.sqlite_errorname).startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
                break
        time.sleep(max(_LEAST_PAUSE, _PAUSE / (1 + 5 * (moment - began))))
    connection.exec_driver_sql("begin immediate")


# Seconds between two questions whether it is one's turn, at first and after a long wait.
_PAUSE, _LEAST_PAUSE = 0.02, 0.002

_opened: dict[str, Register] = {}
_opening = threading.Lock()


def casework_url(home: Path | None = None) -> str:
    """COCKPIT_CASEWORK_URL, or the SQLite file in the home folder."""
    return os.environ.get("COCKPIT_CASEWORK_URL") or f"sqlite:///{(home or default_home()) / 'casework.sqlite'}"


def open_register(home: Path | None = None) -> Register:
    """The casework store of a home, opened once per process and created when missing.

    Raises UserError when the address cannot be used or the store cannot be reached, StoreLost when it is not all
    that this home has written, StoreKind when store and warehouse are not both synthetic or both real.
    """
    home = home or default_home()
    register = opened_register(home)
    _settle(register, home)
    return register


def require_real(home: Path) -> None:
    """Raise StoreKind when the casework beside which files are about to be loaded is that of a synthetic city."""
    register = opened_register(home)
    if register.kind == SYNTHETIC:
        raise StoreKind(
            f"{home} 属于合成城市，不装入文件：真实数据和虚构数据不能混在一起。",
            "请把 COCKPIT_HOME 指向一个空文件夹后装载，例如 COCKPIT_HOME=~/cockpit python -m lib load 文件夹。",
        )


def opened_register(home: Path) -> Register:
    """The casework store of a home whatever the warehouse beside it is; see `open_register`."""
    url, kept = casework_url(home), register_path(home)
    with _opening:
        if url not in _opened:
            _opened[url] = _open(url, kept)
        return _opened[url]


def _open(url: str, kept: Path) -> Register:
    known = kept_ends.read(kept)
    parsed = make_url(url) if url.startswith("sqlite") else None
    if known is not None and parsed is not None and not Path(str(parsed.database)).exists():
        raise StoreLost([f"业务库文件 {parsed.database} 不在了，原来的记到事件第 {known.event[0]} 号"])
    try:
        register = Register(url, kept)
    except DatabaseError as error:
        raise UserError("打不开业务库。", "请检查数据库是否在运行、文件是否可写；文件损坏时请从备份恢复。") from error
    if faults := register.lost():
        register.close()
        raise StoreLost(faults)
    register.keep_ends()
    return register


def _settle(register: Register, home: Path) -> None:
    """Hold the store against the generation in force, once for each: both are synthetic, or both are real."""
    generation = current(home)
    if generation is None or generation.path == register.settled:
        return
    warehouse = open_warehouse(home)
    if warehouse.mixed:
        raise StoreKind(
            f"{home} 里的合成城市装入过文件，真假数据已经混在一起，不再展示。",
            "请把 COCKPIT_HOME 指向空文件夹重新装载这些文件；要恢复演示，运行 python -m lib demo 重建合成城市。",
        )
    kind = SYNTHETIC if warehouse.synthetic else REAL
    register.claim(kind, now(warehouse))
    note_generation(register, generation, now(warehouse), kind)
    register.settled = generation.path


def restored_at() -> ColumnElement[int]:
    """The number of the event by which a store was last restored from a backup, 0 without one."""
    restored = select(func.max(event.c.seq)).where(event.c.object_type == "store", event.c.action == "restore")
    return func.coalesce(restored.scalar_subquery(), 0)


def note_generation(register: Register, generation: Generation, at: datetime, kind: str) -> None:
    """Put the sha256 of a generation into the chain when it comes into force, so that a changed file is found."""
    number = str(generation.number)
    told = select(event.c.seq).where(
        event.c.object_type == "generation", event.c.object_id == number, event.c.seq > restored_at()
    )
    with register.read() as connection:
        if connection.execute(told.limit(1)).first() is not None:
            return
    payload = {"file": generation.path.name, "sha256": sha256_of(generation.path), "kind": kind}
    with register.transaction() as tx:
        if tx.connection.execute(told.limit(1)).first() is None:
            tx.append(SYSTEM, at, "generation", number, "publish", None, None, payload=payload)


def open_beside(path: Path) -> Register:
    """A store of its own in a file, opened once per process: not the city's, nor held against what a home keeps."""
    url = f"sqlite:///{path}"
    with _opening:
        if url not in _opened:
            _opened[url] = Register(url)
        return _opened[url]


def close_beside(path: Path) -> None:
    """Give such a store back, or all in a folder; the last to leave folds its log into the file."""
    with _opening:
        urls = [url for url in _opened if (at := Path(url.removeprefix("sqlite:///"))) == path or path in at.parents]
        for url in urls:
            _opened.pop(url).close()


def forget_register(home: Path | None = None) -> None:
    """Close the register of a home and open it anew next time; for after its tables were dropped."""
    with _opening:
        register = _opened.pop(casework_url(home), None)
    if register is not None:
        register.close()
