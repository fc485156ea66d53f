"""Tuning a model: one threshold, so that enough is caught and no more work is made, judged on a year not seen.

What the server tells of a try are two numbers, never what was hit.
"""

import math
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from random import Random
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from lib.casework.store.chain import Event
from lib.casework.training.attempts import Go
from lib.catalog.exercises import Exercise
from lib.errors import UserError
from lib.insight.kept.sums import kept_sums
from lib.insight.training.score import Score, answers, hints_seen, total
from lib.insight.training.task import Question, Task, only
from lib.rules import Parameter, Rule, default_params, read_rules, run_rule
from lib.rules.known import session_on
from lib.warehouse.store import Warehouse
from lib.warehouse.truth import VIOLATION, truth

VALUE = "value"
# The final choice is item 1; tries are counted from here on.
FINAL, FIRST_TRY = 1, 2
_STEPS, _TOLD = 16, 9
# What a percentage point short of a bound costs of its part, and what guessing any value may bring of the whole.
_POINT, _GUESS = 0.2, 0.1
_YEAR = timedelta(days=365)


class Tried(NamedTuple):
    """A value and what came of it: the share of what was planted that was caught, and the signals as a share of those
    that the threshold in force gives."""

    value: float
    recall: float
    workload: float


def _parameter(item: dict[str, Any]) -> tuple[Rule, Parameter]:
    rule = read_rules()[item["rule_id"]]
    return rule, next(one for one in rule.parameters if one.name == item["parameter"])


def tried(warehouse: Warehouse, item: dict[str, Any], value: float, seen: bool) -> Tried:
    """What a value gives: in the year before the last (`seen`), or in the last one."""
    rule, parameter = _parameter(item)
    whole = round(value) if parameter.type == "integer" else float(value)
    in_force = float(parameter.default)  # type: ignore[arg-type]
    hits, usual = (_hits(warehouse, rule.id, parameter.name, float(one), seen) for one in (whole, in_force))
    held = truth(warehouse.home)
    planted = held[held["rule_id"].eq(rule.id) & held["kind"].eq(VIOLATION) & held["in_window"].ne(seen)]
    caught = planted["subject_id"].isin(hits)
    return Tried(float(whole), float(caught.mean()) if len(planted) else 0.0, len(hits) / max(1, len(usual)))


@lru_cache(maxsize=1024)
def _hits(warehouse: Warehouse, rule_id: str, name: str, value: float, seen: bool) -> frozenset[str]:
    rule, parameter = _parameter({"rule_id": rule_id, "parameter": name})
    if value in _grid(parameter):
        return _on_grid(warehouse, rule_id, name).get((value, seen), frozenset())
    return frozenset(_run(warehouse, rule, parameter, value, seen))


@lru_cache(maxsize=32)
def _on_grid(warehouse: Warehouse, rule_id: str, name: str) -> dict[tuple[float, bool], frozenset[str]]:
    """The subjects that every value of the grid hits in both years, kept beside the warehouse."""
    rule, parameter = _parameter({"rule_id": rule_id, "parameter": name})
    grid = _grid(parameter)

    def count() -> pd.DataFrame:
        rows = [(value, seen, subject) for value in grid for seen in (True, False)
                for subject in _run(warehouse, rule, parameter, value, seen)]  # fmt: skip
        return pd.DataFrame(rows, columns=["value", "seen", "subject_id"])

    found = kept_sums(warehouse, ("tuning", rule.hash, name, tuple(grid)), count)
    return {key: frozenset(rows) for key, rows in found.groupby(["value", "seen"])["subject_id"]}


def _run(warehouse: Warehouse, rule: Rule, parameter: Parameter, value: float, seen: bool) -> list[str]:
    day = warehouse.as_of - _YEAR if seen else warehouse.as_of
    given: Any = round(value) if parameter.type == "integer" else value
    found = run_rule(session_on(warehouse, [rule], day), rule, day, {**default_params(rule), parameter.name: given})
    return found["subject_id"].to_pylist()


def _plain(parameter: Parameter) -> list[float]:
    """What comes to mind without trying: the threshold in force, half and twice as much, as far as they can be set."""
    assert not isinstance(parameter.default, date) and not isinstance(parameter.lowest, date)
    assert not isinstance(parameter.highest, date)
    half, twice = max(parameter.lowest, parameter.default / 2), min(parameter.highest, parameter.default * 2)
    return [_set(parameter, one) for one in (half, parameter.default, twice)]


def _set(parameter: Parameter, value: float) -> float:
    return float(round(value)) if parameter.type == "integer" else round(float(value), 2)


