"""A look at Apache Spark in every run where Java and PySpark are there, and always in CI: the first case of some
models, and some random queries; all of it is in test_spark."""

from pathlib import Path
from typing import Any, cast

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lib.engines.session import Engine, EngineError
from lib.rules import read_rules
from tests.engines.equality import of_rule
from tests.engines.queries import compared

# Together their queries go through 1,000 of the 1,050 lines of the translation that those of all models go through.
_MODELS, _QUERIES, _SEED = ("M02", "M06", "M07", "M08", "M12", "M16"), 12, 5


def test_the_first_case_of_some_models_finds_the_same_on_spark(engines: tuple[Engine, Engine]) -> None:
    rules = read_rules()
    found = [one for name in _MODELS for one in of_rule(rules[name], engines, most=1, signals_alone=True)]
    assert len({one.file for one in found}) == len(_MODELS)
    assert [f"{one.file} {one.section} {said}" for one in found for said in one.differences] == []


def test_a_byte_that_turned_in_a_file_of_the_lake_stops_spark(engines: tuple[Engine, Engine], tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    rows = pa.table({"n": list(range(100))})
    with pq.ParquetWriter(path, rows.schema, compression="none", use_dictionary=False, write_page_checksum=True) as out:
        out.write_table(rows)
    with duckdb.connect(":memory:") as con:
        for turned in (0, 1):
            content = bytearray(path.read_bytes())
            content[content.index((50).to_bytes(8, "little"))] ^= turned
            path.write_bytes(content)
            session = cast(Any, engines[1].over(con))
            session.lies("t", {"n": "BIGINT"}, [f"file://{path}"])
            if turned:
                with pytest.raises(EngineError, match="FAILED_READ_FILE"):
                    session.run("select sum(n) as n from t", {})
            else:
                assert session.run("select sum(n) as n from t", {}).to_pylist() == [{"n": 4950}]


def test_random_queries_give_the_same_on_spark(engines: tuple[Engine, Engine]) -> None:
    run = compared(engines, _QUERIES, _SEED)
    assert run.differing == []
    assert run.equal > 0.8 * _QUERIES
