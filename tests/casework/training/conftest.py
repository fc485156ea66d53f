"""A class on a city of the test's own, in which nothing was planted."""

from datetime import date, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from lib.access import Viewer
from lib.access.personas import personas
from lib.casework.steps import Submission
from lib.casework.store.register import Register, open_register
from lib.casework.training import seats
from lib.casework.training.classes import Class, one_class, open_class
from lib.warehouse.clock import now
from lib.warehouse.demo.plants.truth import TRUTH_SCHEMA
from lib.warehouse.home import truth_path
from tests.cities import handmade

OFFICE: Viewer = next(one for one in personas(True) if one.role == "office")


def a_class(register: Register, *, size: int = 3, seed: int = 7, days: int = 3, number: str = "one") -> Class:
    """A class that was opened just now, for so many days."""
    ends = now().date() + timedelta(days=days)
    payload = {"title": "第一期", "size": size, "seed": seed, "exercises": ["judge"], "ends_on": ends}
    done = open_class(register, OFFICE, Submission(number, now(), payload=payload))
    return one_class(register, OFFICE, str(done.created))


def yesterday() -> date:
    return now().date() - timedelta(days=1)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COCKPIT_HOME", str(tmp_path))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    monkeypatch.setattr(seats, "_wrong", {})
    handmade.put(tmp_path)
    pq.write_table(TRUTH_SCHEMA.empty_table(), truth_path(tmp_path))
    return tmp_path


@pytest.fixture
def city(home: Path) -> Register:
    return open_register(home)
