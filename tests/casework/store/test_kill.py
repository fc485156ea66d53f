"""The process is killed at random while 30 threads record: nothing acknowledged is lost."""

import runpy
from pathlib import Path

import pytest

from lib.casework.store import register
from lib.casework.store.register import Register
from tests.bench.casework import measure


def test_every_acknowledged_result_survives_kills(url: str) -> None:
    result = measure(url, results=300, threads=30, kills=3)
    assert result["kills"] == 3
    assert (result["acknowledged"], result["present"], result["repeated"]) == (300, 300, 0)
    assert result["chain_ok"]


def test_what_is_committed_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As shipped: other tests commit without waiting for the disk."""
    monkeypatch.setattr(register, "SYNCHRONOUS", runpy.run_path(register.__file__)["SYNCHRONOUS"])
    opened = Register(f"sqlite:///{tmp_path / 'casework.sqlite'}")
    with opened.read() as connection:
        assert connection.exec_driver_sql("pragma synchronous").scalar_one() == 2
    opened.close()
