"""What the models take on Spark by a stated model.

    python -m lib bench cluster FILE… [--rows 86000000] [--cores 128]

FILE is what `python -m lib bench engines --city --json` said of a city; several, of cities of several sizes and of
several `--cores`. The model, for each section of each model:

    seconds = alone + (shared + rows x row) / cores

`alone` waits for one core whatever the city (planning, starting jobs, answering), `shared` is work that does not grow
with the rows and that several cores do together (compiling), `row` what a row costs. All three, none below nothing,
are those that lie nearest the seconds of the cities given; they are held against the largest city, on which they were
then not fitted. What a network between machines adds is not in it, nor what runs on one core by its nature and grows
with the rows: a window over all rows, a group that holds most of them.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Asked:
    """What one section of one rule took on a city of so many rows, on so many cores."""

    name: str
    rows: int
    cores: int
    seconds: float


@dataclass(frozen=True)
class Cost:
    """Seconds: on one core whatever the city, shared by all cores, and of a million rows, shared too."""

    alone: float
    shared: float
    million: float

    def seconds(self, rows: int, cores: int) -> float:
        return self.alone + (self.shared + self.million * rows / 1e6) / cores


@dataclass(frozen=True)
class Held:
    """A city that the model was not fitted on: seconds of all sections, by the model and as they were."""

    rows: int
    cores: int
    by_model: float
    measured: float


def fitted(asked: Sequence[Asked]) -> Cost:
    """The cost of one section that is nearest to its seconds (least squares), no part of it below nothing.

    Parts that the cities given cannot tell apart (one size, one number of cores) are left at nothing.
    """
    parts = np.array([(1.0, 1 / one.cores, one.rows / 1e6 / one.cores) for one in asked])
    seconds = np.array([one.seconds for one in asked])
    best, nearest = Cost(0.0, 0.0, 0.0), float((seconds**2).sum())
    for some in (chosen for count in (1, 2, 3) for chosen in combinations(range(3), count)):
        found, _, rank, _ = np.linalg.lstsq(parts[:, some], seconds, rcond=None)
        if rank < len(some) or (found < 0).any():
            continue
        off = float(((parts[:, some] @ found - seconds) ** 2).sum())
        # Another part must tell something, not only round better.
        if off < nearest - 1e-9:
            held = dict(zip(some, found.tolist(), strict=True))
            best, nearest = Cost(*(held.get(part, 0.0) for part in range(3))), off
    return best


def costs(asked: Sequence[Asked], largest: int | None = None) -> dict[str, Cost]:
    """The cost of each section, from the cities of fewer rows than `largest`."""
    points: dict[str, list[Asked]] = {}
    for one in asked:
        if largest is None or one.rows < largest:
            points.setdefault(one.name, []).append(one)
    return {name: fitted(found) for name, found in points.items()}


def held_against(asked: Sequence[Asked]) -> list[Held]:
    """The model from the smaller cities against the largest one, by the cores it was asked with."""
    largest = max(one.rows for one in asked)
    model = costs(asked, largest)
    found = []
    for cores in sorted({one.cores for one in asked if one.rows == largest}):
        there = [one for one in asked if one.rows == largest and one.cores == cores and one.name in model]
        by_model = sum(model[one.name].seconds(largest, cores) for one in there)
        found.append(Held(largest, cores, by_model, sum(one.seconds for one in there)))
    return found


def _read(files: Sequence[Path]) -> list[Asked]:
    found = []
    for file in files:
        city = json.loads(file.read_text(encoding="utf-8"))
        for one in city["sections"]:
            found.append(Asked(f"{one['file']} {one['section']}", city["rows"], city["cores"], one["seconds"][1]))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m lib bench cluster")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--rows", type=int, default=86_000_000)
    parser.add_argument("--cores", type=int, default=128)
    options = parser.parse_args()
    asked = _read(options.files)
    for held in held_against(asked):
        off = f"{held.by_model / held.measured - 1:+.0%}" if held.measured else ""
        print(f"{held.rows:,} rows, {held.cores} cores: {held.by_model:.0f} by the model, {held.measured:.0f} {off}")
    found = costs(asked)
    for name, cost in found.items():
        print(
            f"{name:16} alone {cost.alone:6.2f}  shared {cost.shared:6.2f}  a million rows {cost.million:6.3f}  "
            f"{cost.seconds(options.rows, options.cores):8.1f}"
        )
    total = sum(cost.seconds(options.rows, options.cores) for cost in found.values())
    print(f"{options.rows:,} rows on {options.cores} cores, one after the other: {total:.0f} seconds")
    return 0


if __name__ == "__main__":
    sys.exit(main())
