"""Judging what was planted: the draw, what is shown, what is true of it, and what it says after the handing in."""

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pandas as pd

from lib.access import Viewer, under
from lib.casework.store.chain import Event
from lib.casework.training.answering import ATTEMPT
from lib.casework.training.attempts import Go
from lib.catalog.exercises import Exercise
from lib.errors import UserError
from lib.insight.training import score
from lib.insight.training.draw import judge_items
from lib.insight.training.shown import Item, deciding_rows, for_screen, row_words, tables
from lib.insight.warnings import why
from lib.insight.wording import number as spelt
from lib.insight.wording import quantity
from lib.rules import Rule, read_rules, run_rule
from lib.rules.known import session_on
from lib.warehouse.store import Warehouse
from lib.warehouse.truth import VIOLATION, judged_pool, truth

# Checks of other models among those that are offered.
_OTHER_CHECKS = 4
_ONE_NUMBER = r"(?:[A-Z]{1,2}[0-9]{4,}|[0-9A-Z]{18}|[0-9a-f]{16,})"
_NUMBER = re.compile(rf"{_ONE_NUMBER}(?:、{_ONE_NUMBER})*")


class Shown(NamedTuple):
    """An item as it is shown while it is judged: the model, the tables as a person reads them, the checks on offer."""

    rule: Rule
    tables: dict[str, pd.DataFrame]
    checks: tuple[str, ...]


class Told(NamedTuple):
    """What is told of an item after the handing in.

    planted: what was planted and why, in words. facts: of a violation what the model says of it, title and value.
    guilty, verdict: what is true and what was said, None when nothing.
    deciding, missed, wrong: the rows that decide, those of them that were not marked, and rows marked that do not.
    checks: text to (right, chosen). feedback: what to take away.
    """

    rule: Rule
    planted: str
    facts: tuple[tuple[str, str], ...]
    guilty: bool
    verdict: str | None
    tables: dict[str, pd.DataFrame]
    deciding: tuple[str, ...]
    missed: tuple[str, ...]
    wrong: tuple[str, ...]
    checks: dict[str, tuple[bool, bool]]
    feedback: tuple[str, ...]

    @property
    def right(self) -> bool:
        return self.verdict == (score.GUILTY if self.guilty else score.INNOCENT)


# What is shown of an item and what decides it: asked for at every look, by whoever has drawn it.
_KEPT = 1024


@lru_cache(maxsize=_KEPT)
def _raw(warehouse: Warehouse, item: Item) -> dict[str, pd.DataFrame]:
    return tables(warehouse, read_rules()[item.rule_id], item)


@lru_cache(maxsize=_KEPT)
def _screen(warehouse: Warehouse, item: Item) -> dict[str, pd.DataFrame]:
    return for_screen(warehouse, read_rules()[item.rule_id], _raw(warehouse, item))


def _item(held: dict[str, Any]) -> Item:
    return Item(held["rule_id"], held["subject_type"], held["subject_id"])


