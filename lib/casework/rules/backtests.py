"""Back-test reports, kept as they were when a version was judged by them."""

import hashlib
import json
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select

from lib.access import Viewer, under
from lib.casework.rules.steps import RULE_VERSION
from lib.casework.rules.versions import version
from lib.casework.steps import Outcome
from lib.casework.store.chain import canonical, moment_after
from lib.casework.store.register import Register
from lib.casework.store.schema import backtest
from lib.casework.store.sealed import digest
from lib.errors import UserError


@dataclass(frozen=True)
class StoredBacktest:
    """A kept report: of which version, against which (None: against nothing), on which data, by whom."""

    backtest_id: str
    version_id: str
    against_id: str | None
    generation: int
    as_of: date
    at: datetime
    person_name: str
    report: dict[str, Any] = field(repr=False)


@under("tune", "rule_version")
def keep_backtest(
    register: Register,
    viewer: Viewer,
    version_id: str,
    against_id: str | None,
    report: dict[str, Any],
    *,
    generation: int,
    as_of: date,
    submission_id: str,
    at: datetime,
) -> Outcome:
    """Store a report with its version and say so in the version's events; `created` of the outcome is its id.

    Raises Forbidden without the right to tune, UserError for an unknown version.
    """
    of = version(register, version_id)
    text = canonical(report)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    with register.transaction() as tx:
        first = tx.submitted(submission_id)
        if first is not None:
            return Outcome(recorded=False, duplicate=True, event=first, created=first.payload.get("created"))
        backtest_id = f"B{uuid.uuid4().hex[:16]}"
        values = {
            "backtest_id": backtest_id,
            "version_id": version_id,
            "against_id": against_id,
            "generation": generation,
            "as_of": as_of,
            "at": at,
            "person_id": viewer.person_id,
            "person_name": viewer.name,
            "report": text,
            "sha256": sha256,
        }
        tx.connection.execute(insert(backtest).values(**values))
        last = tx.last_event(RULE_VERSION, version_id)
        state = of.state if last is None else last.to_state
        payload = {"created": backtest_id, "against": against_id, "sha256": sha256, "row": digest(backtest, values)}
        written = tx.append(
            viewer,
            moment_after(at, last),
            RULE_VERSION,
            version_id,
            "backtest",
            state,
            state,
            "保存回测报告",
            payload,
            submission_id,
        )
    return Outcome(recorded=True, event=written, created=backtest_id)


@under("view", "rule_version")
def backtests(register: Register, viewer: Viewer, version_id: str) -> list[StoredBacktest]:
    """The reports of a version, newest first. Raises UserError when one was changed since it was kept."""
    query = select(backtest).where(backtest.c.version_id == version_id).order_by(backtest.c.at.desc())
    with register.read() as connection:
        rows = connection.execute(query).all()
    for row in rows:
        if hashlib.sha256(row.report.encode()).hexdigest() != row.sha256:
            raise UserError(f"回测报告 {row.backtest_id} 的内容被改动。", "请联系管理员从备份恢复。")
    return [
        StoredBacktest(
            row.backtest_id,
            row.version_id,
            row.against_id,
            row.generation,
            row.as_of,
            row.at,
            row.person_name,
            json.loads(row.report),
        )
        for row in rows
    ]
