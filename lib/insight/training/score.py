"""The score of an attempt, from its events, what is true of its items, and the exercise: nothing else."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from lib.casework.store.chain import Event, wall_time
from lib.catalog.exercises import Exercise

GUILTY, INNOCENT = "true", "innocent"
VERDICT, ROW, CHECK, BRANCH, VALUE, EXCUSE = "verdict", "row", "check", "branch", "value", "excuse"


class Truth(NamedTuple):
    """What is true of an item: whether it was planted as a violation, the rows that decide, those that may be marked
    besides, and what is to be checked offline."""

    guilty: bool
    deciding: frozenset[str]
    may: frozenset[str]
    checks: frozenset[str]


class Reading(NamedTuple):
    """What a warning says: branches, value, deciding rows, rows that may be marked, and how its model errs."""

    branches: frozenset[str]
    value: float | None
    deciding: frozenset[str]
    may: frozenset[str]
    excuses: frozenset[str]


class Scored(NamedTuple):
    """A part of the score: the share reached of its points."""

    part: str
    title: str
    points: int
    share: float
    how: str

    @property
    def reached(self) -> float:
        return self.points * self.share


class Score(NamedTuple):
    """The whole: its parts, what hints cost, and the points, 0 to 100."""

    parts: tuple[Scored, ...]
    hints: int
    points: float


def answers(events: Iterable[Event]) -> dict[int, dict[str, list[str]]]:
    """What was answered last to each item, by item and name; an item that was never saved is not there."""
    found: dict[int, dict[str, list[str]]] = {}
    for one in events:
        if one.action != "answer":
            continue
        held: dict[str, list[str]] = {}
        for told in one.payload["answers"]:
            name, _, value = told.partition("=")
            held.setdefault(name, []).append(value)
        found[int(one.payload["item"])] = held
    return found


def hints_seen(events: Iterable[Event]) -> list[int]:
    """The numbers of the hints that were looked at, each once."""
    return sorted({int(one.payload["hint"]) for one in events if one.action == "hint"})


def minutes_taken(events: Sequence[Event]) -> float | None:
    """From the beginning to the handing in, by the clock on the wall; None before that."""
    if not events or events[-1].action != "finish":
        return None
    begun, done = (wall_time(one.payload, one.at) for one in (events[0], events[-1]))
    return (done - begun).total_seconds() / 60


def marked(
    chosen: Collection[str], right: Collection[str], may: Collection[str] = (), enough: int | None = None
) -> float:
    """How well was marked: the share of what is right that was chosen, less the share of wrong ones in what was chosen;
    not below nought. What `may` be chosen counts for neither; of many right ones `enough` are all."""
    hits = len(set(chosen) & set(right))
    wrong = len(set(chosen) - set(right) - set(may))
    if not right:
        return 0.0 if wrong else 1.0
    if not hits:
        return 0.0
    wanted = len(set(right)) if enough is None else min(enough, len(set(right)))
    return max(0.0, min(1.0, hits / wanted) - wrong / (hits + wrong))


def informedness(verdicts: Mapping[int, str], guilty: Sequence[bool]) -> float:
    """The share of the guilty held guilty and of the innocent held innocent, less one; not below nought (Youden 1950).

    An item without a verdict is held to be neither.
    """
    held = [verdicts.get(number) for number in range(1, len(guilty) + 1)]
    caught = [told == GUILTY for told, true in zip(held, guilty, strict=True) if true]
    spared = [told == INNOCENT for told, true in zip(held, guilty, strict=True) if not true]
    if not caught or not spared:
        return 0.0
    return max(0.0, sum(caught) / len(caught) + sum(spared) / len(spared) - 1)


def judged(exercise: Exercise, events: Sequence[Event], truths: Sequence[Truth]) -> Score:
    """The score of an attempt at judging: what counts besides the verdicts counts for right ones only, and as much as
    these tell apart."""
    given, enough = answers(events), exercise.settings["enough"]
    verdicts = {number: held[VERDICT][0] for number, held in given.items() if held.get(VERDICT)}
    skill = informedness(verdicts, [one.guilty for one in truths])
    rows, checks = [], []
    for number, one in enumerate(truths, start=1):
        held = given.get(number, {})
        right = verdicts.get(number) == (GUILTY if one.guilty else INNOCENT)
        rows.append(marked(held.get(ROW, []), one.deciding, one.may, enough) if right else 0.0)
        checks.append(marked(held.get(CHECK, []), one.checks) if right else 0.0)
    shares = {"verdict": skill, "rows": skill * sum(rows) / len(rows), "checks": skill * sum(checks) / len(checks)}
    return total(exercise, shares, hints_seen(events))


def read(exercise: Exercise, events: Sequence[Event], truth: Reading) -> Score:
    """The score of an attempt at reading a warning."""
    held = answers(events).get(1, {})
    shares = {
        "branch": marked(held.get(BRANCH, []), truth.branches),
        "value": float(same_value(held.get(VALUE, []), truth.value)),
        "rows": marked(held.get(ROW, []), truth.deciding, truth.may, exercise.settings["enough"]),
        "excuse": marked(held.get(EXCUSE, []), truth.excuses),
    }
    return total(exercise, shares, hints_seen(events))


def same_value(given: Sequence[str], value: float | None) -> bool:
    """Whether a number was typed as it is, to two decimals."""
    if value is None or not given:
        return False
    try:
        return abs(float(given[0].replace(",", "")) - value) < 0.005 + 1e-9
    except ValueError:
        return False


def total(exercise: Exercise, shares: Mapping[str, float], hints: Sequence[int]) -> Score:
    """The points of all parts: what guessing may reach counts for nothing, the rest is stretched to the full score;
    then hints are paid for."""
    parts = tuple(Scored(one.name, one.title, one.points, shares[one.name], one.how) for one in exercise.scoring)
    reached = sum(one.reached for one in parts) / 100
    above = max(0.0, reached - exercise.guessing) / (1 - exercise.guessing)
    cost = sum(exercise.hints[number - 1].cost for number in hints if number <= len(exercise.hints))
    return Score(parts, cost, round(max(0.0, 100 * above - cost), 1))
