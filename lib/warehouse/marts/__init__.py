"""Marts: the small tables that pages read, made inside each new generation."""

from pathlib import Path

import duckdb

_FOLDER = Path(__file__).parent


def build_marts(con: duckdb.DuckDBPyConnection) -> None:
    """Run every .sql file beside this one in name order on an open, writable generation."""
    for path in sorted(_FOLDER.glob("*.sql")):
        con.execute(path.read_text(encoding="utf-8"))
