"""Disk full, read-only, locked, gone: a person is told what it is, the typed text stays, no half event is left."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random

import pandas as pd
import pytest
from sqlalchemy import event as hook

from lib.access import SYSTEM
from lib.casework.custody.backup import backup
from lib.casework.custody.restore import restore
from lib.casework.reading.visible import events_of
from lib.casework.store import register as module
from lib.casework.store.register import Register, forget_register, open_register
from lib.casework.store.verify import verify_register
from lib.errors import UserError
from lib.insight.warnings.listing import warning_list
from lib.ui.browser.text_box import MOST
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse, open_warehouse
from tests.casework import postgres
from tests.casework.replay import illegal
from tests.casework.stepping import on_warning
from tests.casework.store.test_faults import held_elsewhere
from tests.disk import Disk, disk
from tests.pages.opening import box, open_page, words
from tests.pages.warnings.test_warning import OFFICE

PAGE = "pages/warnings/warning.py"
# As much as the box takes, and nothing that could be packed smaller: more than what may be free in the pages there are.
TEXT = "经查属实：" + "".join(map(chr, Random(1).choices(range(0x4E00, 0x9000), k=MOST - 5)))
City = tuple[Register, Warehouse]


@contextmanager
def set_(register: Register, during: str, after: str) -> Iterator[None]:
    """A setting of SQLite's on every connection, for as long as this lasts."""
    setting = [during]

    def taken(connection: sqlite3.Connection, *_rest: object) -> None:
        connection.execute(setting[0])

    hook.listen(register.engine, "checkout", taken)
    try:
        yield
    finally:
        setting[0] = after


@contextmanager
def disk_full(register: Register) -> Iterator[None]:
    with register.read() as connection:
        pages = connection.exec_driver_sql("pragma page_count").scalar_one()
    with set_(register, f"pragma max_page_count = {pages}", "pragma max_page_count = 1000000"):
        yield


def read_only(register: Register) -> AbstractContextManager[None]:
    return set_(register, "pragma query_only = on", "pragma query_only = off")


@contextmanager
def locked(register: Register) -> Iterator[None]:
    other = sqlite3.connect(str(register.engine.url.database), isolation_level=None)
    other.execute("begin immediate")
    try:
        yield
    finally:
        other.close()


def answered(
    city: City, number: str, told: str, fault: Callable[[Register], AbstractContextManager[None]], unread: str = ""
) -> None:
    """Type, let the fault come, submit, let it go, submit again.

    unread: what is said where the page cannot even be read, when it is something else than `told`.
    """
    register = city[0]
    for step in ("sign", "start"):
        on_warning(step, register, OFFICE, number, submission_id=step, at=now(city[1]))
    before = len(events(city, number))
    app = open_page(PAGE, id=number)
    app.segmented_control(key=f"{number}_conclude_conclusion").set_value("属实").run()
    app.multiselect(key=f"{number}_conclude_checked").set_value(["调阅案卷"]).run()
    # Not in the draft yet, whose room would do for the event.
    app.session_state[f"{number}_conclude_text"] = TEXT
    app.run()
    with fault(register):
        app.button(key=f"{number}_conclude_submit").click().run()
        if app.exception:
            # The page cannot even be read: the server's hook says so in the words of the error.
            with pytest.raises(UserError, match=unread or told), register.read():
                pass
        else:
            assert told in words(app)
        app.run()
    app.run()
    assert not app.exception
    assert box(app, "情况说明")["value"] == TEXT
    assert app.segmented_control(key=f"{number}_conclude_conclusion").value == "属实"
    assert app.multiselect(key=f"{number}_conclude_checked").value == ["调阅案卷"]
    assert len(events(city, number)) == before
    assert (verify_register(open_register()), illegal(open_register())) == ([], [])
    app.button(key=f"{number}_conclude_submit").click().run()
    assert "已保存" in app.success[0].value
    since = events(city, number).iloc[before:]
    assert since["action"].tolist() == ["conclude"]
    assert since["text"].tolist() == [TEXT]


def events(city: City, number: str) -> pd.DataFrame:
    return events_of(open_register(), OFFICE, city[1], "warning", number)


