"""Cities without plants, for tests of the base."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from lib.warehouse.demo import build_city

AS_OF = date(2022, 9, 25)


def opened(home: Path, **arguments: object) -> duckdb.DuckDBPyConnection:
    """A city built into `home`, opened read-only."""
    generation = build_city(home, as_of=AS_OF, clean=True, **arguments)  # type: ignore[arg-type]
    return duckdb.connect(str(generation.path), read_only=True)


@pytest.fixture(scope="session")
def clean_city(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """A clean city of 160,000 rows."""
    return opened(tmp_path_factory.mktemp("clean-city"), rows=160_000)
