"""What the first opening of each page costs, in a server process that has opened nothing yet.

    python -m lib bench opening [--page 总览]… [--json]

For each page the app is started anew, and the page opened twice: `first` are the seconds until the script of the first
opening has ended, `processor` the processor seconds the server took for it, `again` the milliseconds of the second,
`memory` the megabytes the server holds then. 启动 is a server that was only started; 全部 one that has opened all
pages, one after the other. What the machine does beside shows in `first`, hardly in `processor`.
"""

import argparse
import asyncio
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.bench.page import PAGES, _about, _processor, _serve, _session

START, ALL = "启动", "全部"


def _memory(process: int) -> int:
    """Megabytes that a process holds."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return round(next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024)


def _opened(pages: Iterable[str], about: dict[str, str]) -> dict[str, Any]:
    """The figures of these pages, opened one after the other in a server of their own."""
    server, port = _serve(["lib", "serve"])
    try:
        faults: list[str] = []
        used = _processor(server.pid)
        runs = [asyncio.run(_session(port, PAGES[one], about.get(one, ""), 1, faults)) for one in pages]
        used = _processor(server.pid) - used
        return {
            "first": round(sum(first.ms for first, _ in runs) / 1000, 2),
            "processor": round(used, 2),
            "again": round(sum(again.ms for _, again in runs)),
            "memory": _memory(server.pid),
            "faults": sorted(set(faults)),
        }
    finally:
        server.terminate()
        server.wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m lib bench opening")
    parser.add_argument("--page", action="append", choices=list(PAGES), metavar="总览")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    about, pages = _about(), options.page or list(PAGES)
    found = {START: _opened([], about), **{one: _opened([one], about) for one in pages}, ALL: _opened(pages, about)}
    if options.json:
        print(json.dumps(found, ensure_ascii=False))
        return
    print("页面\t首次 秒\t处理器 秒\t再次 毫秒\t内存 MB")
    for title, one in found.items():
        print("\t".join(str(part) for part in (title, *list(one.values())[:-1])))
        for fault in one["faults"]:
            print(f"  出错：{fault}")


if __name__ == "__main__":
    main()
