"""Opening a class, and what stands of one: its course, its days, who sits where."""

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, select

from lib.access import Viewer, under
from lib.casework.objects import KINDS
from lib.casework.objects.training_class import training_class
from lib.casework.record import enter, number_of
from lib.casework.steps import Outcome, Submission
from lib.casework.store.chain import CLOCK
from lib.casework.store.register import Register
from lib.casework.store.schema import SYNTHETIC, event
from lib.casework.training.states import RUNNING
from lib.casework.training.steps import (
    ENDS_ON,
    EXERCISES,
    JOIN,
    KEPT,
    MOST_SEATS,
    OPEN,
    RESET,
    SEED,
    SIZE,
    TRAINING_CLASS,
    WORD,
    fault_of_end,
)
from lib.catalog.exercises import exercises
from lib.errors import UserError
from lib.warehouse.clock import now

# Nothing that is taken for something else when it is read from a wall.
LETTERS = "2345679ACDEFHJKMNPQRTUVWXY"
CODE_LENGTH = 6


class Taken(NamedTuple):
    """A seat that somebody has taken: its number and the name that was given, when (on the wall clock), how often its
    word was given anew and its store begun anew, and the names of the stores that were kept then."""

    number: int
    name: str
    at: datetime
    words: int
    resets: int
    kept: tuple[str, ...] = ()


@dataclass(frozen=True)
class Class:
    """A class as it stands. `exercises` are names in data/training; `ends_on` is the last day that trainees come in."""

    class_id: str
    code: str
    title: str
    size: int
    seed: int
    exercises: tuple[str, ...]
    ends_on: date
    state: str
    taken: tuple[Taken, ...] = field(repr=False)

    @property
    def running(self) -> bool:
        """Whether trainees come in today."""
        return self.state == RUNNING and now().date() <= self.ends_on

    def seat(self, number: int) -> Taken | None:
        """The seat of that number; None while nobody has taken it."""
        return next((one for one in self.taken if one.number == number), None)


def spelt(digest: bytes, length: int) -> str:
    """A digest as so many letters that can be read aloud."""
    number, letters = int.from_bytes(digest, "big"), ""
    for _ in range(length):
        number, place = divmod(number, len(LETTERS))
        letters += LETTERS[place]
    return letters


@under("record", TRAINING_CLASS)
def open_class(register: Register, viewer: Viewer, sent: Submission) -> Outcome:
    """开班 with what a person filled in; `created` is its number.

    Raises UserError on real data, for a field that is missing, too many seats, and a day that is past or too far off.
    """
    if register.kind != SYNTHETIC:
        raise UserError("班级只能开在合成城市上。", "请另设 COCKPIT_HOME，建立合成城市后开班；真实数据不用于练习。")
    OPEN.require(sent)
    if not 1 <= sent.payload[SIZE] <= MOST_SEATS:
        raise UserError(f"人数 {sent.payload[SIZE]} 不对。", f"应为 1 至 {MOST_SEATS} 人；更多人请分班。")
    unknown = [name for name in sent.payload[EXERCISES] if name not in exercises()]
    if unknown:
        raise UserError(f"没有练习「{unknown[0]}」。", "请在现有的练习中选择。")
    wrong = fault_of_end(sent.payload[ENDS_ON])
    if wrong is not None:
        raise wrong
    number = number_of(TRAINING_CLASS, sent.submission_id)
    # Classes that were given none draw differently, so that one cannot pass its answers on to the next.
    seed = sent.payload.get(SEED) or int(hashlib.sha256(f"{number}|seed".encode()).hexdigest()[:6], 16)
    sent = replace(sent, payload={**sent.payload, SEED: seed})
    course = json.dumps(list(sent.payload[EXERCISES]), ensure_ascii=False)
    code = spelt(hashlib.sha256(number.encode()).digest(), CODE_LENGTH)
    return enter(register, viewer, KINDS[TRAINING_CLASS], {"code": code, "course": course}, sent)


def class_of(connection: Connection, code: str) -> Class | None:
    """The class with a code, whoever asks; None when there is none."""
    row = connection.execute(select(training_class).where(training_class.c.code == code)).one_or_none()
    return None if row is None else _stands(connection, row)


def running_classes(connection: Connection) -> list[Class]:
    """The classes whose trainees come in today."""
    rows = connection.execute(select(training_class).order_by(training_class.c.class_id))
    return [one for one in (_stands(connection, row) for row in rows.all()) if one.running]


def held_class(register: Register, code: str) -> Class | None:
    """`class_of`, read anew."""
    with register.read() as connection:
        return class_of(connection, code)


@under("view", TRAINING_CLASS)
def one_class(register: Register, viewer: Viewer, class_id: str) -> Class:
    """A class as it stands. Raises UserError when there is none of this number."""
    with register.read() as connection:
        row = connection.execute(
            select(training_class).where(training_class.c.class_id == class_id)
        ).one_or_none()  # fmt: skip
        if row is None:
            raise UserError("没有这个班级。", "请从班级列表打开。")
        return _stands(connection, row)


def _stands(connection: Connection, row: Row) -> Class:
    told = (
        select(event.c.action, event.c.to_state, event.c.payload)
        .where(event.c.object_type == TRAINING_CLASS, event.c.object_id == row.class_id)
        .order_by(event.c.seq)
    )
    seats: dict[int, Taken] = {}
    state, ends_on = RUNNING, row.ends_on
    for one in connection.execute(told):
        state, payload = one.to_state, json.loads(one.payload)
        if one.action == "extend":
            ends_on = date.fromisoformat(payload[ENDS_ON])
        elif one.action in (JOIN, WORD, RESET):
            _seated(seats, one.action, payload)
    return Class(
        row.class_id,
        row.code,
        row.title,
        row.size,
        row.seed,
        tuple(json.loads(row.course)),
        ends_on,
        state,
        tuple(seats[number] for number in sorted(seats)),
    )


def _seated(seats: dict[int, Taken], action: str, payload: dict[str, Any]) -> None:
    number = payload["number"]
    if action == JOIN:
        seats[number] = Taken(number, payload["name"], datetime.fromisoformat(payload[CLOCK]), 0, 0)
    elif action == WORD:
        seats[number] = seats[number]._replace(words=seats[number].words + 1)
    else:
        held, kept = seats[number], payload.get(KEPT)
        seats[number] = held._replace(resets=held.resets + 1, kept=(*held.kept, *([kept] if kept else [])))
