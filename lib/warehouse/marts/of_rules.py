"""Marts that models join: what many of them would work out again, worked out once a generation.

A model sees a past day through them too, so a row must not depend on the day it was made: what changes with time
stands in columns of times, or the mart holds only rows that the model looks at again by its day.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

import duckdb

from lib.catalog import load_catalog
from lib.warehouse.room import CHECKING

_FOLDER = Path(__file__).parent / "rules"
_READS = re.compile(r"^-- reads: (\w+) \(([\w, ]+)\)$", re.MULTILINE)


@dataclass(frozen=True)
class Mart:
    """A mart of models: the table's name, its query, and the columns it reads by dataset."""

    name: str
    query: str = field(repr=False)

    @cached_property
    def reads(self) -> dict[str, tuple[str, ...]]:
        return {dataset: tuple(columns.split(", ")) for dataset, columns in _READS.findall(self.query)}

    @cached_property
    def fingerprint(self) -> int:
        """Another number when the query is another one, so that the models that read it are due."""
        return int(hashlib.sha256(self.query.encode()).hexdigest()[:8], 16)

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.types)

    @cached_property
    def types(self) -> Mapping[str, str]:
        """DuckDB type by column."""
        with _nothing().cursor() as con:
            con.begin()
            for name, columns in self.reads.items():
                typed = ", ".join(f'"{column}" {load_catalog()[name][column].duckdb_type}' for column in columns)
                con.execute(f'create table "{name}" ({typed})')
            found = {row[0]: row[1] for row in con.execute(f"describe {self.query}").fetchall()}
            con.rollback()
        return found

    def make(self, con: duckdb.DuckDBPyConnection, kind: str = "table") -> None:
        """Put it beside the datasets of a connection: a table, a view, or a temp table."""
        con.execute(f'create or replace {kind} "{self.name}" as {self.query}')


@lru_cache(maxsize=1)
def _nothing() -> duckdb.DuckDBPyConnection:
    """A database without tables, to try queries in."""
    return duckdb.connect(":memory:", config={"enable_external_access": "false", **CHECKING})


@lru_cache(maxsize=1)
def rule_marts() -> Mapping[str, Mart]:
    """The marts that models may read, by table name."""
    found = [
        Mart(f"mart_{path.stem}", path.read_text(encoding="utf-8").rstrip()) for path in sorted(_FOLDER.glob("*.sql"))
    ]
    return {mart.name: mart for mart in found}


def make_rule_marts(con: duckdb.DuckDBPyConnection, kind: str = "table") -> None:
    """Every mart of models, made from the datasets of a connection."""
    for mart in rule_marts().values():
        mart.make(con, kind)


def behind(inputs: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """The columns by dataset that lie behind declared inputs: those of datasets, and those that marts read."""
    found: dict[str, dict[str, None]] = {}
    for name, columns in inputs.items():
        read = rule_marts()[name].reads if name in rule_marts() else {name: columns}
        for dataset, names in read.items():
            found.setdefault(dataset, {}).update(dict.fromkeys(names))
    return {dataset: tuple(names) for dataset, names in found.items()}
