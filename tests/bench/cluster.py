"""What the models take on Spark by a stated model.

    python -m lib bench cluster FILE… [--rows 86000000] [--cores 128]

FILE is what `python -m lib bench engines --city --json` said of a city; several, of cities of several sizes and of
several `--cores`. The model: seconds = fixed part + rows x processor seconds a row / cores.

The fixed part (planning, compiling, starting jobs) runs on one core, whatever the city; the rest is shared by all.
Both come from the processor seconds of cities of several sizes on one machine, and are held against the largest city,
on which they were not fitted. What a network between machines adds is not in it, nor what runs on one core by its
nature: a window over all rows, a group that holds most of them.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Asked:
    """What one section of one rule took on a city of so many rows, on so many cores."""

    name: str
    rows: int
    cores: int
    seconds: float
    processor: float


@dataclass(frozen=True)
class Cost:
    """Seconds: the fixed part, and processor seconds a million rows."""

    fixed: float
    million: float

    def processor(self, rows: int) -> float:
        return self.fixed + self.million * rows / 1e6

    def seconds(self, rows: int, cores: int) -> float:
        return self.fixed + self.million * rows / 1e6 / cores


@dataclass(frozen=True)
class Held:
    """A city that the model was not fitted on: processor seconds and seconds of all sections, by the model and as
    they were."""

    rows: int
    cores: int
    processor: tuple[float, float]
    seconds: tuple[float, float]


def fitted(points: Sequence[tuple[int, float]]) -> Cost:
    """Of rows and processor seconds: the line that is nearest, which never falls and starts at no less than nothing."""
    middle = sum(rows for rows, _ in points) / len(points)
    mean = sum(spent for _, spent in points) / len(points)
    spread = sum((rows - middle) ** 2 for rows, _ in points)
    slope = sum((rows - middle) * (spent - mean) for rows, spent in points) / spread if spread else 0.0
    if slope < 0:
        return Cost(mean, 0.0)
    fixed = mean - slope * middle
    if fixed < 0:
        return Cost(0.0, sum(rows * spent for rows, spent in points) / sum(rows**2 for rows, _ in points) * 1e6)
    return Cost(fixed, slope * 1e6)


def costs(asked: Sequence[Asked], largest: int | None = None) -> dict[str, Cost]:
    """The cost of each section, from the cities of fewer rows than `largest`."""
    points: dict[str, list[tuple[int, float]]] = {}
    for one in asked:
        if largest is None or one.rows < largest:
            points.setdefault(one.name, []).append((one.rows, one.processor))
    return {name: fitted(found) for name, found in points.items()}


def held_against(asked: Sequence[Asked]) -> list[Held]:
    """The model from the smaller cities against the largest one, by the cores it was asked with."""
    largest = max(one.rows for one in asked)
    model = costs(asked, largest)
    found = []
    for cores in sorted({one.cores for one in asked if one.rows == largest}):
        there = [one for one in asked if one.rows == largest and one.cores == cores and one.name in model]
        found.append(
            Held(
                largest,
                cores,
                (sum(model[one.name].processor(largest) for one in there), sum(one.processor for one in there)),
                (sum(model[one.name].seconds(largest, cores) for one in there), sum(one.seconds for one in there)),
            )
        )
    return found


def _read(files: Sequence[Path]) -> list[Asked]:
    found = []
    for file in files:
        city = json.loads(file.read_text(encoding="utf-8"))
        for one in city["sections"]:
            name = f"{one['file']} {one['section']}"
            found.append(Asked(name, city["rows"], city["cores"], one["seconds"][1], one["processor"]))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m lib bench cluster")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--rows", type=int, default=86_000_000)
    parser.add_argument("--cores", type=int, default=128)
    options = parser.parse_args()
    asked = _read(options.files)
    for held in held_against(asked):
        print(f"{held.rows:,} rows, {held.cores} cores, by the model and measured:")
        for title, (by_model, measured) in (("processor", held.processor), ("seconds", held.seconds)):
            print(f"  {title:9} {by_model:8.0f} {measured:8.0f} {by_model / measured - 1:+.0%}")
    total = 0.0
    for name, cost in costs(asked).items():
        seconds = cost.seconds(options.rows, options.cores)
        total += seconds
        print(f"{name:16} fixed {cost.fixed:6.2f}  a million rows {cost.million:6.3f}  {seconds:8.1f}")
    print(f"{options.rows:,} rows on {options.cores} cores, one after the other: {total:.0f} seconds")
    return 0


if __name__ == "__main__":
    sys.exit(main())
