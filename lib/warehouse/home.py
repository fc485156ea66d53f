"""The folder of both stores."""

import os
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from lib.catalog.dataset import ROOT

_CASEWORK = ("casework.sqlite", "casework.sqlite-wal", "casework.sqlite-shm")


def home() -> Path:
    """COCKPIT_HOME, or data/var of this checkout; created when missing."""
    path = Path(os.environ.get("COCKPIT_HOME") or ROOT / "data" / "var").expanduser().resolve()
    if not (path / "warehouse").exists():
        path.mkdir(parents=True, mode=0o700, exist_ok=True)
        (path / "warehouse").mkdir(mode=0o700, exist_ok=True)
    _close(path)
    return path


@lru_cache(maxsize=64)
def _close(home: Path) -> None:
    """Take from others what an earlier release left open to them."""
    stores = [home / name for name in (*_CASEWORK, "truth.parquet")]
    for path, mode in ((home / "warehouse", 0o700), *((path, 0o600) for path in stores)):
        with suppress(FileNotFoundError, PermissionError):
            path.chmod(mode)


def truth_path(home: Path) -> Path:
    """What the synthetic city planted; read by training and benchmarks only."""
    return home / "truth.parquet"


def register_path(home: Path) -> Path:
    """Where the casework beside this warehouse had come to, kept outside its store."""
    return home / "warehouse" / "register.json"


def checkpoints_path(home: Path) -> Path:
    """The signed checkpoints of the casework, one a line, kept outside its store."""
    return home / "warehouse" / "checkpoints.jsonl"


def backups_path(home: Path) -> Path:
    """Where copies of the casework are put that nobody gave another place."""
    return home / "backups"


def training_path(home: Path) -> Path:
    """What classes need: the store that every seat begins with, and the seats' own."""
    return home / "training"


def sums_path(home: Path) -> Path:
    """What indicators counted of the generation in force: read by every process, and made anew when it is gone."""
    return home / "warehouse" / "sums"


def progress_path(home: Path) -> Path:
    """Progress of a background build, load or run."""
    return home / "progress.json"
