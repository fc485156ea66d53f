"""A store replaced, restored or deleted under a running server is noticed before anything is said to be saved."""

import os
import shutil
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from lib.access import SYSTEM
from lib.casework.store import register as module
from lib.casework.store.footing import StoreReplaced
from lib.casework.store.register import Register, StoreBusy

AT = datetime(2022, 9, 6, 9, 0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "casework.sqlite"


@pytest.fixture
def running(path: Path) -> Register:
    register = Register(f"sqlite:///{path}")
    for _ in range(3):
        _write(register)
    return register


def _write(register: Register) -> int:
    with register.transaction() as tx:
        return tx.append(SYSTEM, AT, "warning", "W1", "note", None, "新生成").seq


def _backup(path: Path) -> Path:
    """The file alone, as it was before anything in its log."""
    copy = path.with_name("backup")
    fresh = Register(f"sqlite:///{copy}")
    fresh.close()
    return copy


def moved_over(path: Path) -> None:
    os.replace(_backup(path), path)


def moved_over_and_log_deleted(path: Path) -> None:
    os.replace(_backup(path), path)
    for part in ("-wal", "-shm"):
        Path(f"{path}{part}").unlink()


def copied_over(path: Path) -> None:
    shutil.copyfile(_backup(path), path)


def copied_over_and_log_deleted(path: Path) -> None:
    shutil.copyfile(_backup(path), path)
    Path(f"{path}-wal").unlink()


def deleted(path: Path) -> None:
    path.unlink()


def log_deleted(path: Path) -> None:
    Path(f"{path}-wal").unlink()


@pytest.mark.parametrize(
    "replace", [moved_over, moved_over_and_log_deleted, copied_over_and_log_deleted, deleted, log_deleted]
)
def test_nothing_is_said_to_be_saved_in_a_store_that_is_no_longer_there(
    running: Register, path: Path, replace: Callable[[Path], None]
) -> None:
    replace(path)
    with pytest.raises(StoreReplaced, match="被替换或删除"):
        _write(running)
    with pytest.raises(StoreReplaced), running.read():
        pass


def test_what_is_acknowledged_after_a_copy_over_the_file_is_there_after_a_restart(
    running: Register, path: Path
) -> None:
    """The log may still hold everything: then the work goes on, otherwise it is refused."""
    with running.engine.connect() as connection:
        connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
    _write(running)
    copied_over(path)
    acknowledged = []
    for _ in range(5):
        try:
            acknowledged.append(_write(running))
        except StoreReplaced:
            break
    running.close()
    for seq in acknowledged:
        again = Register(f"sqlite:///{path}")
        with again.read() as connection:
            assert connection.exec_driver_sql("select count(*) from event where seq = ?", (seq,)).scalar_one() == 1
        again.close()


def test_a_store_that_is_only_checkpointed_goes_on(running: Register, path: Path) -> None:
    for _ in range(3):
        with running.engine.connect() as connection:
            connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
        _write(running)
    assert _write(running) == 7
    other = Register(running.url)
    _write(other)
    other.close()
    assert _write(running) == 9


def test_all_who_wait_for_a_busy_store_share_one_deadline(running: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUSY_SECONDS", 1)
    blocker, told, waits = Register(running.url), [], []

    begin = module._begin_in_turn

    def listen(connection, deadline: float) -> None:
        waits.append(max(0.0, deadline - time.monotonic()))
        begin(connection, deadline)

    def save() -> None:
        with pytest.raises(StoreBusy, match="暂时无法写入") as refused:
            _write(running)
        told.append(refused.value)

    with blocker.transaction():
        monkeypatch.setattr(module, "_begin_in_turn", listen)
        savers = [threading.Thread(target=save) for _ in range(4)]
        for saver in savers:
            saver.start()
        for saver in savers:
            saver.join()
    assert len(told) == 4
    # One after another each would have waited the whole time anew.
    assert len(waits) > 0 and sum(waits) < 2
    assert _write(running) == 4
    blocker.close()


def test_a_note_of_the_ends_that_cannot_be_written_takes_nothing_back(path: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    register = Register(f"sqlite:///{path}", tmp_path / "file" / "register.json")
    assert _write(register) == 1
    assert _write(register) == 2
    register.close()
