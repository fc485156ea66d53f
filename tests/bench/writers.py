"""40 inspectors, each a process, take steps as fast as they can; every two seconds one is killed, once all of them or
the database server.

Whatever was acknowledged must be there, once; the chain must hold, the rows must follow from it, and every object must
have lived as its workflow allows. Who is killed comes again and sends what nobody acknowledged anew, as a person does.
Times are milliseconds of one step that was recorded, from the call to its return, waits and retries included.
"""

import argparse
import json as json_text
import os
import pickle
import random
import signal
import sys
import tempfile
import time
from contextlib import nullcontext, suppress
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import func, select

from lib.access import Viewer
from lib.casework.objects import KINDS
from lib.casework.record import take
from lib.casework.steps import FILE, TEXT, Field, Step, Submission
from lib.casework.store.register import Register, StoreBusy
from lib.casework.store.schema import event
from lib.casework.store.verify import verify_register
from lib.casework.warnings.ingest import ingest
from lib.errors import UserError
from lib.rules import warning_id
from tests.casework import postgres
from tests.casework.replay import illegal

AT = datetime(2022, 9, 5, 9, 0)
EACH = 400
AGAIN_SECONDS = 0.2


def prepare(url: str, kept: Path, writers: int) -> None:
    """A store with new warnings for every writer."""
    register = Register(url, kept)
    subjects = [f"{writer}-{number}" for writer in range(writers) for number in range(EACH)]
    frame = pd.DataFrame(
        {"subject_type": "penalty_case", "subject_id": subjects, "period": "", "level": "yellow", "officer_id": "P001",
         "org_id": "O0001", "area_code": "330483101", "domain_code": "ZF", "occurred_on": date(2022, 9, 1),
         "value": 1.0, "threshold": 1.0, "signal_count": 1, "evidence": "{}"}
    )  # fmt: skip
    ingest(register, SimpleNamespace(id="M05", title="罚缴不一致"), "bench", None, frame, AT, "bench")
    register.close()


def _filled(chance: random.Random, one: Field) -> Any:
    """What a person might put into a field."""
    if one.choices:
        return [chance.choice(one.choices)] if one.kind == "choices" else chance.choice(one.choices)
    return {"flag": True, "number": 1, "day": AT.date(), "choices": ["核对票据"]}.get(
        one.kind, "已核对票据和银行流水。"
    )


