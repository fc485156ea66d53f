"""Settings without a quiet hour and with short waits, messages written by a step of a warning, servers."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from lib.access import SYSTEM
from lib.casework import outbox
from lib.casework.messages import settings as module
from lib.casework.messages.settings import MESSAGES, Addresses, Settings, read_settings
from lib.casework.store.register import Register
from tests.casework.messages import servers
from tests.casework.messages.servers import Hook, Mail

AT = datetime(2022, 9, 5, 9, 0)


@pytest.fixture
def rules() -> Settings:
    """Those of the file, but for the hours and the seconds."""
    return replace(
        read_settings(MESSAGES),
        quiet=(time(0), time(0)),
        together=timedelta(0),
        connect=1.0,
        answer=1.0,
        whole=2.0,
        lease=timedelta(seconds=3),
    )


@pytest.fixture
def in_force(rules: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The same, for the worker."""
    monkeypatch.setattr("lib.casework.messages.worker.settings", lambda: rules)
    for name in (*rules.channels, "link"):
        monkeypatch.delenv(f"COCKPIT_MESSAGES_{name.upper()}", raising=False)
    monkeypatch.setattr(module, "SECRETS", Path("/nowhere/secrets.toml"))
    return rules


@pytest.fixture
def mail() -> Iterator[Mail]:
    with servers.mail() as took:
        yield took


@pytest.fixture
def hook() -> Iterator[Hook]:
    with servers.hook() as told:
        yield told


EVERYWHERE = Addresses({"gateway": "json://127.0.0.1:9/x", "mail": "mailto://127.0.0.1:9/a@b.example"}, {})
GATEWAY = Addresses({"gateway": "json://127.0.0.1:9/x"}, {})

Write = Callable[..., str]


def write(register: Register, number: str = "P1", org_id: str | None = "O1", at: datetime = AT, times: int = 1) -> str:
    """Messages about an object as a step writes them; the number of the last in the outbox."""
    with register.transaction() as tx:
        for _ in range(times):
            told = {"message": outbox.message(org_id, "工作提示")}
            event = tx.append(SYSTEM, at, "prompt", number, "send", None, "待回复", payload=told)
            last = outbox.post(tx, event)
    return last
