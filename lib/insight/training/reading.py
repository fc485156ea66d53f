"""Reading one warning: which is drawn, what is asked of it, what is right, and what it says after the handing in."""

import json
from collections.abc import Sequence
from random import Random
from typing import Any, NamedTuple

import pandas as pd

from lib.access import SYSTEM, Viewer, under
from lib.casework.reading.visible import warnings
from lib.casework.store.chain import Event
from lib.casework.store.register import Register
from lib.casework.training.answering import ATTEMPT
from lib.casework.training.attempts import Go
from lib.catalog.exercises import Exercise
from lib.errors import UserError
from lib.insight.training import score
from lib.insight.training.shown import Item, deciding_rows, for_screen, tables
from lib.insight.warnings import why
from lib.insight.wording import quantity
from lib.rules import Rule, read_rules
from lib.warehouse.store import Warehouse
from lib.warehouse.truth import VIOLATION, truth

# Branches and excuses of other models among those that are offered.
_OTHERS = 4


class Asked(NamedTuple):
    """A warning as it is asked about: its number, the model, the tables, and what is on offer (code or text to words).

    `sentence`: what the warning says of itself without its figures.
    """

    warning_id: str
    rule: Rule
    tables: dict[str, pd.DataFrame]
    branches: dict[str, str]
    excuses: tuple[str, ...]


class Told(NamedTuple):
    """What was right: branches and value in words, the rows that decide, those missed and those marked wrongly, and
    how the model errs."""

    branches: str
    value: str
    deciding: tuple[str, ...]
    missed: tuple[str, ...]
    wrong: tuple[str, ...]
    excuses: tuple[str, ...]
    feedback: tuple[str, ...]


@under("record", ATTEMPT)
def drawn(
    register: Register, warehouse: Warehouse, viewer: Viewer, seed: str, used: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The warning that a go is about: of a single subject, of any model alike, one not read before."""
    found = warnings(register, SYSTEM, warehouse)
    held = truth(warehouse.home)
    known = held[held["kind"].eq(VIOLATION) & held["in_window"] & held["group_id"].isna()]
    known = set(zip(known["rule_id"], known["subject_id"], strict=True))
    keys = list(zip(found["rule_id"], found["subject_id"], strict=True))
    before = {one["warning_id"] for one in used}
    fit = [key in known and not gone for key, gone in zip(keys, found["warning_id"].isin(before), strict=True)]
    found = found[fit]
    if found.empty:
        raise UserError("没有可以读的预警了。", "请教员重置座位，或换一个练习。")
    chance = Random(seed)
    rule_id = chance.choice(sorted(found["rule_id"].unique()))
    own = found[found["rule_id"].eq(rule_id)].sort_values("warning_id")
    row = own.iloc[chance.randrange(len(own))]
    return [{name: str(row[name]) for name in ("warning_id", "rule_id", "subject_type", "subject_id")}]


@under("view", ATTEMPT)
def asked(warehouse: Warehouse, viewer: Viewer, go: Go) -> Asked:
    """What the viewer's go is about."""
    item, rule = _item(go)
    chance = Random(f"{go.seed}|offered")
    others = [one for one in read_rules().values() if one.id != rule.id]
    branches = {code: text for one in others for code, text in one.branches.items() if code not in rule.branches}
    strange = chance.sample(sorted(branches), max(1, _OTHERS - len(rule.branches) + 1))
    offered = [*rule.branches.items(), *((code, branches[code]) for code in strange)]
    excuses = [*rule.false_positives, *chance.sample([text for one in others for text in one.false_positives], _OTHERS)]
    chance.shuffle(offered)
    chance.shuffle(excuses)
    shown = for_screen(warehouse, rule, tables(warehouse, rule, item))
    return Asked(go.items[0]["warning_id"], rule, shown, dict(offered), tuple(excuses))


def _item(go: Go) -> tuple[Item, Rule]:
    held = go.items[0]
    return Item(held["rule_id"], held["subject_type"], held["subject_id"]), read_rules()[held["rule_id"]]


def _right(register: Register, warehouse: Warehouse, go: Go) -> tuple[score.Reading, pd.Series]:
    item, rule = _item(go)
    found = warnings(register, SYSTEM, warehouse)
    row = found[found["warning_id"].eq(go.items[0]["warning_id"])].iloc[0]
    held = truth(warehouse.home)
    [branch] = held.loc[
        held["rule_id"].eq(item.rule_id) & held["subject_id"].eq(item.subject_id)
        & held["kind"].eq(VIOLATION) & held["in_window"],
        "branch",
    ].head(1)  # fmt: skip
    rows, may = deciding_rows(warehouse, rule, VIOLATION, str(branch), tables(warehouse, rule, item))
    value = None if pd.isna(row["value"]) else float(row["value"])
    branches = frozenset(json.loads(row["evidence"]).get("branches", []))
    return score.Reading(branches, value, rows, may, frozenset(rule.false_positives)), row


def scored(
    register: Register, warehouse: Warehouse, exercise: Exercise, go: Go, events: Sequence[Event]
) -> score.Score:
    """The score of a go, against the warning as it stands in the store."""
    return score.read(exercise, events, _right(register, warehouse, go)[0])


@under("view", ATTEMPT)
def told(register: Register, warehouse: Warehouse, viewer: Viewer, go: Go, events: Sequence[Event]) -> Told:
    """What was right of the viewer's go, once it is handed in. Raises UserError before that."""
    if not go.finished:
        raise UserError("还没有交卷，不能看讲解和得分。", "请先交卷。")
    _, rule = _item(go)
    right, row = _right(register, warehouse, go)
    held = score.answers(events).get(1, {})
    marks = set(held.get(score.ROW, []))
    value = "没有数值" if right.value is None else quantity(right.value, rule.unit)
    if not pd.isna(row["threshold"]):
        value += f"，阈值 {quantity(row['threshold'], rule.unit)}"
    given = set(held.get(score.BRANCH, []))
    feedback = []
    if given != right.branches:
        feedback.append("情形没有选对：预警第一句写着命中了哪几种，其余的不要选。")
    if not score.same_value(held.get(score.VALUE, []), right.value):
        feedback.append(f"数值没有填对：{rule.value_title}，写在预警第一句里。")
    if marks - right.deciding - right.may:
        feedback.append("标了与这条预警无关的行：先想清楚数值是由哪几行算出来的。")
    if right.deciding - marks:
        feedback.append("决定结论的行没有标全。")
    return Told(
        why.branch_words(json.loads(row["evidence"]), rule),
        value,
        tuple(sorted(right.deciding)),
        tuple(sorted(right.deciding - marks)),
        tuple(sorted(marks - right.deciding - right.may)),
        rule.false_positives,
        tuple(feedback),
    )
