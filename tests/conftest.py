"""What several areas of the tests share: one small synthetic city, built once per run."""

import fcntl
import gc
import os
import shutil
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import is_hypothesis_test, settings

from lib.casework.accounts import sign_in
from lib.casework.store import register

SMALL_ROWS = 60_000


def pytest_sessionstart() -> None:
    """What a test commits need not outlive the machine, nor need its passwords be hard to guess; programs that are
    started are run with what is shipped, and do not compile it each anew."""
    register.SYNCHRONOUS = "off"
    sign_in._N = 2**10
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_collection_finish() -> None:
    """The tests and what they import stay alive to the end: the collector need not look through them again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 5)


def pytest_unconfigure() -> None:
    """Hypothesis leaves a callback with the collector: what that keeps to the end DuckDB's binding calls leaked."""
    gc.unfreeze()
    gc.callbacks.clear()


# How many times as many examples a property is tried with where there is time for it.
MANY = 20


def pytest_itemcollected(item: pytest.Item) -> None:
    """With -m scale every property is tried again, with many examples; otherwise with the few it asks for."""
    tried = getattr(item, "obj", None)
    if item.config.option.markexpr == "scale" and is_hypothesis_test(tried):
        item.add_marker("scale")
        # One function stands behind all parameters of a test.
        few = vars(tried).setdefault("few", tried._hypothesis_internal_use_settings)
        tried._hypothesis_internal_use_settings = settings(few, max_examples=MANY * few.max_examples)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs the small city stands first: one worker builds it while the other, from the middle on, does the rest.

    TESTS_REVERSED=1 runs the last test first: none leans on one before it.
    """
    items.sort(key=lambda item: "small_city" not in getattr(item, "fixturenames", ()))
    if os.environ.get("TESTS_REVERSED"):
        items.reverse()


@pytest.fixture(autouse=True)
def _let_go(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test opened in a folder of its own is closed with it: a worker would hold thousands of files at last."""
    own = request.getfixturevalue("tmp_path") if "tmp_path" in request.fixturenames else None
    yield
    if own is None:
        return
    from lib.warehouse import store

    for home in [home for home in store._opened if own == home or own in home.parents]:
        store._opened.pop(home).close()
    for url in [url for url in register._opened if str(own) in url]:
        register._opened.pop(url).close()


@pytest.fixture(scope="session")
def small_city(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The home of a small synthetic city with its year of casework. Shared: read it, never write to it."""
    from lib.casework.demo.build import build_demo
    from lib.insight.kept.ahead import work_out
    from lib.warehouse.store import open_warehouse
    from tests.cities.told import told_everything

    root = tmp_path_factory.getbasetemp()
    root = root if worker_id == "master" else root.parent
    place = root / "small-city"
    with open(root / "small-city.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / "ready").exists():
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir()
            build_demo(
                place, rows=SMALL_ROWS, seed=2022, as_of=date(2022, 9, 25), clean=False, progress=lambda *_: None
            )
            told_everything(place)
            # As the command that builds a city does: every copy and every server would count it anew.
            work_out(register.open_register(place), open_warehouse(place))
            (place / "ready").touch()
    return place


@pytest.fixture
def city_copy(small_city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the small city to write to, set as COCKPIT_HOME."""
    place = tmp_path / "city"
    shutil.copytree(small_city, place)
    monkeypatch.setenv("COCKPIT_HOME", str(place))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    yield place


@pytest.fixture
def city_home(small_city: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shared small city, set as COCKPIT_HOME for reading."""
    monkeypatch.setenv("COCKPIT_HOME", str(small_city))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    return small_city
