"""A class at work: so many trainees, each a session of its own on the app's server, sit down by the class code and do
one exercise after another: judge ten warnings, read one, find the most urgent unit, tune a threshold; each is handed in
and the next begun, until the time is over.

A session is a websocket that speaks the app's own protocol: it presses what the page shows and waits for the end of the
script. Trainees come within --arrive seconds; between two items they think, on average as long as --think says
(exponential). Times are milliseconds of a step from the press to the end of the script, the server's work and the
loopback; beside them the server's processor time for one. Afterwards every score that the board shows is worked out
once more from the events in the seats' stores and the truth, by tests.insight.training's second scorer, and every
store's chain is verified.

COCKPIT_HOME names a synthetic city; the class stays in it.
"""

import argparse
import asyncio
import json
import random
import re
import statistics
import time
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from lib.access import Seat
from lib.access.personas import personas
from lib.casework.steps import Submission
from lib.casework.store.register import open_register
from lib.casework.store.verify import verify_register
from lib.casework.training import attempts, seats
from lib.casework.training.base import base_store
from lib.casework.training.classes import Class, one_class, open_class
from lib.catalog.exercises import exercises
from lib.insight.training import marking
from lib.insight.training.course.board import board
from lib.warehouse.clock import now
from lib.warehouse.home import home as default_home
from lib.warehouse.store import open_warehouse
from tests.bench.page import FAULT, _processor, _serve
from tests.insight.training.recomputed import recomputed

EXERCISES = "judge", "read", "urgent", "tune"
VERDICTS = ("违规", "另有缘故")
_SKILL = 0.7


