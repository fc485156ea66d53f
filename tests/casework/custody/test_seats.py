"""The stores of the seats of classes: rehashed, in the backup of the city's store, put back with it."""

import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lib.access import SYSTEM, Seat, Viewer
from lib.casework.custody.backup import backup
from lib.casework.custody.restore import restore
from lib.casework.custody.verify import account, verify_all
from lib.casework.record import take
from lib.casework.steps import Submission
from lib.casework.store.archive import Damaged
from lib.casework.store.register import Register, close_beside, forget_register, open_register
from lib.casework.store.schema import event, warning
from lib.casework.training import seats
from lib.casework.training.classes import Class, held_class
from lib.casework.warnings.steps import WARNING
from lib.errors import UserError
from lib.warehouse.clock import now
from tests.casework.training.conftest import OFFICE, a_class, city, home

__all__ = ["city", "home"]
AT = datetime(2022, 9, 26, 9)


@pytest.fixture
def held(home: Path, city: Register) -> Class:
    """A class with two seats, one of which was begun anew; in each a warning was signed."""
    found = a_class(city)
    for name in ("张三", "李四"):
        seats.sit_down(home, city, found.code, name, "", now())
    for number in (1, 2):
        sign(home, found, number)
    seats.reset_seat(city, home, OFFICE, found.class_id, 2, now())
    sign(home, found, 2)
    stands = held_class(city, found.code)
    assert stands is not None
    return stands


def sign(home: Path, held: Class, number: int, place: int = 0) -> None:
    seat = Seat(held.code, number)
    own = seats.seat_register(home, seat)
    with own.read() as connection:
        row = connection.execute(select(warning).order_by(warning.c.warning_id).offset(place)).first()
    viewer = Viewer(seats.person_id(seat), "学员", "trainee", seat=seat)
    take(own, viewer, WARNING, row.warning_id, "sign", Submission(f"s{place}", row.first_seen_at))


def done(home: Path) -> dict[str, int]:
    """How many signed warnings each store holds, by its name."""
    found = {}
    for one in seats.stores(home):
        with closing(sqlite3.connect(one.path)) as store:
            found[one.name] = store.execute("select count(*) from event where action = 'sign'").fetchone()[0]
    return found


def change(path: Path, sql: str) -> None:
    close_beside(path)
    with closing(sqlite3.connect(path)) as store:
        for (name,) in store.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            store.execute(f'drop trigger "{name}"')
        store.execute(sql)
        store.commit()


def test_each_seat_is_rehashed(home: Path, city: Register, held: Class):
    assert verify_all(city, home) == [] and account(city, home)["座位"] == 2
    code = held.code
    assert done(home) == {
        f"{code}/01/casework.sqlite": 1,
        f"{code}/02/before-001.sqlite": 1,
        f"{code}/02/casework.sqlite": 1,
    }


def altered(home: Path, held: Class) -> str:
    change(home / "training" / held.code / "02" / "casework.sqlite", "update event set text = 'x' where seq = 2")
    return f"班级 {held.code} 的 02 号座位（casework.sqlite）：事件第 2 号"


def earlier(home: Path, held: Class) -> str:
    change(home / "training" / held.code / "02" / "before-001.sqlite", "delete from event where action = 'sign'")
    return f"班级 {held.code} 的 02 号座位（before-001.sqlite）：事件链末尾缺失"


def row(home: Path, held: Class) -> str:
    change(home / "training" / held.code / "01" / "casework.sqlite", "update warning set value = value + 1")
    return f"班级 {held.code} 的 01 号座位（casework.sqlite）：预警"


def lost(home: Path, held: Class) -> str:
    (home / "training" / held.code / "01" / "casework.sqlite").unlink()
    return f"班级 {held.code} 的 01 号座位的业务库不见了"


