"""A walk works in a copy of the city's store, which is thrown away: the city's stays as it was."""

import os
import sqlite3
import time
from pathlib import Path

import pytest

from lib.access import Forbidden, Viewer
from lib.access.personas import personas
from lib.casework.reading.visible import warnings
from lib.casework.record import take
from lib.casework.steps import Submission
from lib.casework.store.register import Register
from lib.casework.training import walking
from lib.casework.warnings.states import NEW
from lib.casework.warnings.steps import WARNING
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse
from tests.cities import handmade

OFFICE = next(viewer for viewer in personas(True) if viewer.role == "office")


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Register, Warehouse]:
    monkeypatch.setenv("COCKPIT_HOME", str(tmp_path))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    return tmp_path, *handmade.opened(handmade.put(tmp_path))


def rows(path: Path) -> list[str]:
    """All that a store holds."""
    with sqlite3.connect(path) as connection:
        return list(connection.iterdump())


def states(register: Register, warehouse: Warehouse) -> dict[str, str]:
    return warnings(register, OFFICE, warehouse).set_index("warning_id")["state"].to_dict()


def test_what_is_done_in_a_walk_is_in_its_copy_alone_and_gone_at_its_end(city: tuple[Path, Register, Warehouse]):
    home, register, warehouse = city
    before, stand = rows(home / "casework.sqlite"), states(register, warehouse)
    code = walking.begin(register, home, OFFICE, "leader")
    copy = walking.register_of(home, code)
    assert states(copy, warehouse) == stand
    one = next(warning for warning, state in stand.items() if state == NEW)
    take(copy, OFFICE, WARNING, one, "sign", Submission("s1", now(warehouse)))
    assert states(copy, warehouse) != stand and states(register, warehouse) == stand
    walking.end(home, code)
    assert rows(home / "casework.sqlite") == before
    assert walking.walking(home, code) is None and list((home / "training" / "walks").iterdir()) == []


def test_both_windows_read_how_far_a_walk_has_come(city: tuple[Path, Register, Warehouse]):
    home, register, _ = city
    assert walking.latest(home, "leader") is None
    first = walking.begin(register, home, OFFICE, "leader")
    second = walking.begin(register, home, OFFICE, "leader")
    walking.begin(register, home, OFFICE, "town")
    held = walking.walking(home, second)
    assert held is not None and (held.walk, held.step, held.subjects) == ("leader", 0, {})
    walking.move(home, held, 3, {"demo-leader late": "W1"})
    found = walking.latest(home, "leader")
    assert found is not None and (found.code, found.step) == (second, 3)
    assert found.subjects == {"demo-leader late": "W1"} and found.began == held.began
    assert walking.walking(home, first) is not None


def test_a_walk_that_nobody_ended_is_thrown_away_when_another_begins(city: tuple[Path, Register, Warehouse]):
    home, register, _ = city
    code = walking.begin(register, home, OFFICE, "leader")
    folder = home / "training" / "walks" / code
    os.utime(folder, (time.time() - 7 * 3600, time.time() - 7 * 3600))
    other = walking.begin(register, home, OFFICE, "leader")
    assert not folder.exists() and walking.walking(home, other) is not None


@pytest.mark.parametrize("code", ["", "leader", "../../casework", "0" * 15, "0" * 17, "G" * 16, "0" * 16])
def test_a_code_that_is_none_is_no_walk(city: tuple[Path, Register, Warehouse], code: str):
    assert walking.walking(city[0], code) is None


@pytest.mark.parametrize("role", ["liaison", "trainee", "auditor", "wall"])
def test_who_may_not_begin_a_walk(city: tuple[Path, Register, Warehouse], role: str):
    home, register, _ = city
    with pytest.raises(Forbidden):
        walking.begin(register, home, Viewer("x", "某", role), "leader")
    assert not (home / "training" / "walks").exists()
