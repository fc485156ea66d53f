"""Disk full, read-only, locked, gone, no room for one more page: what is said, and that no half event is left."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import event as hook
from sqlalchemy import text

from lib.access import SYSTEM
from lib.casework.store import register as module
from lib.casework.store.register import Register
from lib.casework.store.verify import verify_chain
from lib.errors import UserError
from tests.casework import postgres
from tests.disk import Disk, disk

ROOT = Path(__file__).resolve().parents[3]
AT = datetime(2022, 9, 6, 9, 0)


def write(register: Register, size: int = 10) -> int:
    """Two events in one transaction, so that a half of it would show."""
    with register.transaction() as tx:
        tx.append(SYSTEM, AT, "warning", "W1", "note", None, "新生成", "一" * size)
        return tx.append(SYSTEM, AT, "warning", "W2", "note", None, "新生成", "二" * size).seq


@contextmanager
def full(register: Register) -> Iterator[None]:
    with register.engine.begin() as connection:
        if register.sqlite:
            pages = connection.exec_driver_sql("pragma page_count").scalar_one()
            connection.exec_driver_sql(f"pragma max_page_count = {pages}")
        else:
            # As the server says it when its disk is full.
            for statement in (
                "create function full_() returns trigger language plpgsql as $$ begin if new.object_id = 'W2' then"
                " raise exception 'could not extend file' using errcode = '53100'; end if; return new; end $$",
                "create trigger full_ before insert on event for each row execute function full_()",
            ):
                connection.exec_driver_sql(statement)
    yield
    with register.engine.begin() as connection:
        given = "pragma max_page_count = 1000000" if register.sqlite else "drop trigger full_ on event"
        connection.exec_driver_sql(given)


@contextmanager
def read_only(register: Register) -> Iterator[None]:
    on, off = (
        ("pragma query_only = on", "pragma query_only = off")
        if register.sqlite
        else ("set default_transaction_read_only = on", "set default_transaction_read_only = off")
    )
    setting = [on]

    def taken(connection, *_rest) -> None:
        connection.execute(setting[0])
        connection.commit()

    hook.listen(register.engine, "checkout", taken)
    yield
    setting[0] = off


@contextmanager
def locked(register: Register) -> Iterator[None]:
    other = register.engine.connect()
    if register.sqlite:
        other = other.execution_options(begin="immediate")
    with other, other.begin():
        if not register.sqlite:
            other.execute(text("select * from chain for update"))
        yield


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (full, "业务库暂时无法写入：磁盘已满"),
        (read_only, "业务库暂时无法写入：磁盘或文件只读"),
        (locked, "业务库暂时无法写入：一直被占用"),
    ],
    ids=lambda given: getattr(given, "__name__", ""),
)
def test_a_fault_is_told_by_its_name_and_leaves_no_half(
    register: Register, monkeypatch: pytest.MonkeyPatch, fault: Callable, told: str
) -> None:
    assert write(register) == 2
    monkeypatch.setattr(module, "BUSY_SECONDS", 1)
    with fault(register), pytest.raises(UserError, match=told) as refused:
        write(register, 40_000)
    assert "同一次提交不会重复记录" in refused.value.sentence
    assert verify_chain(register) == []
    assert write(register) == 4


LIMITED = """
import json, pathlib, resource, signal, sys
from lib.casework.store.register import Register
from lib.errors import UserError
from tests.casework.store.test_faults import write