def some(city: City) -> str:
    frame = warning_list(*city, OFFICE)
    return str(frame.loc[frame["subject_id"] == "CA2", "warning_id"].iloc[0])


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (disk_full, "业务库暂时无法写入：磁盘已满"),
        (read_only, "业务库暂时无法写入：磁盘或文件只读"),
        (locked, "业务库暂时无法写入：一直被占用"),
    ],
    ids=lambda given: given.__name__ if callable(given) else "",
)
def test_a_fault_of_the_disk_keeps_what_was_typed(city: City, fault, told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUSY_SECONDS", 1)
    answered(city, some(city), told, fault)


@dataclass(frozen=True)
class OnDisk:
    """A city whose casework lies on a small disk: a file, or what a server of its own keeps."""

    city: City
    disk: Disk
    server: postgres.Server | None

    @contextmanager
    def full(self, _register: Register) -> Iterator[None]:
        self.disk.fill()
        try:
            yield
        finally:
            self.disk.free()

    @contextmanager
    def read_only(self, _register: Register) -> Iterator[None]:
        self.disk.go_bad()
        try:
            yield
        finally:
            # Everybody lets it go, it is mended, and all begin anew.
            forget_register()
            if self.server is not None:
                self.server.kill()
            self.disk.mend()
            if self.server is not None:
                self.server.start()


@pytest.fixture(params=["sqlite", "postgresql"])
def on_disk(
    city: City, home: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[OnDisk]:
    with ExitStack() as stack:
        small, server = stack.enter_context(disk(128)), None
        url = f"sqlite:///{small.place / 'casework.sqlite'}"
        if request.param == "postgresql":
            postgres.needed()
            server = stack.enter_context(postgres.serving(postgres.SMALL, small.place))
            url = server.url
        there = moved(city, home, url, monkeypatch)
        stack.callback(forget_register, home)
        yield OnDisk(there, small, server)


def moved(city: City, home: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> City:
    """The same city with its casework elsewhere."""
    path = backup(city[0], home, datetime(2022, 9, 26), SYSTEM)
    forget_register(home)
    monkeypatch.setenv("COCKPIT_CASEWORK_URL", url)
    restore(home, path, datetime(2022, 9, 26), SYSTEM)
    return open_register(home), open_warehouse(home)


def test_a_real_disk_that_is_full_keeps_what_was_typed(on_disk: OnDisk) -> None:
    answered(on_disk.city, some(on_disk.city), "业务库暂时无法写入：磁盘已满", on_disk.full)


def test_a_real_disk_that_became_read_only_keeps_what_was_typed(on_disk: OnDisk) -> None:
    # A database server that may not write to its disk sometimes ends, and then it is not running.
    answered(on_disk.city, some(on_disk.city), "只读", on_disk.read_only, unread="只读|数据库没有运行或连不上")


@pytest.fixture
def served(city: City, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[City, postgres.Server]]:
    """The same city with its casework on a server that can be ended."""
    postgres.needed()
    with postgres.serving(postgres.LASTING) as server:
        yield moved(city, home, server.url, monkeypatch), server
        forget_register(home)


def test_a_fault_of_the_server_keeps_what_was_typed(
    served: tuple[City, postgres.Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    city, server = served

    @contextmanager
    def gone(_register: Register) -> Iterator[None]:
        server.kill()
        try:
            yield
        finally:
            server.start()

    answered(city, some(city), "数据库没有运行或连不上", gone)


def test_a_server_held_by_another_process_keeps_what_was_typed(
    served: tuple[City, postgres.Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BUSY_SECONDS", 1)
    answered(served[0], some(served[0]), "业务库暂时无法写入：一直被占用", held_elsewhere)


def test_a_file_moved_away_keeps_what_was_typed(city: City, home: Path) -> None:
    @contextmanager
    def moved_away(_register: Register) -> Iterator[None]:
        away = home / "away"
        away.mkdir()
        parts = list(home.glob("casework.sqlite*"))
        for part in parts:
            part.rename(away / part.name)
        try:
            yield
        finally:
            for part in parts:
                (away / part.name).rename(part)

    answered(city, some(city), "业务库文件在运行中被替换或删除", moved_away)
