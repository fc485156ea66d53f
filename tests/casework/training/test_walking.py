"""A walk works in a copy of the city's store, which is thrown away: the city's stays as it was."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from lib.access import Forbidden, Viewer
from lib.access.personas import personas
from lib.casework.reading.visible import warnings
from lib.casework.record import take
from lib.casework.steps import Submission
from lib.casework.store import archive
from lib.casework.store.register import Register, forget_register
from lib.casework.store.schema import metadata
from lib.casework.store.verify import verify_register
from lib.casework.training import walking
from lib.casework.warnings.states import NEW
from lib.casework.warnings.steps import WARNING
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse
from tests.casework import postgres
from tests.cities import handmade

OFFICE = next(viewer for viewer in personas(True) if viewer.role == "office")


@pytest.fixture
def city(tmp_path: Path, server_url: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Register, Warehouse]:
    """The city with its store in a file, and the same in a database on a server."""
    monkeypatch.setenv("COCKPIT_HOME", str(tmp_path))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    register, warehouse = handmade.opened(handmade.put(tmp_path))
    if not server_url:
        return tmp_path, register, warehouse
    packed = tmp_path / "packed.zip"
    with register.read() as connection:
        archive.write(connection, packed, {})
    forget_register(tmp_path)
    for name in ("casework.sqlite", "warehouse/register.json"):
        (tmp_path / name).unlink()
    filled = Register(server_url)
    filled.refill(archive.Archive(packed).put_into, 0)
    filled.close()
    monkeypatch.setenv("COCKPIT_CASEWORK_URL", server_url)
    return tmp_path, *handmade.opened(tmp_path)


@pytest.fixture
def cleared() -> Callable[[str], None]:
    return postgres.bare


def rows(register: Register) -> dict[str, list[str]]:
    """All that a store holds."""
    with register.read() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(table)).all())) for table in metadata.sorted_tables
        }


def states(register: Register, warehouse: Warehouse) -> dict[str, str]:
    return warnings(register, OFFICE, warehouse).set_index("warning_id")["state"].to_dict()


def test_what_is_done_in_a_walk_is_in_its_copy_alone_and_gone_at_its_end(city: tuple[Path, Register, Warehouse]):
    home, register, warehouse = city
    before, stand = rows(register), states(register, warehouse)
    code = walking.begin(register, home, OFFICE, "leader")
    copy = walking.register_of(home, code)
    assert states(copy, warehouse) == stand and verify_register(copy) == []
    assert copy.sqlite and copy.kind == register.kind
    one = next(warning for warning, state in stand.items() if state == NEW)
    take(copy, OFFICE, WARNING, one, "sign", Submission("s1", now(warehouse)))
    assert states(copy, warehouse) != stand and states(register, warehouse) == stand
    walking.end(home, code)
    assert rows(register) == before
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


def test_a_walk_that_could_not_begin_leaves_nothing(
    city: tuple[Path, Register, Warehouse], monkeypatch: pytest.MonkeyPatch
):
    home, register, _ = city

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(walking, "_copy", full)
    with pytest.raises(OSError, match="No space"):
        walking.begin(register, home, OFFICE, "leader")
    assert list((home / "training" / "walks").iterdir()) == []


def test_a_process_that_ends_throws_away_the_walks_it_began_and_no_others(
    city: tuple[Path, Register, Warehouse], monkeypatch: pytest.MonkeyPatch
):
    home, register, _ = city
    monkeypatch.setattr(walking, "_own", set())
    another = walking.begin(register, home, OFFICE, "leader")
    # As if it were of another process.
    walking._own.clear()
    for name in ("leader", "town"):
        walking.begin(register, home, OFFICE, name)
    walking.end_own(home)
    assert [path.name for path in (home / "training" / "walks").iterdir()] == [another]
