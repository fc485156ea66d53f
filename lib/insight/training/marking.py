"""Every kind of exercise: what a go is about, and what it scored once it is handed in."""

from collections.abc import Sequence
from typing import Any

from lib.access import Viewer, under
from lib.casework.store.chain import Event
from lib.casework.store.register import Register
from lib.casework.training.answering import ATTEMPT
from lib.casework.training.attempts import Go, events_of_attempt
from lib.catalog.exercises import Exercise
from lib.errors import UserError
from lib.insight.training import judging, reading
from lib.insight.training.score import Score
from lib.warehouse.store import Warehouse


@under("record", ATTEMPT)
def drawn(
    register: Register, warehouse: Warehouse, viewer: Viewer, exercise: Exercise, seed: str, own: Sequence[Go]
) -> list[dict[str, Any]]:
    """What a go is about, other than the viewer's goes before. Nothing in it tells what is true.

    Raises UserError when the city has not enough for it.
    """
    used = [one for go in own if go.exercise == exercise.name for one in go.items]
    if exercise.kind == "judge":
        return judging.drawn(warehouse, viewer, exercise, seed, used)
    return reading.drawn(register, warehouse, viewer, seed, used)


@under("view", ATTEMPT)
def result(register: Register, warehouse: Warehouse, viewer: Viewer, exercise: Exercise, go: Go) -> Score:
    """What the viewer's own go scored. Raises UserError before it is handed in."""
    return scored(register, warehouse, exercise, go, events_of_attempt(register, viewer, go.attempt_id))


def scored(register: Register, warehouse: Warehouse, exercise: Exercise, go: Go, events: Sequence[Event]) -> Score:
    """What a go scored, from the store it stands in (`register`) and its events. Raises UserError before it is handed
    in: until then nothing of what is true is told."""
    if not go.finished:
        raise UserError("还没有交卷，不能看讲解和得分。", "请先交卷。")
    if exercise.kind == "judge":
        return judging.scored(warehouse, exercise, go, events)
    return reading.scored(register, warehouse, exercise, go, events)
