"""What making months of a city straight into a lake takes, and what models find on the months that are there.

    python -m lib bench months URL [--rows 860000000] [--months 2022-08] [--seed N] [--only M16]… [--spark]

First the lists and the months are made, as far as they are not there: seconds, processor seconds and megabytes written
by phase, rows and bytes of each piece, the most memory and scratch. Then each model of `--only` runs on the rows of the
lake, DuckDB reading the Parquet files, or with `--spark` a server of our own (Java 17): its signals.
"""

import argparse
import json
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import duckdb

from lib.engines import Session
from lib.engines.duckdb import IN_PROCESS
from lib.engines.spark import Spark
from lib.errors import UserError
from lib.rules import read_rules, run_rule
from lib.warehouse.demo import AS_OF, build_months
from lib.warehouse.home import home
from lib.warehouse.lake import Manifest, Place, manifest_of, place_of
from lib.warehouse.marts.of_rules import rule_marts
from lib.warehouse.room import READING
from tests.bench.corrections import Phases
from tests.engines.server import missing, serving


class _Pieces(Phases):
    """Each month by its name; what was measured is told as it comes, for hours may pass."""

    def __call__(self, stage: str, done: float = 0.0, text: str = "") -> None:
        super().__call__(text if stage == "按月生成" else stage, done, text)
        held = {name: [round(value, 1) for value in values] for name, values in self.found.items()}
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"{time.strftime('%H:%M:%S')} {stage} {text} {held} {most} MB", file=sys.stderr, flush=True)


@contextmanager
def _largest(folder: Path) -> Iterator[list[int]]:
    """The most bytes that lay in a folder meanwhile, looked at every second."""
    most, over = [0], threading.Event()

    def look() -> None:
        while not over.wait(1.0):
            sizes = []
            for path in folder.rglob("*"):
                try:
                    sizes.append(path.stat().st_blocks * 512)
                except FileNotFoundError:
                    continue
            most[0] = max(most[0], sum(sizes))

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield most
    finally:
        over.set()
        watcher.join()


def made(place: Place, rows: int, seed: int, months: list[str] | None) -> dict:
    """What making them takes."""
    phases, start, used = _Pieces(), time.perf_counter(), time.process_time()
    with _largest(home() / "warehouse") as most:
        done = build_months(home(), place, rows=rows, seed=seed, as_of=AS_OF, months=months, progress=phases)
    return {
        "rows": rows,
        "seconds": round(time.perf_counter() - start, 1),
        "processor_seconds": round(time.process_time() - used, 1),
        "phases": phases.told(),
        "pieces": {name: {"rows": count, "mb": round(size / 1e6, 1)} for name, (count, size) in done.pieces.items()},
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "scratch_mb": round(most[0] / 1e6),
        "lake_rows": sum(done.manifest.rows.values()),
        "files": len(done.manifest.files),
        "missing": len(done.manifest.missing),
    }


def over_files(place: Place, manifest: Manifest) -> Session:
    """A session of DuckDB on the files of a lake that is a folder."""
    con = duckdb.connect(config=READING)
    for name, table in manifest.tables.items():
        typed = ", ".join(f'"{column}" {kind}' for column, kind in table.columns.items())
        if not table.files:
            con.execute(f'create table "{name}" ({typed})')
            continue
        files = ", ".join(f"'{place.folder}/{path}'" for path in manifest.paths(name))
        columns = ", ".join(f'"{column}"' for column in table.columns)
        con.execute(f'create view "{name}" as select {columns} from read_parquet([{files}], hive_partitioning = false)')
    return IN_PROCESS.over(con)


def found(session: Session, only: list[str]) -> list[dict]:
    """The signals of models, and the seconds of each; what they share is made first."""
    told = []
    rules = {name: rule for name, rule in read_rules().items() if name in only}
    for mart in rule_marts().values():
        if any(mart.name in rule.marts for rule in rules.values()):
            start = time.perf_counter()
            session.define(mart.name, mart.query, {}, held=True)
            told.append({"mart": mart.name, "seconds": round(time.perf_counter() - start, 1)})
    for name, rule in rules.items():
        start = time.perf_counter()
        signals = run_rule(session, rule, AS_OF, timeout=1800)
        told.append({"model": name, "signals": signals.num_rows, "seconds": round(time.perf_counter() - start, 1)})
    return told


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m lib bench months")
    parser.add_argument("url")
    parser.add_argument("--rows", type=int, default=860_000_000)
    parser.add_argument("--seed", type=int, default=2022)
    parser.add_argument("--months", type=lambda text: text.split(","))
    parser.add_argument("--only", action="append", default=[], metavar="M16")
    parser.add_argument("--spark", action="store_true")
    options = parser.parse_args()
    if options.spark and (absent := missing()):
        raise UserError(f"这里没有 {absent}。", "请装上，或不加 --spark。")
    place = place_of(options.url, home())
    told: dict = {"made": made(place, options.rows, options.seed, options.months)}
    manifest = manifest_of(place)
    assert manifest is not None
    with ExitStack() as held:
        if options.spark:
            folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
            spark = Spark(held.enter_context(serving(folder, memory="6g", settings={})).address)
            held.callback(spark.close)
            session: Session = spark.reading(place, manifest)
        else:
            session = over_files(place, manifest)
        told["found"] = found(session, options.only)
    print(json.dumps(told, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
