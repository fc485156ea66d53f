"""A small real warehouse to load into."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from lib.warehouse.load import LoadReport, load_paths
from tests.warehouse.load.messy import write_base


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with nothing published."""
    place = tmp_path / "home"
    place.mkdir()
    return place


@pytest.fixture(scope="session")
def base_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the base files loaded. Shared: copy it, never write to it."""
    files, place = tmp_path_factory.mktemp("base"), tmp_path_factory.mktemp("base-home")
    write_base(files)
    load_paths(place, [files])
    return place


@pytest.fixture
def based(base_home: Path, home: Path) -> Path:
    """A home of one's own with the base files loaded."""
    shutil.copytree(base_home, home, dirs_exist_ok=True)
    return home


@pytest.fixture
def load(based: Path, tmp_path: Path) -> Callable[..., LoadReport]:
    """Load one text file, given by its name and content, into the base warehouse."""

    def load_text(name: str, text: str | bytes, dataset: str | None = None) -> LoadReport:
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return load_paths(based, [path], dataset=dataset)

    return load_text
