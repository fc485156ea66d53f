"""The course of a task on two axes: which day a statement of progress is about, and when it was made.

What was known on a day is what had been stated by its end; a statement that came later, or a plan that was changed
later, tells of the past without rewriting what the past knew.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, NamedTuple

from lib.casework.reform import plan as plans
from lib.casework.reform.plan import WHOLE, Plan

# What an event that states progress carries: the day it is about, the share that was done by then.
AS_OF, SHARE, MILESTONES = "as_of", "share", "milestones"
STATING = ("report", "verify", "send_back")
REPLAN, ACCEPT, STOP = "replan", "accept", "stop"


class Stated(NamedTuple):
    """Made at a moment: by the end of the day `as_of` that share (per cent) was done."""

    at: datetime
    as_of: date
    share: int


@dataclass(frozen=True)
class Course:
    """One task's: its start, its plans in the order they came into force, what was stated, how and when it ended."""

    start: date
    plans: tuple[tuple[datetime, Plan], ...]
    stated: tuple[Stated, ...]
    ended: tuple[datetime, str] | None = None

    @property
    def issued(self) -> datetime:
        """When the task came to be."""
        return self.plans[0][0]

    def plan(self, known: datetime) -> Plan:
        """The plan in force at a moment; the first one before any was."""
        held = [plan for at, plan in self.plans if at <= known]
        return held[-1] if held else self.plans[0][1]

    def latest(self, day: date, known: datetime) -> Stated | None:
        """Of what had been stated at a moment, that about the latest day up to `day`; of several about one day the
        last stated."""
        held = [one for one in self.stated if one.at <= known and one.as_of <= day]
        return max(held, key=lambda one: (one.as_of, one.at), default=None)

    def planned(self, day: date, known: datetime | None = None) -> float:
        """The share that should be done by the end of a day, as the plan stood then, or at `known`."""
        return plans.planned(self.start, self.plan(known or end_of(day)), day)

    def actual(self, day: date, known: datetime | None = None) -> int:
        """The share that was done by the end of a day, as that day knew, or as `known` knows."""
        held = self.latest(day, known or end_of(day))
        return 0 if held is None else held.share

    def deviation(self, day: date, known: datetime | None = None) -> float:
        """Percentage points ahead of the plan (below nought: behind it) at the end of a day, as that day knew."""
        return self.actual(day, known) - self.planned(day, known)

    def done_on(self, known: datetime) -> date | None:
        """The day since when the whole is done: what was stated last when it was accepted; None before that."""
        if self.ended is None or self.ended[1] != ACCEPT or self.ended[0] > known:
            return None
        whole = [one for one in self.stated if one.at <= self.ended[0] and one.share == WHOLE]
        return max(whole, key=lambda one: one.at).as_of if whole else None


def end_of(day: date) -> datetime:
    """The last moment of a day."""
    return datetime.combine(day, time.max)


def course(
    start: date, first: str, issued: datetime, events: Iterable[tuple[datetime, str, Mapping[str, Any]]]
) -> Course:
    """The course of a task that was issued with a first plan (its text); events: (when, action, payload), oldest
    first."""
    held: list[tuple[datetime, Plan]] = [(issued, plans.read(first))]
    stated: list[Stated] = []
    ended = None
    for at, action, payload in events:
        if action == REPLAN:
            held.append((at, plans.read(payload[MILESTONES])))
        elif action in STATING:
            stated.append(Stated(at, date.fromisoformat(payload[AS_OF]), int(payload[SHARE])))
        elif action in (ACCEPT, STOP):
            ended = at, action
    return Course(start, tuple(held), tuple(stated), ended)
