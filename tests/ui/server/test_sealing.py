"""Whatever serves the app seals the heads of the chains once a day, without anybody asking."""

import time
from datetime import datetime
from pathlib import Path

import pytest

from lib.casework.custody import checkpoint
from lib.casework.store.register import forget_register
from lib.ui.server import sealing
from tests.cities import handmade


def test_the_checkpoint_of_the_day_is_written_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COCKPIT_HOME", str(tmp_path))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    handmade.put(tmp_path)
    monkeypatch.setattr(sealing, "_FIRST_SECONDS", 0.01)
    monkeypatch.setattr(sealing, "_SECONDS", 0.01)
    asked: list[datetime] = []

    def written(*given) -> checkpoint.Checkpoint | None:
        found = checkpoint.write_daily(*given)
        asked.append(given[2])
        return found

    monkeypatch.setattr(sealing, "write_daily", written)
    over = sealing.start()
    while len(asked) < 3:
        time.sleep(0.01)
    over.set()
    [line] = checkpoint.lines(tmp_path)
    assert checkpoint.parsed(line).reason == checkpoint.DAILY
    forget_register(tmp_path)
