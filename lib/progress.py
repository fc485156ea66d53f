"""Progress of long work: a bar on a terminal, plain lines elsewhere, and a file that the app watches."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

# Called with the stage in Chinese, the share done (0 to 1) and what is being done.
Progress = Callable[[str, float, str], None]


class Reporter:
    """Callable as report(stage, done, text); used as a context manager."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._last = ""
        self._bar: Any = None
        if sys.stderr.isatty():
            # Whoever only takes a Progress need not wait for it.
            from rich import progress

            self._bar = progress.Progress(
                progress.TextColumn("{task.description}"),
                progress.BarColumn(),
                progress.TextColumn("{task.percentage:3.0f}%"),
                progress.TimeElapsedColumn(),
            )

    def __enter__(self) -> "Reporter":
        if self._bar:
            self._bar.start()
            self._task = self._bar.add_task("准备", total=1.0)
        return self

    def __call__(self, stage: str, done: float, text: str = "") -> None:
        line = f"{stage}：{text}" if text else stage
        tmp = self._file.with_name(f"{self._file.name}.{os.getpid()}")
        said = json.dumps({"stage": stage, "done": done, "text": text}, ensure_ascii=False)
        # The name of a file may hold what is no character at all.
        tmp.write_text(said, encoding="utf-8", errors="replace")
        os.replace(tmp, self._file)
        if self._bar:
            self._bar.update(self._task, completed=done, description=line)
        elif line != self._last:
            print(f"[{done:4.0%}] {line}", file=sys.stderr, flush=True)
        self._last = line

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()
        self._file.unlink(missing_ok=True)
