"""Deadlines that fell past the days announced are counted anew when the next year's arrangement has been loaded.

They follow from the calendar by themselves; here the record of each says so. The end of the days known is an event of
the store, so that every arrangement is told of once.
"""

from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, select

from lib.access import SYSTEM
from lib.casework.deadlines import Calendar, calendar
from lib.casework.objects import KINDS, Kind
from lib.casework.objects.kind import RECOUNT
from lib.casework.reading.snapshot import snapshot
from lib.casework.store.chain import moment_after
from lib.casework.store.register import Register
from lib.casework.store.transaction import Transaction
from lib.warehouse.store import Warehouse

_CALENDAR, _KNOWN = "calendar", "known"


def recount(register: Register, warehouse: Warehouse | None, at: datetime) -> int:
    """Tell every open object whose provisional deadline has been counted anew; how many there were.

    The first call, and one without news, tells nothing.
    """
    days = calendar(warehouse)
    known = days.known.astype(date)
    events = snapshot(register, warehouse).event
    with register.transaction() as tx:
        before = tx.latest("store", _CALENDAR, _KNOWN)
        if before is not None and date.fromisoformat(before.payload["until"]) >= known:
            return 0
        tx.append(SYSTEM, at, "store", _CALENDAR, _KNOWN, None, None, "", {"until": known.isoformat()})
        if before is None:
            return 0
        past = days.until(np.datetime64(before.payload["until"]))
        return sum(_of_kind(tx, kind, events, past, days, at) for kind in KINDS.values())


def _of_kind(tx: Transaction, kind: Kind, events: pd.DataFrame, past: Calendar, days: Calendar, at: datetime) -> int:
    rows = _rows(tx.connection, kind)
    then = kind.stand(rows, events, past)
    if "provisional" not in then or not then["provisional"].any():
        return 0
    now = kind.stand(rows, events, days)
    count = 0
    for place in np.flatnonzero(then["provisional"].to_numpy()):
        key = str(then[kind.key].iloc[place])
        _tell(tx, kind, key, then["due_at"].iloc[place], now["due_at"].iloc[place], at)
        count += 1
    return count


def _rows(connection: Connection, kind: Kind) -> pd.DataFrame:
    result = connection.execute(select(kind.table).order_by(kind.table.c[kind.key]))
    return pd.DataFrame(result.all(), columns=list(result.keys()))


def _tell(tx: Transaction, kind: Kind, key: str, then: Any, now: Any, at: datetime) -> None:
    last = tx.last_event(kind.name, key)
    state = None if last is None else last.to_state
    told = {"was": then.isoformat(), "due_at": now.isoformat()}
    moved = f"由 {then:%Y-%m-%d}（暂定）改为 {now:%Y-%m-%d}" if then != now else f"仍为 {now:%Y-%m-%d}，不再是暂定"
    text = f"放假安排已公布，期限{moved}。"
    tx.append(SYSTEM, moment_after(at, last), kind.name, key, RECOUNT, state, state, text, told)