def _grid(parameter: Parameter, steps: int = _STEPS) -> list[float]:
    assert not isinstance(parameter.lowest, date) and not isinstance(parameter.highest, date)
    half, in_force, twice = _plain(parameter)
    every = np.linspace(parameter.lowest, parameter.highest, steps)
    near = np.linspace(half, twice, _TOLD)
    return sorted({_set(parameter, one) for one in (*every, *near)} | {half, in_force, twice})


def prepare(warehouse: Warehouse, exercise: Exercise) -> None:
    """Work out beforehand what draws need, so that no trainee waits for it: seconds of a processor a threshold, once a
    generation."""
    for one in exercise.settings["choices"]:
        _on_grid(warehouse, *one.split("."))


def drawn(warehouse: Warehouse, exercise: Exercise, seed: str, used: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The threshold that a go is about, with the share to be caught and the work allowed, which some value keeps in
    both years; one not tuned before while there is any."""
    chance = Random(seed)
    before = {(one["rule_id"], one["parameter"]) for one in used}
    pairs = [tuple(one.split(".")) for one in exercise.settings["choices"]]
    chance.shuffle(pairs)
    for rule_id, name in sorted(pairs, key=lambda pair: tuple(pair) in before):
        item: dict[str, Any] = {"rule_id": rule_id, "parameter": name}
        limits = _limits(warehouse, item, exercise.settings["recall"], chance)
        if limits is not None:
            return [item | limits]
    raise UserError("这座合成城市没有可以调的阈值。", "请用行数更多的合成城市开班。")


def _limits(warehouse: Warehouse, item: dict[str, Any], recall: float, chance: Random) -> dict[str, float] | None:
    """The bounds: what one value gives in the worse of both years, `recall` at the least. Only a value that is worth
    finding is taken: both ends break a bound in the year that is tried on, they and what comes to mind first are worth
    nothing, and any value a guess's share at most on average. None where there is none."""
    _, parameter = _parameter(item)
    grid = _grid(parameter)
    judged = {one: tried(warehouse, item, one, False) for one in grid}
    evenly, ends = _evenly(parameter), (min(grid), max(grid))
    plain = (*ends, *_plain(parameter))
    chance.shuffle(grid)
    for value in grid:
        both = judged[value], tried(warehouse, item, value, True)
        caught = math.floor(100 * min(one.recall for one in both)) / 100
        load = math.ceil(100 * max(one.workload for one in both)) / 100
        worth = {one: sum(shares(judged[one], caught, load).values()) / 2 for one in grid}
        guessed = sum(worth[one] * evenly[one] for one in grid)
        if caught < recall or guessed > _GUESS or any(worth[one] for one in plain):
            continue
        if not any(_keeps(tried(warehouse, item, one, True), caught, load) for one in ends):
            return {"recall": caught, "workload": load}
    return None


def _keeps(found: Tried, recall: float, workload: float) -> bool:
    return found.recall >= recall and found.workload <= workload


def _evenly(parameter: Parameter) -> dict[float, float]:
    """How likely each value of the grid is the nearest to one that is guessed anywhere between the ends."""
    grid = _grid(parameter)
    borders = [grid[0], *((one + other) / 2 for one, other in pairwise(grid)), grid[-1]]
    return {one: (high - low) / (grid[-1] - grid[0]) for one, (low, high) in zip(grid, pairwise(borders), strict=True)}


def asked(warehouse: Warehouse, exercise: Exercise, go: Go, events: Sequence[Event]) -> Task:
    """The threshold, what is wanted, and what came of the tries."""
    item = go.items[0]
    rule, parameter = _parameter(item)
    tries = tries_of(events)
    table = pd.DataFrame([tried(warehouse, item, one, True) for one in tries], columns=list(Tried._fields))
    table = pd.DataFrame(
        {
            "试过的值": table["value"],
            "查出埋下的": [f"{one:.0%}" for one in table["recall"]],
            "信号为现行阈值的": [f"{one:.0%}" for one in table["workload"]],
        }
    )
    left = max(0, exercise.settings["tries"] - len(tries))
    return Task(
        (
            f"模型「{rule.title}」的信号太多，要调的是：{parameter.meaning}。",
            f"现行 {parameter.default:g} {parameter.unit}，可在 {parameter.lowest:g} 至 {parameter.highest:g} 之间移。",
            f"要求：查出埋下违规的至少 {item['recall']:.0%}，信号不超过现行阈值的 {item['workload']:.0%}。",
            f"试算用的是去年的数据，判分用的是最近一年，您看不到。还可以试 {left} 次。",
        ),
        (),
        (Question(VALUE, parameter.meaning, help=f"单位：{parameter.unit}"),),
        None,
        table if len(table) else None,
    )


def tries_of(events: Sequence[Event]) -> list[float]:
    """The values that were tried, in their order."""
    return [value for number, held in sorted(answers(events).items()) if number >= FIRST_TRY
            and (value := typed(only(held, VALUE))) is not None]  # fmt: skip


def typed(text: str) -> float | None:
    """A number as it was typed; None for what is none."""
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None


def fault(go: Go, text: str) -> UserError | None:
    """Why a value cannot be tried or chosen."""
    _, parameter = _parameter(go.items[0])
    value = typed(text)
    if value is None or not float(parameter.lowest) <= value <= float(parameter.highest):  # type: ignore[arg-type]
        return UserError("这个值不能用。", f"请填写 {parameter.lowest:g} 至 {parameter.highest:g} 之间的数。")
    return None


def shares(found: Tried | None, recall: float, workload: float) -> dict[str, float]:
    """The share of each part: every percentage point that is short of a bound costs a fifth; each counts as far as the
    other does, so that an end of the scale is worth nothing."""
    if found is None:
        return {"recall": 0.0, "workload": 0.0}
    caught = min(1.0, max(0.0, 1 - 100 * _POINT * (recall - found.recall)))
    light = min(1.0, max(0.0, 1 - 100 * _POINT * (found.workload - workload)))
    return {"recall": caught * light, "workload": light * caught}


def scored(warehouse: Warehouse, exercise: Exercise, go: Go, events: Sequence[Event]) -> Score:
    """The score of a go, on the year that was not seen."""
    return total(exercise, shares(_final(warehouse, go, events), *_bounds(go)), hints_seen(events))


def _bounds(go: Go) -> tuple[float, float]:
    return go.items[0]["recall"], go.items[0]["workload"]


def _chosen(go: Go, events: Sequence[Event]) -> float | None:
    text = only(answers(events).get(FINAL, {}), VALUE)
    return None if fault(go, text) else typed(text)


def _final(warehouse: Warehouse, go: Go, events: Sequence[Event]) -> Tried | None:
    """What the chosen value gives; None for one that was not found by trying, which is a guess."""
    value = _chosen(go, events)
    if value is None or _unfounded(warehouse, go, events) is not None:
        return None
    return tried(warehouse, go.items[0], value, False)


def _unfounded(warehouse: Warehouse, go: Go, events: Sequence[Event]) -> str | None:
    """Why the tries do not bear the chosen value: there is none, it was not tried itself, or no try below it, or none
    above it, broke a bound. Who has seen both sides fail knows where the threshold lies; any other value is a guess."""
    value, tries = _chosen(go, events), tries_of(events)
    if value is None:
        return "没有定下阈值。"
    if value not in tries:
        return "所定的值没有试算过：不试就定是猜，不计分。"
    broke = [one for one in tries if not _keeps(tried(warehouse, go.items[0], one, True), *_bounds(go))]
    sides = {"小": any(one < value for one in broke), "大": any(one > value for one in broke)}
    lacking = "和".join(f"比它{side}的" for side, there in sides.items() if not there)
    return f"没有试到{lacking}不合要求的值：不知道界限在哪里就定是猜，不计分。" if lacking else None


def told(
    warehouse: Warehouse, exercise: Exercise, go: Go, events: Sequence[Event]
) -> tuple[tuple[str, ...], pd.DataFrame]:
    """What the chosen value did in the year that was not seen, and what others would have."""
    item = go.items[0]
    _, parameter = _parameter(item)
    recall, workload = _bounds(go)
    found, unfounded = _final(warehouse, go, events), _unfounded(warehouse, go, events)
    lines = [] if unfounded is None else [unfounded]
    if found is not None:
        lines = [f"您定的 {found.value:g}：最近一年查出埋下的 {found.recall:.0%}，信号为现行的 {found.workload:.0%}。"]
        if found.recall < recall:
            lines.append("查出的不够：阈值太严，放过了真的违规。")
        if found.workload > workload:
            lines.append("信号还是太多：阈值太松。")
    every = [tried(warehouse, item, one, False) for one in _grid(parameter, _TOLD)]
    table = pd.DataFrame(
        {
            "值": [one.value for one in every],
            "查出埋下的": [f"{one.recall:.0%}" for one in every],
            "信号为现行阈值的": [f"{one.workload:.0%}" for one in every],
            "合乎要求": ["是" if _keeps(one, recall, workload) else "" for one in every],
        }
    )
    return tuple(lines), table