class Trainee:
    """One session: what its page shows, and how long each step took."""

    def __init__(self, number: int, code: str, think: float, arrive: float) -> None:
        self.name, self.code, self.think, self.arrive = f"学员{number:02d}", code, think, arrive
        self.chance = random.Random(f"classroom|{number}")
        self.query, self.page, self.session = f"class={code}", "", None
        self.shown: dict[str, Any] = {}
        self.states: dict[str, Any] = {}
        self.steps: list[tuple[str, float]] = []
        self.faults: list[str] = []
        self.number, self.handed_in = number, 0

    async def work(self, port: int, until: float) -> None:
        """Come in, sit down, then one go after another until the time is over."""
        await asyncio.sleep(self.chance.uniform(0, self.arrive))
        url = f"ws://127.0.0.1:{port}/_stcore/stream"
        async with websockets.connect(url, subprotocols=["streamlit"], max_size=None) as self.session:
            await self._run("打开")
            self._fill("姓名", self.name)
            await self._press("入座", "入座")
            while time.time() < until:
                if not await self._go(until):
                    break

    async def _go(self, until: float) -> bool:
        exercise = EXERCISES[(self.number + self.handed_in) % len(EXERCISES)]
        begin = next((one for one in self._all("button") if f"begin_{exercise}" in one.id and not one.disabled), None)
        if begin is None:
            self.faults.append(f"{self.name}：没有可以开始的练习")
            return False
        await self._run(f"开始 {exercise}", begin.id)
        if not await getattr(self, f"_{exercise}")(until):
            return False
        await self._pause()
        await self._press("交卷", f"交卷 {exercise}")
        self.handed_in += 1
        await self._pause()
        self.query, self.page = f"class={self.code}", "exercises"
        await self._run("回到训练")
        return True

    async def _judge(self, until: float) -> bool:
        for _ in range(exercises()["judge"].settings["items"]):
            if time.time() >= until:
                return False
            await self._pause()
            self._fill(None, self.chance.choice(VERDICTS), kind="radio")
            self._tick(0.3)
            await self._run("选结论")
            save = next((one for one in ("保存，下一题", "保存这题") if self._button(one)), None)
            if save is None:
                self.faults.append(f"{self.name}：没有保存")
                return False
            await self._press(save, "保存 judge")
        return True

    async def _read(self, until: float) -> bool:
        await self._pause()
        self._tick(0.5)
        self._type(str(self.chance.randint(1, 30)))
        await self._press("保存", "保存 read")
        return time.time() < until

    async def _urgent(self, until: float) -> bool:
        await self._pause()
        for one in self._all("selectbox"):
            self.states[one.id] = self.chance.choice(one.options)
        for one in self._all("multiselect"):
            self.states[one.id] = [option for option in one.options if self.chance.random() < 0.2]
        self._type(f"{self.chance.uniform(0.5, 3):.1f}")
        await self._press("保存", "保存 urgent")
        return time.time() < until

    async def _tune(self, until: float) -> bool:
        """Both ends, the middle, and one more that is taken."""
        told = " ".join(one.body for one in self._all("markdown"))
        low, high = (float(one) for one in re.findall(r"可在 (\S+) 至 (\S+) 之间移", told)[0])
        for value in (low, high, (low + high) / 2, self.chance.uniform(low, high)):
            if time.time() >= until:
                return False
            await self._pause()
            self._type(f"{value:.2f}")
            await self._press("试算", "试算 tune")
        await self._press("就定这个值", "保存 tune")
        return True

    def _tick(self, share: float) -> None:
        """Boxes and rows, by chance."""
        for box in self._all("checkbox"):
            if self.chance.random() < share:
                self.states[box.id] = True
        for table in self._all("arrow_data_frame"):
            if table.id and self.chance.random() < _SKILL:
                self.states[table.id] = json.dumps({"edited_rows": {"0": {"标": True}}})

    def _type(self, text: str) -> None:
        """Into the one box of an exercise that takes a number."""
        for one in self._all("text_input"):
            if one.id.endswith(("_value", "_ratio")):
                self.states[one.id] = text
                return
        self.faults.append(f"{self.name}：没有填数的地方")

    async def _pause(self) -> None:
        await asyncio.sleep(self.chance.expovariate(1 / self.think) if self.think else 0.0)

    def _all(self, kind: str) -> list[Any]:
        return [one for name, one in self.shown.values() if name == kind]

    def _button(self, label: str, key: str = "") -> Any:
        found = [one for one in self._all("button") if one.label == label and not one.disabled]
        return next((one for one in found if key in one.id), None)

    def _fill(self, label: str | None, value: str, kind: str = "text_input") -> None:
        for one in self._all(kind):
            if label is None or one.label == label:
                self.states[one.id] = value
                return
        self.faults.append(f"{self.name}：没有{label or kind}")

    async def _press(self, label: str, step: str, key: str = "") -> None:
        found = self._button(label, key)
        if found is None:
            self.faults.append(f"{self.name}：没有按钮「{label}」")
            return
        await self._run(step, found.id)

    async def _run(self, step: str, pressed: str = "") -> None:
        """Ask for a rerun as a browser does, with what stands in the page's widgets, and read what comes."""
        ask = BackMsg()
        ask.rerun_script.query_string, ask.rerun_script.page_name = self.query, self.page
        for name, value in self.states.items():
            if isinstance(value, list):
                ask.rerun_script.widget_states.widgets.add(id=name).string_array_value.data.extend(value)
                continue
            kind = "bool_value" if isinstance(value, bool) else "string_value"
            ask.rerun_script.widget_states.widgets.add(id=name, **{kind: value})
        if pressed:
            ask.rerun_script.widget_states.widgets.add(id=pressed, trigger_value=True)
        started, self.shown = time.perf_counter(), {}
        await self.session.send(ask.SerializeToString())
        while True:
            message = ForwardMsg.FromString(await self.session.recv())
            kind = message.WhichOneof("type")
            if kind == "page_info_changed":
                self.query = message.page_info_changed.query_string
            elif kind == "delta":
                name = message.delta.new_element.WhichOneof("type")
                if name:
                    where = tuple(message.metadata.delta_path)
                    self.shown[where] = (name, getattr(message.delta.new_element, name))
                if FAULT in message.delta.new_element.alert.body:
                    self.faults.append(f"{self.name} {step}：{message.delta.new_element.alert.body}")
            elif kind == "script_finished":
                if message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    self.shown = {}
                    continue
                break
        self.steps.append((step, (time.perf_counter() - started) * 1000))
        here = {one.id for _, one in self.shown.values() if getattr(one, "id", "")}
        self.states = {name: value for name, value in self.states.items() if name in here}


