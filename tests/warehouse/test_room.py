"""How much of the machine each use of DuckDB may take."""

from pathlib import Path

import pytest

from lib.rules.case_run import case_tables
from lib.rules.read import read_rules
from lib.warehouse import room
from tests.cities import handmade

MEGA = 2**20


def taken(con) -> tuple[float, int]:
    memory, threads = con.execute("select current_setting('memory_limit'), current_setting('threads')").fetchone()
    number, unit = memory.split()
    return float(number) * {"MiB": 1, "GiB": 1024}[unit], int(threads)


def test_each_use_has_its_own_limits(tmp_path: Path) -> None:
    handmade.put(tmp_path)
    _, warehouse = handmade.opened(tmp_path)
    machine = room._bytes() / MEGA
    memory, threads = taken(warehouse.cursor())
    assert memory <= min(4096, machine * 0.4) + 1
    assert threads <= 8
    with case_tables(read_rules()["M01"]) as con:
        memory, threads = taken(con)
    assert memory <= 257
    assert threads == 1


@pytest.mark.parametrize(("gigabytes", "memory"), [(1, "409MB"), (2, "819MB"), (64, "4096MB"), (0.25, "256MB")])
def test_a_share_of_a_small_machine_and_no_more_than_needed_of_a_large_one(
    gigabytes: float, memory: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "_bytes", lambda: int(gigabytes * 2**30))
    assert room._room(0.4, 4096, 0) == {"memory_limit": memory, "threads": "1"}
