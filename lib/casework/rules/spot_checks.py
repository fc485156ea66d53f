"""抽查: subjects that no rule flagged, drawn by chance and verified like a warning, to learn what is missed.

Verification is otherwise biased towards what was flagged (domain: trap 10).
"""

import math
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select

from lib.access import SYSTEM
from lib.casework.deadlines import settings
from lib.casework.rules.due import PlannedRun
from lib.casework.store.schema import signal, warning
from lib.casework.store.sealed import of_warning
from lib.casework.store.transaction import Transaction
from lib.casework.warnings.states import NEW
from lib.engines import opened
from lib.rules import sample_tested, warning_id
from lib.rules.levels import SPOT_CHECK
from lib.warehouse.store import Warehouse

ORIGIN = "spot_check"


def wanted(tested: int) -> int:
    """How many subjects of a rule are drawn in a month: a share of those tested, at most the set number."""
    limits = settings()["spot_check"]
    return min(math.ceil(limits["share"] * tested), int(limits["most_per_rule"]))


def period_of(day: date) -> str:
    """The month of a draw as a warning's period: 抽查2022-09."""
    return f"抽查{day:%Y-%m}"


def draw(
    tx: Transaction, warehouse: Warehouse, planned: PlannedRun, tested: int, domains: Mapping, at: datetime
) -> int:
    """Draw this month's subjects of a rule in force unless that was done; returns how many were drawn.

    The draw is by a hash of subject and month: nobody chooses, and a repetition gives the same. A subject the rule
    flags now, or has ever warned about, is not drawn. `domains` gives the domain code of each org_id.
    """
    rule, period = planned.rule, period_of(planned.as_of)
    own = warning.c.rule_id == rule.id
    if tx.connection.execute(select(warning.c.warning_id).where(own, warning.c.period == period).limit(1)).first():
        return 0
    known = set(tx.connection.execute(select(warning.c.subject_id).where(own)).scalars())
    known |= set(tx.connection.execute(select(signal.c.subject_id).where(signal.c.rule_id == rule.id)).scalars())
    count = wanted(tested)
    drawn = sample_tested(opened(warehouse), rule, planned.as_of, planned.params, salt=period, size=count + len(known))
    rows = [row for row in drawn.to_pylist() if row["subject_id"] not in known][:count]
    enter(tx, planned, rows, period, domains, at)
    return len(rows)


def enter(
    tx: Transaction, planned: PlannedRun, rows: Iterable[dict[str, Any]], period: str, domains: Mapping, at: datetime
) -> None:
    """Put drawn subjects (rows of `sample_tested`) into the register."""
    rule = planned.rule
    for row in rows:
        key = warning_id(rule.id, rule.subject, row["subject_id"], period)
        values = {
            "warning_id": key, "rule_id": rule.id, "rule_hash": rule.hash, "origin": ORIGIN, "title": rule.title,
            "subject_type": rule.subject, "period": period, "domain_code": domains.get(row["org_id"]),
            "level": SPOT_CHECK, "fired_level": SPOT_CHECK, "signal_count": 0, "value": None, "threshold": None,
            "firing": False, "first_seen_at": at, "last_seen_at": at, "run_id": "",
            "version_id": planned.version.version_id, "evidence": '{"branches":[]}', **row,
        }  # fmt: skip
        payload = {"level": SPOT_CHECK, "rule_hash": rule.hash, "version_id": planned.version.version_id}
        payload |= of_warning(values)
        tx.append(SYSTEM, at, "warning", key, "generate", None, NEW, f"抽查：{rule.title}", payload)
        tx.connection.execute(insert(warning).values(**values))
