"""A trainee's attempts: one at a time, one's own alone, and nothing is changed any more once it is handed in."""

from datetime import datetime
from pathlib import Path

import pytest

from lib.access import NotVisible, Seat, Viewer
from lib.casework.store.register import Register
from lib.casework.training import attempts
from lib.casework.training.opened import opened
from lib.casework.training.seats import seat_register, sit_down
from lib.catalog.exercises import exercises
from lib.errors import UserError
from lib.warehouse.clock import now
from tests.casework.training.conftest import a_class

NOON = datetime(2022, 9, 25, 12)
ITEMS = [{"rule_id": "M01", "subject_type": "penalty_case", "subject_id": "CA1"}]


@pytest.fixture
def register(home: Path, city: Register) -> Register:
    """The store of the first seat of a class."""
    came = sit_down(home, city, a_class(city).code, "张三", "", now())
    assert came.seat is not None
    return seat_register(home, came.seat)


def trainee(number: int = 1) -> Viewer:
    return Viewer(f"T-ABCDEF-{number:02d}", "学员", "trainee", seat=Seat("ABCDEF", number))


def begun(register: Register, viewer: Viewer, name: str = "judge", number: str = "s1") -> str:
    done = attempts.start(register, viewer, exercises()[name], "seed", ITEMS, number, NOON)
    return str(done.created)


def test_a_go_is_begun_answered_and_handed_in(register: Register) -> None:
    one = trainee()
    number = begun(register, one)
    found = opened(register)
    assert found is not None and (found.attempt_id, found.exercise) == (number, "judge")
    attempts.answer(register, one, number, 1, ["verdict=true"], "a1", NOON)
    attempts.hint(register, one, number, 1, "h1", NOON)
    # A second click is the same hint.
    assert attempts.hint(register, one, number, 1, "h1", NOON).duplicate
    attempts.finish(register, one, number, "f1", NOON)
    [go] = attempts.goes(register, one)
    assert go.finished and go.items == ITEMS and go.number == 1 and opened(register) is None
    told = attempts.events_of_attempt(register, one, number)
    assert [event.action for event in told] == ["start", "answer", "hint", "finish"]
    with pytest.raises(UserError, match="已交卷"):
        attempts.answer(register, one, number, 1, ["verdict=innocent"], "a2", NOON)


def test_another_one_begins_when_the_first_is_handed_in(register: Register) -> None:
    one = trainee()
    number = begun(register, one)
    with pytest.raises(UserError, match="没有交卷"):
        begun(register, one, "read", "s2")
    attempts.finish(register, one, number, "f1", NOON)
    begun(register, one, "judge", "s3")
    assert [go.number for go in attempts.goes(register, one)] == [1, 2]


def test_nobody_reads_or_answers_anothers(register: Register) -> None:
    number = begun(register, trainee())
    other = trainee(2)
    assert attempts.goes(register, other) == []
    with pytest.raises(NotVisible):
        attempts.events_of_attempt(register, other, number)
    with pytest.raises(NotVisible):
        attempts.answer(register, other, number, 1, ["verdict=true"], "a1", NOON)


def test_another_seat_and_another_go_have_another_seed() -> None:
    seeds = {
        attempts.seed_of(7, name, seat, number) for name in ("judge", "read") for seat in (1, 2) for number in (1, 2)
    }
    assert len(seeds) == 8
    assert (
        attempts.seed_of(7, "judge", 1, 1) == attempts.seed_of(7, "judge", 1, 1) != attempts.seed_of(8, "judge", 1, 1)
    )
