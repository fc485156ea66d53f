"""What a load of corrections into a big city writes and takes, here and in the lake.

The generation in force of COCKPIT_HOME is copied as if it were real; cases spread over `--months` months get another
place, and are loaded as a file. Then the lake that held the generation before is published to again.
"""

import argparse
import json as json_text
import os
import shutil
import tempfile
import time
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from lib.warehouse.generation import begin, publish
from lib.warehouse.home import home
from lib.warehouse.lake import place_of, publish_lake
from lib.warehouse.load import load_paths
from lib.warehouse.store import open_warehouse

_CORRECTED = """
    select * exclude (source_system, source_pk, batch_id, ingested_at, version_no, is_void)
        replace (place_text || '（更正）' as place_text)
    from penalty_case
    where filed_date >= (select max(filed_date) from penalty_case) - to_months($months)
    order by hash(case_id) limit $rows
"""


class Phases:
    """Seconds, processor seconds and bytes written of each stage that is told."""

    def __init__(self) -> None:
        self.found: dict[str, list[float]] = {}
        self._name, self._since = "", self._now()

    def _now(self) -> list[float]:
        written = next(
            int(line.split()[1]) for line in Path("/proc/self/io").read_text().splitlines() if "write_bytes" in line
        )
        return [time.perf_counter(), time.process_time(), written / 1e6]

    def __call__(self, stage: str, done: float = 0.0, text: str = "") -> None:
        now = self._now()
        if self._name:
            held = self.found.setdefault(self._name, [0.0, 0.0, 0.0])
            self.found[self._name] = [a + b - c for a, b, c in zip(held, now, self._since, strict=True)]
        self._name, self._since = text if text in ("复制现有数据", "写盘") else stage, now

    def told(self) -> dict[str, dict[str, float]]:
        self("")
        names = ("seconds", "processor_seconds", "written_mb")
        return {
            stage: dict(zip(names, (round(one, 2) for one in held), strict=True)) for stage, held in self.found.items()
        }


def _real_copy(source: Path, folder: Path) -> Path:
    """A home with the data of another as if they were real."""
    place = folder / "home"
    tmp = begin(place)
    shutil.copyfile(open_warehouse(source).generation.path, tmp)
    with duckdb.connect(str(tmp)) as con:
        con.execute("update meta set value = 'false' where key = 'synthetic'")
        con.execute("checkpoint")
    publish(place, tmp)
    return place


def measure(source: Path, folder: Path, rows: int, months: int) -> dict:
    """The figures of one load of corrections, and of publishing before and after it."""
    place, file = _real_copy(source, folder), folder / "penalty_case.parquet"
    with open_warehouse(source).cursor() as con:
        pq.write_table(con.execute(_CORRECTED, {"months": months, "rows": rows}).to_arrow_table(), file)
    lake = place_of(str(folder / "lake"), place)
    whole = _publishing(place, lake)
    phases = Phases()
    start = time.perf_counter()
    report = load_paths(place, [file], progress=phases)
    seconds = round(time.perf_counter() - start, 1)
    found = {"generation_mb": round(open_warehouse(place).generation.path.stat().st_size / 1e6)}
    found |= {"load_seconds": seconds, "accepted": report.files[0].accepted, "phases": phases.told()}
    return found | {"publish_whole": whole, "publish_after": _publishing(place, lake)}


def _publishing(place: Path, lake) -> dict:
    start, used = time.perf_counter(), time.process_time()
    done = publish_lake(place, lake)
    return {
        "seconds": round(time.perf_counter() - start, 1),
        "processor_seconds": round(time.process_time() - used, 1),
        "files": len(done.manifest.files),
        "files_written": len(done.written),
        "written_mb": round(done.bytes_written / 1e6, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m lib bench corrections")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        found = measure(home(), Path(folder), options.rows, options.months)
    print(json_text.dumps(found, ensure_ascii=False, indent=None if options.json else 1))


if __name__ == "__main__":
    main()
