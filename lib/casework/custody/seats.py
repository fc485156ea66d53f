"""The stores of the seats of classes in custody: rehashed with the city's, in its backup, and put back with it.

Their chains are sealed by nothing outside them: who rewrites one from its start to its end is not found.
"""

from pathlib import Path

from sqlalchemy import Connection, select
from sqlalchemy.exc import DatabaseError

from lib.access import SYSTEM
from lib.casework.objects.training_class import training_class
from lib.casework.store.archive import Archive, Damaged
from lib.casework.store.register import Register, close_beside
from lib.casework.store.schema import event
from lib.casework.store.verify import verify_register
from lib.casework.training import seats
from lib.casework.training.classes import Class, class_of
from lib.errors import UserError
from lib.warehouse.home import training_path


def files(home: Path) -> dict[str, Path]:
    """The stores of all seats by name, to go into a backup."""
    return {one.name: one.path for one in seats.stores(home)}


def verify_seats(register: Register, home: Path) -> list[str]:
    """What is wrong with the seats of all classes: a store that is lost, that is not what its events say, that holds
    what somebody else did. One line per fault, with class and seat."""
    with register.read() as connection:
        codes = connection.execute(select(training_class.c.code).order_by(training_class.c.class_id)).scalars()
        held = [one for code in codes.all() if (one := _class(connection, code)) is not None]
    faults = [f"{_named(one.code, number)}的业务库不见了" for one in held for number in seats.lost(home, one)]
    faults += [
        f"{_named(one.code, number)}重置前的业务库（{name}）不见了"
        for one in held
        for number, name in seats.lost_before(home, one)
    ]
    known = {(one.code, taken.number) for one in held for taken in one.taken}
    for store in seats.stores(home):
        named = _named(store.seat.class_code, store.seat.number)
        if (store.seat.class_code, store.seat.number) not in known:
            faults.append(f"{named}有业务库（{store.path.name}）而没有入座的登记")
        faults += [f"{named}（{store.path.name}）：{fault}" for fault in _faults(store)]
    return faults


def _class(connection: Connection, code: str) -> Class | None:
    """A class as its row says; None for a row changed until nobody can read it, which verify_register names."""
    try:
        return class_of(connection, code)
    except (TypeError, ValueError):
        return None


def _named(code: str, number: int) -> str:
    return f"班级 {code} 的 {number:02d} 号座位"


def _faults(store: seats.Store) -> list[str]:
    try:
        register = Register(f"sqlite:///{store.path}")
    except (UserError, DatabaseError):
        return ["业务库打不开"]
    try:
        own = seats.person_id(store.seat)
        with register.read() as connection:
            actors = connection.execute(select(event.c.actor_id).distinct()).scalars().all()
        strangers = sorted(
            one for one in actors if one not in (SYSTEM.person_id, own) and not one.startswith(f"{own}:")
        )
        return [f"有别人（{one}）的记录" for one in strangers] + verify_register(register)
    except DatabaseError:
        return ["业务库读不出"]
    finally:
        register.close()


def require_whole(copy: Archive, folder: Path) -> None:
    """Try the seats of a backup in a folder. Raises Damaged unless each is what its events say."""
    for name in copy.files or {}:
        held = seats.store_of(folder, name)
        if held is None:
            raise Damaged(copy.path, f"不认识文件 {name}")
        copy.put_file(name, held.path)
        if faults := _faults(held):
            raise Damaged(copy.path, f"{_named(held.seat.class_code, held.seat.number)}：{'；'.join(faults)}")


def put_back(copy: Archive, home: Path) -> None:
    """Put the seats of a backup in the place of those that a home has; those stay where the backup took none along."""
    if copy.files is None:
        return
    seats.forget_seats(home)
    for name in copy.files:
        held = seats.store_of(home, name)
        assert held is not None
        copy.put_file(name, held.path)


def move_aside(home: Path, aside: Path) -> None:
    """Move the seats of a home away, beside a store that could not be opened."""
    for code in sorted({one.seat.class_code for one in seats.stores(home)}):
        folder = training_path(home) / code
        close_beside(folder)
        (aside / "training").mkdir(mode=0o700, exist_ok=True)
        folder.rename(aside / "training" / code)
