"""Running the rules that are due and putting what they find into the register."""

import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Row, func, insert, select

from lib.casework.chain import canonical
from lib.casework.ingest import ingest, retire
from lib.casework.register import Register
from lib.casework.runner import Holder, RunnerLost, hold
from lib.casework.schema import rule_run, signal, warning
from lib.casework.transaction import Transaction
from lib.casework.tuning import params_of, tuned
from lib.errors import UserError
from lib.rules import SIGNALS, Rule, aggregate, read_rules, run_exposure, run_rule
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse, open_warehouse

log = logging.getLogger(__name__)

Report = Callable[[str, float, str], None]
THREADS = 2


@dataclass
class RunResult:
    """What became of one rule. status: done, error, fresh (nothing changed) or held (another runner is at work)."""

    rule_id: str
    title: str
    status: str
    seconds: float = 0.0
    signals: int = 0
    warnings: int = 0
    new_warnings: int = 0
    error: str = ""


@dataclass(frozen=True)
class Plan:
    """A rule and all that its result depends on."""

    rule: Rule
    params: dict[str, Any]
    as_of: date
    inputs: dict[str, int]
    generation: int

    @property
    def key(self) -> tuple[str, str, date, str]:
        return self.rule.hash, canonical(self.params), self.as_of, canonical(self.inputs)


@dataclass(frozen=True)
class Found:
    """What a rule gave: its signals, the warnings they amount to, the seconds it took."""

    signals: pa.Table
    candidates: pd.DataFrame
    seconds: float


def plan(register: Register, warehouse: Warehouse, rules: Iterable[Rule], as_of: date | None = None) -> list[Plan]:
    """The rules with the parameters in force and the generation in which each of their inputs last changed."""
    state = warehouse.query("select dataset, changed_generation from dataset_state")
    changed = dict(zip(state["dataset"], state["changed_generation"].astype(int), strict=True))
    set_by_people = tuned(register)
    return [
        Plan(
            rule=rule,
            params=params_of(rule, set_by_people.get(rule.id)),
            as_of=as_of or warehouse.as_of,
            inputs={dataset: int(changed.get(dataset, 0)) for dataset in sorted(rule.inputs)},
            generation=warehouse.generation.number,
        )
        for rule in rules
    ]


def _last_runs(register: Register) -> dict[str, Row]:
    newest = select(func.max(rule_run.c.run_no)).group_by(rule_run.c.rule_id)
    with register.read() as connection:
        rows = connection.execute(select(rule_run).where(rule_run.c.run_no.in_(newest))).all()
    return {row.rule_id: row for row in rows}


def _same(run: Row | None, planned: Plan) -> bool:
    return run is not None and (run.rule_hash, run.params, run.as_of, run.inputs) == planned.key


def stale_rules(register: Register, warehouse: Warehouse) -> list[Rule]:
    """The rules whose file, parameters, day or inputs have changed since their last run.

    A rule that failed is due again only when one of these changes; `run_due` tries it whenever it is asked to.
    """
    last = _last_runs(register)
    planned = plan(register, warehouse, read_rules().values())
    return [one.rule for one in planned if not _same(last.get(one.rule.id), one)]


def run_due(
    home: Path,
    register: Register,
    *,
    force: bool = False,
    only: list[str] | None = None,
    progress: Report | None = None,
    signals_file: Path | None = None,
) -> list[RunResult]:
    """Run the rules that are due (all chosen ones with `force`) and update the register; one result per rule.

    One runner works at a time across processes; an error in one rule is its own. The warnings of a rule whose
    file is gone stop firing. `signals_file` receives the present signals of the chosen rules as Parquet. Raises
    UserError for an unknown rule id or a broken rule file.
    """
    warehouse, rules = open_warehouse(home), read_rules()
    chosen = _chosen(rules, only)
    results, due = _sorted_out(register, plan(register, warehouse, chosen), force)
    found: dict[str, pa.Table] = {}
    if due or (only is None and _retired(register, rules)):
        with hold(register) as holder:
            if holder is None:
                results |= {one.rule.id: RunResult(one.rule.id, one.rule.title, "held") for one in due}
            else:
                # Another runner may have finished between the look and the hold.
                again, due = _sorted_out(register, plan(register, warehouse, chosen), force)
                results |= again
                if only is None:
                    for rule_id in _retired(register, rules):
                        retire(register, rule_id, now(warehouse))
                for result, signals in run_plans(register, warehouse, due, holder, now(warehouse), progress):
                    results[result.rule_id] = result
                    if signals is not None:
                        found[result.rule_id] = signals
    ordered = [results[rule.id] for rule in chosen]
    if signals_file is not None:
        write_signals(register, ordered, found, signals_file)
    return ordered


def _chosen(rules: dict[str, Rule], only: list[str] | None) -> list[Rule]:
    unknown = [rule_id for rule_id in only or [] if rule_id not in rules]
    if unknown:
        raise UserError(f"没有模型 {'、'.join(unknown)}。", f"现有的模型：{'、'.join(rules)}。")
    return [rule for rule in rules.values() if only is None or rule.id in only]


def _sorted_out(register: Register, planned: list[Plan], force: bool) -> tuple[dict[str, RunResult], list[Plan]]:
    """Results of the rules that need no run, and the plans of those that do, the slowest first."""
    last = _last_runs(register)
    results, due = {}, []
    for one in planned:
        run = last.get(one.rule.id)
        if force or run is None or run.status != "done" or not _same(run, one):
            due.append(one)
        else:
            results[one.rule.id] = RunResult(
                one.rule.id, one.rule.title, "fresh", signals=run.signals, warnings=run.warnings
            )
    due.sort(key=lambda one: -last[one.rule.id].seconds if one.rule.id in last else 0.0)
    return results, due