@under("record", ATTEMPT)
def drawn(
    warehouse: Warehouse, viewer: Viewer, exercise: Exercise, seed: str, used: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """What a go at the exercise is to be about, other than the items in `used`. Nothing in it tells what is true."""
    before = {(one["rule_id"], one["subject_id"]) for one in used}
    settings = exercise.settings
    found = judge_items(judged_pool(warehouse.home), seed, settings["items"], settings["near"], before)
    return [one._asdict() for one in found]


@under("view", ATTEMPT)
def shown(warehouse: Warehouse, viewer: Viewer, go: Go, number: int) -> Shown:
    """An item of the viewer's go, by its number from 1: alike for what was planted and what only looks like it."""
    item = _item(go.items[number - 1])
    rule = read_rules()[item.rule_id]
    return Shown(rule, _screen(warehouse, item), _offered(go, number, rule))


def _offered(go: Go, number: int, rule: Rule) -> tuple[str, ...]:
    """The model's own checks among others, in an order that tells nothing."""
    chance = Random(f"{go.seed}|{number}|checks")
    own = set(rule.offline_check)
    others = sorted({text for one in read_rules().values() for text in one.offline_check} - own)
    offered = [*sorted(own), *chance.sample(others, _OTHER_CHECKS)]
    chance.shuffle(offered)
    return tuple(offered)


def scored(warehouse: Warehouse, exercise: Exercise, go: Go, events: Sequence[Event]) -> score.Score:
    """The score of a go."""
    return score.judged(exercise, events, [_true_of(warehouse, _item(one))[0] for one in go.items])


def _planted(home: Path, item: Item) -> pd.Series:
    held = truth(home)
    found = held[
        held["rule_id"].eq(item.rule_id) & held["subject_id"].eq(item.subject_id) & held["in_window"]
        & held["subject_type"].eq(item.subject_type)
    ]  # fmt: skip
    return found.iloc[0]


def _true_of(warehouse: Warehouse, item: Item) -> tuple[score.Truth, pd.Series]:
    # A go keeps to the day and the data it was drawn from; the truth of another city would be another.
    rule, planted = read_rules()[item.rule_id], _planted(warehouse.home, item)
    rows, may = _deciding(warehouse, item, str(planted["kind"]), str(planted["branch"]))
    return score.Truth(planted["kind"] == VIOLATION, rows, may, frozenset(rule.offline_check)), planted


@lru_cache(maxsize=_KEPT)
def _deciding(warehouse: Warehouse, item: Item, kind: str, branch: str) -> tuple[frozenset[str], frozenset[str]]:
    rule = read_rules()[item.rule_id]
    return deciding_rows(warehouse, rule, kind, branch, _raw(warehouse, item))


@lru_cache(maxsize=32)
def _hits(warehouse: Warehouse, rule_id: str) -> dict[str, dict[str, Any]]:
    """What the model says of each subject it hits; the same for a whole class."""
    rule = read_rules()[rule_id]
    found = run_rule(session_on(warehouse, [rule], warehouse.as_of), rule, warehouse.as_of)
    return {one["subject_id"]: one for one in found.to_pylist()}


@under("view", ATTEMPT)
def rights(warehouse: Warehouse, viewer: Viewer, go: Go, events: Sequence[Event]) -> dict[int, bool]:
    """Whether each verdict of the viewer's go was right, by item, once handed in. Raises UserError before that."""
    _require_finished(go)
    given, found = score.answers(events), {}
    for number, held in enumerate(go.items, start=1):
        guilty = _planted(warehouse.home, _item(held))["kind"] == VIOLATION
        verdict = next(iter(given.get(number, {}).get(score.VERDICT, [])), None)
        found[number] = verdict == (score.GUILTY if guilty else score.INNOCENT)
    return found


def _require_finished(go: Go) -> None:
    if not go.finished:
        raise UserError("还没有交卷，不能看讲解和得分。", "请先交卷。")


@under("view", ATTEMPT)
def told(warehouse: Warehouse, viewer: Viewer, go: Go, number: int, events: Sequence[Event]) -> Told:
    """What is told of an item of the viewer's go once it is handed in. Raises UserError before that."""
    _require_finished(go)
    item = _item(go.items[number - 1])
    rule = read_rules()[item.rule_id]
    true, planted = _true_of(warehouse, item)
    held = score.answers(events).get(number, {})
    verdict = next(iter(held.get(score.VERDICT, [])), None)
    marks = set(held.get(score.ROW, []))
    chosen = set(held.get(score.CHECK, []))
    return Told(
        rule,
        *_why_planted(warehouse, rule, item, planted),
        true.guilty,
        verdict,
        _screen(warehouse, item),
        tuple(sorted(true.deciding)),
        tuple(sorted(true.deciding - marks)),
        tuple(sorted(marks - true.deciding - true.may)),
        {text: (text in true.checks, text in chosen) for text in _offered(go, number, rule)},
        _feedback(rule, true, verdict, marks),
    )


def _why_planted(
    warehouse: Warehouse, rule: Rule, item: Item, planted: pd.Series
) -> tuple[str, tuple[tuple[str, str], ...]]:
    if planted["kind"] != VIOLATION:
        note = str(planted["note"])
        return f"埋下的是形似而无辜的情形：{note}。", ()
    hit = _hits(warehouse, rule.id).get(item.subject_id)
    near = "，刚刚越过阈值" if planted["near_threshold"] else ""
    if hit is None:
        return f"埋下的是违规：{rule.title}{near}。", ()
    evidence = json.loads(hit["evidence"])
    told = f"埋下的是违规：{why.branch_words(evidence, rule) or rule.title}{near}"
    if hit["value"] is not None:
        told += f"；{rule.value_title} {quantity(hit['value'], rule.unit)}"
    if hit["threshold"] is not None:
        told += f"，阈值 {spelt(hit['threshold'])}"
    # Numbers of the store are left out here too: the items of others are the same city's.
    facts = [(title, value) for title, value in why.facts(evidence, rule) if not _NUMBER.fullmatch(value)]
    return f"{told}。", tuple(facts)


def _feedback(rule: Rule, true: score.Truth, verdict: str | None, marks: set[str]) -> tuple[str, ...]:
    found = []
    if verdict is None:
        found.append("这题没有作答，按答错计。")
    elif true.guilty and verdict == score.INNOCENT:
        found.append(f"放过了真的违规。等级口径：{rule.level_logic}")
    elif not true.guilty and verdict == score.GUILTY:
        found.append("冤枉了无辜。这个模型可能的误报：" + "；".join(rule.false_positives) + "。")
    missed = true.deciding - marks
    if missed:
        found.append(f"决定结论的行没有标到：{'、'.join(map(row_words, sorted(missed)[:3]))}。")
    wrong = marks - true.deciding - true.may
    if wrong:
        found.append(f"标了与结论无关的行：{'、'.join(map(row_words, sorted(wrong)[:3]))}。")
    return tuple(found)
