"""The worker in its own process: killed between sending and noting, two of them at once, one channel that hangs."""

import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import Row, select

from lib.casework.messages import worker
from lib.casework.messages.letter import Letter
from lib.casework.messages.settings import Settings, addresses_path
from lib.casework.store.register import Register, open_register
from lib.casework.store.schema import delivery
from lib.catalog.dataset import ROOT
from lib.cli import main
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse, open_warehouse
from tests.casework.messages.conftest import write
from tests.casework.messages.servers import FAIL, HANG, OK, Hook, Mail, until

pytestmark = pytest.mark.usefixtures("in_force")

# A pass of the worker, without the lock that keeps the second of two out.
PASS = """
import sys
from dataclasses import replace
from datetime import time, timedelta
from lib.casework.messages import worker
from lib.casework.messages.settings import MESSAGES, read_settings
from lib.casework.store.register import open_register
from lib.warehouse.home import home
from lib.warehouse.store import open_warehouse
rules = replace(read_settings(MESSAGES), quiet=(time(0), time(0)), together=timedelta(0), connect=1.0, answer=5.0,
                whole=6.0, lease=timedelta(seconds=float(sys.argv[1])))
worker.settings = lambda: rules
print(worker.work(open_register(home()), open_warehouse(home()), home()))
"""


def started(home: Path, lease: float = 60) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", PASS, str(lease)], cwd=ROOT, env={**os.environ, "COCKPIT_HOME": str(home)}
    )


def put(home: Path, **addresses: str) -> None:
    path = addresses_path(home)
    path.write_text("".join(f'{name} = "{address}"\n' for name, address in addresses.items()), encoding="utf-8")
    path.chmod(0o600)


def opened(home: Path) -> tuple[Register, Warehouse]:
    return open_register(home), open_warehouse(home)


def written(register: Register, warehouse: Warehouse, count: int) -> None:
    for number in range(count):
        write(register, number=f"P{number}", at=now(warehouse))


def rows(register: Register) -> pd.DataFrame:
    with register.read() as connection:
        return pd.DataFrame(connection.execute(select(delivery)).mappings().all())


def test_two_workers_at_once_send_each_message_once_and_lose_none(home: Path, hook: Hook) -> None:
    register, warehouse = opened(home)
    written(register, warehouse, 25)
    put(home, gateway=hook.address)
    both = [started(home), started(home)]
    assert [one.wait(60) for one in both] == [0, 0]
    assert len(hook.keys) == len(set(hook.keys)) == 25
    assert rows(register)["state"].eq("sent").all()


def test_killed_between_sending_and_noting_it_is_sent_again_under_its_key(home: Path, hook: Hook) -> None:
    register, warehouse = opened(home)
    written(register, warehouse, 5)
    put(home, gateway=hook.address)
    running: list[subprocess.Popen] = []

    def kill() -> None:
        if len(hook.asked) == 2:
            os.kill(running[0].pid, signal.SIGKILL)

    hook.on_request = kill
    running.append(started(home, lease=7))
    assert running[0].wait(60) == -signal.SIGKILL
    # One is sent and noted, one sent and not noted: nobody knows, and its lease still runs.
    assert rows(register)["state"].value_counts().to_dict() == {"waiting": 4, "sent": 1}
    hook.on_request = lambda: None
    assert started(home).wait(60) == 0
    assert len(hook.asked) == 5
    with register.transaction() as tx:
        tx.connection.execute(delivery.update().where(delivery.c.state == "waiting").values(lease_until=now()))
    assert started(home).wait(60) == 0
    assert rows(register)["state"].eq("sent").all()
    assert sorted(Counter(hook.keys).values()) == [1, 1, 1, 1, 2]
    assert hook.keys[1] == hook.keys[-1]