def _retired(register: Register, rules: dict[str, Rule]) -> list[str]:
    """Rules of the register that have firing warnings and no file any more."""
    with register.read() as connection:
        firing = connection.execute(
            select(warning.c.rule_id).where(warning.c.firing, warning.c.origin == "model").distinct()
        ).scalars()
        return sorted(set(firing) - set(rules))


def find(warehouse: Warehouse, planned: Plan) -> Found:
    """Run one rule on its own cursors; writes nothing. Raises RuleError."""
    started = time.perf_counter()
    rule = planned.rule
    signals = run_rule(warehouse.cursor(), rule, planned.as_of, planned.params)
    exposure = run_exposure(warehouse.cursor(), rule, planned.as_of, planned.params)
    candidates = aggregate(signals.to_pandas(), None if exposure is None else exposure.to_pandas(), rule)
    candidates["domain_code"] = candidates["org_id"].map(domains(warehouse))
    return Found(signals, candidates, time.perf_counter() - started)


@lru_cache(maxsize=4)
def domains(warehouse: Warehouse) -> pd.Series:
    """Domain code by org_id."""
    return warehouse.query("select org_id, domain_code from org").set_index("org_id")["domain_code"]


def run_plans(
    register: Register,
    warehouse: Warehouse,
    planned: list[Plan],
    holder: Holder,
    at: datetime,
    progress: Report | None = None,
) -> Iterator[tuple[RunResult, pa.Table | None]]:
    """Run the planned rules two at a time and ingest each as it finishes; yields the result and the signals."""
    with ThreadPoolExecutor(THREADS, thread_name_prefix="rule") as pool:
        waiting = {pool.submit(find, warehouse, one): one for one in planned}
        for done, future in enumerate(as_completed(waiting), start=1):
            one = waiting[future]
            started = time.perf_counter()
            try:
                found = future.result()
                result = _ingested(register, one, found, holder, at)
                result.seconds = round(found.seconds + time.perf_counter() - started, 3)
                yield result, found.signals
            except RunnerLost:
                yield RunResult(one.rule.id, one.rule.title, "held"), None
            except Exception as error:
                log.exception("rule %s failed", one.rule.id)
                yield _failed(register, one, error, holder, at), None
            if progress is not None:
                progress("运行模型", done / len(planned), f"{one.rule.id} {one.rule.title}")


def _ingested(register: Register, one: Plan, found: Found, holder: Holder, at: datetime) -> RunResult:
    result = RunResult(one.rule.id, one.rule.title, "done", signals=found.signals.num_rows)
    with register.transaction() as tx:
        holder.require(tx)
        run_no = next_run_no(tx)
        counts = ingest(
            register, one.rule, one.rule.hash, found.signals, found.candidates, at, run_id(one.rule.id, run_no)
        )
        result.warnings, result.new_warnings, result.seconds = counts.warnings, counts.new, found.seconds
        log_run(tx, one, run_no, at, result)
    return result


def _failed(register: Register, one: Plan, error: Exception, holder: Holder, at: datetime) -> RunResult:
    message = error.message if isinstance(error, UserError) else "运行时出现意外错误，详情见日志。"
    result = RunResult(one.rule.id, one.rule.title, "error", error=message)
    try:
        with register.transaction() as tx:
            holder.require(tx)
            log_run(tx, one, next_run_no(tx), at, result)
    except RunnerLost:
        result.status = "held"
    return result


def run_id(rule_id: str, run_no: int) -> str:
    """The number of a run, as warnings carry it."""
    return f"{rule_id}-{run_no:06d}"


def next_run_no(tx: Transaction) -> int:
    """The number the next run gets; runs are numbered inside write transactions only."""
    return (tx.connection.execute(select(func.max(rule_run.c.run_no))).scalar() or 0) + 1


def log_run(tx: Transaction, one: Plan, run_no: int, at: datetime, result: RunResult) -> None:
    """Record a run and all that it depended on."""
    rule_hash, params, as_of, inputs = one.key
    tx.connection.execute(
        insert(rule_run).values(
            run_id=run_id(one.rule.id, run_no), run_no=run_no, rule_id=one.rule.id, rule_hash=rule_hash,
            params=params, as_of=as_of, inputs=inputs, generation=one.generation, started_at=at,
            seconds=result.seconds, status=result.status, signals=result.signals, warnings=result.warnings,
            new_warnings=result.new_warnings, error=result.error,
        )
    )  # fmt: skip
    tx.touch()


def write_signals(
    register: Register, results: list[RunResult], found: dict[str, pa.Table], path: Path
) -> None:
    """The present signals of the rules as a Parquet file: those just found, and the stored ones of fresh rules."""
    tables = [
        found[result.rule_id] if result.rule_id in found else _stored(register, result.rule_id)
        for result in results
        if result.status != "error"
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    tmp = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    pq.write_table(pa.concat_tables(tables) if tables else SIGNALS.empty_table(), tmp)
    os.replace(tmp, path)


def _stored(register: Register, rule_id: str) -> pa.Table:
    columns = [signal.c[name] for name in SIGNALS.names]
    with register.read() as connection:
        rows = connection.execute(select(*columns).where(signal.c.rule_id == rule_id).order_by(signal.c.subject_id))
        return pa.Table.from_pylist([dict(row._mapping) for row in rows], schema=SIGNALS)
