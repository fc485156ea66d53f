"""Exercises of every kind played rightly, by half and wrongly: the score is what a second scorer makes of the same
events and the same truth."""

import shutil
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from lib.access import Seat, Viewer
from lib.casework.store.register import Register, open_register
from lib.casework.training import attempts
from lib.casework.training.attempts import Go, seed_of
from lib.catalog.exercises import exercises
from lib.insight.training import marking, mending, tuning
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse, open_warehouse
from tests.insight.training import recomputed

TRAINEE = Viewer("T-ABCDEF-01", "学员", "trainee", seat=Seat("ABCDEF", 1))
# The answers to each item, each a list of name=value.
Answers = list[list[str]]


class Room(NamedTuple):
    """A store with the warnings of a city, and the city."""

    register: Register
    warehouse: Warehouse


@pytest.fixture(scope="module")
def room(small_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Room:
    home = tmp_path_factory.mktemp("played") / "city"
    shutil.copytree(small_city, home)
    return Room(open_register(home), open_warehouse(home))


def judge(room: Room, go: Go, how: str) -> Answers:
    found: Answers = []
    for one in go.items:
        true = recomputed._true(room.warehouse, recomputed.Item(**one))
        verdict = "true" if true["guilty"] == (how != "wrong") else "innocent"
        rows, checks = (f"row={one}" for one in sorted(true["deciding"])), (f"check={one}" for one in true["checks"])
        found.append([f"verdict={verdict}", *rows, *checks])
    if how == "half":
        # One judged wrongly, rows and checks of another one and all of the last one left out.
        found[1][0] = "verdict=true" if found[1][0] == "verdict=innocent" else "verdict=innocent"
        found[2] = found[2][:1]
        found.pop()
    return found


def read(room: Room, go: Go, how: str) -> Answers:
    right = recomputed._right(room.register, room.warehouse, go)
    branches, excuses = sorted(right["branches"]), list(right["excuses"])
    rows, value = sorted(right["deciding"]), right["value"]
    if how == "wrong":
        return [["branch=no_such", "value=-7", "row=企业#99", "excuse=别的"]]
    answer = [f"branch={one}" for one in branches] + ([] if value is None else [f"value={value:.4f}"])
    if how == "half":
        return [[*answer, *(f"row={one}" for one in rows[:1]), "row=企业#99", f"excuse={excuses[0]}"]]
    return [[*answer, *(f"row={one}" for one in rows), *(f"excuse={one}" for one in excuses)]]


def urgent(room: Room, go: Go, how: str) -> Answers:
    raw = {"settings": exercises()["urgent"].settings}
    units = sorted(recomputed._units(room.register, room.warehouse, go, raw), key=lambda one: -one["ratio"])
    close = [one for one in units[1:] if one["high"] >= units[0]["low"]]
    if how == "wrong":
        return [[f"unit={units[-1]['key']}", "ratio=99", "sure=sure"]]
    told = units[0] if how == "perfect" or not close else close[0]
    sure = ("unsure" if close else "sure") if how == "perfect" else "sure"
    rivals = [f"rivals={one['key']}" for one in close[: None if how == "perfect" else 1]]
    return [[f"unit={told['key']}", f"ratio={told['ratio']:.2f}", f"sure={sure}", *rivals]]


def tune(room: Room, go: Go, how: str) -> Answers:
    item = go.items[0]
    _, parameter = tuning._parameter(item)
    if how == "wrong":
        return [["value=very much"]]
    fit = [one for one in tuning._grid(parameter)
           if (found := tuning.tried(room.warehouse, item, one, False)).recall >= item["recall"]
           and found.workload <= item["workload"]]  # fmt: skip
    # Both ends and a value between them tried out, then that one chosen; by half with a hint.
    return [[f"value={one}"] for one in (fit[0], parameter.lowest, fit[0], parameter.highest)]


def mend(room: Room, go: Go, how: str) -> Answers:
    item = go.items[0]
    ledger, cells = mending.ledger(room.warehouse, item), item["spoilt"]
    if how == "wrong":
        return [[f"cell={cells[0][0]}|{cells[0][1]}|不知道"]]
    answer = [f"cell={place}|{column}|{ledger[place][column]}" for place, column, _ in cells]
    if how == "half":
        # Of two cells more the one is mended into something else, and what was right is not any more.
        key = next(one for one in ledger[0])
        free = next(place for place in range(item["rows"]) if place not in {place for place, *_ in cells})
        return [[*answer[:4], f"cell={free}|{key}|X001"]]
    return [answer]


PLAYERS: dict[str, Callable[[Room, Go, str], Answers]] = {
    "judge": judge, "read": read, "urgent": urgent, "tune": tune, "mend": mend
}  # fmt: skip


def _played(room: Room, name: str, how: str, number: int, hint: bool) -> tuple[Go, float, float]:
    """A go, its score, and what the second scorer makes of it."""
    exercise, at = exercises()[name], now(room.warehouse)
    register, own = room.register, attempts.goes(room.register, TRAINEE)
    seed = seed_of(5, name, 1, number)
    items = marking.drawn(register, room.warehouse, TRAINEE, exercise, seed, own)
    begun = attempts.start(register, TRAINEE, exercise, seed, items, uuid.uuid4().hex, at)
    go = next(one for one in attempts.goes(register, TRAINEE) if one.attempt_id == begun.created)
    for place, answers in enumerate(PLAYERS[name](room, go, how), start=1):
        attempts.answer(register, TRAINEE, go.attempt_id, place, answers, uuid.uuid4().hex, at)
    if hint:
        attempts.hint(register, TRAINEE, go.attempt_id, 1, uuid.uuid4().hex, at)
    attempts.finish(register, TRAINEE, go.attempt_id, uuid.uuid4().hex, at)
    go = next(one for one in attempts.goes(register, TRAINEE) if one.attempt_id == begun.created)
    points = marking.result(register, room.warehouse, TRAINEE, exercise, go).points
    return go, points, recomputed.recomputed(register, room.warehouse, TRAINEE, go)


@pytest.mark.parametrize("name", PLAYERS)
def test_what_is_played_scores_what_a_second_scorer_says(room: Room, name: str) -> None:
    found = {}
    for number, how in enumerate(("perfect", "half", "wrong"), start=1):
        _, points, again = _played(room, name, how, number, hint=how == "half")
        assert points == again, how
        found[how] = points
    # A warning that tells no value cannot have it read.
    assert found["perfect"] == 100 or (name == "read" and found["perfect"] >= 60)
    assert 0 < found["half"] < found["perfect"] and found["wrong"] == 0, found


def test_a_file_that_was_uploaded_scores_what_a_second_scorer_says(room: Room) -> None:
    exercise, at = exercises()["mend"], now(room.warehouse)
    [item] = mending.drawn(exercise, "upload", [])
    begun = attempts.start(room.register, TRAINEE, exercise, "upload", [item], uuid.uuid4().hex, at)
    number = str(begun.created)
    attempts.answer(room.register, TRAINEE, number, 1, ["cell=0|x|y"], uuid.uuid4().hex, at)
    file = ("改好.csv", mending.in_a_file(item, mending.ledger(room.warehouse, item)))
    attempts.answer(room.register, TRAINEE, number, 1, [], uuid.uuid4().hex, at, file)
    attempts.finish(room.register, TRAINEE, number, uuid.uuid4().hex, at)
    go = next(one for one in attempts.goes(room.register, TRAINEE) if one.attempt_id == number)
    points = marking.result(room.register, room.warehouse, TRAINEE, exercise, go).points
    assert points == recomputed.recomputed(room.register, room.warehouse, TRAINEE, go) == 100
