"""30 threads record 1,000 results over one register while their process is killed at random.

Every result that was acknowledged must be there, once, and the chain must hold. Times are milliseconds of one
`conclude`, from the call to its return, which is when it is on disk.
"""

import argparse
import json as json_text
import os
import queue
import random
import subprocess
import sys
import tempfile
import threading
import time
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
from sqlalchemy import select

from lib.access import Viewer
from lib.casework.record import take
from lib.casework.steps import Submission
from lib.casework.store.register import Register
from lib.casework.store.schema import event
from lib.casework.store.verify import verify_chain
from lib.casework.warnings.ingest import ingest
from lib.casework.warnings.steps import WARNING
from lib.rules import warning_id

ROOT = Path(__file__).resolve().parents[2]
AT = datetime(2022, 9, 5, 9, 0)
PERSON = Viewer("p-1", "示范员01", "inspector")


def prepare(url: str, results: int) -> list[str]:
    """A store with so many warnings being checked; returns their ids."""
    register = Register(url)
    subjects = [f"C{number:05d}" for number in range(results)]
    frame = pd.DataFrame(
        {"subject_type": "penalty_case", "subject_id": subjects, "period": "", "level": "yellow", "officer_id": "P001",
         "org_id": "O0001", "area_code": "330483101", "domain_code": "ZF", "occurred_on": date(2022, 9, 1),
         "value": 1.0, "threshold": 1.0, "signal_count": 1, "evidence": "{}"}
    )  # fmt: skip
    rule = SimpleNamespace(id="M05", title="罚缴不一致")
    ids = [warning_id("M05", "penalty_case", subject, "") for subject in subjects]
    with register.transaction():
        ingest(register, rule, "bench", None, frame, AT, "bench")
        for one in ids:
            for action in ("sign", "start"):
                take(register, PERSON, WARNING, one, action, Submission(f"{action}-{one}", AT))
    register.close()
    return ids


def record(url: str, threads: int) -> None:
    """The process that gets killed: conclude the warnings named on standard input, acknowledge each on a line."""
    register = Register(url)
    todo: queue.SimpleQueue[str] = queue.SimpleQueue()
    for one in json_text.load(sys.stdin):
        todo.put(one)

    def work() -> None:
        while True:
            try:
                one = todo.get_nowait()
            except queue.Empty:
                return
            started = time.perf_counter()
            found = {"conclusion": "属实", "checked": ["核对票据", "银行流水"]}
            sent = Submission(f"conclude-{one}", AT, None, f"已核对 {one} 的票据和银行流水。", found)
            done = take(register, PERSON, WARNING, one, "conclude", sent)
            spent = (time.perf_counter() - started) * 1000
            os.write(1, f"{one} {done.event_seq} {int(done.duplicate)} {spent:.2f}\n".encode())

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def _environment() -> dict[str, str]:
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**os.environ, "PYTHONPATH": path}


def measure(url: str, *, results: int = 1000, threads: int = 30, kills: int = 5, seed: int = 7) -> dict:
    """Run it; returns acknowledged, present, repeated, chain_ok, kills, duplicates, p50_ms, p95_ms, per_second."""
    chance = random.Random(seed)
    ids = prepare(url, results)
    acknowledged: dict[str, int] = {}
    times: list[float] = []
    duplicates = killed = 0
    seconds = 0.0
    while len(acknowledged) < results:
        stop_after = chance.randint(results // 20, results // 6) if killed < kills else results
        todo = [one for one in ids if one not in acknowledged]
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__).resolve()), "--record", url, "--threads", str(threads)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env=_environment(),
            text=True,
        )
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(json_text.dumps(todo))
        process.stdin.close()
        first = last = 0.0
        for count, line in enumerate(process.stdout, start=1):
            last = time.perf_counter()
            first = first or last
            one, seq, duplicate, spent = line.split()
            acknowledged[one] = int(seq)
            duplicates += int(duplicate)
            times.append(float(spent))
            if count == stop_after and killed < kills:
                process.kill()
                killed += 1
        seconds += last - first
        if process.wait() not in (0, -9):
            raise SystemExit("记录进程出错退出。")
    return {
        **_checked(url, acknowledged),
        "kills": killed,
        "duplicates": duplicates,
        "threads": threads,
        "p50_ms": round(float(np.percentile(times, 50)), 1),
        "p95_ms": round(float(np.percentile(times, 95)), 1),
        "per_second": round(len(times) / seconds),
    }


def _checked(url: str, acknowledged: dict[str, int]) -> dict:
    register = Register(url)
    with register.read() as connection:
        rows = connection.execute(select(event.c.object_id, event.c.seq).where(event.c.action == "conclude")).all()
    stored = {row.object_id: row.seq for row in rows}
    faults = verify_chain(register)
    register.close()
    return {
        "acknowledged": len(acknowledged),
        "present": sum(stored.get(one) == seq for one, seq in acknowledged.items()),
        "repeated": len(rows) - len(stored),
        "chain_ok": not faults,
    }


def main(json: bool = False) -> dict:
    """Measure in a folder of its own, or in the empty store COCKPIT_CASEWORK_URL names, and print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        url = os.environ.get("COCKPIT_CASEWORK_URL") or f"sqlite:///{Path(folder) / 'casework.sqlite'}"
        result = measure(url)
    if json:
        print(json_text.dumps(result, ensure_ascii=False))
    else:
        print(
            f"{result['threads']} 线程记录，强行终止 {result['kills']} 次：确认 {result['acknowledged']} 条，"
            f"在库 {result['present']} 条，重复 {result['repeated']} 条，"
            f"事件链{'完好' if result['chain_ok'] else '有问题'}；"
            f"每条 P50 {result['p50_ms']} ms，P95 {result['p95_ms']} ms，每秒 {result['per_second']} 条"
        )
    return result


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--record", help=argparse.SUPPRESS)
    parser.add_argument("--threads", type=int, default=30)
    options = parser.parse_args()
    if options.record:
        record(options.record, options.threads)
    else:
        found = main(options.json)
        kept = found["acknowledged"] == found["present"] and found["chain_ok"] and not found["repeated"]
        sys.exit(0 if kept else 1)
