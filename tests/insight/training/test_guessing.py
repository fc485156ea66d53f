"""What guessing gains in the exercises besides judging: simple strategies over twenty draws."""

import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random
from statistics import mean

import pytest

from lib.access import Seat, Viewer
from lib.casework.store.register import Register, open_register
from lib.casework.training.answering import FINISHED
from lib.casework.training.attempts import Go, seed_of
from lib.catalog.exercises import exercises
from lib.insight.training import reading, score, tuning
from lib.insight.training.shown import row_id
from lib.warehouse.store import Warehouse, open_warehouse
from tests.insight.training.answerers import events

TRAINEE = Viewer("T-ABCDEF-01", "学员", "trainee", seat=Seat("ABCDEF", 1))
DRAWS, TIMES = 20, 50

Reader = Callable[[reading.Asked, Random], list[str]]


def _everything(asked: reading.Asked, chance: Random) -> list[str]:
    rows = [row_id(title, number) for title, one in asked.tables.items() for number in range(len(one))]
    return [*(f"branch={one}" for one in asked.branches), *(f"row={one}" for one in rows),
            *(f"excuse={one}" for one in asked.excuses), "value=1"]  # fmt: skip


def _coin(asked: reading.Asked, chance: Random) -> list[str]:
    return [one for one in _everything(asked, chance) if chance.random() < 0.5]


def _one_of_each(asked: reading.Asked, chance: Random) -> list[str]:
    every = _everything(asked, chance)
    kinds = ["branch", "row", "excuse"]
    return [chance.choice([one for one in every if one.startswith(kind)]) for kind in kinds] + [
        f"value={chance.randint(1, 30)}"
    ]


READERS: dict[str, Reader] = {"everything": _everything, "coin": _coin, "one of each": _one_of_each}


@pytest.fixture(scope="module")
def city(small_city: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Register, Warehouse]:
    home = tmp_path_factory.mktemp("guessing") / "city"
    shutil.copytree(small_city, home)
    return open_register(home), open_warehouse(home)


@pytest.mark.scale
def test_reading_without_reading_gains_nothing(city: tuple[Register, Warehouse]) -> None:
    register, warehouse = city
    exercise, found = exercises()["read"], {name: [] for name in READERS}  # type: ignore[var-annotated]
    for number in range(DRAWS):
        seed = seed_of(number, "read", 1, 1)
        items = reading.drawn(register, warehouse, TRAINEE, seed, [])
        go = Go("A1", "read", 1, seed, items, FINISHED, 1)
        asked, right = reading.asked(warehouse, TRAINEE, go), reading._right(register, warehouse, go)[0]
        for name, reader in READERS.items():
            chance = Random(f"{number}|{name}")
            points = [score.read(exercise, events([reader(asked, chance)]), right).points for _ in range(TIMES)]
            found[name].append(mean(points))
    _told(found)


@pytest.mark.scale
def test_tuning_without_trying_gains_nothing(city: tuple[Register, Warehouse]) -> None:
    """A value that was not tried out is worth nothing; the ends and the threshold in force are not even when tried."""
    _, warehouse = city
    exercise, untried, tried = exercises()["tune"], {}, {}  # type: ignore[var-annotated]
    for number in range(DRAWS):
        seed = seed_of(number, "tune", 1, 1)
        items = tuning.drawn(warehouse, exercise, seed, [])
        go, chance = Go("A1", "tune", 1, seed, items, FINISHED, 1), Random(f"{number}")
        _, one = tuning._parameter(items[0])
        guesses = {"as it is": one.default, "lowest": one.lowest, "highest": one.highest,
                   "any": chance.randint(int(one.lowest) + 1, int(one.highest))}  # type: ignore[arg-type]  # fmt: skip
        for name, value in guesses.items():
            final = [f"value={value}"]
            points = tuning.scored(warehouse, exercise, go, events([final])).points
            untried.setdefault(name, []).append(points)
            if name != "any":
                tried.setdefault(name, []).append(
                    tuning.scored(warehouse, exercise, go, events([final, final])).points
                )  # fmt: skip
    for found in (untried, tried):
        _told(found)
        assert {max(points) for points in found.values()} == {0}


def _told(found: dict[str, list[float]]) -> None:
    for name, points in found.items():
        print(f"{name}: {mean(points):.1f} ({min(points):.1f} to {max(points):.1f})")
    assert {name: mean(points) for name, points in found.items() if mean(points) > 10} == {}