def lost_before(home: Path, held: Class) -> str:
    (home / "training" / held.code / "02" / "before-001.sqlite").unlink()
    return f"班级 {held.code} 的 02 号座位重置前的业务库（before-001.sqlite）不见了"


def torn(home: Path, held: Class) -> str:
    path = home / "training" / held.code / "01" / "casework.sqlite"
    close_beside(path)
    path.write_bytes(b"nothing of a database" * 400)
    return f"班级 {held.code} 的 01 号座位（casework.sqlite）：业务库打不开"


def passed_on(home: Path, held: Class) -> str:
    one, two = (home / "training" / held.code / number / "casework.sqlite" for number in ("01", "02"))
    close_beside(one)
    close_beside(two)
    one.write_bytes(two.read_bytes())
    return f"班级 {held.code} 的 01 号座位（casework.sqlite）：有别人（T-{held.code}-02）的记录"


def nobodys(home: Path, held: Class) -> str:
    seat = home / "training" / held.code
    close_beside(seat / "01")
    (seat / "03").mkdir()
    (seat / "03" / "casework.sqlite").write_bytes((seat / "01" / "casework.sqlite").read_bytes())
    return f"班级 {held.code} 的 03 号座位有业务库（casework.sqlite）而没有入座的登记"


@pytest.mark.parametrize("harm", [altered, earlier, row, lost, lost_before, torn, passed_on, nobodys])
def test_what_is_wrong_with_a_seat_is_told_with_class_and_number(
    home: Path, city: Register, held: Class, harm: Callable[[Path, Class], str]
):
    close_beside(home / "training")
    told = harm(home, held)
    faults = verify_all(city, home)
    assert faults and all(f"班级 {held.code} 的" in fault for fault in faults)
    assert any(fault.startswith(told) for fault in faults), faults


def test_a_class_in_progress_survives_a_restore(home: Path, city: Register, held: Class):
    before = done(home)
    path = backup(city, home, AT, SYSTEM)
    # Afterwards one goes on, one comes in, one is begun anew.
    sign(home, held, 1, 1)
    seats.sit_down(home, city, held.code, "王五", "", now())
    seats.reset_seat(city, home, OFFICE, held.class_id, 1, now())
    later = done(home)
    assert later != before and f"{held.code}/03/casework.sqlite" in later
    restored = restore(home, path, AT, SYSTEM, replace=True)
    assert done(home) == before
    register = open_register(home)
    assert held_class(register, held.code) == held and verify_all(register, home) == []
    # What stood there before went into the file that keeps it, and comes back from it.
    assert restored.before is not None
    restore(home, restored.before, AT.replace(hour=10), SYSTEM, replace=True)
    assert done(home) == later


def test_a_class_moves_to_another_machine(home: Path, city: Register, held: Class):
    before = done(home)
    path = backup(city, home, AT, SYSTEM)
    close_beside(home / "training")
    seats.forget_seats(home)
    forget_register(home)
    for name in ("casework.sqlite", "warehouse/register.json"):
        (home / name).unlink()
    restore(home, path, AT, SYSTEM)
    assert done(home) == before
    sign(home, held, 1, 1)
    assert done(home) == before | {f"{held.code}/01/casework.sqlite": 2}


def test_a_backup_that_took_no_seats_along_says_so_and_the_seats_too(
    home: Path, city: Register, held: Class, monkeypatch: pytest.MonkeyPatch
):
    before = done(home)
    with monkeypatch.context() as patched:
        # As an earlier release wrote it.
        patched.setattr("lib.casework.custody.seats.files", lambda home: None)
        path = backup(city, home, AT, SYSTEM)
    found = restore(home, path, AT, SYSTEM, replace=True)
    assert found.unsure == ["备份没有带上班级座位的练习记录，现有的留在原处"]
    assert done(home) == before
    # On a machine that has none.
    register = open_register(home)
    close_beside(home / "training")
    seats.forget_seats(home)
    assert seats.lost(home, held) == [1, 2]
    with pytest.raises(UserError, match="01 号座位的练习记录不在了"):
        seats.seat_register(home, Seat(held.code, 1))
    seats.reset_seat(register, home, OFFICE, held.class_id, 1, now())
    sign(home, held, 1)
    assert seats.lost(home, held) == [2]


