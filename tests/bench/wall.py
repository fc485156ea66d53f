"""Twelve hours of the wall in a quarter of one: memory of server and browser over thousands of refreshes.

A real browser shows the wall with a shortened interval; meanwhile something is recorded every few seconds, so that all
figures are worked out anew as they are when a day's work goes on, and the server is ended and started twice, once as a
crash does. Written are the server's memory (RSS), the browser's page process (RSS), what its scripts hold after a
collection (JS heap) and its nodes; the slope is that of a straight line through the part after the second start, in
MB per 1,000 refreshes.
"""

import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Page

from tests.browser.served import browser

ROOT = Path(__file__).resolve().parents[2]
MB = 1024 * 1024
# Where of the way the server is ended; the rest of it is what slopes are taken of.
ENDED = {0.08: "kill", 0.16: "terminate"}
DOWN_SECONDS, WRITE_SECONDS = 3.0, 20.0
# Until caches have taken in as many states as they hold.
SETTLED = 0.45


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _serve(home: Path, port: int) -> subprocess.Popen:
    command = [sys.executable, "-m", "lib", "serve", "--server.port", str(port)]
    server = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "COCKPIT_HOME": str(home)}, stdout=subprocess.DEVNULL
    )
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1)
            return server
        except OSError:
            time.sleep(0.1)
    server.kill()
    raise SystemExit("服务没有启动")


def _rss(process: int) -> float:
    for line in Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) * 1024 / MB
    return 0.0


def _renderers() -> list[int]:
    """The page processes of browsers that this process started."""
    parents, kinds = {}, {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            kinds[int(entry.name)] = b"--type=renderer" in (entry / "cmdline").read_bytes()
        except OSError:
            continue

    def ours(process: int) -> bool:
        while process in parents and process != os.getpid():
            process = parents[process]
        return process == os.getpid()

    return [process for process, kind in kinds.items() if kind and ours(process)]


def _turn(page: Page) -> int:
    try:
        return int(page.evaluate("() => document.documentElement.dataset.wall ?? '-1'"))
    except Exception:  # the page is just being fetched anew
        return -1


def _held(devtools: CDPSession) -> dict[str, float]:
    devtools.send("HeapProfiler.collectGarbage")
    found = {one["name"]: one["value"] for one in devtools.send("Performance.getMetrics")["metrics"]}
    return {"js_heap": found["JSHeapUsedSize"] / MB, "nodes": found["Nodes"]}


def _write(home: Path) -> None:
    """One event more: everything kept under the register's end is worked out anew."""
    from lib.access import SYSTEM
    from lib.casework.store.register import open_register
    from lib.warehouse.clock import now
    from lib.warehouse.store import open_warehouse

    with open_register(home).transaction() as tx:
        tx.append(SYSTEM, now(open_warehouse(home)), "store", "register", "note", None, None)


def _slope(points: list[dict[str, float]], name: str) -> float:
    return statistics.linear_regression([p["refreshes"] for p in points], [p[name] for p in points]).slope * 1000


def measure(home: Path, refreshes: int, every: float) -> dict[str, Any]:
    port = _free_port()
    server = _serve(home, port)
    points: list[dict[str, float]] = []
    restarts, pending, faults = [], dict(ENDED), 0
    try:
        with browser(1920, 1080, maps=False) as (context, strangers):
            page = context.new_page()
            devtools = context.new_cdp_session(page)
            devtools.send("Performance.enable")
            page.goto(f"http://127.0.0.1:{port}/?screen=wall&every={every}")
            begun = written = time.monotonic()
            count, last, noted, moved = 0, -1, 0, time.monotonic()
            while count < refreshes:
                time.sleep(0.2)
                turn = _turn(page)
                if turn >= 0 and turn != last:
                    # A page fetched anew begins its turns again.
                    count += turn - last if turn > last else turn + 1
                    last, moved = turn, time.monotonic()
                if time.monotonic() - moved > 180:
                    raise SystemExit(f"大屏停在第 {count} 次刷新")
                share = next((share for share in pending if count >= share * refreshes), None)
                if share is not None:
                    getattr(server, pending.pop(share))()
                    server.wait(timeout=30)
                    time.sleep(DOWN_SECONDS)
                    before, since = count, time.monotonic()
                    server = _serve(home, port)
                    while (turn := _turn(page)) < 0 or turn == last:
                        time.sleep(0.2)
                        if time.monotonic() - since > 120:
                            raise SystemExit("服务重启后大屏没有恢复")
                    last, moved = turn, time.monotonic()
                    restarts.append({"at": before, "seconds": round(time.monotonic() - since, 1)})
                if time.monotonic() - written > WRITE_SECONDS:
                    _write(home)
                    written = time.monotonic()
                if count - noted >= max(refreshes // 80, 1):
                    noted = count
                    faults += bool(page.evaluate("() => cockpitWall.fault()"))
                    points.append(
                        {
                            "refreshes": count,
                            "server": _rss(server.pid),
                            "browser": sum(map(_rss, _renderers())),
                            **_held(devtools),
                        }
                    )
            seconds = time.monotonic() - begun
            outside = list(strangers)
    finally:
        server.terminate()
        server.wait(timeout=30)
    steady = [one for one in points if one["refreshes"] >= SETTLED * refreshes]
    after = [one for one in points if one["refreshes"] >= (max(ENDED) + 0.04) * refreshes]
    return {
        "refreshes": count,
        "seconds": round(seconds),
        "restarts": restarts,
        "faults": faults,
        "requests_elsewhere": len(outside),
        **{
            name: {
                "first": round(after[0][name], 1),
                "middle": round(steady[0][name], 1),
                "last": round(steady[-1][name], 1),
                "most": round(max(one[name] for one in points), 1),
                "slope_per_1000": round(_slope(after, name), 2),
                "slope_second_half": round(_slope(steady, name), 2),
            }
            for name in ("server", "browser", "js_heap", "nodes")
        },
        "points": [{name: round(value, 1) for name, value in one.items()} for one in points],
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--refreshes", type=int, default=2200)
    parser.add_argument("--every", type=float, default=0.3)
    options = parser.parse_args()
    from lib.warehouse.home import home

    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "home"
        shutil.copytree(home(), copy)
        found = measure(copy, options.refreshes, options.every)
    if options.json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
        return
    told = "、".join(f"第 {one['at']} 次后 {one['seconds']} 秒恢复" for one in found["restarts"])
    print(f"刷新 {found['refreshes']} 次，{found['seconds']} 秒；服务重启 {len(found['restarts'])} 次（{told}）")
    print(f"画面上的故障 {found['faults']} 次，离开本机的请求 {found['requests_elsewhere']} 次")
    print("\t重启后\t中段\t末\t最高\t每千次增长\t后半每千次增长")
    names = {"server": "服务 MB", "browser": "浏览器 MB", "js_heap": "脚本 MB", "nodes": "节点"}
    for name, title in names.items():
        one = found[name]
        print(f"{title}\t" + "\t".join(f"{value:g}" for value in one.values()))


if __name__ == "__main__":
    main()
