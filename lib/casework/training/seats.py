"""The seats of a class: who sits down, comes back, and in which store of its own each works.

A seat's store is a register like the city's, in a file beside it, begun as a copy of the base store when somebody
sits down: one that is not there later was lost. What was done before a seat is begun anew stays beside it, since the
best of all goes counts.
"""

import hashlib
import hmac
import os
import re
import secrets
import shutil
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection

from lib.access import Seat, Viewer, under
from lib.casework.accounts.signed_in import end_all, secret
from lib.casework.objects.training_class import training_class
from lib.casework.store.chain import moment_after
from lib.casework.store.register import Register, close_beside, open_beside
from lib.casework.store.transaction import Transaction
from lib.casework.training.base import base_store
from lib.casework.training.classes import CODE_LENGTH, LETTERS, Class, Taken, class_of, one_class, spelt
from lib.casework.training.states import CLEARED
from lib.casework.training.steps import JOIN, KEPT, RESET, TRAINING_CLASS, WORD
from lib.errors import UserError
from lib.text import seen
from lib.warehouse.clock import now
from lib.warehouse.home import training_path

TRAINEE, MOST_NAME, WORD_LENGTH, TEACHER_LENGTH = "trainee", 20, 4, 8
_CODE = re.compile(f"[{LETTERS}]{{{CODE_LENGTH}}}")
_PERSON = re.compile(f"T-([{LETTERS}]{{{CODE_LENGTH}}})-([0-9]{{2}})")
_STORE = "casework.sqlite"
_NAME = re.compile(rf"({_CODE.pattern})/([0-9]{{2}})/({re.escape(_STORE)}|before-[0-9]{{3}}\.sqlite)")
MOST_WRONG, SHUT_SECONDS = 10, 300.0


def code_of(typed: str) -> str:
    """A class code as somebody typed it; empty when it can be none."""
    code = typed.strip().upper()
    return code if _CODE.fullmatch(code) else ""


def person_id(seat: Seat) -> str:
    """The account of a trainee."""
    return f"T-{seat.class_code}-{seat.number:02d}"


def seat_of(account: str) -> Seat | None:
    """The seat an account stands for; None for anybody else."""
    found = _PERSON.fullmatch(account)
    return None if found is None else Seat(found[1], int(found[2]))


def teacher_id(code: str) -> str:
    """The account of whoever teaches a class, in a browser on another machine: a seat that no trainee takes."""
    return f"T-{code}-00"


def teaches(register: Register, account: str) -> bool:
    """Whether an account is that of the teacher of a class that runs."""
    seat = seat_of(account)
    if seat is None or seat.number != 0:
        return False
    with register.read() as connection:
        held = class_of(connection, seat.class_code)
    return held is not None and held.running


def teacher_word(home: Path, code: str) -> str:
    """The word by which a class is taught from another machine."""
    told = f"{teacher_id(code)}|teacher".encode()
    return spelt(hmac.new(secret(home), told, hashlib.sha256).digest(), TEACHER_LENGTH)


def require_teacher(home: Path, code: str, word: str) -> None:
    """Raise UserError when it is not the word of whoever teaches the class."""
    seat = Seat(code, 0)
    _require_tries(seat)
    if not hmac.compare_digest(word.strip().upper().encode(), teacher_word(home, code).encode()):
        _count_wrong(seat)
        raise UserError("教员口令不对。", "口令在班级页上，由开班的人查看。")
    _wrong.pop(seat, None)


def trainee(register: Register, account: str) -> Viewer | None:
    """The trainee of an account; None when the seat is not taken, or the class is over."""
    seat = seat_of(account)
    if seat is None:
        return None
    with register.read() as connection:
        held = class_of(connection, seat.class_code)
    taken = None if held is None or not held.running else held.seat(seat.number)
    return None if taken is None else viewer_of(seat, taken)


def viewer_of(seat: Seat, taken: Taken) -> Viewer:
    """Who sits there."""
    return Viewer(person_id(seat), taken.name, TRAINEE, seat=seat)


def sit_down(home: Path, register: Register, code: str, name: str, word: str, at: datetime) -> Viewer:
    """The trainee who comes in by a class code: in a new seat, or back in the one of that name with its word.

    `register` is the city's. Raises UserError for a class that is not there, over or full, a name that cannot be one,
    a name that sits already and a word that is not the seat's.
    """
    name = " ".join(name.split())
    if not name or len(name) > MOST_NAME or seen(name) != name:
        raise UserError("请填写姓名。", f"一行文字，不超过 {MOST_NAME} 个字。")
    with register.read() as connection:
        _running(connection, code)
    # Made where it is missing, before others wait for the city's store.
    base = base_store(home)
    with register.transaction() as tx:
        held = _running(tx.connection, code)
        taken = next((one for one in held.taken if one.name == name), None)
        if taken is None:
            return _new_seat(tx, home, base, held, name, at)
    seat = Seat(held.code, taken.number)
    _require_word(home, seat, taken, word)
    return viewer_of(seat, taken)


