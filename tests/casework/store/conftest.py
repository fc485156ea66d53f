"""Stores that are made from nothing: on a server, too, no table stands before the test."""

from pathlib import Path

import pytest

from tests.casework import postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def server_url(request: pytest.FixtureRequest) -> str:
    """The address of a database without tables; empty where a file in the home folder is the store."""
    if request.param == "sqlite":
        return ""
    url = request.getfixturevalue("server")
    postgres.bare(url)
    return url


@pytest.fixture
def url(server_url: str, tmp_path: Path) -> str:
    """The address of a store that is not there yet."""
    return server_url or f"sqlite:///{tmp_path / 'casework.sqlite'}"
