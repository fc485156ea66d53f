"""Disk full, read-only, locked, no room for one more page: what is said, and that no half event is left."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
