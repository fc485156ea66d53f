"""From a warning to a notice that is delivered: in time, no step skipped, and by people apart."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from lib.access import SYSTEM
from lib.casework.deadlines import calendar, end_of_day, settings
from lib.casework.reading.visible import awaited, called, objects, warnings
from lib.casework.store.chain import Event, wall_time
from lib.casework.store.register import Register
from lib.casework.training.attempts import Deeds, Go, deeds
from lib.casework.warnings.states import NEW, UNTRUE
from lib.catalog.exercises import Exercise
from lib.insight.due import with_due
from lib.insight.training.draw import new_warning
from lib.insight.training.score import Score, hints_seen, total
from lib.insight.training.task import Place, Task
from lib.warehouse.store import Warehouse

WARNING, NOTICE = "warning", "notice"
# Every step in its order: object, action.
STEPS = (
    (WARNING, "sign"),
    (WARNING, "start"),
    (WARNING, "conclude"),
    (WARNING, "review"),
    (NOTICE, "draft"),
    (NOTICE, "review"),
    (NOTICE, "sign"),
    (NOTICE, "deliver"),
)
_KINDS = {WARNING: "预警", NOTICE: "通知书"}
# Whoever did the one may not do the other.
APART = (((WARNING, "conclude"), (WARNING, "review")), ((NOTICE, "draft"), (NOTICE, "review")),
         ((NOTICE, "review"), (NOTICE, "sign")))  # fmt: skip


# What was done about the warning of a go: per step its event, None where it was skipped, done out of order, or its
# conclusion bears no notice.
Course = tuple[Event | None, ...]


def drawn(register: Register, warehouse: Warehouse, seed: str, used: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """A new warning about a unit that the inspector who is played supervises, one not handled before."""
    return [new_warning(register, warehouse, seed, used, "org_id")]


def asked(go: Go) -> Task:
    """The warning and the course it is to take."""
    order = " → ".join(f"{_KINDS[kind]}{called(kind, action)}" for kind, action in STEPS)
    return Task(
        (
            "把这条预警核查属实，向单位发出执法监督通知书并送达。页面顶部可以换扮演的角色，各做各的事。",
            f"顺序：{order}。",
            "办完后回到这一页交卷。",
        ),
        (Place("warning", "打开预警", {"id": go.items[0]["warning_id"]}), Place("notices", "监督通知书")),
    )


def limits(register: Register, warehouse: Warehouse, go: Go, at: datetime) -> pd.DataFrame:
    """The deadlines of the warning and of what was made of it, at a moment: 对象, 步骤, since, due_at, due_words.

    What runs comes first, then what follows: the conclusion of a warning that is not being checked yet, and the unit's
    answer to a notice that would be delivered today.
    """
    warning_id = go.items[0]["warning_id"]
    found = warnings(register, SYSTEM, warehouse)
    found = found[found["warning_id"].eq(warning_id)]
    rows: list[tuple[str, str, Any, Any]] = []
    for one in found.itertuples():
        if one.state == NEW:
            rows.append((_KINDS[WARNING], called(WARNING, "sign"), one.state_at, one.sign_due_at))
        if awaited(WARNING, str(one.state)) and pd.isna(one.concluded_at):
            rows.append((_KINDS[WARNING], called(WARNING, "conclude"), one.first_seen_at, one.verify_due_at))
    made = objects(register, SYSTEM, warehouse, NOTICE)
    made = made[made["source_id"].eq(warning_id)]
    for one in made[made["due_at"].notna()].itertuples():
        rows.append((_KINDS[NOTICE], awaited(NOTICE, str(one.state)), one.state_at, one.due_at))
    days = calendar(warehouse)
    if made.empty:
        for title, limit in (
            ("反馈整改（今天送达）", "workdays"),
            ("反馈整改（今天送达，复杂事项）", "complex_workdays"),
        ):
            until = end_of_day(days.after(np.array([at], "datetime64[us]"), settings()["notice"][limit]))
            rows.append((_KINDS[NOTICE], title, at, until[0]))
    told = pd.DataFrame(rows, columns=["对象", "步骤", "since", "due_at"])
    told = told.assign(since=pd.to_datetime(told["since"]), due_at=pd.to_datetime(told["due_at"]))
    return with_due(told, at, days)[["对象", "步骤", "since", "due_at", "due_words"]]


def course(go: Go, done: Deeds, sources: dict[str, str]) -> Course:
    """What was done about the warning, and about the first notice made from it that got furthest; `sources` is the
    warning of each notice."""
    warning_id = go.items[0]["warning_id"]
    own = [one for one in done.events if one.object_type == WARNING and one.object_id == warning_id]
    notices = [number for number, source in sources.items() if source == warning_id]
    best: Course | None = None
    for number in notices or [""]:
        of_notice = [one for one in done.events if one.object_type == NOTICE and one.object_id == number]
        found = _in_order([*own, *of_notice])
        if best is None or _count(found) > _count(best):
            best = found
    assert best is not None
    return best


def _count(found: Course) -> int:
    return sum(one is not None for one in found)


def _in_order(events: list[Event]) -> Course:
    """Of each step the last event of its action before the next one's; none once one before it is missing."""
    steps: list[Event | None] = []
    after, broken = 0, False
    ordered = sorted(events, key=lambda one: one.seq)
    for kind, action in STEPS:
        fit = [one for one in ordered if (one.object_type, one.action) == (kind, action) and one.seq > after]
        if action == "conclude":
            fit = [one for one in fit if one.payload.get("conclusion") != UNTRUE]
        if broken or not fit:
            broken = True
            steps.append(None)
            continue
        steps.append(fit[0])
        after = fit[0].seq
    return tuple(steps)