def _running(connection: Connection, code: str) -> Class:
    """The class that trainees come into by a code as somebody typed it."""
    wanted = code_of(code)
    held = class_of(connection, wanted) if wanted else None
    if held is None:
        raise UserError("没有这个班级码。", "请照屏幕上的六位班级码填写，不分大小写。")
    if not held.running:
        raise UserError(f"「{held.title}」已经结束，不能再入座。", "请联系教员延期。")
    return held


def _new_seat(tx: Transaction, home: Path, base: Path, held: Class, name: str, at: datetime) -> Viewer:
    number = len(held.taken) + 1
    if number > held.size:
        raise UserError(
            f"「{held.title}」的 {held.size} 个座位都坐满了。", "请联系教员；已入座的请填写原来的姓名和口令。"
        )
    seat = Seat(held.code, number)
    viewer = viewer_of(seat, Taken(number, name, now(), 0, 0))
    _put_aside(home, seat)
    _begin(base, seat_folder(home, seat) / _STORE)
    payload = {"number": number, "name": name}
    _note(tx, viewer, held, JOIN, at, payload)
    return viewer


def _note(tx: Transaction, viewer: Viewer, held: Class, action: str, at: datetime, payload: dict) -> None:
    last = tx.last_event(TRAINING_CLASS, held.class_id)
    state = None if last is None else last.to_state
    text = f"{payload['number']:02d} 号座位"
    tx.append(
        viewer, moment_after(at, last), training_class.name, held.class_id, action, state, state, text, payload
    )  # fmt: skip


def word_of(home: Path, seat: Seat, taken: Taken) -> str:
    """The word by which a trainee comes back to a seat; another one whenever it is given anew."""
    told = f"{person_id(seat)}|{taken.words}".encode()
    return spelt(hmac.new(secret(home), told, hashlib.sha256).digest(), WORD_LENGTH)


_wrong: dict[Seat, tuple[int, float]] = {}


def _require_tries(seat: Seat) -> None:
    tries, until = _wrong.get(seat, (0, 0.0))
    if tries >= MOST_WRONG and time.monotonic() < until:
        raise UserError("口令错得太多，这个座位暂时锁住。", f"请过 {SHUT_SECONDS / 60:.0f} 分钟再试，或请教员换口令。")


def _count_wrong(seat: Seat) -> None:
    moment = time.monotonic()
    # Whoever types codes that are none would be remembered for each.
    for over in [one for one, (_, until) in list(_wrong.items()) if until < moment]:
        _wrong.pop(over, None)
    tries, _ = _wrong.get(seat, (0, 0.0))
    _wrong[seat] = tries + 1, moment + SHUT_SECONDS


def _require_word(home: Path, seat: Seat, taken: Taken, word: str) -> None:
    _require_tries(seat)
    if not word.strip():
        raise UserError(
            f"「{taken.name}」已经入座（{taken.number:02d} 号）。",
            "是您本人请填写座位口令；同名请在姓名后加一个字区分。",
        )
    if not hmac.compare_digest(word.strip().upper().encode(), word_of(home, seat, taken).encode()):
        _count_wrong(seat)
        raise UserError("座位口令不对。", "口令在第一次入座时给出；忘了请教员查看。")
    _wrong.pop(seat, None)


@under("record", TRAINING_CLASS)
def new_word(register: Register, viewer: Viewer, class_id: str, number: int, at: datetime) -> None:
    """Give a seat another word; whoever is signed in there is signed out."""
    held = one_class(register, viewer, class_id)
    with register.transaction() as tx:
        _taken(held, number)
        _note(tx, viewer, held, WORD, at, {"number": number})
        end_all(tx.connection, person_id(Seat(held.code, number)))


def _taken(held: Class, number: int) -> Taken:
    taken = held.seat(number)
    if taken is None:
        raise UserError(f"{number:02d} 号座位还没有人。", "")
    return taken


def seat_folder(home: Path, seat: Seat) -> Path:
    """Where a seat's store stands. Raises ValueError for what can be no seat."""
    if not _CODE.fullmatch(seat.class_code) or not 1 <= seat.number <= 99:
        raise ValueError("no seat")
    return training_path(home) / seat.class_code / f"{seat.number:02d}"


def seat_register(home: Path, seat: Seat) -> Register:
    """The store a seat works in. Raises UserError when it is not there any more."""
    path = seat_folder(home, seat) / _STORE
    if not path.exists():
        raise UserError(
            f"{seat.number:02d} 号座位的练习记录不在了。",
            "它不随没有带上班级的备份恢复；请教员在班级页上重置这个座位。",
        )
    return open_beside(path)


