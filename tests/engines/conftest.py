"""DuckDB and a Spark of one's own, side by side."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.engines.duckdb import IN_PROCESS
from lib.engines.session import Engine
from tests.engines.server import missing, serving


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Engine]]:
    if absent := missing():
        # CI says so when it has installed both.
        assert "CI_SPARK" not in os.environ, f"needs {absent}"
        pytest.skip(f"needs {absent}")
    from lib.engines.spark import Spark

    folder: Path = tmp_path_factory.mktemp("spark")
    with serving(folder) as server:
        spark = Spark(server.address)
        yield IN_PROCESS, spark
        spark.close()
