"""A suppression (抑制): for a time, warnings of one model about one subject that was found untrue are held back.

It comes of a warning whose conclusion is 不属实, has a reason and an end, at most so many days on as
data/deadlines.yaml says, and wakes by itself: what fires then is a warning like any other. What is graver than what was
found untrue is never held back, and what was is counted.
"""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, select

from lib.access import SYSTEM
from lib.casework.deadlines import settings
from lib.casework.opening import begin
from lib.casework.steps import Attempt, Step, words, workflow
from lib.casework.store.chain import Event, moment_after
from lib.casework.store.schema import suppression
from lib.casework.store.transaction import Transaction
from lib.casework.suppressions.states import ACTIVE, LIFTED, OVER
from lib.errors import UserError
from lib.rules.levels import graver, level_name

OPEN, HOLD, WAKE = "suppress", "hold", "wake"

SUPPRESSION = workflow(
    "suppression",
    "抑制",
    # Somebody looked at whether it is still right; it goes on.
    Step("review", "复核", "record", frozenset({ACTIVE}), fields=(words("复核意见", required=True),)),
    Step("lift", "解除", "record", frozenset({ACTIVE}), LIFTED, (words("解除理由", required=True),)),
)


def most_days() -> int:
    """How many days a suppression lasts at most."""
    found: int = settings()["suppression"]["most_days"]
    return found


def end_fault(until: date, at: datetime) -> UserError | None:
    """Why a suppression that is made at a moment cannot last until a day, None when it can."""
    latest = at.date() + timedelta(days=most_days())
    if at.date() < until <= latest:
        return None
    return UserError(
        f"抑制至 {until:%Y-%m-%d} 不行：须在今天之后，至多 {most_days()} 天。",
        f"请选择 {latest:%Y-%m-%d} 或更早的日期。",
    )


def suppress(attempt: Attempt, event: Event) -> Event:
    """Write the suppression that an event of a warning (its payload says `until`) makes, in its transaction."""
    row = attempt.row
    values = {
        "suppression_id": "S" + hashlib.sha256(f"{row.warning_id}|{event.seq}".encode()).hexdigest()[:16],
        "until": attempt.payload["until"], "reason": event.text,
        **{name: getattr(row, name) for name in _OF_WARNING},
    }  # fmt: skip
    return begin(attempt.tx, attempt.viewer, suppression, values, OPEN, ACTIVE, event.at, event.text)


_OF_WARNING = (
    "warning_id", "rule_id", "subject_type", "subject_id", "title", "level", "officer_id", "org_id", "area_code",
    "domain_code",
)  # fmt: skip


def active(tx: Transaction, rule_id: str, at: datetime) -> dict[tuple[str, str], Row]:
    """The suppressions of a rule that hold at a moment, by (subject_type, subject_id)."""
    own = select(suppression).where(suppression.c.rule_id == rule_id, suppression.c.until >= at.date())
    found = tx.connection.execute(own.order_by(suppression.c.suppression_id))
    return {(row.subject_type, row.subject_id): row for row in found if _holds(tx, row.suppression_id)}


def _holds(tx: Transaction, suppression_id: str) -> bool:
    last = tx.last_event("suppression", suppression_id)
    return last is not None and last.to_state == ACTIVE


def held_back(
    tx: Transaction, rule_id: str, rows: list[dict[str, Any]], at: datetime, run_id: str
) -> list[dict[str, Any]]:
    """Of new warnings of a rule those that are raised; the others are noted on the suppression, each once."""
    holding = active(tx, rule_id, at) if rows else {}
    raised = []
    for row in rows:
        held = holding.get((row["subject_type"], row["subject_id"]))
        if held is None or graver(row["level"], held.level):
            raised.append(row)
        else:
            _note(tx, held, row, at, run_id)
    return raised


def _note(tx: Transaction, held: Row, row: Mapping[str, Any], at: datetime, run_id: str) -> None:
    key = held.suppression_id
    before = tx.events_since("suppression", key, 0)
    if any(event.action == HOLD and event.payload["warning_id"] == row["warning_id"] for event in before):
        return
    told = {"warning_id": row["warning_id"], "level": row["level"], "run_id": run_id}
    text = f"未入册：{level_name(row['level'])}预警，同一对象在抑制期内"
    tx.append(SYSTEM, moment_after(at, before[-1]), "suppression", key, HOLD, ACTIVE, ACTIVE, text, told)


def wake(tx: Transaction, at: datetime) -> int:
    """End the suppressions whose day has passed; how many there were."""
    over = select(suppression.c.suppression_id).where(suppression.c.until < at.date())
    count = 0
    for key in tx.connection.execute(over.order_by(suppression.c.suppression_id)).scalars():
        if _holds(tx, key):
            last = tx.last_event("suppression", key)
            tx.append(SYSTEM, moment_after(at, last), "suppression", key, WAKE, ACTIVE, OVER, "抑制到期，自行恢复")
            count += 1
    return count
