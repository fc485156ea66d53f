"""Which versions of the models run, on what, and what became of them last time."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Row, case, func, select

from lib.casework.rules.states import LIVE, TRIAL
from lib.casework.rules.versions import Version, versions
from lib.casework.store.chain import canonical
from lib.casework.store.register import Register
from lib.casework.store.schema import rule_run
from lib.rules import Rule
from lib.warehouse.marts.of_rules import rule_marts
from lib.warehouse.store import Warehouse

# Runs of the versions in force, as against trials; runs of earlier releases do not say.
IN_FORCE = func.coalesce(rule_run.c.trial, False).is_(False)


@dataclass
class RunResult:
    """What became of one version of a rule.

    status: done, error, fresh (nothing changed), held (another runner is at work) or withheld (too large a share of
    what it tested was flagged: counted, not put into the register). A trial raises nothing; `warnings` are those it
    would raise. `tested` subjects were looked at, `rows_read` rows are in the datasets it reads.
    """

    rule_id: str
    title: str
    status: str
    seconds: float = 0.0
    signals: int = 0
    warnings: int = 0
    new_warnings: int = 0
    error: str = ""
    version_id: str = ""
    trial: bool = False
    tested: int = 0
    rows_read: int = 0


@dataclass(frozen=True)
class PlannedRun:
    """A version that runs, and all that its result depends on."""

    version: Version
    as_of: date
    inputs: dict[str, int]
    rows_read: int
    generation: int

    @property
    def rule(self) -> Rule:
        return self.version.rule

    @property
    def params(self) -> dict[str, Any]:
        return self.version.params

    @property
    def trial(self) -> bool:
        return self.version.state == TRIAL

    @property
    def key(self) -> tuple[str, date, str]:
        return self.version.version_id, self.as_of, canonical(self.inputs)

    def result(self, status: str, **counts: Any) -> RunResult:
        """A result of this run."""
        return RunResult(
            self.rule.id,
            self.rule.title,
            status,
            version_id=self.version.version_id,
            trial=self.trial,
            rows_read=self.rows_read,
            **counts,
        )


def planned_runs(register: Register, warehouse: Warehouse, as_of: date | None = None) -> list[PlannedRun]:
    """The versions in force and on trial, with the generation in which each of their inputs last changed, and which
    query makes each mart they read."""
    state = warehouse.query("select dataset, changed_generation, row_cnt from dataset_state").set_index("dataset")
    changed, rows = state["changed_generation"].to_dict(), state["row_cnt"].to_dict()
    return [
        PlannedRun(
            version=version,
            as_of=as_of or warehouse.as_of,
            inputs={
                **{dataset: int(changed.get(dataset, 0)) for dataset in sorted(version.rule.inputs)},
                **{name: rule_marts()[name].fingerprint for name in version.rule.marts},
            },
            rows_read=sum(int(rows.get(dataset, 0)) for dataset in version.rule.inputs),
            generation=warehouse.generation.number,
        )
        for version in versions(register, states=(LIVE, TRIAL))
    ]


_RUN = ("rule_id", "status", "error", "started_at", "seconds", "rows_read", "tested", "signals", "warnings")


def runs_in_force(register: Register) -> pd.DataFrame:
    """Every run of a version in force, oldest first: rule_id, status, error, started_at, seconds, rows_read, tested,
    signals, warnings."""
    query = select(*(rule_run.c[name] for name in _RUN)).where(IN_FORCE).order_by(rule_run.c.run_no)
    with register.read() as connection:
        return pd.DataFrame(map(tuple, connection.execute(query)), columns=list(_RUN))


def day_of_run(register: Register, run_id: str) -> date | None:
    """The day a run looked at; None when there is no such run."""
    with register.read() as connection:
        query = select(rule_run.c.as_of).where(rule_run.c.run_id == run_id)
        found: date | None = connection.execute(query).scalar_one_or_none()
    return found


def last_runs(register: Register) -> dict[tuple[str, bool], Row]:
    """The last run of each rule in force (by rule id) and of each version on trial (by version id)."""
    trial = func.coalesce(rule_run.c.trial, False)
    newest = select(func.max(rule_run.c.run_no)).group_by(
        trial, case((trial, rule_run.c.version_id), else_=rule_run.c.rule_id)
    )
    with register.read() as connection:
        rows = connection.execute(select(rule_run).where(rule_run.c.run_no.in_(newest))).all()
    return {(row.version_id if row.trial else row.rule_id, bool(row.trial)): row for row in rows}


def last_of(runs: dict[tuple[str, bool], Row], planned: PlannedRun) -> Row | None:
    """The last run of a planned run's rule or trial version among `runs`."""
    return runs.get((planned.version.version_id if planned.trial else planned.rule.id, planned.trial))


def same(run: Row | None, planned: PlannedRun) -> bool:
    """Whether that run already was of this version, day and input."""
    return run is not None and (run.version_id, run.as_of, run.inputs) == planned.key