def _begin(base: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
    making = path.with_suffix(".making")
    shutil.copyfile(base, making)
    making.chmod(0o600)
    os.replace(making, path)


def _put_aside(home: Path, seat: Seat) -> None:
    """Move away what stands at a seat that nobody has taken: the city's store is older than it, as after a restore."""
    folder = seat_folder(home, seat)
    if folder.exists():
        close_beside(folder)
        folder.rename(folder.with_name(f"{folder.name}-left-{secrets.token_hex(4)}"))


class Store(NamedTuple):
    """A store that a seat works or has worked in, and its name: CODE/NN/casework.sqlite."""

    seat: Seat
    path: Path

    @property
    def name(self) -> str:
        return f"{self.seat.class_code}/{self.seat.number:02d}/{self.path.name}"


def stores(home: Path) -> list[Store]:
    """Every store of every seat of a home, by class and seat, earlier ones of a seat first."""
    found = []
    for folder in sorted(training_path(home).glob("*/[0-9][0-9]")):
        if _CODE.fullmatch(folder.parent.name):
            seat = Seat(folder.parent.name, int(folder.name))
            found += [Store(seat, path) for path in _worked_in(folder)]
    return found


def store_of(home: Path, name: str) -> Store | None:
    """The store of a name; None for what can be no name of one."""
    found = _NAME.fullmatch(name)
    if found is None or found[2] == "00":
        return None
    seat = Seat(found[1], int(found[2]))
    return Store(seat, seat_folder(home, seat) / found[3])


def _worked_in(folder: Path) -> list[Path]:
    return [*sorted(folder.glob("before-[0-9][0-9][0-9].sqlite")), *folder.glob(_STORE)]


def lost(home: Path, held: Class) -> list[int]:
    """The seats of a class whose store is not there any more."""
    if held.state == CLEARED:
        return []
    return [one.number for one in held.taken if not (seat_folder(home, Seat(held.code, one.number)) / _STORE).exists()]


def lost_before(home: Path, held: Class) -> list[tuple[int, str]]:
    """The earlier stores of a class's seats that are not there any more: seat, name."""
    if held.state == CLEARED:
        return []
    found = []
    for one in held.taken:
        folder = seat_folder(home, Seat(held.code, one.number))
        names = [_before(place) for place in range(1, max(_places(folder, one), default=0) + 1)]
        found += [(one.number, name) for name in names if not (folder / name).exists()]
    return found


def _before(place: int) -> str:
    return f"before-{place:03d}.sqlite"


def _places(folder: Path, taken: Taken) -> set[int]:
    """Which earlier stores of a seat there are, or were: numbered from 1 without a gap."""
    names = {path.name for path in folder.glob("before-[0-9][0-9][0-9].sqlite")} | set(taken.kept)
    return {int(name[len("before-") : -len(".sqlite")]) for name in names}


def worked_in(home: Path, seat: Seat) -> list[Register]:
    """Every store a seat has worked in, the first one first; the last is the present one, where it has begun any."""
    return [open_beside(path) for path in _worked_in(seat_folder(home, seat))]


@under("record", TRAINING_CLASS)
def reset_seat(register: Register, home: Path, viewer: Viewer, class_id: str, number: int, at: datetime) -> None:
    """Begin a seat anew with the base store; what was done there before stays beside it and counts."""
    held = one_class(register, viewer, class_id)
    _taken(held, number)
    path, base = seat_folder(home, Seat(held.code, number)) / _STORE, base_store(home)
    with register.transaction() as tx:
        # As it stands now that nobody else begins it anew.
        now_held = class_of(tx.connection, held.code)
        assert now_held is not None
        places = _places(path.parent, _taken(now_held, number))
        kept = _before(max(places, default=0) + 1) if path.exists() else None
        _note(tx, viewer, held, RESET, at, {"number": number} | ({} if kept is None else {KEPT: kept}))
        close_beside(path)
        if kept is not None:
            os.replace(path, path.with_name(kept))
        _begin(base, path)


@under("record", TRAINING_CLASS)
def delete_stores(register: Register, home: Path, viewer: Viewer, class_id: str) -> None:
    """Delete what the trainees of a class did; for a class that says of itself that it was cleared."""
    held = one_class(register, viewer, class_id)
    if held.state != CLEARED:
        raise UserError("这个班级还没有清除。", "")
    _delete(training_path(home) / held.code)


@under("view", TRAINING_CLASS)
def room_taken(register: Register, home: Path, viewer: Viewer, class_id: str) -> int:
    """How many bytes the stores of a class take."""
    folder = training_path(home) / one_class(register, viewer, class_id).code
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def forget_stores(home: Path) -> None:
    """Delete all that classes left in a home whose city is built anew."""
    _delete(training_path(home))


def forget_seats(home: Path) -> None:
    """Delete the stores of all seats, where others take their place."""
    for code in {one.seat.class_code for one in stores(home)}:
        _delete(training_path(home) / code)


def _delete(folder: Path) -> None:
    close_beside(folder)
    with suppress(FileNotFoundError):
        shutil.rmtree(folder)
