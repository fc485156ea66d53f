"""A copy of the project to add something to, and programs run in it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from lib.catalog.dataset import ROOT

_PARTS = ("lib", "data", "pages", "rules", "static", "tests/cities", "tests/pages")


def copied(to: Path) -> Path:
    """A copy of what the app is made of, and of what its tests share; what is compiled of it stays so."""
    for part in _PARTS:
        shutil.copytree(ROOT / part, to / part, ignore=shutil.ignore_patterns("var"))
    shutil.copy(ROOT / "app.py", to)
    return to


def run(project: Path, program: str, home: Path) -> None:
    """Run a program in the copy, with `home` as its only argument and as COCKPIT_HOME."""
    home.mkdir(parents=True, exist_ok=True)
    own = {name: value for name, value in os.environ.items() if not name.startswith("COCKPIT_")}
    done = subprocess.run(
        [sys.executable, "-c", program, str(home)],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
        env={**own, "COCKPIT_HOME": str(home)},
    )
    assert done.returncode == 0, done.stderr
