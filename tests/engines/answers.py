"""What Spark answered to random expressions and queries, kept so that every run of the tests asks DuckDB for the same.

`python -m tests.engines.answers sc://HOST:PORT` writes answers.json anew from a real server.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import duckdb

from lib.engines import EngineError, Session
from lib.engines.duckdb import IN_PROCESS
from lib.engines.session import Engine
from lib.engines.spark import kind_of
from lib.engines.translate import translate
from tests.engines.equality import rows_of
from tests.engines.fuzz import SHAPES, TYPES, drawn, table
from tests.engines.queries import BOUND, COLUMNS, ROWS, fill, forms, written

KEPT = Path(__file__).with_name("answers.json")
# How many expressions of each shape, drawn by which seed.
_DRAWN = {"rows": (60, 11), "groups": (30, 12), "windows": (20, 13)}
_WRITTEN = (150, 14)
QUERIES = "queries"


def query(shape: str, expressions: list[str]) -> str:
    return SHAPES[shape][1].format(", ".join(f"{one} as x{place}" for place, one in enumerate(expressions)))


def answered(session: Session, shape: str, expressions: list[str]) -> str:
    """A digest of the rows."""
    if shape == QUERIES:
        rows = [rows_of(session.run(one, BOUND)) for one in expressions]
    else:
        rows = rows_of(session.run(query(shape, expressions), {}))
    return hashlib.sha256(json.dumps(rows, default=str, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def translated(shape: str, expressions: list[str]) -> str:
    """A digest of what Spark is asked."""
    if shape == QUERIES:
        kinds, tables = {name: kind_of(value) for name, value in BOUND.items()}, dict.fromkeys(ROWS, COLUMNS)
        asked = str([translate(one, kinds, tables) for one in expressions])
    else:
        asked = translate(query(shape, expressions), {}, {"t": TYPES}).sql
    return hashlib.sha256(asked.encode()).hexdigest()


def _runs(session: Session, shape: str, expression: str) -> bool:
    """DuckDB orders by no constant, for one."""
    try:
        session.run(query(shape, [expression]), {})
    except EngineError:
        return False
    return True


def gathered(engine: Engine) -> list[dict[str, Any]]:
    """What an engine answers to the expressions of each shape, and the digest of what it was asked."""
    found = []
    for shape, (count, seed) in _DRAWN.items():
        with duckdb.connect(":memory:") as con:
            table(con, seed)
            expressions = [one for one in drawn(shape, count, seed) if _runs(IN_PROCESS.over(con), shape, one)]
            answers = answered(engine.over(con), shape, expressions)
        kept = {"shape": shape, "seed": seed, "expressions": expressions, "answers": answers}
        found.append({**kept, "asked": translated(shape, expressions)})
    count, seed = _WRITTEN
    with duckdb.connect(":memory:") as con:
        fill(con, seed)
        one, other = IN_PROCESS.over(con), engine.over(con)
        runs = [query for query in (*written(count, seed), *forms()) if _both_run(one, query)]
        # Of doubles the last digit may be another.
        queries = [query for query in runs if rows_of(one.run(query, BOUND)) == rows_of(other.run(query, BOUND))]
        answers = answered(other, QUERIES, queries)
    kept = {"shape": QUERIES, "seed": seed, "expressions": queries, "answers": answers}
    found.append({**kept, "asked": translated(QUERIES, queries)})
    return found


def _both_run(session: Session, one: str) -> bool:
    """Whether a query runs on DuckDB and is not refused elsewhere."""
    try:
        rows_of(session.run(one, BOUND))
        translated(QUERIES, [one])
    except (EngineError, OverflowError):
        return False
    return True


def of_duckdb(kept: dict[str, Any]) -> str:
    """What DuckDB answers to kept expressions."""
    with duckdb.connect(":memory:") as con:
        (fill if kept["shape"] == QUERIES else table)(con, kept["seed"])
        return answered(IN_PROCESS.over(con), kept["shape"], kept["expressions"])


if __name__ == "__main__":
    from lib.engines.spark import Spark

    spark = Spark(sys.argv[1])
    KEPT.write_text(json.dumps(gathered(spark), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    spark.close()
