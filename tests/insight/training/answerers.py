"""Answerers of the judging exercise, from the one who knows to those who guess, and the events that they leave."""

import json
from collections.abc import Callable
from random import Random
from typing import NamedTuple

from lib.casework.store.chain import Event
from lib.insight.training.score import Truth


class Seen(NamedTuple):
    """What an answerer may look at of an item: the model, all rows, all checks; the truth is for who knows it."""

    rule_id: str
    rows: tuple[str, ...]
    checks: tuple[str, ...]
    truth: Truth


Answerer = Callable[[Seen, Random], list[str]]


def perfect(seen: Seen, chance: Random) -> list[str]:
    verdict = "true" if seen.truth.guilty else "innocent"
    rows = [f"row={one}" for one in sorted(seen.truth.deciding)]
    return [f"verdict={verdict}", *rows, *(f"check={one}" for one in sorted(seen.truth.checks))]


def coin(seen: Seen, chance: Random) -> list[str]:
    """A coin for the verdict, for every row and for every check."""
    verdict = chance.choice(["true", "innocent"])
    rows = [f"row={one}" for one in seen.rows if chance.random() < 0.5]
    return [f"verdict={verdict}", *rows, *(f"check={one}" for one in seen.checks if chance.random() < 0.5)]


def _everything(verdict: str) -> Answerer:
    def answers(seen: Seen, chance: Random) -> list[str]:
        return [f"verdict={verdict}", *(f"row={one}" for one in seen.rows), *(f"check={one}" for one in seen.checks)]

    return answers


everything_true, everything_innocent = _everything("true"), _everything("innocent")


def sly(seen: Seen, chance: Random) -> list[str]:
    """Guesses the verdict, but marks well: one row, and the checks that it knows of the model."""
    verdict = chance.choice(["true", "innocent"])
    checks = [f"check={one}" for one in seen.checks if one in seen.truth.checks]
    return [f"verdict={verdict}", f"row={chance.choice(seen.rows)}", *checks]


ANSWERERS: dict[str, Answerer] = {
    "perfect": perfect,
    "coin": coin,
    "everything true": everything_true,
    "everything innocent": everything_innocent,
    "sly": sly,
}


def event(action: str, payload: dict, seq: int = 1) -> Event:
    """An event of an attempt as it is read."""
    return Event(seq, "", None, "T-X-01", "", "trainee", "attempt", "A1", action, "作答中", "作答中", "", payload, None,
                 "", "")  # type: ignore[arg-type]  # fmt: skip


def events(answers: list[list[str]]) -> list[Event]:
    """The saves of these answers, item by item."""
    return [event("answer", {"item": n, "answers": held}, n) for n, held in enumerate(answers, start=1)]


def stored(events: list[Event]) -> list[dict]:
    """The same as rows of the store."""
    return [{"action": one.action, "payload": json.dumps(one.payload)} for one in events]
