"""Running the rules that are due and putting what they find into the register."""

import logging
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import func, insert, select

from lib.access import SYSTEM
from lib.casework.rules.due import IN_FORCE, PlannedRun, RunResult, last_of, last_runs, planned_runs, same
from lib.casework.rules.lock import Holder, RunnerLost, hold
from lib.casework.rules.spot_checks import draw
from lib.casework.rules.tasks import open_task
from lib.casework.rules.versions import known_files, take_in
from lib.casework.store.chain import canonical
from lib.casework.store.register import Register
from lib.casework.store.schema import rule_run, signal, warning
from lib.casework.store.sealed import digest
from lib.casework.store.transaction import Transaction
from lib.casework.warnings.ingest import ingest, retire
from lib.casework.warnings.platforms import PLATFORMS, hear
from lib.errors import UserError
from lib.progress import Progress
from lib.rules import SIGNALS, Rule, aggregate, read_rules, run_exposure, run_rule, run_tested
from lib.rules.known import session_on
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse, open_warehouse

log = logging.getLogger(__name__)

THREADS = 2
# A run with fewer signals is never held back, and a jump is one against at least so many.
FEW_SIGNALS = 50
JUMP = 3.0


@dataclass(frozen=True)
class RunOutput:
    """What a rule gave: its signals, the warnings they amount to, how many subjects it tested, the seconds it took."""

    signals: pa.Table
    candidates: pd.DataFrame
    tested: int
    seconds: float


def stale_rules(register: Register, warehouse: Warehouse) -> list[Rule]:
    """The rules, in force or on trial, whose version, day or inputs have changed since their last run.

    A rule that failed is due again only when one of these changes; `run_due` tries it whenever it is asked to.
    """
    take_in(register, read_rules(taken_in=known_files(register)), now(warehouse))
    last = last_runs(register)
    return [one.rule for one in planned_runs(register, warehouse) if not same(last_of(last, one), one)]


def run_due(
    home: Path,
    register: Register,
    *,
    force: bool = False,
    only: list[str] | None = None,
    progress: Progress | None = None,
    signals_file: Path | None = None,
) -> list[RunResult]:
    """Run the rules that are due (all chosen ones with `force`) and update the register; one result per rule.

    One runner works at a time across processes; an error in one rule is its own. The warnings of a rule whose
    file is gone stop firing. `signals_file` receives the present signals of the chosen rules as Parquet. Raises
    UserError for an unknown rule id or a broken rule file.
    """
    warehouse, rules = open_warehouse(home), read_rules(taken_in=known_files(register))
    _check_ids(rules, only)
    take_in(register, rules, now(warehouse))
    chosen = [one for one in planned_runs(register, warehouse) if only is None or one.rule.id in only]
    if only is None:
        for platform in PLATFORMS.values():
            hear(register, warehouse, platform, now(warehouse))
    results, due = _sorted_out(register, chosen, force)
    found: dict[str, pa.Table] = {}
    gone = [] if only is not None else _out_of_force(register, chosen)
    if due or gone:
        with hold(register) as holder:
            if holder is None:
                results |= {one.version.version_id: one.result("held") for one in due}
            else:
                # Another runner may have finished between the look and the hold.
                again, due = _sorted_out(register, chosen, force)
                results |= again
                for rule_id in gone:
                    retire(register, rule_id, now(warehouse))
                for result, signals in run_planned(register, warehouse, due, holder, now(warehouse), progress):
                    results[result.version_id] = result
                    if signals is not None and not result.trial:
                        found[result.rule_id] = signals
    ordered = [results[one.version.version_id] for one in sorted(chosen, key=lambda one: one.trial)]
    if signals_file is not None:
        write_signals(register, [result for result in ordered if not result.trial], found, signals_file)
    return ordered


def _check_ids(rules: dict[str, Rule], only: list[str] | None) -> None:
    unknown = [rule_id for rule_id in only or [] if rule_id not in rules]
    if unknown:
        raise UserError(f"没有模型 {'、'.join(unknown)}。", f"现有的模型：{'、'.join(rules)}。")


def _sorted_out(
    register: Register, planned: list[PlannedRun], force: bool
) -> tuple[dict[str, RunResult], list[PlannedRun]]:
    """Results of the versions that need no run, and those that do, the slowest first."""
    last = last_runs(register)
    results, due = {}, []
    for one in planned:
        run = last_of(last, one)
        if force or run is None or run.status not in ("done", "withheld") or not same(run, one):
            due.append(one)
        else:
            results[one.version.version_id] = one.result(
                "fresh", signals=run.signals, warnings=run.warnings, tested=run.tested or 0
            )
    due.sort(key=lambda one: -getattr(last_of(last, one), "seconds", 0.0))
    return results, due


def _out_of_force(register: Register, planned: list[PlannedRun]) -> list[str]:
    """Rules of the register that have firing warnings and no version in force."""
    in_force = {one.rule.id for one in planned if not one.trial}
    with register.read() as connection:
        firing = connection.execute(
            select(warning.c.rule_id).where(warning.c.firing, warning.c.origin == "model").distinct()
        ).scalars()
        return sorted(set(firing) - in_force)


def find(warehouse: Warehouse, planned: PlannedRun) -> RunOutput:
    """Run one rule in a session of its own, on what the plan's day knew; writes nothing. Raises RuleError."""
    started = time.perf_counter()
    rule = planned.rule
    session = session_on(warehouse, [rule], planned.as_of)
    signals = run_rule(session, rule, planned.as_of, planned.params)
    exposure = run_exposure(session, rule, planned.as_of, planned.params)
    candidates = aggregate(signals.to_pandas(), None if exposure is None else exposure.to_pandas(), rule)
    candidates["domain_code"] = candidates["org_id"].map(domains(warehouse))
    tested = run_tested(session, rule, planned.as_of, planned.params)
    return RunOutput(signals, candidates, tested, time.perf_counter() - started)


