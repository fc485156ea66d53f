"""What a rerun of each page costs: messages, kB, processor and server time at 1 and 20 sessions, beside a hello-world
app in the same run.

A session is a websocket that speaks the app's own protocol: it asks for a rerun of one page, with the hashes of the
messages it has kept and the switches it shows as a browser does, and waits for the end of the script, again and again.
Times are milliseconds from asking to the end of the script, so they hold the server's work and the loopback, not the
browser's drawing. Beside them stands the processor's time of the server's process for a rerun, and how many times that
of hello it is: it depends least on what else the machine does. kB and messages are those of the first run, which finds
nothing kept, and of a rerun.
"""

import argparse
import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import NamedTuple

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

ROOT = Path(__file__).resolve().parents[2]
PAGES = {
    "总览": "",
    "预警地图": "map",
    "人员排序": "ranking",
    "线索办理": "clues",
    "工作台": "workbench",
    "预警详情": "warning",
    "选人": "officer",
    "廉政档案": "officer",
    "模型": "models",
    "调参与回测": "tuning",
    "数据": "data",
    "监督清单": "lists",
    "高频事项": "items",
    "改革任务": "reform",
    "廉政风险": "risks",
    "回头看": "lookback",
    "典型案例": "exemplars",
    "政治纪律案件": "discipline",
}
FAULT = "页面出错"
HELLO = "import streamlit as st\nst.title('你好')\nst.write('一行文字')\n"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _serve(command: list[str]) -> tuple[subprocess.Popen, int]:
    port = _free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", *command, "--server.port", str(port), "--server.address", "127.0.0.1"],
        cwd=ROOT,
        env=os.environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    # Beside other work a start takes a while.
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1)
            return server, port
        except OSError:
            time.sleep(0.1)
    server.kill()
    raise SystemExit("服务没有启动")


class _Sent(NamedTuple):
    """What the server sent for one run of a page."""

    ms: float
    size: int
    messages: int


async def _session(port: int, page: str, query: str, reruns: int, faults: list[str]) -> list[_Sent]:
    url = f"ws://127.0.0.1:{port}/_stcore/stream"
    runs, kept, switches = [], set[str](), dict[str, bool]()
    async with websockets.connect(url, subprotocols=["streamlit"], max_size=None) as socket_:
        for _ in range(reruns + 1):
            ask = BackMsg()
            ask.rerun_script.query_string = query
            # By its path every time: the hash that a new session is told is that of app.py, and leads to the overview.
            ask.rerun_script.page_name = page
            ask.rerun_script.cached_message_hashes.extend(kept)
            # Without its switch a page takes every rerun for an opening, and writes that into the log.
            for switch, on in switches.items():
                ask.rerun_script.widget_states.widgets.add(id=switch, bool_value=on)
            kept, size, messages = set(), 0, 0
            started = time.perf_counter()
            await socket_.send(ask.SerializeToString())
            while True:
                received = await socket_.recv()
                size, messages = size + len(received), messages + 1
                message = ForwardMsg.FromString(received)
                kind = message.WhichOneof("type")
                if message.metadata.cacheable:
                    kept.add(message.hash)
                elif kind == "ref_hash":
                    kept.add(message.ref_hash)
                if kind == "delta" and message.delta.new_element.WhichOneof("type") == "checkbox":
                    switches[message.delta.new_element.checkbox.id] = message.delta.new_element.checkbox.default
                if kind == "delta" and FAULT in message.delta.new_element.alert.body:
                    faults.append(message.delta.new_element.alert.body)
                elif kind == "script_finished":
                    break
            runs.append(_Sent((time.perf_counter() - started) * 1000, size, messages))
    return runs


def _processor(process: int) -> float:
    """Seconds of processor time that a process has used, all its threads together."""
    # The clock of another process (clock_getcpuclockid), finer than the ticks of /proc.
    return time.clock_gettime((~process << 3) | 2)


async def _measure(server: int, port: int, page: str, query: str, sessions: int, reruns: int) -> dict:
    faults: list[str] = []
    started, used = time.perf_counter(), _processor(server)
    each = await asyncio.gather(*(_session(port, page, query, reruns, faults) for _ in range(sessions)))
    elapsed, used = time.perf_counter() - started, _processor(server) - used
    again = [run for runs in each for run in runs[1:]]
    times = sorted(run.ms for run in again)
    return {
        "sessions": sessions,
        "reruns": len(again),
        "p50_ms": round(statistics.median(times), 1),
        "p95_ms": round(times[int(len(times) * 0.95) - 1], 1),
        "processor_ms": round(used * 1000 / (len(again) + sessions), 1),
        "reruns_per_s": round((len(again) + sessions) / elapsed, 1),
        "first_kb": round(max(runs[0].size for runs in each) / 1000, 1),
        "kb": round(max(run.size for run in again) / 1000, 1),
        "messages": max(run.messages for run in again),
        "faults": sorted(set(faults)),
    }


def _about() -> dict[str, str]:
    """By title of a page: the address parameters that it is about, of the first warning with an officer."""
    from lib.access import SYSTEM
    from lib.casework.reading.visible import warnings
    from lib.casework.store.register import open_register
    from lib.warehouse.store import open_warehouse

    frame = warnings(open_register(), SYSTEM, open_warehouse())
    row = frame[frame["officer_id"].notna()].iloc[0]
    return {"预警详情": f"id={row['warning_id']}", "廉政档案": f"officer={row['officer_id']}"}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--reruns", type=int, default=10)
    options = parser.parse_args()
    about = _about()
    result: dict[str, dict] = {}
    with tempfile.TemporaryDirectory() as folder:
        hello = Path(folder) / "hello.py"
        hello.write_text(HELLO, encoding="utf-8")
        for name, command, pages in (
            ("hello", ["streamlit", "run", str(hello)], {"你好": ""}),
            ("app", ["lib", "serve"], PAGES),
        ):
            server, port = _serve(command)
            try:
                for title, page in pages.items():
                    query = about.get(title, "")
                    asyncio.run(_measure(server.pid, port, page, query, 1, 1))
                    result[f"{name}:{title}"] = {
                        str(sessions): asyncio.run(_measure(server.pid, port, page, query, sessions, options.reruns))
                        for sessions in (1, 20)
                    }
            finally:
                server.terminate()
                server.wait()
    if options.json:
        print(json.dumps(result, ensure_ascii=False, indent=1))
        return
    floor = result["hello:你好"]
    print("页面\t初次 kB\t再运行 kB\t消息\t1 会话 ms（倍）\t20 会话 ms（倍）\t1 会话处理器（倍）\t20 会话处理器（倍）")
    for title, by_sessions in result.items():
        one, twenty = by_sessions["1"], by_sessions["20"]
        times = "\t".join(
            f"{by_sessions[sessions][name]}（{by_sessions[sessions][name] / floor[sessions][name]:.1f}）"
            for name in ("p50_ms", "processor_ms")
            for sessions in ("1", "20")
        )
        print(f"{title}\t{one['first_kb']}\t{one['kb']}\t{one['messages']}\t{times}")
        for fault in one["faults"] + twenty["faults"]:
            print(f"  出错：{fault}")


if __name__ == "__main__":
    main()
