"""The server sends what waits by itself, in a process beside it, and goes on after one that failed."""

import subprocess
import threading
from pathlib import Path

import pytest

from lib.errors import UserError
from lib.ui.server import posting
from tests.casework.messages.servers import until
from tests.cities import handmade


def test_messages_that_wait_are_sent_beside_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handmade.put(tmp_path)
    monkeypatch.setenv("COCKPIT_HOME", str(tmp_path))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    answers = iter([False, True, UserError("业务库暂时无法读取。", "请稍后再试。"), True])
    started: list[list[str]] = []
    over: list[threading.Event] = []

    def waiting(*_: object) -> bool:
        answer = next(answers, False)
        if isinstance(answer, UserError):
            raise answer
        return answer

    monkeypatch.setattr(posting, "_SECONDS", 0.01)
    monkeypatch.setattr(posting, "waiting", waiting)
    monkeypatch.setattr(subprocess, "run", lambda command, **_: started.append(command[-3:]))
    over.append(posting.start())
    until(lambda: len(started) == 2)
    over[0].set()
    assert started == [["lib", "messages", "--once"]] * 2