class Writer:
    """One inspector at work until the time is over; `folder` holds what must outlive a kill."""

    def __init__(self, number: int, url: str, kept: Path, folder: Path) -> None:
        self.register = Register(url, kept)
        self.number, self.folder = number, folder
        self.chance = random.Random(f"{number}-{os.getpid()}")
        self.viewers = [Viewer(f"p-{number}", f"示范员{number:02d}", "office"), Viewer("p-boss", "示范员99", "office")]
        self.intent = folder / f"intent-{number}"
        self.acknowledged = os.open(folder / f"acknowledged-{number}", os.O_CREAT | os.O_APPEND | os.O_WRONLY)
        self.refused = os.open(folder / f"refused-{number}", os.O_CREAT | os.O_APPEND | os.O_WRONLY)
        self.mine = [("warning", warning_id("M05", "penalty_case", f"{number}-{one}", "")) for one in range(EACH)]

    def work(self) -> None:
        """Send again what was on its way, then one step after another, from when all are there until time is over."""
        if self.intent.exists():
            self._send(*pickle.loads(self.intent.read_bytes()))
        (self.folder / f"ready-{self.number}").touch()
        while not (self.folder / "until").exists():
            time.sleep(0.05)
        until = float((self.folder / "until").read_text())
        while time.time() < until:
            try:
                chosen = self._choose()
            except StoreBusy:
                time.sleep(AGAIN_SECONDS)
                continue
            if chosen is None:
                continue
            self.intent.with_suffix(".new").write_bytes(pickle.dumps(chosen))
            self.intent.with_suffix(".new").replace(self.intent)
            self._send(*chosen)

    def _choose(self) -> tuple[str, str, str, Viewer, Submission] | None:
        # Now and then somebody else's, as people do; few at a time, so that some come to an end.
        near = self.mine[: 20 + self.number % 7]
        name, number = self.chance.choice(near) if self.chance.random() < 0.9 else self._anothers()
        with self.register.read() as connection:
            own = select(event.c.to_state).where(event.c.object_type == name, event.c.object_id == number)
            state = connection.execute(own.order_by(event.c.seq.desc()).limit(1)).scalar_one_or_none()
        viewer = self.viewers[self.chance.random() < 0.05]
        steps = KINDS[name].workflow.possible(viewer, state) if state else []
        if steps and steps[0].right == "review":
            # Nobody reviews their own.
            viewer = self.viewers[1]
        # The usual step more often than the others: work gets on.
        if not steps:
            if (name, number) in near and len(self.mine) > len(near):
                self.mine.remove((name, number))
            return None
        step = steps[0] if self.chance.random() < 0.6 else self.chance.choice(steps)
        if step.action == "withdraw" and self.chance.random() < 0.9:
            return None
        return name, number, step.action, viewer, self._submission(step)

    def _anothers(self) -> tuple[str, str]:
        other = self.chance.randrange(40)
        return "warning", warning_id("M05", "penalty_case", f"{other}-{self.chance.randrange(20)}", "")

    def _submission(self, step: Step) -> Submission:
        values = {one.name: _filled(self.chance, one) for one in step.asked}
        words = any(one.name == TEXT for one in step.fields)
        file = ("票据.txt", os.urandom(2000)) if any(one.name == FILE for one in step.fields) else None
        submission = f"{self.number}-{os.getpid()}-{self.chance.getrandbits(64):x}"
        at = datetime.now().replace(microsecond=0)
        return Submission(submission, at, None, "已核对票据和银行流水。" if words else "", values, file)

    def _send(self, name: str, number: str, action: str, viewer: Viewer, sent: Submission) -> None:
        started = time.perf_counter()
        while True:
            try:
                done = take(self.register, viewer, KINDS[name].workflow, number, action, sent)
                break
            except StoreBusy:
                time.sleep(AGAIN_SECONDS)
            except (UserError, ValueError):
                os.write(self.refused, b".")
                return
        if done.event is None:
            return
        spent = (time.perf_counter() - started) * 1000
        told = {"submission": sent.submission_id, "seq": done.event.seq, "ms": spent, "again": done.duplicate}
        os.write(self.acknowledged, f"{json_text.dumps(told)}\n".encode())
        if done.created:
            with suppress(StoreBusy), self.register.read() as connection:
                made = select(event.c.object_type).where(event.c.object_id == done.created).limit(1)
                kind = connection.execute(made).scalar_one_or_none()
                if kind in KINDS:
                    self.mine.insert(0, (kind, done.created))


def _start(number: int, url: str, kept: Path, folder: Path) -> int:
    """A writer in a process of its own; the libraries are there already."""
    if child := os.fork():
        return child
    try:
        with open(folder / "errors", "a") as errors:
            os.dup2(errors.fileno(), 2)
            Writer(number, url, kept, folder).work()
        os._exit(0)
    finally:
        os._exit(1)


def _apart(work: Any, *given: Any) -> None:
    """Do something in a process of its own: no connection of it is inherited."""
    if (child := os.fork()) == 0:
        try:
            work(*given)
            os._exit(0)
        finally:
            os._exit(1)
    if os.waitpid(child, 0)[1]:
        raise SystemExit("准备没有完成。")


def measure(url: str, folder: Path, *, seconds: int, writers: int, every: float = 2.0, server: Any = None) -> dict:
    """Run it; see the module. With a server (tests.casework.postgres) that is killed once, without one all writers."""
    kept = folder / "warehouse" / "register.json"
    kept.parent.mkdir(parents=True)
    _apart(prepare, url, kept, writers)
    running = {number: _start(number, url, kept, folder) for number in range(writers)}
    while len(list(folder.glob("ready-*"))) < writers:
        time.sleep(0.1)
    began, chance = time.time(), random.Random(7)
    until = began + seconds
    (folder / "until.new").write_text(str(until))
    (folder / "until.new").rename(folder / "until")
    kills, server_kills, failed = 0, 0, 0
    struck = began
    while time.time() < until - every:
        time.sleep(max(0.0, struck + every - time.time()))
        struck = time.time()
        victims = [chance.randrange(writers)]
        if not server_kills and struck > began + seconds / 2:
            server_kills = 1
            if server is None:
                victims = list(range(writers))
            else:
                server.kill()
                time.sleep(1)
                server.start()
        for number in victims:
            os.kill(running[number], signal.SIGKILL)
            code = os.waitpid(running[number], 0)[1]
            failed += not os.WIFSIGNALED(code) and code != 0
            running[number] = _start(number, url, kept, folder)
            kills += 1
    for child in running.values():
        failed += os.waitpid(child, 0)[1] != 0
    lasted = time.time() - began
    # Who was killed at the very end sends once more what was on its way.
    for number in range(writers):
        os.waitpid(_start(number, url, kept, folder), 0)
    return {"writers": writers, "seconds": seconds, "kills": kills, "server_kills": server_kills, "failed": failed,
            **_checked(url, kept, folder, lasted)}  # fmt: skip


