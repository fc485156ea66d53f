"""Drafting a version of the supervision lists."""

import math
import re
from collections.abc import Mapping
from typing import Any

from lib.access import Viewer, under
from lib.casework.drafts import UNREGISTERED
from lib.casework.lists.in_force import indicators_in_force, lists_in_force
from lib.casework.lists.steps import ABOUT, DRAFTING, FOCUS, FOCUS_NAME, GREEN, LIST_VERSION, RED, is_indicator
from lib.casework.objects import KINDS
from lib.casework.record import enter
from lib.casework.steps import Outcome, Submission
from lib.casework.store.register import Register
from lib.errors import UserError


@under("tune", LIST_VERSION)
def draft_version(register: Register, viewer: Viewer, sent: Submission) -> Outcome:
    """起草 what a person filled in for DRAFTING; `created` is its number. Until it is published nothing changes.

    Raises UserError for a field that is missing, an indicator, list or focus that is not there, limits that are no
    numbers or the wrong way round, and for a version that changes nothing.
    """
    DRAFTING.require(sent)
    given = {name: str(sent.payload.get(name) or "").strip() for name in (ABOUT, GREEN, RED, FOCUS, FOCUS_NAME)}
    wrong = _indicator_fault(register, given) if is_indicator(given[ABOUT]) else _focus_fault(register, given)
    if wrong is not None:
        raise wrong
    return enter(register, viewer, KINDS[LIST_VERSION], given, sent, UNREGISTERED)


def _indicator_fault(register: Register, given: Mapping[str, Any]) -> UserError | None:
    held = indicators_in_force(register).get(given[ABOUT])
    if held is None:
        return UserError(f"没有指标 {given[ABOUT]}。", "请填写现有指标的编号。")
    focuses = {focus.id for one in lists_in_force(register) for focus in one.focuses}
    if given[FOCUS] not in focuses:
        return UserError(f"没有重点 {given[FOCUS]}。", "新的重点请先另行起草、发布。")
    green, red = (_number(given[name]) for name in (GREEN, RED))
    for told, value, text in (("达标值", green, given[GREEN]), ("未达标值", red, given[RED])):
        if value is None:
            return UserError(f"{told}「{text}」不是数。", "请填写数字，例如 98 或 0.35。")
        if held.unit == "%" and not 0 <= value <= 100:
            return UserError(f"{told}「{text}」不在 0 至 100 之间。", "请按百分数填写。")
    if green != red and (green < red) != held.lower_is_better:  # type: ignore[operator]
        word = "低于" if held.lower_is_better else "高于"
        return UserError(f"达标值应{word}未达标值。", f"{held.title}越{'低' if held.lower_is_better else '高'}越好。")
    if (green, red, given[FOCUS]) == (held.green, held.red, held.focus):
        return UserError("与现行的没有不同。", "请修改目标值或所属重点后再提交。")
    return None


def _focus_fault(register: Register, given: Mapping[str, Any]) -> UserError | None:
    lists = lists_in_force(register)
    if given[ABOUT] not in {one.id for one in lists}:
        return UserError(f"没有指标或清单 {given[ABOUT]}。", "请填写指标编号（如 I02）或清单编号（如 L1）。")
    if re.fullmatch(r"F[0-9]{2}", given[FOCUS]) is None:
        return UserError(f"重点编号「{given[FOCUS]}」不合要求。", "应形如 F28。")
    for one in lists:
        for focus in one.focuses:
            if focus.id == given[FOCUS] and one.id != given[ABOUT]:
                return UserError(f"编号 {focus.id} 已是清单 {one.id} 的重点。", "请换一个编号。")
            if focus.id == given[FOCUS] and focus.name == given[FOCUS_NAME]:
                return UserError("与现行的没有不同。", "请修改后再提交。")
    return None


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
