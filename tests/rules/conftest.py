"""Empty tables of the catalog, rows put into them, and rule files to break."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from lib.catalog import load_catalog
from lib.rules import RULES, Rule, read_rules
from lib.warehouse.marts.of_rules import make_rule_marts
from lib.warehouse.reference import fill_reference


@pytest.fixture(scope="session")
def rules() -> dict[str, Rule]:
    return read_rules()


@pytest.fixture
def tables() -> Iterator[duckdb.DuckDBPyConnection]:
    """All datasets, empty, with the work calendar; marts follow the rows."""
    with duckdb.connect(":memory:") as con:
        for dataset in load_catalog().values():
            con.execute(dataset.create_table_sql())
        fill_reference(con)
        make_rule_marts(con, "view")
        yield con


def put(con: duckdb.DuckDBPyConnection, table: str, *rows: dict[str, Any]) -> None:
    """Insert rows that name only some columns."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    marks = ", ".join(f"({', '.join('?' for _ in columns)})" for _ in rows)
    if rows:
        values = [row.get(column) for row in rows for column in columns]
        con.execute(f"insert into {table} ({', '.join(columns)}) values {marks}", values)


@pytest.fixture
def broken(tmp_path: Path) -> Callable[..., Path]:
    """A folder with M05 and its cases in which one text was replaced by another."""

    def write(old: str = "", new: str = "", name: str = "M05_fine_mismatch.sql") -> Path:
        for file in RULES.glob("M05_*"):
            text = file.read_text(encoding="utf-8")
            if file.name == name:
                assert old in text
                text = text.replace(old, new, 1)
            (tmp_path / file.name).write_text(text, encoding="utf-8")
        return tmp_path

    return write
