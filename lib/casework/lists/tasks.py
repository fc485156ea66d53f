"""Tasks that lights raise: opened by the system when a month has closed, closed by the list's team with the reason."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select

from lib.access import SYSTEM
from lib.casework.lists.states import OPEN
from lib.casework.lists.table import list_task
from lib.casework.opening import begin
from lib.casework.store.register import Register
from lib.catalog.lists import list_domains


class Turned(NamedTuple):
    """An indicator whose light turned red in a month, and how that is told."""

    indicator_id: str
    list_id: str
    month: date
    title: str


def open_list_tasks(register: Register, found: Iterable[Turned], at: datetime) -> int:
    """Open a task for the team of the list for each of them that has none yet; returns how many were opened."""
    opened = 0
    for one in found:
        task_id = "T" + hashlib.sha256(f"{one.indicator_id}|{one.month}".encode()).hexdigest()[:16]
        values = {
            "task_id": task_id,
            "indicator_id": one.indicator_id,
            "month": one.month,
            "list_id": one.list_id,
            "domain_code": min(list_domains(one.list_id)),
            "title": one.title,
        }
        with register.transaction() as tx:
            known = select(list_task.c.task_id).where(list_task.c.task_id == task_id)
            if tx.connection.execute(known).one_or_none() is None:
                begin(tx, SYSTEM, list_task, values, "open", OPEN, at, one.title)
                opened += 1
    return opened
