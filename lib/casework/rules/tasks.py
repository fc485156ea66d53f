"""What a model's owner has to look at: opened by the system, closed by a person with a word on what was done."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

import pandas as pd
from sqlalchemy import func, select

from lib.access import SYSTEM, Viewer, under
from lib.casework.opening import begin
from lib.casework.rules.states import OPEN
from lib.casework.store.register import Register
from lib.casework.store.schema import event, rule_task
from lib.casework.store.transaction import Transaction

CAUSES = {"precision": "核实率过低", "jump": "命中数骤变", "withheld": "命中过多未入册", "error": "运行出错"}


def open_task(tx: Transaction, rule_id: str, version_id: str, kind: str, at: datetime, text: str) -> bool:
    """Open a task unless this version has an open one of the kind; returns whether it was opened."""
    for (known,) in tx.connection.execute(
        select(rule_task.c.task_id).where(rule_task.c.version_id == version_id, rule_task.c.kind == kind)
    ).all():
        last = tx.last_event("rule_task", known)
        if last is None or last.to_state == OPEN:
            return False
    task_id = "T" + hashlib.sha256(f"{version_id}|{kind}|{at.isoformat()}".encode()).hexdigest()[:16]
    values = {
        "task_id": task_id,
        "rule_id": rule_id,
        "version_id": version_id,
        "kind": kind,
        "opened_at": at,
        "text": text,
    }
    begin(tx, SYSTEM, rule_task, values, "open", OPEN, at, text, {"rule_id": rule_id, "kind": kind})
    return True


def open_tasks(register: Register, kind: str, found: Iterable[tuple[str, str, str]], at: datetime) -> int:
    """Open a task of one kind for every (rule, version, text) found; returns how many were opened."""
    opened = 0
    for rule_id, version_id, text in found:
        with register.transaction() as tx:
            opened += open_task(tx, rule_id, version_id, kind, at, text)
    return opened


@under("view", "rule_task")
def tasks(register: Register, viewer: Viewer, rule_id: str | None = None) -> pd.DataFrame:
    """task_id, rule_id, version_id, kind (Chinese), opened_at, text, state, state_at, actor_name, note, last_seq."""
    newest = select(func.max(event.c.seq)).where(event.c.object_type == "rule_task").group_by(event.c.object_id)
    columns = (
        rule_task.c.task_id,
        rule_task.c.rule_id,
        rule_task.c.version_id,
        rule_task.c.kind,
        rule_task.c.opened_at,
        rule_task.c.text,
        event.c.to_state.label("state"),
        event.c.at.label("state_at"),
        event.c.actor_name,
        event.c.text.label("note"),
        event.c.seq.label("last_seq"),
    )
    query = (
        select(*columns)
        .join(event, (event.c.object_id == rule_task.c.task_id) & event.c.seq.in_(newest))
        .order_by(rule_task.c.opened_at.desc(), rule_task.c.task_id)
    )
    if rule_id is not None:
        query = query.where(rule_task.c.rule_id == rule_id)
    with register.read() as connection:
        frame = pd.DataFrame(map(tuple, connection.execute(query)), columns=[column.name for column in columns])
    return frame.assign(kind=frame["kind"].map(CAUSES))