def shares(found: Course, begun: Event, minutes: int) -> dict[str, float]:
    """The share of each part.

    In time: the minutes from the beginning of the go to the delivery, by the clock on the wall; within the exercise's
    minutes all of it, from there down to nothing at twice as many.
    """
    by = dict(zip(STEPS, found, strict=True))
    delivered = by[NOTICE, "deliver"]
    time = 0.0
    if delivered is not None:
        time = min(1.0, max(0.0, 2 - _minutes(begun, delivered) / minutes))
    apart = [_apart(by[one], by[other]) for one, other in APART]
    return {"steps": _count(found) / len(STEPS), "time": time, "apart": sum(apart) / len(apart)}


def _minutes(begun: Event, done: Event) -> float:
    return (wall_time(done.payload, done.at) - wall_time(begun.payload, begun.at)).total_seconds() / 60


def _apart(one: Event | None, other: Event | None) -> bool:
    return one is not None and other is not None and one.actor_id != other.actor_id


def _sources(register: Register) -> dict[str, str]:
    held = objects(register, SYSTEM, None, NOTICE)
    return dict(zip(held["notice_id"].astype(str), held["source_id"].astype(str), strict=True))


def _course(register: Register, go: Go, events: Sequence[Event]) -> Course:
    return course(go, deeds(register, events[0].actor_id, events), _sources(register))


def scored(register: Register, exercise: Exercise, go: Go, events: Sequence[Event]) -> Score:
    """The score of a go, from the events of its seat's store."""
    held = shares(_course(register, go, events), events[0], exercise.minutes)
    return total(exercise, held, hints_seen(events))


def told(
    register: Register, exercise: Exercise, go: Go, events: Sequence[Event]
) -> tuple[tuple[str, ...], pd.DataFrame]:
    """What was skipped or done by one who may not, and the course step by step."""
    found = _course(register, go, events)
    rows = []
    for (kind, action), one in zip(STEPS, found, strict=True):
        minutes = None if one is None else round(_minutes(events[0], one), 1)
        done = "没有做，或跳过了前面的步骤" if one is None else f"{one.actor_name}，第 {minutes:g} 分钟"
        rows.append({"对象": _KINDS[kind], "步骤": called(kind, action), "办理": done})
    lines = [f"{len(STEPS)} 步中做了 {_count(found)} 步。"]
    held = shares(found, events[0], exercise.minutes)
    if held["time"] < 1:
        lines.append(f"没有在 {exercise.minutes} 分钟内送达。" if found[-1] else "通知书没有送达。")
    if held["apart"] < 1:
        lines.append("核查与复核、拟稿与审核、审核与签发应由不同的人：有一处没有分开，或没有做到。")
    return tuple(lines), pd.DataFrame(rows)
