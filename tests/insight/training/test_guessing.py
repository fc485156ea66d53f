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
DRAWS, TIMES, TRIED = 20, 50, 10

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


def _one(low: float, usual: float, high: float, chance: Random) -> list[float]:
    return [chance.uniform(low, high)] * 2


def _blind(low: float, usual: float, high: float, chance: Random) -> list[float]:
    tries = [chance.uniform(low, high) for _ in range(6)]
    return [chance.choice(tries), *tries]


def _between(low: float, usual: float, high: float, chance: Random) -> list[float]:
    value = chance.uniform(low, high)
    return [value, low, high, value]


# The final choice and the tries of one who reads none of the answers.
TUNERS: dict[str, Callable[[float, float, float, Random], list[float]]] = {
    "untried": lambda low, usual, high, chance: [chance.uniform(low, high)],
    "as it is": lambda low, usual, high, chance: [usual, low, usual, high],
    "lowest": lambda low, usual, high, chance: [low, low, usual, high],
    "highest": lambda low, usual, high, chance: [high, low, usual, high],
    "one tried": _one,
    "six tried, any of them": _blind,
    "both ends and any between": _between,
    "both ends and twice as it is": lambda low, usual, high, chance: [
        min(high, 2 * usual),
        low,
        high,
        min(high, 2 * usual),
    ],
    "both ends and the middle": lambda low, usual, high, chance: [(low + high) / 2, low, high, (low + high) / 2],
}


@pytest.mark.scale
def test_tuning_without_reading_gains_nothing(city: tuple[Register, Warehouse]) -> None:
    """Who has not seen both sides fail gains nothing; who tries without reading what came of it, hardly anything."""
    _, warehouse = city
    exercise, found = exercises()["tune"], {name: [] for name in TUNERS}  # type: ignore[var-annotated]
    for number in range(DRAWS):
        seed = seed_of(number, "tune", 1, 1)
        items = tuning.drawn(warehouse, exercise, seed, [])
        go = Go("A1", "tune", 1, seed, items, FINISHED, 1)
        _, one = tuning._parameter(items[0])
        ends = float(one.lowest), float(one.default), float(one.highest)  # type: ignore[arg-type]
        for name, tuner in TUNERS.items():
            chance = Random(f"{number}|{name}")
            points = []
            for _ in range(TRIED):
                given = [round(value) if one.type == "integer" else round(value, 2) for value in tuner(*ends, chance)]
                said = events([[f"value={value}"] for value in given])
                points.append(tuning.scored(warehouse, exercise, go, said).points)
            found[name].append(mean(points))
    _told(found)
    never = "untried", "as it is", "lowest", "highest", "one tried"
    assert [name for name in never if any(found[name])] == []


def _told(found: dict[str, list[float]]) -> None:
    for name, points in found.items():
        print(f"{name}: {mean(points):.1f} ({min(points):.1f} to {max(points):.1f})")
    assert {name: mean(points) for name, points in found.items() if mean(points) > 10} == {}
