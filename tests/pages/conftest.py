"""The handmade city, as the home of the app under test."""

from pathlib import Path

import handmade
import pytest


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A handmade city of the test's own, set as COCKPIT_HOME."""
    handmade.build(tmp_path)
    monkeypatch.setenv("COCKPIT_HOME", str(tmp_path))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    return tmp_path
