"""The draw of an exercise: other items for every seat and every go, of the same difficulty for all."""

from collections.abc import Collection, Sequence
from random import Random
from typing import Any

import pandas as pd

from lib.access import SYSTEM
from lib.casework.reading.visible import warnings
from lib.casework.store.register import Register
from lib.casework.warnings.states import NEW
from lib.catalog.lists import list_domains
from lib.errors import UserError
from lib.insight.training.shown import Item
from lib.warehouse.store import Warehouse
from lib.warehouse.truth import LOOKALIKE, VIOLATION

# The list whose inspector is played.
_LIST = "L1"


def new_warning(
    register: Register, warehouse: Warehouse, seed: str, used: Sequence[dict[str, Any]], about: str
) -> dict[str, Any]:
    """A new warning that the inspector who is played supervises, one that no go had before: its warning_id, and
    `about`, a column that says whom it concerns. Raises UserError when there is none left."""
    found = warnings(register, SYSTEM, warehouse)
    before = {one["warning_id"] for one in used}
    fit = found["state"].eq(NEW) & found[about].notna() & found["domain_code"].isin(list_domains(_LIST))
    found = found[fit & ~found["warning_id"].isin(before)].sort_values("warning_id")
    if found.empty:
        raise UserError("没有可以办理的新预警了。", "请教员重置座位，或换一个练习。")
    row = found.iloc[Random(seed).randrange(len(found))]
    return {name: str(row[name]) for name in ("warning_id", about)}


def judge_items(
    pool: pd.DataFrame, seed: str, count: int, near: int, used: Collection[tuple[str, str]] = ()
) -> list[Item]:
    """`count` subjects of as many models to be judged, in random order: half planted as violations, half as
    look-alikes, `near` of each half near the threshold. The branch is drawn first, then one of its subjects, so that
    none of a model is likelier than another; what is in `used` (rule, subject) comes again only when nothing else is.

    `pool`: rows of the truth. Raises UserError when the pool is too small.
    """
    chance = Random(seed)
    half = count // 2
    slots = [(kind, number < near) for kind in (VIOLATION, LOOKALIKE) for number in range(half)]
    held = pool[pool["kind"].isin((VIOLATION, LOOKALIKE)) & pool["in_window"]]
    alike = held.groupby(["rule_id", "kind", "near_threshold"])
    there = {(str(rule), str(kind), bool(near)): rows for (rule, kind, near), rows in alike}
    rules = sorted({rule for rule, _, _ in there})
    chance.shuffle(rules)
    matched = _matched(slots, rules, set(there), chance)
    if matched is None:
        raise UserError("埋下的情形太少，抽不出这么多题。", "请用行数更多的合成城市开班。")
    found = []
    for (kind, is_near), rule in zip(slots, matched, strict=True):
        own = there[rule, kind, is_near]
        fresh = own[[(rule, subject) not in used for subject in own["subject_id"]]]
        own = own if fresh.empty else fresh
        branch = chance.choice(sorted(own["branch"].unique()))
        row = own[own["branch"].eq(branch)].sort_values("subject_id")
        one = row.iloc[chance.randrange(len(row))]
        found.append(Item(rule, str(one["subject_type"]), str(one["subject_id"])))
    chance.shuffle(found)
    return found


def _matched(
    slots: list[tuple[str, bool]], rules: list[str], there: set[tuple[str, str, bool]], chance: Random
) -> list[str] | None:
    """A model of its own for every slot that has a subject for it, by augmenting paths; None where there is none."""
    of_rule: dict[str, int] = {}

    def place(slot: int, seen: set[str]) -> bool:
        order = list(rules)
        chance.shuffle(order)
        for rule in order:
            if rule in seen or (rule, *slots[slot]) not in there:
                continue
            seen.add(rule)
            if rule not in of_rule or place(of_rule[rule], seen):
                of_rule[rule] = slot
                return True
        return False

    order = list(range(len(slots)))
    chance.shuffle(order)
    if not all(place(slot, set()) for slot in order):
        return None
    by_slot = {slot: rule for rule, slot in of_rule.items()}
    return [by_slot[slot] for slot in range(len(slots))]
