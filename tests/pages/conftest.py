"""The handmade city, as the home of the app under test."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner

from lib.casework.store.register import Register
from lib.ui.access import session
from lib.warehouse.store import Warehouse
from tests.cities import handmade


@pytest.fixture(scope="session", autouse=True)
def _installed_once() -> Iterator[None]:
    """Whatever an AppTest opens looks through all installed packages for components first: once is enough."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A handmade city of the test's own, set as COCKPIT_HOME."""
    monkeypatch.setenv("COCKPIT_HOME", str(tmp_path))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    return handmade.put(tmp_path)


@pytest.fixture
def city(home: Path) -> tuple[Register, Warehouse]:
    """Register and warehouse of the test's own handmade city."""
    return handmade.opened(home)


@pytest.fixture(autouse=True)
def _no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages opened without a browser have no cookies; the runtime they are tried on makes some up."""
    monkeypatch.setattr(session, "_cookie", lambda name: "")