def _opened(home: Path, size: int) -> Class:
    register, warehouse = open_register(home), open_warehouse(home)
    office = next(one for one in personas(True) if one.role == "office")
    ends = (now() + timedelta(days=1)).date()
    payload = {"title": "测量用的班级", "size": size, "seed": 7, "exercises": list(EXERCISES), "ends_on": ends}
    done = open_class(register, office, Submission(uuid.uuid4().hex, now(warehouse), payload=payload))
    # As the page does.
    base_store(home)
    for name in EXERCISES:
        marking.prepare(warehouse, exercises()[name])
    return one_class(register, office, str(done.created))


async def _class(port: int, code: str, trainees: int, seconds: float, think: float, arrive: float) -> list[Trainee]:
    found = [Trainee(number, code, think, arrive) for number in range(1, trainees + 1)]
    until = time.time() + seconds
    ended = await asyncio.gather(*(one.work(port, until) for one in found), return_exceptions=True)
    for one, error in zip(found, ended, strict=True):
        if isinstance(error, BaseException):
            one.faults.append(f"{one.name}：{type(error).__name__} {error}")
    return found


def _recomputed(home: Path, held: Class) -> tuple[int, list[str]]:
    """How many scores of the board were worked out once more, and those that came out otherwise."""
    register, warehouse = open_register(home), open_warehouse(home)
    office = next(one for one in personas(True) if one.role == "office")
    told = board(home, register, warehouse, office, held.class_id)
    again: list[float] = []
    for taken in told.held.taken:
        seat = Seat(held.code, taken.number)
        viewer = seats.viewer_of(seat, taken)
        for store in seats.worked_in(home, seat):
            again += [recomputed(store, warehouse, viewer, go) for go in attempts.goes(store, viewer) if go.finished]
    shown = told.goes["points"].tolist()
    wrong = [f"{one} / {other}" for one, other in zip(shown, again, strict=True) if abs(one - other) > 1e-9]
    return len(again), wrong


def _chains(home: Path, held: Class) -> list[str]:
    """The faults of the stores of all seats."""
    faults = []
    for number in range(1, held.size + 1):
        for store in seats.worked_in(home, Seat(held.code, number)):
            faults += [f"{number:02d}：{one}" for one in verify_register(store)]
    return faults


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--trainees", type=int, default=40)
    parser.add_argument("--think", type=float, default=15.0, help="两步之间平均想几秒")
    parser.add_argument("--arrive", type=float, default=30.0, help="几秒之内到齐")
    options = parser.parse_args()
    home = default_home()
    held = _opened(home, options.trainees)
    server, port = _serve(["lib", "serve"])
    try:
        began, used = time.time(), _processor(server.pid)
        found = asyncio.run(
            _class(port, held.code, options.trainees, options.minutes * 60, options.think, options.arrive)
        )
        elapsed = time.time() - began
        used, memory = _processor(server.pid) - used, _memory(server.pid)
    finally:
        server.terminate()
        server.wait()
    steps = sorted(ms for one in found for _, ms in one.steps)
    by_step: dict[str, list[float]] = {}
    for one in found:
        for step, ms in one.steps:
            by_step.setdefault(step, []).append(ms)
    count, wrong = _recomputed(home, held)
    faults = [fault for one in found for fault in one.faults]
    result = {
        "trainees": options.trainees,
        "minutes": round(elapsed / 60, 1),
        "think_s": options.think,
        "arrive_s": options.arrive,
        "steps": len(steps),
        "steps_per_s": round(len(steps) / elapsed, 1),
        "p50_ms": round(statistics.median(steps)),
        "p95_ms": round(_p95(steps)),
        "processor_ms": round(used * 1000 / len(steps)),
        "by_step_p95_ms": {step: round(_p95(sorted(times))) for step, times in by_step.items()},
        "handed_in": sum(one.handed_in for one in found),
        "errors": len(faults),
        "scores": count,
        "scores_otherwise": len(wrong),
        "chain_faults": len(_chains(home, held)),
        "server_mb": memory,
    }
    if options.json:
        print(json.dumps(result, ensure_ascii=False, indent=1))
    else:
        for name, value in result.items():
            print(f"{name}\t{value}")
    for one in [*faults[:10], *wrong[:10]]:
        print(f"  {one}")


def _p95(times: list[float]) -> float:
    return times[max(0, int(len(times) * 0.95) - 1)]


def _memory(process: int) -> int:
    """Megabytes that a process holds."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) // 1024
    return 0


if __name__ == "__main__":
    main()
