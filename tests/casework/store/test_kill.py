"""The process is killed at random while 30 threads record: nothing acknowledged is lost."""

from tests.bench.casework import measure


def test_every_acknowledged_result_survives_kills(url: str) -> None:
    result = measure(url, results=300, threads=30, kills=3)
    assert result["kills"] == 3
    assert (result["acknowledged"], result["present"], result["repeated"]) == (300, 300, 0)
    assert result["chain_ok"]
