"""The thresholds in force of each rule: the file's defaults, with what people have set over them."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from lib.access import Viewer, require
from lib.casework.register import Register
from lib.casework.schema import event
from lib.casework.workflow import Outcome
from lib.errors import UserError
from lib.rules import Rule, default_params
from lib.rules.rule import Value
from lib.rules.run import complete_params

IN_FORCE = "在用"


def tuned(register: Register) -> dict[str, dict[str, Any]]:
    """What people have set, by rule id; rules never tuned are not in it."""
    newest = (
        select(func.max(event.c.seq))
        .where(event.c.object_type == "rule", event.c.action == "tune")
        .group_by(event.c.object_id)
    )
    with register.read() as connection:
        rows = connection.execute(select(event.c.object_id, event.c.payload).where(event.c.seq.in_(newest))).all()
    return {row.object_id: json.loads(row.payload)["params"] for row in rows}


def params_of(rule: Rule, tuned_params: Mapping[str, Any] | None) -> dict[str, Value]:
    """The rule's parameters with the tuned ones over the defaults, not yet checked against their bounds."""
    values = default_params(rule)
    dates = {parameter.name for parameter in rule.parameters if parameter.type == "date"}
    for name, value in (tuned_params or {}).items():
        values[name] = date.fromisoformat(value) if name in dates else value
    return values


def set_params(
    register: Register, viewer: Viewer, rule: Rule, params: Mapping[str, Value], *, submission_id: str, at: datetime,
    text: str,
) -> Outcome:  # fmt: skip
    """Put thresholds in force, with the reason; the rule is then due. Values not named go back to their default.

    Raises Forbidden without the right to run rules, RuleError for an unknown name or a value out of bounds,
    UserError without a reason.
    """
    require(viewer, "run")
    checked = complete_params(rule, params)
    if not text.strip():
        raise UserError("调整参数须写明理由。", "例如：试运行误报率、依据的文件或会议。")
    changed = {name: checked[name] for name in params}
    with register.transaction() as tx:
        first = tx.submitted(submission_id)
        if first is not None:
            return Outcome(recorded=False, duplicate=True, event=first)
        written = tx.append(
            viewer, at, "rule", rule.id, "tune", IN_FORCE, IN_FORCE, text.strip(),
            {"params": changed, "rule_hash": rule.hash}, submission_id,
        )  # fmt: skip
    return Outcome(recorded=True, event=written)
