"""Every kind of exercise: what a go is about, what it asks, what it scored, and what is told of it once handed in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import pandas as pd

from lib.access import Viewer, under
from lib.casework.store.chain import Event
from lib.casework.store.register import Register
from lib.casework.training.answering import ATTEMPT
from lib.casework.training.attempts import Go, events_of_attempt
from lib.catalog.exercises import Exercise
from lib.errors import UserError
from lib.insight.training import chain, colleague, judging, mending, reading, tuning, urgent
from lib.insight.training.score import Score
from lib.insight.training.task import Task
from lib.warehouse.store import Warehouse


class Told(NamedTuple):
    """What is told of a go: lines, and a table where there is one."""

    lines: tuple[str, ...]
    table: pd.DataFrame | None = None


@under("record", ATTEMPT)
def drawn(
    register: Register, warehouse: Warehouse, viewer: Viewer, exercise: Exercise, seed: str, own: Sequence[Go]
) -> list[dict[str, Any]]:
    """What a go is about, other than the viewer's goes before. Nothing in it tells what is true.

    Raises UserError when the city has not enough for it.
    """
    used = [one for go in own if go.exercise == exercise.name for one in go.items]
    match exercise.kind:
        case "judge":
            return judging.drawn(warehouse, viewer, exercise, seed, used)
        case "read":
            return reading.drawn(register, warehouse, viewer, seed, used)
        case "urgent":
            return urgent.drawn(register, warehouse, exercise, seed, used)
        case "notice":
            return chain.drawn(register, warehouse, seed, used)
        case "colleague":
            return colleague.drawn(register, warehouse, seed, used)
        case "tune":
            return tuning.drawn(warehouse, exercise, seed, used)
        case "mend":
            return mending.drawn(exercise, seed, used)
    raise ValueError(exercise.kind)


def prepare(warehouse: Warehouse, exercise: Exercise) -> None:
    """Work out beforehand what takes long in draws, once a generation, so that no trainee waits for it."""
    if exercise.kind == "tune":
        tuning.prepare(warehouse, exercise)


@under("view", ATTEMPT)
def asked(
    register: Register, warehouse: Warehouse, viewer: Viewer, exercise: Exercise, go: Go, events: Sequence[Event]
) -> Task:
    """What the viewer's own go asks, of the kinds that are no judging or reading of rows."""
    match exercise.kind:
        case "urgent":
            return urgent.asked(register, warehouse, exercise, go)
        case "notice":
            return chain.asked(go)
        case "colleague":
            return colleague.asked(warehouse, go)
        case "tune":
            return tuning.asked(warehouse, exercise, go, events)
        case "mend":
            return mending.asked(warehouse, go, events)
    raise ValueError(exercise.kind)


@under("view", ATTEMPT)
def limits(
    register: Register, warehouse: Warehouse, viewer: Viewer, exercise: Exercise, go: Go, at: datetime
) -> pd.DataFrame | None:
    """The deadlines that run in what the viewer's own go is about (chain.limits); None for kinds without any."""
    return chain.limits(register, warehouse, go, at) if exercise.kind == "notice" else None


@under("view", ATTEMPT)
def result(register: Register, warehouse: Warehouse, viewer: Viewer, exercise: Exercise, go: Go) -> Score:
    """What the viewer's own go scored. Raises UserError before it is handed in."""
    return scored(register, warehouse, exercise, go, events_of_attempt(register, viewer, go.attempt_id))


def scored(register: Register, warehouse: Warehouse, exercise: Exercise, go: Go, events: Sequence[Event]) -> Score:
    """What a go scored, from the store it stands in (`register`) and its events. Raises UserError before it is handed
    in: until then nothing of what is true is told."""
    _require_finished(go)
    match exercise.kind:
        case "judge":
            return judging.scored(warehouse, exercise, go, events)
        case "read":
            return reading.scored(register, warehouse, exercise, go, events)
        case "urgent":
            return urgent.scored(register, warehouse, exercise, go, events)
        case "notice":
            return chain.scored(register, exercise, go, events)
        case "colleague":
            return colleague.scored(register, exercise, go, events)
        case "tune":
            return tuning.scored(warehouse, exercise, go, events)
        case "mend":
            return mending.scored(register, warehouse, exercise, go, events)
    raise ValueError(exercise.kind)


@under("view", ATTEMPT)
def told(
    register: Register, warehouse: Warehouse, viewer: Viewer, exercise: Exercise, go: Go, events: Sequence[Event]
) -> Told:
    """What is told of the viewer's own go, of the kinds that are no judging or reading of rows. Raises UserError before
    it is handed in."""
    _require_finished(go)
    match exercise.kind:
        case "urgent":
            return Told(*urgent.told(register, warehouse, exercise, go, events))
        case "notice":
            return Told(*chain.told(register, exercise, go, events))
        case "colleague":
            return Told(colleague.told(register, go, events))
        case "tune":
            return Told(*tuning.told(warehouse, exercise, go, events))
        case "mend":
            return Told(*mending.told(register, warehouse, go, events))
    raise ValueError(exercise.kind)


def _require_finished(go: Go) -> None:
    if not go.finished:
        raise UserError("还没有交卷，不能看讲解和得分。", "请先交卷。")
