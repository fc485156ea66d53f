"""Seconds to run all models on the city of COCKPIT_HOME, beside the time to read once what they read.

    python -m lib bench run [--json]

In a register of its own, so that nothing is written to the home: `first` is the run that fills it, `forced` the same
again with every warning known, `unchanged` a run in which nothing is due (median of five each; `first` once). `read`
is the largest value of every column that any model reads, table by table: each column read and decoded once.
Goals: signals and warnings in 3 s, at most 3 times the reading, nothing to do in 0.3 s.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lib.casework.rules.runs import run_due
from lib.casework.store.register import Register
from lib.rules import read_rules
from lib.warehouse.home import home
from lib.warehouse.store import Warehouse, open_warehouse

GOALS = {"forced": 3.0, "times_reading": 3.0, "unchanged": 0.3}
REPEATS = 5


def columns_read() -> dict[str, list[str]]:
    """The columns that the models read, by dataset, each once."""
    read: dict[str, set[str]] = {}
    for rule in read_rules().values():
        for dataset, columns in rule.inputs.items():
            read.setdefault(dataset, set()).update(columns)
    return {dataset: sorted(columns) for dataset, columns in sorted(read.items())}


def read_once(warehouse: Warehouse) -> None:
    """Every column that a model reads, once."""
    cursor = warehouse.cursor()
    for dataset, columns in columns_read().items():
        cursor.execute(f"select {', '.join(f'max({column})' for column in columns)} from {dataset}").fetchall()


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def measure() -> dict[str, Any]:
    """first, forced, unchanged, read, times_reading (seconds, a ratio) and the last forced run's results."""
    place = home()
    warehouse = open_warehouse(place)
    read_once(warehouse)
    read = statistics.median(_timed(lambda: read_once(warehouse))[0] for _ in range(REPEATS))
    with tempfile.TemporaryDirectory(prefix="run-") as folder:
        register = Register(f"sqlite:///{Path(folder) / 'casework.sqlite'}")
        first, _ = _timed(lambda: run_due(place, register))
        runs = [_timed(lambda: run_due(place, register, force=True)) for _ in range(REPEATS)]
        idle = [_timed(lambda: run_due(place, register)) for _ in range(REPEATS)]
        register.close()
    if {result.status for _, results in idle for result in results} - {"fresh", "withheld"}:
        raise SystemExit("没有变化，却有模型重新运行。")
    forced = statistics.median(seconds for seconds, _ in runs)
    return {
        "first": round(first, 2),
        "forced": round(forced, 2),
        "unchanged": round(statistics.median(seconds for seconds, _ in idle), 3),
        "read": round(read, 3),
        "times_reading": round(forced / read, 2),
        "columns": sum(map(len, columns_read().values())),
        "rules": [
            {
                "rule": one.rule_id,
                "status": one.status,
                "seconds": one.seconds,
                "tested": one.tested,
                "signals": one.signals,
                "warnings": one.warnings,
            }
            for one in runs[-1][1]
        ],
    }


def main(as_json: bool = False) -> int:
    """Measure and print; 1 when a goal is missed or a model failed."""
    found = measure()
    missed = [name for name, most in GOALS.items() if found[name] > most]
    missed += [one["rule"] for one in found["rules"] if one["status"] not in ("done", "withheld")]
    if as_json:
        print(json.dumps({**found, "goals": GOALS, "missed": missed}, ensure_ascii=False))
        return int(bool(missed))
    for one in found["rules"]:
        print(
            f"{one['rule']}  {one['seconds']:6.3f} 秒  受检 {one['tested']:8,}  信号 {one['signals']:5,}  "
            f"预警 {one['warnings']:4,}"
        )
    print(
        f"全部运行 {found['forced']} 秒（首次 {found['first']} 秒），读一遍 {found['columns']} 列 {found['read']} 秒，"
        f"{found['times_reading']} 倍；没有变化时 {found['unchanged']} 秒"
    )
    print("全部达标" if not missed else f"未达标：{'、'.join(missed)}")
    return int(bool(missed))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    sys.exit(main(parser.parse_args().json))
