"""The tables of a generation as a lake holds them: cut by month where they have a day, each month known by its rows."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import duckdb

from lib.catalog import load_catalog
from lib.warehouse.marts import mart_days

# What a generation says of itself. Quarantined rows stay where they can be answered.
BOOKS = ("meta", "dataset_state", "load_log", "generation_log")
# Another number when files of the same rows are written otherwise.
_WRITING = 2
# How Hive, Spark and DuckDB call the part of the rows that have none.
NO_MONTH = "__HIVE_DEFAULT_PARTITION__"


@dataclass(frozen=True)
class Part:
    """The rows of a table that make one file: those of a month, those without a day, or all."""

    table: "Table"
    month: date | None
    rows: int
    content: str

    @property
    def name(self) -> str | None:
        """The month as 2022-08."""
        return self.month.isoformat()[:7] if self.month else None

    @property
    def path(self) -> str:
        folder = f"{self.table.name}/{self.table.cut_as}={self.name or NO_MONTH}" if self.table.day else self.table.name
        return f"{folder}/{self.content}.parquet"

    @property
    def query(self) -> tuple[str, dict[str, Any]]:
        """The rows in the order of the file, with the values bound."""
        table = self.table
        bound: dict[str, Any] = {}
        where = ""
        if table.day is not None and self.month is None:
            where = f'where "{table.day}" is null or not isfinite("{table.day}")'
        elif table.day is not None:
            where = f'where "{table.day}" >= $month and "{table.day}" < $month + interval 1 month'
            bound = {"month": self.month}
        order = ", ".join(f'"{name}"' for name in table.sorted_by)
        columns = ", ".join(f'"{name}"' for name in table.columns)
        return f'select {columns} from "{table.name}" {where} order by {order}', bound


@dataclass(frozen=True)
class Table:
    """A table of a generation; the words are those of manifest.StoredTable."""

    name: str
    kind: str
    columns: dict[str, str]
    day: str | None
    sorted_by: tuple[str, ...]

    @cached_property
    def cut_as(self) -> str:
        """What the folders of its months are called, which must be no column of its own."""
        return "month" if "month" not in self.columns else f"{self.day}_month"

    def parts(self, con: duckdb.DuckDBPyConnection) -> list[Part]:
        """The files it makes, by month, the rows without a day first; one when it is not cut or has no rows."""
        quoted = ", ".join(f'"{name}"' for name in self.columns)
        hashed = f"hash({quoted})"
        month = "null::date"
        if self.day is not None:
            month = f'case when isfinite("{self.day}") then date_trunc(\'month\', "{self.day}")::date end'
        sums = f"count(*), coalesce(sum({hashed}::hugeint), 0), coalesce(bit_xor({hashed}), 0)"
        # Without a grouping there is a row even of nothing.
        grouped = "group by cut order by cut nulls first" if self.day is not None else ""
        found = con.execute(f'select {month} as cut, {sums} from "{self.name}" {grouped}').fetchall()
        return [Part(self, of, rows, self._content(rows, *told)) for of, rows, *told in found or [(None, 0, 0, 0)]]

    def _content(self, rows: int, *sums: int) -> str:
        told = [_WRITING, list(self.columns.items()), self.sorted_by, rows, *map(str, sums)]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]


def tables(con: duckdb.DuckDBPyConnection) -> Iterator[Table]:
    """Every table of an open generation that a lake holds: datasets and their histories, reference tables, marts, and
    what the generation says of itself."""
    catalog = load_catalog()
    # Views hold what tables hold.
    found = con.execute(
        "select table_name, list(column_name order by column_index), list(data_type order by column_index) "
        "from duckdb_columns() semi join duckdb_tables() using (schema_name, table_name) "
        "where not internal and schema_name = 'main' group by table_name order by table_name"
    )
    for name, columns, types in found.fetchall():
        dataset = catalog.get(name.removesuffix("_history"))
        typed = dict(zip(columns, types, strict=True))
        if name.startswith("mart_"):
            yield Table(name, "mart", typed, mart_days().get(name), tuple(columns))
        elif name in BOOKS:
            yield Table(name, "books", typed, None, tuple(columns))
        elif dataset is not None:
            kind = "history" if name != dataset.name else dataset.kind
            days = (dataset.day,) if dataset.day else ()
            key = (*days, *(one for one in dataset.primary_key if one not in days))
            # A key has one row, but several past ones.
            rest = tuple(one for one in columns if one not in key) if kind == "history" else ()
            yield Table(name, kind, typed, dataset.day, (*key, *rest))
