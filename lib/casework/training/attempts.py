"""A trainee's attempts at exercises: begun, answered, helped, handed in, and read again."""

import json
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import select

from lib.access import Viewer, under
from lib.casework.objects.attempt import KIND, attempt
from lib.casework.record import enter, take
from lib.casework.sight import require_object
from lib.casework.steps import Outcome, Submission
from lib.casework.store.chain import Event, from_row, wall_time
from lib.casework.store.register import Register
from lib.casework.store.schema import attachment, audit_log, event
from lib.casework.training.answering import (
    ANSWERS,
    ATTEMPT,
    ATTEMPTS,
    EXERCISE,
    FINISHED,
    HINT,
    ITEM,
    MENDED,
    PAGES,
    PLAYS,
)
from lib.casework.training.states import WORKING
from lib.catalog.exercises import Exercise
from lib.errors import UserError


class Go(NamedTuple):
    """One attempt: what was drawn for it, and whether it is handed in."""

    attempt_id: str
    exercise: str
    number: int
    seed: str
    items: list[dict[str, Any]]
    state: str
    seq: int

    @property
    def finished(self) -> bool:
        return self.state == FINISHED


def seed_of(class_seed: int, exercise: str, seat: int, number: int, resets: int = 0) -> str:
    """What a draw is made from: another for each seat and each go, also after the seat was begun anew so many times;
    the same whenever it is asked for."""
    return sha256(f"{class_seed}|{exercise}|{seat}|{number}|{resets}".encode()).hexdigest()


@under("view", ATTEMPT)
def goes(register: Register, viewer: Viewer) -> list[Go]:
    """The viewer's own attempts, oldest first."""
    own = select(attempt).where(attempt.c.trainee_id == viewer.person_id)
    with register.read() as connection:
        rows = connection.execute(own).all()
        last = select(event.c.object_id, event.c.to_state, event.c.seq).where(event.c.object_type == ATTEMPT)
        stands = {row.object_id: row for row in connection.execute(last.order_by(event.c.seq))}
    found = [
        Go(
            row.attempt_id,
            row.exercise,
            row.number,
            row.seed,
            json.loads(row.items),
            stands[row.attempt_id].to_state,
            stands[row.attempt_id].seq,
        )
        for row in rows
    ]
    return sorted(found, key=lambda go: go.seq)


@under("view", ATTEMPT)
def events_of_attempt(register: Register, viewer: Viewer, attempt_id: str) -> tuple[Event, ...]:
    """What happened to an attempt of the viewer's own, oldest first, as it was recorded. Raises NotVisible."""
    with register.read() as connection:
        require_object(connection, viewer, ATTEMPT, attempt_id)
        held = select(event).where(event.c.object_type == ATTEMPT, event.c.object_id == attempt_id)
        return tuple(from_row(row) for row in connection.execute(held.order_by(event.c.seq)))


@under("record", ATTEMPT)
def start(
    register: Register,
    viewer: Viewer,
    exercise: Exercise,
    seed: str,
    items: Sequence[dict[str, Any]],
    submission_id: str,
    at: datetime,
) -> Outcome:
    """Begin a go at an exercise with what was drawn for it. Raises UserError while another one is not handed in."""
    own = goes(register, viewer)
    if any(go.state == WORKING for go in own):
        raise UserError("还有一次作答没有交卷。", "请先做完并交卷，再开始下一次。")
    payload = {EXERCISE: exercise.name, PLAYS: list(exercise.plays), PAGES: list(exercise.pages)}
    values = {
        "title": exercise.title,
        "trainee_id": viewer.person_id,
        "number": 1 + sum(go.exercise == exercise.name for go in own),
        "seed": seed,
        "items": json.dumps(list(items), ensure_ascii=False),
    }
    return enter(register, viewer, KIND, values, Submission(submission_id, at, payload=payload))


@under("record", ATTEMPT)
def answer(
    register: Register,
    viewer: Viewer,
    attempt_id: str,
    item: int,
    answers: Sequence[str],
    submission_id: str,
    at: datetime,
    mended: tuple[str, bytes] | None = None,
) -> Outcome:
    """Save what is answered to an item, `answers` of the form name=value, or a file (name, content); the last save
    counts. Raises UserError for a file that is empty or too large."""
    files = {} if mended is None else {MENDED: mended}
    sent = Submission(submission_id, at, payload={ITEM: item, ANSWERS: list(answers)}, others=files)
    return take(register, viewer, ATTEMPTS, attempt_id, "answer", sent)


@under("record", ATTEMPT)
def hint(register: Register, viewer: Viewer, attempt_id: str, number: int, submission_id: str, at: datetime) -> Outcome:
    """Look at a hint, by its place in the exercise from 1."""
    sent = Submission(submission_id, at, payload={HINT: number})
    return take(register, viewer, ATTEMPTS, attempt_id, "hint", sent)


@under("record", ATTEMPT)
def finish(register: Register, viewer: Viewer, attempt_id: str, submission_id: str, at: datetime) -> Outcome:
    """Hand an attempt in: nothing can be answered any more."""
    return take(register, viewer, ATTEMPTS, attempt_id, "finish", Submission(submission_id, at))


def file_of(register: Register, events: Sequence[Event]) -> tuple[str, bytes] | None:
    """The file that the last answer of an attempt came with, name and content; None when it came with none."""
    last = next((one for one in reversed(events) if one.action == "answer"), None)
    if last is None or MENDED not in last.payload:
        return None
    wanted = select(attachment.c.name, attachment.c.content).where(
        attachment.c.object_type == ATTEMPT,
        attachment.c.object_id == last.object_id,
        attachment.c.attachment_id == last.payload[MENDED]["attachment_id"],
    )
    with register.read() as connection:
        row = connection.execute(wanted).one()
    return row.name, bytes(row.content)


class Look(NamedTuple):
    """A line of the audit log: who looked at, searched for or unmasked what."""

    person_id: str
    action: str
    object_type: str
    object_id: str


class Deeds(NamedTuple):
    """What a trainee did in the store of the seat during an attempt: events of all objects besides the attempt's own,
    and looks, each in order."""

    events: tuple[Event, ...]
    looks: tuple[Look, ...]


def deeds(register: Register, trainee_id: str, events: Sequence[Event]) -> Deeds:
    """What the trainee, in whatever role, did between the first and the last of an attempt's own events."""
    first, last = events[0], events[-1]
    mine = event.c.actor_id.in_([trainee_id]) | event.c.actor_id.startswith(f"{trainee_id}:", autoescape=True)
    done = select(event).where(event.c.seq > first.seq, event.c.seq < last.seq, event.c.object_type != ATTEMPT, mine)
    who = audit_log.c.person_id
    own = who.in_([trainee_id]) | who.startswith(f"{trainee_id}:", autoescape=True)
    with register.read() as connection:
        found = tuple(from_row(row) for row in connection.execute(done.order_by(event.c.seq)))
        lines = connection.execute(select(audit_log).where(own).order_by(audit_log.c.seq)).all()
    begun, done_at = wall_time(first.payload, first.at), wall_time(last.payload, last.at)
    during = [row for row in lines if begun <= wall_time(json.loads(row.detail), row.at) <= done_at]
    return Deeds(found, tuple(Look(row.person_id, row.action, row.object_type, row.object_id or "") for row in during))
