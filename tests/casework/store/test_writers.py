"""Inspectors in processes of their own, killed at random: nothing acknowledged is lost or doubled, no life illegal."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.casework import postgres

ROOT = Path(__file__).resolve().parents[3]


def measured(store: str, seconds: int, writers: int) -> dict:
    if store == "postgresql" and postgres.programs() is None and not os.environ.get("CI"):
        pytest.skip(postgres.MISSING)
    # Apart from the test's own threads: it forks.
    command = [sys.executable, "-m", "lib", "bench", "writers", "--json", "--store", store]
    command += ["--seconds", str(seconds), "--writers", str(writers)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=1200)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)[store]


def require_whole(found: dict) -> None:
    assert (found["lost"], found["duplicated"], found["failed"]) == (0, 0, 0)
    assert (found["faults"], found["illegal"]) == ([], [])
    assert found["server_kills"] == 1


# On a server test_kill.py kills one process of thirty threads each time.
@pytest.mark.parametrize("store", ["sqlite", pytest.param("postgresql", marks=pytest.mark.scale)])
def test_a_few_killed_once_together_lose_nothing(store: str) -> None:
    found = measured(store, 5, 4)
    require_whole(found)
    assert found["acknowledged"] > 0


@pytest.mark.scale
@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_forty_for_three_minutes_lose_nothing(store: str) -> None:
    found = measured(store, 180, 40)
    require_whole(found)
    assert found["kills"] > 60
    assert {"warning", "clue"} <= set(found["objects"])
