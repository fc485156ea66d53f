"""Many readers: two processes of the app behind nginx, so many sessions that think between clicks, one process killed.

Each session is a browser with a page of its own, as one of the personas, that asks for a rerun, thinks (exponential,
--think seconds on average) and asks again. In the middle one process is killed for good; its readers connect again as
the page does. `rerun` are milliseconds from asking to the end of the script, through TLS and nginx, `first` those of
the first run of a session, while all arrive; `away` the seconds from the broken connection to the whole page. An error
is a page that says it failed, a session that did not come back, or one that came back as somebody else.
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import tempfile
import time
from pathlib import Path

import websockets

from lib.access.personas import personas
from tests.bench.page import PAGES, _about, _processor, _serve
from tests.deploy.proxy import NGINX, proxied
from tests.deploy.reader import Reader


class Watch:
    """What came of all sessions."""

    def __init__(self) -> None:
        self.first: list[float] = []
        self.before: list[float] = []
        self.after: list[float] = []
        self.away: list[float] = []
        self.errors: list[str] = []
        self.killed = False


async def _read(reader: Reader, name: str, think: float, until: float, arrive: float, watch: Watch) -> None:
    chance = random.Random(f"readers|{name}|{reader.page}")
    await asyncio.sleep(chance.uniform(0, arrive))
    try:
        await reader.open()
        # What stands at the top of every page: the day, and the reader's own scope.
        whose: list[str] = []
        while time.time() < until:
            try:
                took = await reader.rerun()
                again = watch.after if watch.killed else watch.before
                (again if whose else watch.first).append(took)
                whose = whose or reader.texts[:1]
                if reader.texts[:1] != whose:
                    watch.errors.append(f"{name} {reader.page}：{whose} 成了 {reader.texts[:1]}")
                await asyncio.sleep(chance.expovariate(1 / think))
            except (OSError, websockets.WebSocketException):
                watch.away.append(await reader.back())
    except Exception as error:
        watch.errors.append(f"{name} {reader.page}：{type(error).__name__} {error}")
    finally:
        watch.errors += [f"{name} {reader.page}：{fault}" for fault in reader.faults]
        await reader.close()


async def _all(port: int, options: argparse.Namespace, kill) -> Watch:
    people, pages, about = personas(True), list(PAGES.items()), _about()
    watch, until = Watch(), time.time() + options.minutes * 60
    sessions = []
    for number in range(options.sessions):
        person, (title, page) = people[number % len(people)], pages[number % len(pages)]
        query = "&".join(part for part in (f"as={person.person_id}", about.get(title, "")) if part)
        reader = Reader(port, page, query)
        sessions.append(_read(reader, person.name, options.think, until, options.think, watch))

    async def kill_one() -> None:
        await asyncio.sleep(options.minutes * 30)
        watch.killed = True
        kill()

    await asyncio.gather(kill_one(), *sessions)
    return watch


def _spread(times: list[float]) -> dict[str, float]:
    held = sorted(times) or [0.0]
    return {
        "count": len(times),
        "p50": round(statistics.median(held), 1),
        "p95": round(held[max(0, int(len(held) * 0.95) - 1)], 1),
        "most": round(held[-1], 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m lib bench readers")
    parser.add_argument("--sessions", type=int, default=200)
    parser.add_argument("--think", type=float, default=10.0)
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if NGINX is None:
        raise SystemExit("没有 nginx。请先安装（Debian：nginx-light）。")
    (first, one), (second, other) = _serve(["lib", "serve"]), _serve(["lib", "serve"])
    try:
        with tempfile.TemporaryDirectory() as folder, proxied(Path(folder), (one, other)) as port:
            used = _processor(second.pid)
            watch = asyncio.run(_all(port, options, first.kill))
            used = _processor(second.pid) - used
            complaints = (Path(folder) / "error.log").read_text(encoding="utf-8").splitlines()
    finally:
        for server in (first, second):
            server.kill()
            server.wait()
    reruns = len(watch.before) + len(watch.after)
    result = {
        "sessions": options.sessions,
        "think_s": options.think,
        "minutes": options.minutes,
        "reruns": reruns,
        "first_ms": _spread(watch.first),
        "rerun_ms_two_processes": _spread(watch.before),
        "rerun_ms_one_left": _spread(watch.after),
        "came_back": len(watch.away),
        "away_s": _spread(watch.away),
        "errors": len(watch.errors),
        "processor_s_of_the_one_left": round(used, 1),
        "nginx_error_lines": len(complaints),
        "load_of_the_machine": [round(one, 1) for one in os.getloadavg()],
    }
    print(json.dumps(result, ensure_ascii=False, indent=None if options.json else 1))
    for line in watch.errors[:10]:
        print(f"  {line}")


if __name__ == "__main__":
    main()