register = Register(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
largest = max(path.stat().st_size for path in pathlib.Path(sys.argv[2]).iterdir())
resource.setrlimit(resource.RLIMIT_FSIZE, (largest + 300_000, resource.RLIM_INFINITY))
written, told = 0, ""
while not told:
    try:
        written = write(register, 2_000)
    except UserError as refused:
        told = refused.sentence
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(json.dumps([written, told, write(register)]))
"""


def test_files_that_may_not_grow_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'casework.sqlite'}"
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, url, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    written, told, after = json.loads(done.stdout)
    assert told.startswith("业务库暂时无法写入：磁盘")
    assert (written > 2, after) == (True, written + 2)
    register = Register(url)
    assert verify_chain(register) == []
    register.close()


def test_a_server_that_cannot_be_reached_is_named() -> None:
    with pytest.raises(UserError, match="数据库没有运行或连不上"):
        Register("postgresql+psycopg://tests@127.0.0.1:1/postgres")


@dataclass(frozen=True)
class OnDisk:
    """A register whose store lies on a small disk of its own: a file, or what a server of its own keeps there."""

    register: Register
    disk: Disk
    server: postgres.Server | None

    def mend(self) -> None:
        """Whoever had the disk open lets it go; it is mended, and they begin anew."""
        self.register.close()
        if self.server is not None:
            self.server.kill()
        self.disk.mend()
        if self.server is not None:
            self.server.start()


@pytest.fixture(params=["sqlite", "postgresql", "tablespace"])
def on_disk(request: pytest.FixtureRequest) -> Iterator[OnDisk]:
    """The server keeps all it has there, or the tables alone (a tablespace)."""
    with ExitStack() as stack:
        small = stack.enter_context(disk(96 if request.param == "postgresql" else 24))
        server = None
        if request.param != "sqlite":
            postgres.needed()
            within = small.place if request.param == "postgresql" else None
            server = stack.enter_context(postgres.serving(postgres.SMALL, within))
        if request.param == "tablespace":
            server.lay_tables(small.place)
        register = Register(f"sqlite:///{small.place / 'casework.sqlite'}" if server is None else server.url)
        stack.callback(register.close)
        yield OnDisk(register, small, server)


def test_a_real_disk_that_is_full_takes_no_half_and_all_again_when_there_is_room(on_disk: OnDisk) -> None:
    assert write(on_disk.register) == 2
    on_disk.disk.fill()
    for _ in range(3):
        with pytest.raises(UserError, match="业务库暂时无法写入：磁盘已满") as refused:
            write(on_disk.register, 400_000)
        assert "腾出业务库所在磁盘的空间" in refused.value.sentence
    assert verify_chain(on_disk.register) == []
    on_disk.disk.free()
    assert write(on_disk.register) == 4
    assert verify_chain(on_disk.register) == []


def test_a_real_disk_that_became_read_only_is_told_and_nothing_is_lost(on_disk: OnDisk) -> None:
    assert write(on_disk.register) == 2
    on_disk.disk.go_bad()
    with pytest.raises(UserError, match=r"业务库暂时无法写入：.*只读") as refused:
        write(on_disk.register, 400_000)
    assert "挂载" in refused.value.sentence and "一一" not in str(refused.value.__cause__)
    # The server opens what it reads for writing, too.
    if on_disk.server is None:
        assert verify_chain(on_disk.register) == []
    on_disk.mend()
    assert write(on_disk.register) == 4
    assert verify_chain(on_disk.register) == []


def test_small_records_on_a_full_disk_until_nothing_goes_lose_none_that_was_acknowledged(on_disk: OnDisk) -> None:
    """The last that goes in fills the log of the database itself, whose server may have to end over it."""
    on_disk.disk.fill()
    written, told = 0, ""
    while not told:
        try:
            written = write(on_disk.register, 2_000)
        except UserError as refused:
            told = refused.sentence
    assert told.startswith(("业务库暂时无法写入：磁盘已满", "业务库暂时无法写入：数据库没有运行或连不上"))
    on_disk.disk.free()
    if on_disk.server is not None:
        on_disk.server.kill()
        on_disk.server.start()
    # What was on its way may have arrived without being acknowledged.
    assert write(on_disk.register) in (written + 2, written + 4)
    assert verify_chain(on_disk.register) == []


HOLDER = """
import sys
from lib.casework.store.register import Register
from sqlalchemy import text
register = Register(sys.argv[1])
with register.transaction():
    print("held", flush=True)
    sys.stdin.readline()
register.close()
"""


@contextmanager
def held_elsewhere(register: Register) -> Iterator[None]:
    """Another process is in the middle of a transaction."""
    command = [sys.executable, "-c", HOLDER, register.engine.url.render_as_string(hide_password=False)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdin is not None and holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        yield
        with suppress(BrokenPipeError):
            holder.stdin.write("over\n")
            holder.stdin.flush()
        assert holder.wait(30) == 0


def test_a_store_held_by_another_process_is_waited_for_and_told(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert write(register) == 2
    monkeypatch.setattr(module, "BUSY_SECONDS", 1)
    with held_elsewhere(register), pytest.raises(UserError, match="业务库暂时无法写入：一直被占用"):
        write(register)
    assert write(register) == 4
    assert verify_chain(register) == []


@pytest.mark.scale
def test_for_thirty_seconds_and_not_for_ever(register: Register) -> None:
    assert write(register) == 2
    with held_elsewhere(register):
        began = time.monotonic()
        with pytest.raises(UserError, match="一直被占用，等了 30 秒"):
            write(register)
        waited = time.monotonic() - began
    assert 29 < waited < 45
    assert write(register) == 4
    assert verify_chain(register) == []


def test_a_file_moved_away_is_told_and_is_there_again_when_it_is_put_back(tmp_path: Path) -> None:
    path = tmp_path / "casework.sqlite"
    register = Register(f"sqlite:///{path}")
    assert write(register) == 2
    away = tmp_path / "away"
    away.mkdir()
    parts = list(tmp_path.glob("casework.sqlite*"))
    for part in parts:
        part.rename(away / part.name)
    for _ in range(2):
        with pytest.raises(UserError, match="业务库文件在运行中被替换或删除") as refused:
            write(register)
        assert "复制好已填写的内容" in refused.value.sentence
    assert not path.exists()
    for part in parts:
        (away / part.name).rename(part)
    assert write(register) == 4
    assert verify_chain(register) == []
    register.close()
