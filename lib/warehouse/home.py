"""The folder of both stores."""

import os
from pathlib import Path

from lib.catalog.dataset import ROOT


def home() -> Path:
    """COCKPIT_HOME, or data/var of this checkout; created when missing."""
    path = Path(os.environ.get("COCKPIT_HOME") or ROOT / "data" / "var").expanduser().resolve()
    (path / "warehouse").mkdir(parents=True, exist_ok=True)
    return path


def truth_path(home: Path) -> Path:
    """What the synthetic city planted; read by training and benchmarks only."""
    return home / "truth.parquet"


def progress_path(home: Path) -> Path:
    """Progress of a background build, load or run."""
    return home / "progress.json"