def test_whoever_comes_after_a_restore_does_not_get_what_another_left(home: Path, city: Register, held: Class):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("lib.casework.custody.seats.files", lambda home: None)
        path = backup(city, home, AT, SYSTEM)
    seats.sit_down(home, city, held.code, "王五", "", now())
    sign(home, held, 3)
    with pytest.raises(UserError, match="03 号座位有业务库"):
        restore(home, path, AT, SYSTEM, replace=True)
    register = open_register(home)
    came = seats.sit_down(home, register, held.code, "赵六", "", now())
    assert came.seat == Seat(held.code, 3) and done(home)[f"{held.code}/03/casework.sqlite"] == 0
    assert verify_all(register, home) == []
    [left] = (home / "training" / held.code).glob("03-left-*")
    with seats.seat_register(home, came.seat).read() as connection:
        assert connection.execute(select(func.count()).where(event.c.action == "sign")).scalar_one() == 0
    assert (left / "casework.sqlite").exists()


@pytest.mark.parametrize(
    "name", ["../../x", "AAAAAA/00/casework.sqlite", "AAAAAA/01/../casework.sqlite", "base-1.sqlite"]
)
def test_a_backup_with_a_file_of_another_name_is_refused(home: Path, city: Register, held: Class, name: str):
    other = home / "other.sqlite"
    sqlite3.connect(other).close()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("lib.casework.custody.seats.files", lambda home: {name: other})
        path = backup(city, home, AT, SYSTEM)
    before = done(home)
    with pytest.raises(Damaged, match="不认识文件"):
        restore(home, path, AT, SYSTEM, replace=True)
    assert done(home) == before


def test_a_backup_whose_seats_were_changed_is_refused(home: Path, city: Register, held: Class):
    path = backup(city, home, AT, SYSTEM)
    changed = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content[:-1] + b"x" if name.endswith("01/casework.sqlite") else content)
    before = done(home)
    with pytest.raises(Damaged, match=r"01/casework\.sqlite 的内容与清单不符"):
        restore(home, changed, AT, SYSTEM, replace=True)
    assert done(home) == before


def test_an_earlier_store_that_is_lost_is_told_ever_after_and_none_is_put_in_its_place(
    home: Path, city: Register, held: Class
):
    folder = home / "training" / held.code / "02"
    seats.reset_seat(city, home, OFFICE, held.class_id, 2, now())
    assert sorted(path.name for path in folder.glob("before-*.sqlite")) == ["before-001.sqlite", "before-002.sqlite"]
    (folder / "before-001.sqlite").unlink()
    kept = (folder / "before-002.sqlite").read_bytes()
    seats.reset_seat(city, home, OFFICE, held.class_id, 2, now())
    assert (folder / "before-002.sqlite").read_bytes() == kept and (folder / "before-003.sqlite").exists()
    told = [f"班级 {held.code} 的 02 号座位重置前的业务库（before-001.sqlite）不见了"]
    assert verify_all(city, home) == told
    # The newest too, of which no gap tells.
    (folder / "before-003.sqlite").unlink()
    assert len(verify_all(city, home)) == 2
    stands = held_class(city, held.code)
    assert stands is not None
    assert seats.lost_before(home, stands) == [(2, "before-001.sqlite"), (2, "before-003.sqlite")]


def test_a_seat_whose_store_was_lost_has_no_earlier_one_to_miss(home: Path, city: Register, held: Class):
    close_beside(home / "training")
    (home / "training" / held.code / "01" / "casework.sqlite").unlink()
    seats.reset_seat(city, home, OFFICE, held.class_id, 1, now())
    assert verify_all(city, home) == []
