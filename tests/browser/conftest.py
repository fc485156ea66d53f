"""A served city and a browser for all tests of this folder; nothing it asks for lies outside this machine."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from tests.browser import served


@pytest.fixture(scope="package")
def app(small_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("served") / "city"
    shutil.copytree(small_city, home)
    with served.app(home) as address:
        yield address


@pytest.fixture(scope="module")
def home(small_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city of a module's own."""
    place = tmp_path_factory.mktemp("own") / "city"
    shutil.copytree(small_city, place)
    return place


@pytest.fixture(scope="package")
def context() -> Iterator[BrowserContext]:
    with served.browser(maps=False) as (found, strangers):
        yield found
        assert strangers == []
