"""A load in a process of its own, with limits of memory and time.

A file can bring its reader to take all the memory, or down altogether. Then only that process ends: the file is
refused and the others are loaded without it.
"""

import pickle
import resource
import selectors
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from lib.catalog.dataset import ROOT
from lib.errors import UserError
from lib.progress import Progress
from lib.warehouse.load.faults import fault_log, open_log
from lib.warehouse.load.loading import load_paths
from lib.warehouse.load.report import LoadReport
from lib.warehouse.room import LOADING_BYTES

_SECONDS = 3600
_LOOK_EVERY = 0.2
# Files that may bring the process down in one load, before it is given up.
_ATTEMPTS = 5


def load_apart(
    home: Path, paths: list[Path], *, progress: Progress | None = None, most: int = LOADING_BYTES, **options: Any
) -> LoadReport:
    """`load_paths` in a process of its own that may take `most` bytes of memory and an hour.

    Raises UserError as load_paths does, and when the process ends early without a file to blame.
    """
    tell = progress or (lambda stage, done, text: None)
    spoilt: dict[str, str] = {}
    while True:
        reading: list[str] = []

        def watched(stage: str, done: float, text: str, reading: list[str] = reading) -> None:
            reading[:] = [text] if stage in ("读取文件", "检查合并") else []
            tell(stage, done, text)

        outcome = _run(home, {"paths": paths, "spoilt": spoilt, **options}, watched, most)
        if isinstance(outcome, LoadReport):
            return outcome
        if isinstance(outcome, UserError):
            raise outcome
        if not reading or reading[0] in spoilt or len(spoilt) == _ATTEMPTS:
            raise UserError(f"装载没有完成，原有数据不受影响：{outcome}。", f"详情见 {fault_log(home)}。")
        spoilt[reading[0]] = f"{outcome}。请检查这个文件是否损坏，或把它拆成几个小文件"


def _run(home: Path, task: dict[str, Any], tell: Progress, most: int) -> LoadReport | UserError | str:
    """One attempt: the report, the error it ended with, or why the process ended without either."""
    with open_log(home) as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "lib.warehouse.load.apart"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
        )
    assert child.stdin is not None and child.stdout is not None
    try:
        with suppress(BrokenPipeError):
            pickle.dump({"home": home, "most": most, **task}, child.stdin)
            child.stdin.close()
        return _listen(child, tell, most)
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


def _listen(child: subprocess.Popen, tell: Progress, most: int) -> LoadReport | UserError | str:
    assert child.stdout is not None
    start = time.monotonic()
    # Not select(): it cannot look at what a process opens after a thousand others.
    ready = selectors.DefaultSelector()
    ready.register(child.stdout, selectors.EVENT_READ)
    with closing(ready):
        return _heard(child, ready, tell, most, start)


def _heard(
    child: subprocess.Popen, ready: selectors.BaseSelector, tell: Progress, most: int, start: float
) -> LoadReport | UserError | str:
    assert child.stdout is not None
    while True:
        if ready.select(_LOOK_EVERY):
            try:
                kind, said = pickle.load(child.stdout)
            except (EOFError, pickle.UnpicklingError):
                return f"读取程序意外中止（{child.wait()}），可能是内存不足"
            if kind != "progress":
                return said
            tell(*said)
        elif _resident(child.pid) > most:
            return f"内存超过上限 {most / 2**30:.1f} GB"
        elif time.monotonic() - start > _SECONDS:
            return f"用时超过上限 {_SECONDS // 60} 分钟"


def _resident(pid: int) -> int:
    """Memory that a process really holds, in bytes."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()
    except (OSError, IndexError, ValueError):
        return 0


def _serve(task: dict[str, Any], send: Callable[[str, Any], None]) -> None:
    """The child's part."""
    # What is asked for at once and far too large is refused at once; what is really held the parent watches.
    room = 2 * task.pop("most") + (8 << 30)
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (room if hard == resource.RLIM_INFINITY else min(room, hard), hard))
    try:
        send("report", load_paths(**task, progress=lambda *said: send("progress", said)))
    except UserError as error:
        send("error", error)
    except Exception:
        traceback.print_exc()
        raise SystemExit(1) from None


if __name__ == "__main__":
    _out = sys.stdout.buffer
    # Whatever a library prints must not come between the messages.
    sys.stdout = sys.stderr

    def _send(kind: str, said: Any) -> None:
        pickle.dump((kind, said), _out)
        _out.flush()

    _serve(pickle.load(sys.stdin.buffer), _send)
