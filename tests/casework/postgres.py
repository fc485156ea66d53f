"""A PostgreSQL server of the tests' own: in a temporary folder, on a free port, run by a user without rights."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from lib.casework.store.register import Register

# Where Debian puts the programs of each version; elsewhere they are on the path.
_DEBIAN = Path("/usr/lib/postgresql")
# What is committed outlives the server's processes, if not the machine.
LASTING = {"fsync": "off", "max_connections": "200"}
MISSING = "没有 PostgreSQL 的服务程序：apt-get install postgresql 后再在其上运行业务库测试"
# For a small disk that may go bad: what is committed is on it, and the logs take little room.
SMALL = {"max_connections": "50", "min_wal_size": "2MB", "max_wal_size": "4MB", "wal_recycle": "off"}
# What is lost when the machine stops need not last longer than the tests.
_HASTY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}


def programs() -> Path | None:
    """The folder of initdb and pg_ctl, of the newest version there is; None without one."""
    versions = sorted(_DEBIAN.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    found = str(versions[-1]) if versions else shutil.which("initdb")
    return Path(found).parent if found else None


def needed() -> None:
    """Skip where there is no server to start, but in CI."""
    if programs() is None and not os.environ.get("CI"):
        pytest.skip(MISSING)


def _user() -> str | None:
    """Whom the server runs as: the server refuses root."""
    if os.geteuid() != 0:
        return None
    known = {one.pw_name for one in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)


def _run(program: Path, *arguments: str) -> None:
    command = [str(program), *arguments]
    subprocess.run(command, user=_user(), cwd="/", check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass(frozen=True)
class Server:
    """A server with one empty database at `url`, as SQLAlchemy reads it."""

    programs: Path
    place: str
    port: int
    settings: dict[str, str]

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://tests@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it, also after it was killed."""
        own = {"listen_addresses": "127.0.0.1", "port": str(self.port), "unix_socket_directories": self.place}
        options = " ".join(f"-c {name}={value}" for name, value in {**self.settings, **own}.items())
        data, log = f"{self.place}/data", f"{self.place}/log"
        _run(self.programs / "pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "start")

    def kill(self) -> None:
        """End it without letting it finish anything, if it has not ended by itself."""
        with suppress(subprocess.CalledProcessError):
            _run(self.programs / "pg_ctl", "-D", f"{self.place}/data", "-m", "immediate", "-w", "stop")

    def lay_tables(self, within: Path) -> None:
        """Lay the tables that are made from now on into a folder of another disk."""
        place = within / "tables"
        place.mkdir()
        if user := _user():
            shutil.chown(place, user)
        with psycopg.connect(self.url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(f"create tablespace small location '{place}'")
            connection.execute("alter database postgres set default_tablespace = 'small'")


@contextmanager
def serving(settings: dict[str, str] = _HASTY, within: Path | None = None) -> Iterator[Server]:
    """A server that runs for as long as this does, in a folder of `within`, a small disk."""
    folder = programs()
    assert folder is not None, MISSING
    with tempfile.TemporaryDirectory(prefix="postgres-", dir=within) as place:
        if user := _user():
            shutil.chown(place, user)
        server = Server(folder, place, _free_port(), settings)
        data = f"{place}/data"
        how = ["-U", "tests", "-A", "trust", "-E", "UTF8", "--no-locale", "--wal-segsize", "1"]
        how += [] if within else ["--no-sync"]
        _run(folder / "initdb", "-D", data, *how)
        server.start()
        try:
            yield server
        finally:
            server.kill()


@contextmanager
def running() -> Iterator[str]:
    """The address of a server that runs for as long as this does."""
    with serving() as server:
        yield server.url


def bare(url: str) -> None:
    """Leave nothing of an earlier test in the database, no table either."""
    with _connected(url) as connection:
        connection.execute("drop schema public cascade")
        connection.execute("create schema public")


# Every table, column, trigger and right by when it was last changed.
_SHAPE = """
select md5(string_agg(one, ' ' order by one)) from (
    select concat_ws(' ', 'class', oid, xmin) from pg_class where relnamespace = 'public'::regnamespace
    union all
    select concat_ws(' ', 'column', attrelid, attnum, pg_attribute.xmin) from pg_attribute
    inner join pg_class on pg_class.oid = attrelid where relnamespace = 'public'::regnamespace
    union all
    select concat_ws(' ', 'trigger', pg_trigger.oid, pg_trigger.xmin) from pg_trigger
    inner join pg_class on pg_class.oid = tgrelid where relnamespace = 'public'::regnamespace
    union all
    select concat_ws(' ', 'function', oid, xmin) from pg_proc where pronamespace = 'public'::regnamespace
    union all
    select concat_ws(' ', 'schema', oid, xmin) from pg_namespace where nspname = 'public'
) as changed(one)
"""
# The triggers that refuse it do not fire for a replica.
_ROWS = """
do $$ declare name text; begin
    set local session_replication_role = replica;
    for name in select tablename from pg_tables where schemaname = 'public' and tablename <> 'alembic_version' loop
        execute format('delete from %I', name);
    end loop;
end $$
"""
_laid: dict[str, str] = {}


def empty(url: str) -> None:
    """Leave no row of an earlier test in the store; its tables are laid anew only where a test has changed them."""
    with _connected(url) as connection:
        if _shape(connection) == _laid.get(url):
            connection.execute(_ROWS)
            return
    bare(url)
    Register(url).close()
    with _connected(url) as connection:
        connection.execute(_ROWS)
        _laid[url] = _shape(connection)


def _shape(connection: psycopg.Connection) -> str:
    return str(connection.execute(_SHAPE).fetchone())


def _connected(url: str) -> psycopg.Connection:
    options = "-c lock_timeout=10s"
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True, options=options)