@lru_cache(maxsize=4)
def domains(warehouse: Warehouse) -> pd.Series:
    """Domain code by org_id."""
    return warehouse.query("select org_id, domain_code from org").set_index("org_id")["domain_code"]


def run_planned(
    register: Register,
    warehouse: Warehouse,
    planned: list[PlannedRun],
    holder: Holder,
    at: datetime,
    progress: Progress | None = None,
) -> Iterator[tuple[RunResult, pa.Table | None]]:
    """Run the planned rules two at a time and ingest each as it finishes; yields the result and the signals."""
    with ThreadPoolExecutor(THREADS, thread_name_prefix="rule") as pool:
        waiting = {pool.submit(find, warehouse, one): one for one in planned}
        for done, future in enumerate(as_completed(waiting), start=1):
            one = waiting[future]
            started = time.perf_counter()
            try:
                found = future.result()
                result = _ingested(register, warehouse, one, found, holder, at)
                result.seconds = round(found.seconds + time.perf_counter() - started, 3)
                yield result, found.signals
            except RunnerLost:
                yield one.result("held"), None
            except Exception as error:
                log.exception("rule %s failed", one.rule.id)
                yield _failed(register, one, error, holder, at), None
            if progress is not None:
                progress("运行模型", done / len(planned), f"{one.rule.id} {one.rule.title}")


def too_many(rule: Rule, signals: int, tested: int) -> bool:
    """Whether a run flags too large a share of what it tested to be put into the register."""
    return signals > max(FEW_SIGNALS, rule.max_share * tested)


def jumped(before: int, after: int) -> bool:
    """Whether the count of signals rose or fell by more than a factor, and not only among few."""
    return max(before, after) >= FEW_SIGNALS and not max(before, 1) / JUMP <= after <= max(before, 1) * JUMP


def _ingested(
    register: Register, warehouse: Warehouse, one: PlannedRun, found: RunOutput, holder: Holder, at: datetime
) -> RunResult:
    signals = found.signals.num_rows
    result = one.result("done", signals=signals, tested=found.tested, warnings=len(found.candidates))
    with register.transaction() as tx:
        holder.require(tx)
        run_no = next_run_no(tx)
        if too_many(one.rule, signals, found.tested):
            result.status = "withheld"
            _withhold(tx, one, result, at)
        elif not one.trial:
            _note_jump(tx, one, signals, at)
            counts = ingest(
                register,
                one.rule,
                one.rule.hash,
                found.signals,
                found.candidates,
                at,
                run_id(one.rule.id, run_no),
                version_id=one.version.version_id,
            )
            result.warnings, result.new_warnings = counts.warnings, counts.new
            draw(tx, warehouse, one, found.tested, domains(warehouse), at)
        result.seconds = found.seconds
        log_run(tx, one, run_no, at, result)
    return result


def _withhold(tx: Transaction, one: PlannedRun, result: RunResult, at: datetime) -> None:
    result.error = (
        f"命中 {result.signals} 条，占受检 {result.tested} 的 {result.signals / max(result.tested, 1):.1%}，"
        f"超过上限 {one.rule.max_share:.0%}，本次未入册，原有预警保持不变。"
    )
    open_task(tx, one.rule.id, one.version.version_id, "withheld", at, result.error)


def _note_jump(tx: Transaction, one: PlannedRun, signals: int, at: datetime) -> None:
    before = tx.connection.execute(
        select(rule_run.c.signals)
        .where(rule_run.c.rule_id == one.rule.id, rule_run.c.status == "done", IN_FORCE)
        .order_by(rule_run.c.run_no.desc())
        .limit(1)
    ).scalar()
    if before is not None and jumped(before, signals):
        text = f"命中由上次 {before} 条变为 {signals} 条，请核对数据和参数。"
        open_task(tx, one.rule.id, one.version.version_id, "jump", at, text)


def _failed(register: Register, one: PlannedRun, error: Exception, holder: Holder, at: datetime) -> RunResult:
    message = error.message if isinstance(error, UserError) else "运行时出现意外错误，详情见日志。"
    result = one.result("error", error=message)
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


def log_run(tx: Transaction, one: PlannedRun, run_no: int, at: datetime, result: RunResult) -> None:
    """Record a run and all that it depended on."""
    number = run_id(one.rule.id, run_no)
    values = {
        "run_id": number,
        "run_no": run_no,
        "rule_id": one.rule.id,
        "rule_hash": one.rule.hash,
        "params": canonical(one.params),
        "as_of": one.as_of,
        "inputs": canonical(one.inputs),
        "generation": one.generation,
        "started_at": at,
        "seconds": result.seconds,
        "status": result.status,
        "signals": result.signals,
        "warnings": result.warnings,
        "new_warnings": result.new_warnings,
        "error": result.error,
        "version_id": one.version.version_id,
        "trial": one.trial,
        "tested": result.tested,
        "rows_read": one.rows_read,
    }
    tx.connection.execute(insert(rule_run).values(**values))
    tx.append(SYSTEM, at, "run", number, "log", None, None, "", {"row": digest(rule_run, values)})


def write_signals(register: Register, results: list[RunResult], found: dict[str, pa.Table], path: Path) -> None:
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