def test_a_webhook_that_fails_and_then_works_gets_everything(
    home: Path, hook: Hook, rules: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    register, warehouse = opened(home)
    written(register, warehouse, 4)
    put(home, gateway=hook.address)
    monkeypatch.setattr(worker, "settings", lambda: replace(rules, first=timedelta(0), times=50))
    hook.behaves = [FAIL, FAIL, OK, FAIL, OK]
    done = worker.work(register, warehouse, home)
    assert (done.taken_in, done.sent, done.failed) == (4, 4, 3)
    assert set(Counter(hook.keys)) == set(rows(register)["outbox_id"] + "-gateway")


def test_a_gateway_that_hangs_holds_up_neither_mail_nor_another_unit(
    home: Path, hook: Hook, mail: Mail, rules: Settings
) -> None:
    register, warehouse = opened(home)
    written(register, warehouse, 4)
    other = write(register, number="P9", org_id="O2", at=now(warehouse))
    hook.always = HANG
    with another() as well:
        addresses_path(home).write_text(
            f'gateway = "{hook.address}"\nmail = "{mail.address}"\n[units.O2]\ngateway = "{well.address}"\n'
        )
        addresses_path(home).chmod(0o600)
        done = worker.work(register, warehouse, home)
        assert well.keys == [f"{other}-gateway"]
    # Whoever did not answer was asked once, not once for every message that waits.
    assert (len(hook.asked), len(mail.letters), done.sent, done.failed) == (1, 5, 6, 1)
    held = rows(register)
    assert held[held["state"].ne("sent")]["channel"].tolist() == ["gateway"] * 4


@contextmanager
def another():  # type: ignore[no-untyped-def]
    from tests.casework.messages import servers

    with servers.hook() as told:
        yield told


def test_without_an_address_nothing_is_asked_written_or_connected(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    register, warehouse = opened(home)
    written(register, warehouse, 3)
    asked: list[object] = []
    if register.sqlite:
        for name in ("connect", "connect_ex", "sendto"):
            monkeypatch.setattr(socket.socket, name, lambda *given: asked.append(given))
        monkeypatch.setattr(socket, "getaddrinfo", lambda *given, **_: asked.append(given))
    assert not worker.waiting(register, home)
    assert worker.work(register, warehouse, home) == worker.Sent()
    assert main(["messages", "--once"]) == 0
    assert "没有配置任何通道的地址" in capsys.readouterr().out
    assert asked == []
    assert rows(register).empty


def test_one_at_a_time_in_a_home(home: Path, hook: Hook, capsys: pytest.CaptureFixture[str]) -> None:
    register, warehouse = opened(home)
    written(register, warehouse, 2)
    put(home, gateway=hook.address)
    with worker.alone(home) as mine:
        assert mine
        assert main(["messages", "--once"]) == 1
        assert "另一个进程正在发送消息" in capsys.readouterr().err
    assert hook.asked == []
    assert worker.waiting(register, home)
    assert main(["messages", "--once"]) == 0
    assert "送达 2 条" in capsys.readouterr().out
    until(lambda: not worker.waiting(register, home))


def test_one_that_cannot_be_written_holds_up_no_other(home: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    register, warehouse = opened(home)
    written(register, warehouse, 3)
    put(home, gateway=hook.address)
    compose = worker.letter.compose

    def broken(register: Register, warehouse: Warehouse, row: Row, key: str, link: str) -> Letter:
        if row.object_id == "P0":
            raise KeyError("x")
        return compose(register, warehouse, row, key, link)

    monkeypatch.setattr(worker.letter, "compose", broken)
    done = worker.work(register, warehouse, home)
    assert (done.sent, done.failed) == (2, 1)
    assert sorted(rows(register)["reason"]) == ["", "", "写不成这条消息：KeyError"]


def test_a_unit_without_an_address_is_told_of_on_the_list(home: Path, hook: Hook) -> None:
    register, warehouse = opened(home)
    written(register, warehouse, 1)
    addresses_path(home).write_text(f'[units.O2]\ngateway = "{hook.address}"\n')
    addresses_path(home).chmod(0o600)
    assert worker.work(register, warehouse, home).failed == 1
    assert rows(register)["reason"].tolist() == ["没有这个单位的地址"]
    assert hook.asked == []
