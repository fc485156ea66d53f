"""The process is killed at random while 30 threads record: nothing acknowledged is lost."""

from pathlib import Path

from lib.casework.store.register import Register
from tests.bench.casework import measure
from tests.disk import lasting


def test_every_acknowledged_result_survives_kills(url: str) -> None:
    result = measure(url, results=300, threads=30, kills=3)
    assert result["kills"] == 3
    assert (result["acknowledged"], result["present"], result["repeated"]) == (300, 300, 0)
    assert result["chain_ok"]


def test_what_is_committed_is_on_the_disk(tmp_path: Path) -> None:
    with lasting():
        opened = Register(f"sqlite:///{tmp_path / 'casework.sqlite'}")
        with opened.read() as connection:
            assert connection.exec_driver_sql("pragma synchronous").scalar_one() == 2
        opened.close()
