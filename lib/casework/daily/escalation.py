"""What is late by more than its kind allows goes up to the leader by itself, once for each deadline."""

from datetime import datetime

import pandas as pd

from lib.access import SYSTEM
from lib.casework.deadlines import calendar, settings
from lib.casework.objects import KINDS
from lib.casework.objects.kind import ESCALATE
from lib.casework.reading.snapshot import snapshot
from lib.casework.store.chain import moment_after
from lib.casework.store.register import Register
from lib.casework.store.transaction import Transaction
from lib.warehouse.store import Warehouse


def allowed(kind: str) -> int:
    """How many workdays past its deadline an object of a kind may lie before it goes up."""
    return int(settings()[kind]["escalate_workdays"])


def escalate_late(register: Register, warehouse: Warehouse | None, at: datetime) -> int:
    """Send up whatever has been late for too long at a moment; how many there were.

    Only kinds that know of it (`escalate` among what is noted of them).
    """
    days, held, count = calendar(warehouse), snapshot(register, warehouse), 0
    for name in (name for name, kind in KINDS.items() if ESCALATE in kind.noted):
        frame = held.objects[name]
        late = frame[frame["due_at"].lt(at)]
        beyond = days.between(late["due_at"].to_numpy(), pd.Series(at, index=late.index).to_numpy()) > allowed(name)
        for one in late[beyond].to_dict("records"):
            with register.transaction() as tx:
                count += send_up(tx, name, one[KINDS[name].key], one["due_at"].to_pydatetime(), at)
    return count


def send_up(tx: Transaction, kind: str, object_id: str, due_at: datetime, at: datetime) -> bool:
    """Note that an object which was due by then goes up; False when that stands already, for that deadline."""
    last, before = tx.last_event(kind, object_id), tx.latest(kind, object_id, ESCALATE)
    if last is None or (before is not None and before.payload["due_at"] == due_at.isoformat()):
        return False
    told = {"due_at": due_at.isoformat()}
    text = f"应于 {due_at:%Y-%m-%d} 前办理，至今未办，升级报领导。"
    tx.append(SYSTEM, moment_after(at, last), kind, object_id, ESCALATE, last.to_state, last.to_state, text, told)
    return True
