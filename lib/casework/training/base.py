"""The store that every seat of a class begins with: what the models raise on this city, nobody's work done.

Models hit what was planted as violations and nothing else, so that whoever sees their warnings knows the truth about
these. Nothing in it is about a subject of the judged pool (lib.warehouse.truth): no warning, no signal, no group that
counts one, no evidence that names one.
"""

import fcntl
import json
import os
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from lib.casework.rules.due import PlannedRun, planned_runs
from lib.casework.rules.runs import THREADS, domains, log_run, next_run_no, run_id
from lib.casework.rules.versions import take_in
from lib.casework.store.register import Register, note_generation
from lib.casework.store.schema import SYNTHETIC
from lib.casework.warnings.ingest import ingest
from lib.errors import UserError
from lib.progress import Progress
from lib.rules import aggregate, read_rules, run_exposure, run_rule, run_tested
from lib.rules.known import session_on
from lib.warehouse.clock import now
from lib.warehouse.home import training_path
from lib.warehouse.store import Warehouse, open_warehouse
from lib.warehouse.truth import judged_pool

_PARTS = ("", "-wal", "-shm")


def base_store(home: Path, progress: Progress | None = None) -> Path:
    """The store of the generation in force, made where it is missing. Raises UserError on real data."""
    warehouse = open_warehouse(home)
    if not warehouse.synthetic:
        raise UserError("班级只能开在合成城市上。", "真实数据不用于练习。")
    place = training_path(home)
    place.mkdir(mode=0o700, exist_ok=True)
    path = place / f"base-{warehouse.generation.number}.sqlite"
    if path.exists():
        return path
    with open(place / "base.lock", "a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            _make(home, warehouse, path, progress)
    return path


def _make(home: Path, warehouse: Warehouse, path: Path, progress: Progress | None) -> None:
    making = path.with_suffix(".making")
    _remove(making)
    register = Register(f"sqlite:///{making}")
    try:
        _fill(register, warehouse, set(judged_pool(home)["subject_id"]), progress)
    finally:
        register.close()
    # One file, without a log beside it, is what a seat copies.
    with sqlite3.connect(making) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
    connection.close()
    os.replace(making, path)
    _remove(making)
    for old in path.parent.glob("base-*.sqlite"):
        if old != path:
            _remove(old)


def _remove(path: Path) -> None:
    for part in _PARTS:
        with suppress(FileNotFoundError):
            Path(f"{path}{part}").unlink()


def _fill(register: Register, warehouse: Warehouse, judged: set[str], progress: Progress | None) -> None:
    at = now(warehouse)
    register.claim(SYNTHETIC, at)
    note_generation(register, warehouse.generation, at, SYNTHETIC)
    take_in(register, read_rules(), at)
    planned = [one for one in planned_runs(register, warehouse) if not one.trial]
    with ThreadPoolExecutor(THREADS) as pool:
        found = pool.map(lambda one: _found(warehouse, one, judged), planned)
        for done, (one, (signals, candidates, tested)) in enumerate(zip(planned, found, strict=True), start=1):
            with register.transaction() as tx:
                number = next_run_no(tx)
                counts = ingest(
                    register,
                    one.rule,
                    one.rule.hash,
                    signals,
                    candidates,
                    at,
                    run_id(one.rule.id, number),
                    version_id=one.version.version_id,
                )
                told = {"signals": signals.num_rows, "warnings": counts.warnings, "new_warnings": counts.new}
                log_run(tx, one, number, at, one.result("done", tested=tested, **told))
            if progress is not None:
                progress("练习用的业务库", done / len(planned), f"{one.rule.id} {one.rule.title}")


def _found(warehouse: Warehouse, one: PlannedRun, judged: set[str]) -> tuple[pa.Table, pd.DataFrame, int]:
    """What a model finds besides the judged pool: its signals, the warnings they amount to, how many it tested."""
    rule = one.rule
    session = session_on(warehouse, [rule], one.as_of)
    signals = run_rule(session, rule, one.as_of, one.params)
    told = [_tells(subject, text, judged) for subject, text in _rows(signals, "subject_id", "evidence")]
    signals = signals.filter(pc.invert(pa.array(told, pa.bool_())))
    exposure = run_exposure(session, rule, one.as_of, one.params)
    candidates = aggregate(signals.to_pandas(), None if exposure is None else exposure.to_pandas(), rule)
    about = zip(candidates["subject_id"], candidates["evidence"], strict=True)
    silent = pd.Series([not _tells(subject, text, judged) for subject, text in about], candidates.index, dtype=bool)
    candidates = candidates[silent]
    candidates = candidates.assign(domain_code=candidates["org_id"].map(domains(warehouse))).reset_index(drop=True)
    return signals, candidates, run_tested(session, rule, one.as_of, one.params)


def _rows(table: pa.Table, *names: str) -> Iterator[tuple]:
    return zip(*(table[name].to_pylist() for name in names), strict=True)


def _tells(subject_id: str, evidence: str, judged: set[str]) -> bool:
    """Whether a finding is about a subject of the judged pool, or names one in its evidence."""
    return subject_id in judged or any(one in judged for one in _texts(json.loads(evidence)))


def _texts(held: Any) -> Iterator[str]:
    if isinstance(held, str):
        yield held
    elif isinstance(held, dict):
        for one in held.values():
            yield from _texts(one)
    elif isinstance(held, list):
        for one in held:
            yield from _texts(one)
