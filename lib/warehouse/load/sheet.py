"""One table of one file, as text: a heading row and the rows below it."""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import duckdb
import pyarrow as pa

from lib.catalog import Field
from lib.catalog.private import mask_text

BATCH_ROWS = 50_000
HEAD_ROWS = 40


@dataclass
class Sheet(ABC):
    """`headings` in the file's order; `hints` are names that may tell the dataset, the strongest first; `label` is
    the file's name for people and records, unique within a load; `above` are the rows over the heading, where titles
    and units stand; `units` are units found for columns whose headings do not name them, by the heading's index;
    `remarks` are what the report says of the table, `fields` what its columns mean once that is known."""

    # Whether people write titles, sums and remarks between the rows of such files.
    annotated: ClassVar[bool] = True

    path: Path
    name: str | None
    headings: list[str]
    label: str = field(default="", kw_only=True)
    above: list[list[str]] = field(default_factory=list, kw_only=True)
    remarks: list[str] = field(default_factory=list, kw_only=True)
    units: dict[int, str] = field(default_factory=dict, kw_only=True)
    fields: dict[int, Field] = field(default_factory=dict, kw_only=True)

    @property
    def shown_name(self) -> str | None:
        """The sheet's name for people and records: a person's number in it is starred."""
        return mask_text(self.name, facts=False) if self.name else self.name

    @property
    def hints(self) -> list[str]:
        # The folders the file lies in, up to the one that was named, the nearest first.
        folders = [folder.name for folder in self.path.parents][: len(Path(self.label).parts)]
        return [*([self.name] if self.name else []), *folders, self.path.stem]

    @abstractmethod
    def stage(self, con: duckdb.DuckDBPyConnection) -> None:
        """Fill the temp table `raw`: row_no as a person counts rows in the file, fault (what is wrong with the row
        as a whole, or null), surplus (the filled cells beyond the last heading as a JSON list, or null), c0, c1 …
        the cells as text.

        Raises UserError when the file cannot be read to its end.
        """


def raw_schema(width: int) -> pa.Schema:
    cells = [(f"c{i}", pa.string()) for i in range(width)]
    return pa.schema([("row_no", pa.int32()), ("fault", pa.string()), ("surplus", pa.string()), *cells])


def stage_batches(con: duckdb.DuckDBPyConnection, batches: Iterator[pa.RecordBatch], width: int) -> None:
    """`raw` from record batches in `raw_schema`; a fault met while reading them is raised as it is."""
    faults: list[Exception] = []

    def watched() -> Iterator[pa.RecordBatch]:
        # On its way through the database an exception would lose its kind.
        try:
            yield from batches
        except Exception as error:
            faults.append(error)
            raise

    con.register("raw_batches", pa.RecordBatchReader.from_batches(raw_schema(width), watched()))
    try:
        con.execute("create or replace temp table raw as select * from raw_batches")
    except duckdb.Error:
        if faults:
            raise faults[0] from None
        raise
    finally:
        con.unregister("raw_batches")


def row_batches(rows: Iterator[tuple[int, str | None, Sequence[str | None]]], width: int) -> Iterator[pa.RecordBatch]:
    """Batches of rows given one by one as number, fault, cells; what goes beyond `width` cells is kept as surplus."""
    schema = raw_schema(width)
    pending: list[tuple[int, str | None, Sequence[str | None]]] = []

    def batch() -> pa.RecordBatch:
        numbers, faults, cells = zip(*pending, strict=True)
        columns = zip(*((*row, *[None] * (width - len(row)))[:width] for row in cells), strict=True) if width else ()
        surplus = [json.dumps(row[width:], ensure_ascii=False) if any(row[width:]) else None for row in cells]
        arrays = [pa.array(numbers, pa.int32()), pa.array(faults, pa.string()), pa.array(surplus, pa.string())]
        return pa.record_batch(arrays + [pa.array(column, pa.string()) for column in columns], schema=schema)

    for row in rows:
        pending.append(row)
        if len(pending) == BATCH_ROWS:
            yield batch()
            pending.clear()
    if pending:
        yield batch()
