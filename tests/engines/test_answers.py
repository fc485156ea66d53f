"""DuckDB answers random expressions as Spark did, and Spark is asked what it was asked then."""

import json

import pytest

from tests.engines.answers import KEPT, of_duckdb, translated

ANSWERS = json.loads(KEPT.read_text(encoding="utf-8"))


@pytest.mark.parametrize("kept", ANSWERS, ids=[one["shape"] for one in ANSWERS])
def test_duckdb_answers_what_spark_answered(kept: dict) -> None:
    assert of_duckdb(kept) == kept["answers"]


@pytest.mark.parametrize("kept", ANSWERS, ids=[one["shape"] for one in ANSWERS])
def test_spark_is_asked_what_it_answered(kept: dict) -> None:
    """Another translation has to be tried on a server before its answers are kept (tests/engines/answers.py)."""
    assert translated(kept["shape"], kept["expressions"]) == kept["asked"]