def _checked(url: str, kept: Path, folder: Path, lasted: float) -> dict:
    told = [
        json_text.loads(line)
        for path in folder.glob("acknowledged-*")
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    errors = (folder / "errors").read_text(encoding="utf-8", errors="replace").splitlines()
    register = Register(url, kept)
    sent = select(event.c.submission_id, event.c.seq).where(event.c.submission_id.is_not(None))
    with register.read() as connection:
        present: dict[str, list[int]] = {}
        for row in connection.execute(sent):
            present.setdefault(row.submission_id, []).append(row.seq)
        events = connection.execute(select(func.count()).select_from(event)).scalar_one()
        lived = select(event.c.object_type, func.count(event.c.object_id.distinct())).group_by(event.c.object_type)
        objects = {kind: count for kind, count in connection.execute(lived) if kind in KINDS}
    acknowledged = {one["submission"]: one["seq"] for one in told}
    times = [one["ms"] for one in told if not one["again"]]
    faults, wrong = verify_register(register), illegal(register)
    register.close()
    return {
        "acknowledged": len(acknowledged),
        "refused": sum(path.stat().st_size for path in folder.glob("refused-*")),
        "lost": sum(seq not in present.get(one, []) for one, seq in acknowledged.items()),
        "duplicated": sum(len(seqs) > 1 for seqs in present.values()),
        "sent_again": sum(one["again"] for one in told),
        "events": events,
        "objects": objects,
        "last_logged": [line for line in errors if line and not line[0].isspace()][-3:],
        "faults": faults[:5],
        "illegal": wrong[:5],
        "per_second": round(len(times) / lasted),
        "p50_ms": round(float(np.percentile(times, 50)), 1),
        "p95_ms": round(float(np.percentile(times, 95)), 1),
        "p99_ms": round(float(np.percentile(times, 99)), 1),
    }


def kept(found: dict) -> bool:
    """Whether nothing was lost, doubled, broken or illegal."""
    return not (found["lost"] or found["duplicated"] or found["faults"] or found["illegal"] or found["failed"])


def run(store: str, seconds: int, writers: int, every: float = 2.0) -> dict:
    """Measure on one of the two stores, in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="writers-") as place:
        folder = Path(place)
        if store == "sqlite":
            return measure(
                f"sqlite:///{folder / 'casework.sqlite'}", folder, seconds=seconds, writers=writers, every=every
            )
        serving = postgres.serving({"max_connections": "300"}) if store == "postgresql" else nullcontext()
        with serving as server:
            return measure(server.url, folder, seconds=seconds, writers=writers, every=every, server=server)


def main(stores: list[str], seconds: int, writers: int, json: bool) -> bool:
    """Measure on these stores and print the figures; whether all went well."""
    found = {store: run(store, seconds, writers) for store in stores}
    if json:
        print(json_text.dumps(found, ensure_ascii=False))
    else:
        for store, one in found.items():
            print(
                f"{store}：{one['writers']} 个进程 {one['seconds']} 秒，强行终止 {one['kills']} 次，"
                f"服务或全体 {one['server_kills']} 次；确认 {one['acknowledged']} 条，丢失 {one['lost']}，"
                f"重复 {one['duplicated']}，按流程拒绝 {one['refused']}，重发 {one['sent_again']}；"
                f"核对问题 {len(one['faults'])} 处，不合流程 {len(one['illegal'])} 处；每秒 {one['per_second']} 条，"
                f"P50 {one['p50_ms']} ms，P95 {one['p95_ms']} ms，P99 {one['p99_ms']} ms"
            )
            for fault in (*one["faults"], *one["illegal"], *(one["last_logged"] if one["failed"] else ())):
                print(f"✗ {fault}", file=sys.stderr)
    return all(kept(one) for one in found.values())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--store", choices=["sqlite", "postgresql"], action="append")
    parser.add_argument("--seconds", type=int, default=180)
    parser.add_argument("--writers", type=int, default=40)
    options = parser.parse_args()
    good = main(options.store or ["sqlite", "postgresql"], options.seconds, options.writers, options.json)
    sys.exit(0 if good else 1)
