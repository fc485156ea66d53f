"""Stores that are made from nothing: on a server, too, no table stands before the test."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.casework import postgres


@pytest.fixture
def cleared() -> Callable[[str], None]:
    """What a database of the server is made before a test: one without tables."""
    return postgres.bare


@pytest.fixture
def url(server_url: str, tmp_path: Path) -> str:
    """The address of a store that is not there yet."""
    return server_url or f"sqlite:///{tmp_path / 'casework.sqlite'}"
