"""What a unit has to do is called to its mind some workdays before it is due, once for each deadline."""

from datetime import datetime

import numpy as np
import pandas as pd

from lib.access import SYSTEM
from lib.casework import outbox
from lib.casework.deadlines import Calendar, calendar, settings
from lib.casework.objects import KINDS, Kind
from lib.casework.objects.kind import REMINDED
from lib.casework.reading.snapshot import snapshot
from lib.casework.store.chain import moment_after
from lib.casework.store.register import Register
from lib.casework.store.transaction import Transaction
from lib.casework.work.open import holders
from lib.warehouse.store import Warehouse


def remind_units(register: Register, warehouse: Warehouse | None, at: datetime) -> int:
    """Write a message to the unit of whatever waits for one and is nearly due at a moment; how many there were.

    None while the time stands still, none after the deadline (that goes up), and none on a day on which the unit was
    told of the same matter before.
    """
    days, held, count = calendar(warehouse), snapshot(register, warehouse), 0
    for kind in (kind for kind in KINDS.values() if kind.reaches):
        for one in _near(kind, held.objects[kind.name], days, at).to_dict("records"):
            with register.transaction() as tx:
                count += _remind(tx, kind.name, one[kind.key], one["org_id"], one["due_at"].to_pydatetime(), at)
    return count


def of_unit(kind: Kind) -> set[str]:
    """The states in which an object waits for the unit it concerns."""
    steps = kind.workflow.usual.items()
    return {state for state, action in steps if holders(kind.workflow.steps[action].right, kind.name, None)[1]}


def _near(kind: Kind, frame: pd.DataFrame, days: Calendar, at: datetime) -> pd.DataFrame:
    waiting = frame[frame["state"].isin(of_unit(kind)) & frame["due_at"].ge(at) & frame["org_id"].notna()]
    left = days.between(np.full(len(waiting), np.datetime64(at)), waiting["due_at"].to_numpy())
    return waiting[left <= settings()["remind"]["workdays"]]


def _remind(tx: Transaction, object_type: str, object_id: str, org_id: str, due_at: datetime, at: datetime) -> bool:
    """Write the message; False when it was written for that deadline, or the matter was told of today."""
    last, before = tx.last_event(object_type, object_id), tx.latest(object_type, object_id, REMINDED)
    if last is None or (before is not None and before.payload["due_at"] == due_at.isoformat()):
        return False
    if any(
        "message" in one.payload and one.at.date() >= at.date() for one in tx.events_since(object_type, object_id, 0)
    ):
        return False
    told = {"due_at": due_at.isoformat(), "message": outbox.message(org_id, KINDS[object_type].task)}
    text = f"应于 {due_at:%Y-%m-%d} 前办理，已提醒单位。"
    moment = moment_after(at, last)
    event = tx.append(SYSTEM, moment, object_type, object_id, REMINDED, last.to_state, last.to_state, text, told)
    outbox.post(tx, event)
    return True
