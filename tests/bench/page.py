"""Server time per rerun of each page at 1 and 20 sessions, beside a hello-world app in the same run.

A session is a websocket that speaks the app's own protocol: it asks for a rerun of one page and waits for the
end of the script, again and again. Times are milliseconds from asking to the end of the script, so they hold
the server's work and the loopback, not the browser's drawing.
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
    "廉政档案": "officer",
    "模型": "models",
    "调参与回测": "tuning",
    "数据": "data",
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
        cwd=ROOT, env=os.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    for _ in range(200):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1)
            return server, port
        except OSError:
            time.sleep(0.1)
    server.kill()
    raise SystemExit("服务没有启动")


async def _session(port: int, page: str, query: str, reruns: int, times: list[float], faults: list[str]) -> None:
    url = f"ws://127.0.0.1:{port}/_stcore/stream"
    async with websockets.connect(url, subprotocols=["streamlit"], max_size=None) as socket_:
        for turn in range(reruns + 1):
            ask = BackMsg()
            ask.rerun_script.query_string = query
            # By its path every time: the hash that a new session is told is that of app.py, and leads to the overview.
            ask.rerun_script.page_name = page
            started = time.perf_counter()
            await socket_.send(ask.SerializeToString())
            while True:
                message = ForwardMsg.FromString(await socket_.recv())
                kind = message.WhichOneof("type")
                if kind == "delta" and FAULT in message.delta.new_element.alert.body:
                    faults.append(message.delta.new_element.alert.body)
                elif kind == "script_finished":
                    break
            if turn:
                times.append((time.perf_counter() - started) * 1000)


async def _measure(port: int, page: str, query: str, sessions: int, reruns: int) -> dict:
    times: list[float] = []
    faults: list[str] = []
    started = time.perf_counter()
    await asyncio.gather(*(_session(port, page, query, reruns, times, faults) for _ in range(sessions)))
    elapsed = time.perf_counter() - started
    times.sort()
    return {
        "sessions": sessions,
        "reruns": len(times),
        "p50_ms": round(statistics.median(times), 1),
        "p95_ms": round(times[int(len(times) * 0.95) - 1], 1),
        "reruns_per_s": round(sessions * (reruns + 1) / elapsed, 1),
        "faults": sorted(set(faults)),
    }


def _warning_id() -> str:

    from lib.access import SYSTEM
    from lib.casework.reading.visible import warnings
    from lib.casework.store.register import open_register
    from lib.warehouse.store import open_warehouse

    frame = warnings(open_register(), SYSTEM, open_warehouse())
    return str(frame["warning_id"].iloc[0])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--reruns", type=int, default=10)
    options = parser.parse_args()
    warning = _warning_id()
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
                    query = f"id={warning}" if page == "warning" else ""
                    asyncio.run(_measure(port, page, query, 1, 1))
                    result[f"{name}:{title}"] = {
                        str(sessions): asyncio.run(_measure(port, page, query, sessions, options.reruns))
                        for sessions in (1, 20)
                    }
            finally:
                server.terminate()
                server.wait()
    if options.json:
        print(json.dumps(result, ensure_ascii=False, indent=1))
        return
    for title, by_sessions in result.items():
        one, twenty = by_sessions["1"], by_sessions["20"]
        print(f"{title}\t1 会话 {one['p50_ms']} ms\t20 会话 {twenty['p50_ms']} ms(P95 {twenty['p95_ms']})")
        for fault in one["faults"] + twenty["faults"]:
            print(f"  出错：{fault}")


if __name__ == "__main__":
    main()
