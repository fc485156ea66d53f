"""A risk of an integrity register calls for its review some workdays before it is due."""

from datetime import datetime

import numpy as np

from lib.access import SYSTEM
from lib.casework.deadlines import calendar, settings
from lib.casework.reading.snapshot import snapshot
from lib.casework.risks.states import CALLED, STANDING
from lib.casework.risks.steps import CALL, RISK
from lib.casework.store.chain import moment_after
from lib.casework.store.register import Register
from lib.warehouse.store import Warehouse


def call_reviews(register: Register, warehouse: Warehouse | None, at: datetime) -> int:
    """Call for the reviews that are nearly due, or late, at a moment; how many there were."""
    frame = snapshot(register, warehouse).objects[RISK]
    waiting = frame[frame["state"].eq(STANDING)]
    left = calendar(warehouse).between(np.full(len(waiting), np.datetime64(at)), waiting["due_at"].to_numpy())
    count = 0
    for one in waiting[left <= settings()[RISK]["call_workdays"]].to_dict("records"):
        with register.transaction() as tx:
            last = tx.last_event(RISK, one["risk_id"])
            if last is None or last.to_state != STANDING or last.seq != one["last_seq"]:
                # Somebody was faster.
                continue
            text = f"应于 {one['due_at']:%Y-%m-%d} 前复核。"
            tx.append(SYSTEM, moment_after(at, last), RISK, one["risk_id"], CALL, STANDING, CALLED, text)
            count += 1
    return count
