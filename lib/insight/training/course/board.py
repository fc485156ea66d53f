"""How a class stands: who did what how well, where it fails, how far its trainees agree, how long they took."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from lib.access import Seat, Viewer, under
from lib.casework.store.chain import wall_time
from lib.casework.store.register import Register
from lib.casework.training import attempts, seats
from lib.casework.training.attempts import Go
from lib.casework.training.classes import Class, one_class
from lib.casework.training.steps import TRAINING_CLASS
from lib.catalog.exercises import Exercise, exercises
from lib.insight.interval import wilson
from lib.insight.reviews.agreement import Agreement, agreement
from lib.insight.training import marking, score
from lib.insight.training.score import GUILTY, INNOCENT, VERDICT, Score
from lib.rules import read_rules
from lib.warehouse.store import Warehouse
from lib.warehouse.truth import VIOLATION, truth

# Every exercise of the class handed in, each at its best with so many points at least.
PASS = 60
# So many subjects judged by two trainees before a coefficient says anything.
LEAST_PAIRS = 10
NO_VERDICT = "没有作答"
_GOES = ["seat", "name", "exercise", "title", "number", "points", "minutes", "hints", "at"]
_JUDGED = ["seat", "rule_id", "subject_id", "guilty", "case", "verdict", "right", "at"]
ScoreOf = Callable[[Register, Warehouse, Viewer, Exercise, Go], Score]


@dataclass(frozen=True)
class Board:
    """A class with what was handed in.

    goes: one row an attempt, in the order of seats and time: seat, name, exercise, title, number, points, minutes,
    hints (how many were looked at), at (wall clock). judged: one row an item of those where true and innocent were
    told apart: seat, rule_id, subject_id, guilty, case (what was planted, in words), verdict (GUILTY, INNOCENT or ''),
    right, at.
    """

    held: Class
    course: tuple[Exercise, ...]
    goes: pd.DataFrame = field(repr=False)
    judged: pd.DataFrame = field(repr=False)


@under("view", TRAINING_CLASS)
def board(
    home: Path,
    register: Register,
    warehouse: Warehouse,
    viewer: Viewer,
    class_id: str,
    score_of: ScoreOf = marking.result,
) -> Board:
    """All that the trainees of a class have handed in, whatever store it stands in; `register` is the city's, and
    `score_of` what a go scored. Raises UserError when there is no such class."""
    held = one_class(register, viewer, class_id)
    course = tuple(one for name, one in exercises().items() if name in held.exercises)
    goes: list[tuple] = []
    judged: list[tuple] = []
    planted = _planted(home)
    for taken in held.taken:
        seat = Seat(held.code, taken.number)
        trainee = seats.viewer_of(seat, taken)
        done = 0
        for store in seats.worked_in(home, seat):
            for go in attempts.goes(store, trainee):
                exercise = next((one for one in course if one.name == go.exercise), None)
                if exercise is None or not go.finished:
                    continue
                done += 1
                events = attempts.events_of_attempt(store, trainee, go.attempt_id)
                at = wall_time(events[-1].payload, events[-1].at)
                points = score_of(store, warehouse, trainee, exercise, go).points
                number = 1 + sum(one[0] == taken.number and one[2] == exercise.name for one in goes)
                took, seen = score.minutes_taken(events), len(score.hints_seen(events))
                goes.append((taken.number, taken.name, exercise.name, exercise.title, number, points, took, seen, at))
                if exercise.kind == "judge":
                    judged += _verdicts(taken.number, go, score.answers(events), planted, at)
    return Board(held, course, pd.DataFrame(goes, columns=_GOES), pd.DataFrame(judged, columns=_JUDGED))


def _planted(home: Path) -> dict[tuple[str, str], tuple[bool, str]]:
    """Of every subject that can be judged: whether it is guilty, and what was planted in words."""
    rules = read_rules()
    held = truth(home)
    held = held[held["in_window"] & held["kind"].ne("background")]
    found = {}
    for row in held[["rule_id", "subject_id", "kind", "branch", "note"]].itertuples(index=False):
        guilty = row.kind == VIOLATION
        words = rules[row.rule_id].branches.get(row.branch, "") if guilty else str(row.note)
        # A note in letters is for programmers.
        told = words if any("\u4e00" <= letter <= "\u9fff" for letter in words) else "其他"
        found[row.rule_id, row.subject_id] = guilty, told
    return found


def _verdicts(
    seat: int, go: Go, given: dict[int, dict[str, list[str]]], planted: dict[tuple[str, str], tuple[bool, str]], at: Any
) -> Iterable[tuple]:
    for number, item in enumerate(go.items, start=1):
        guilty, case = planted[item["rule_id"], item["subject_id"]]
        verdict = next(iter(given.get(number, {}).get(VERDICT, [])), "")
        right = verdict == (GUILTY if guilty else INNOCENT)
        yield seat, item["rule_id"], item["subject_id"], guilty, case, verdict, right, at


def best(held: Board) -> pd.DataFrame:
    """One row a seat that is taken: seat, name, a column for each exercise by its title (the best points, missing where
    nothing was handed in), done (exercises handed in), mean (over the whole course, nothing counting 0), minutes (of
    all goes), passed."""
    rows = []
    for taken in held.held.taken:
        own = held.goes[held.goes["seat"].eq(taken.number)]
        points = {one.title: own.loc[own["exercise"].eq(one.name), "points"].max() for one in held.course}
        reached = [value for value in points.values() if not pd.isna(value)]
        rows.append(
            {
                "seat": taken.number,
                "name": taken.name,
                **points,
                "done": len(reached),
                "mean": round(sum(reached) / len(held.course), 1) if held.course else 0.0,
                "minutes": round(float(own["minutes"].sum()), 1),
                "passed": bool(held.course) and len(reached) == len(held.course) and min(reached) >= PASS,
            }
        )
    columns = ["seat", "name", *(one.title for one in held.course), "done", "mean", "minutes", "passed"]
    return pd.DataFrame(rows, columns=columns)


def objectives(held: Board) -> pd.DataFrame:
    """One row an exercise: title, objective, seats (that handed it in), of (seats taken), goes, mean, lowest and
    highest of the best points of each seat, minutes (median of a go), hints (mean of a go)."""
    rows = []
    for one in held.course:
        own = held.goes[held.goes["exercise"].eq(one.name)]
        top = own.groupby("seat")["points"].max()
        rows.append(
            {
                "title": one.title,
                "objective": one.objective,
                "seats": len(top),
                "of": len(held.held.taken),
                "goes": len(own),
                "mean": round(float(top.mean()), 1) if len(top) else None,
                "lowest": float(top.min()) if len(top) else None,
                "highest": float(top.max()) if len(top) else None,
                "minutes": round(float(own["minutes"].median()), 1) if len(own) else None,
                "hints": round(float(own["hints"].mean()), 1) if len(own) else None,
            }
        )
    return pd.DataFrame(rows)


def by_model(judged: pd.DataFrame) -> pd.DataFrame:
    """Where the class fails, a row a model, the weakest first: rule_id, model, items, wrong, missed (violations let
    pass), wronged (innocents held guilty), unanswered, share, low, high (of wrong ones, Wilson 95 %)."""
    titles = {rule_id: rule.title for rule_id, rule in read_rules().items()}
    rows = []
    for rule_id, own in judged.groupby("rule_id"):
        rows.append({"rule_id": rule_id, "model": f"{rule_id} {titles[str(rule_id)]}", **_failed(own)})
    columns = ["rule_id", "model", "items", "wrong", "missed", "wronged", "unanswered", "share", "low", "high"]
    return pd.DataFrame(rows, columns=columns).sort_values(
        ["share", "items", "rule_id"], ascending=[False, False, True], ignore_index=True
    )


def by_case(judged: pd.DataFrame) -> pd.DataFrame:
    """The same a row a situation: rule_id, model, guilty, case, items, wrong, share, low, high; among the innocent it
    is the excuse that was overlooked."""
    titles = {rule_id: rule.title for rule_id, rule in read_rules().items()}
    rows = []
    for (rule_id, guilty, case), own in judged.groupby(["rule_id", "guilty", "case"]):
        told = {"rule_id": rule_id, "model": f"{rule_id} {titles[rule_id]}", "guilty": bool(guilty), "case": case}
        rows.append({**told, **_failed(own)})
    columns = ["rule_id", "model", "guilty", "case", "items", "wrong", "unanswered", "share", "low", "high"]
    return pd.DataFrame(rows, columns=columns).sort_values(
        ["share", "items", "rule_id", "case"], ascending=[False, False, True, True], ignore_index=True
    )


def _failed(own: pd.DataFrame) -> dict[str, Any]:
    items, wrong = len(own), int((~own["right"].astype(bool)).sum())
    told = own["verdict"].ne("")
    low, high = wilson(wrong, items) or (0.0, 1.0)
    return {
        "items": items,
        "wrong": wrong,
        "missed": int((own["guilty"] & own["verdict"].eq(INNOCENT)).sum()),
        "wronged": int((~own["guilty"].astype(bool) & own["verdict"].eq(GUILTY)).sum()),
        "unanswered": int((~told).sum()),
        "share": wrong / items,
        "low": low,
        "high": high,
    }


def agreed(judged: pd.DataFrame) -> Agreement:
    """How far trainees agree on subjects that two of them judged: the first two, each by what was said first."""
    told = judged[judged["verdict"].ne("")].sort_values("at", kind="stable")
    first = told.drop_duplicates(["rule_id", "subject_id", "seat"])
    pairs = [own["verdict"].tolist()[:2] for _, own in first.groupby(["rule_id", "subject_id"]) if len(own) > 1]
    return agreement([one for one, _ in pairs], [other for _, other in pairs], (GUILTY, INNOCENT), LEAST_PAIRS)
