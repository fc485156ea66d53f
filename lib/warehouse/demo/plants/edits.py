"""Rows to be inserted, kept as frames until the end."""

import re

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from lib.catalog import Dataset, load_catalog

_ARROW = {
    "string": pa.string(),
    "integer": pa.int32(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us"),
    "array": pa.list_(pa.string()),
}


class Edits:
    """New rows per dataset, and changes of rows that are there. New keys continue after the base's largest."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        self.frames: dict[str, list[pd.DataFrame]] = {}
        self.amendments: list[tuple[str, pd.DataFrame]] = []
        self._next: dict[str, tuple[str, int, int]] = {}

    def take(self, dataset: str, count: int) -> np.ndarray:
        """`count` new keys of a dataset with a single key column, above everything there is."""
        if dataset not in self._next:
            key = load_catalog()[dataset].primary_key[0]
            ((largest,),) = self.con.execute(f'select max("{key}") from "{dataset}"').fetchall()
            found = re.fullmatch(r"(.*?)(\d+)", largest or f"{dataset[:2].upper()}00000000")
            if found is None:
                raise ValueError(f"{dataset}: keys do not end in a number")
            self._next[dataset] = (found[1], int(found[2]) + 1, len(found[2]))
        prefix, first, width = self._next[dataset]
        self._next[dataset] = (prefix, first + count, width)
        return np.array([f"{prefix}{number:0{width}d}" for number in range(first, first + count)], dtype=object)

    def add(self, dataset: str, rows: pd.DataFrame) -> None:
        """Rows with the dataset's own columns (missing ones become null) and area_code."""
        if len(rows):
            self.frames.setdefault(dataset, []).append(rows)

    def amend(self, dataset: str, rows: pd.DataFrame) -> None:
        """New values (the columns beside the key) for rows that are already there."""
        if len(rows):
            self.amendments.append((dataset, rows))

    def flush(self) -> None:
        """Write everything: the new rows first, then the amendments; common columns take the defaults of the tables."""
        for name, frames in self.frames.items():
            dataset = load_catalog()[name]
            rows = _arrow(dataset, frames)
            self.con.register("draft_rows", rows)
            self.con.execute(f'insert into "{name}" by name select * from draft_rows')
            self.con.unregister("draft_rows")
        for name, rows in self.amendments:
            dataset = load_catalog()[name]
            changed = [column for column in rows if column not in dataset.primary_key]
            assigned = ", ".join(f'"{column}" = amended."{column}"' for column in changed)
            matched = " and ".join(f'"{name}"."{key}" = amended."{key}"' for key in dataset.primary_key)
            self.con.register("amended", _arrow(dataset, [rows]))
            self.con.execute(f'update "{name}" set {assigned} from amended where {matched}')
            self.con.unregister("amended")
        self.frames.clear()
        self.amendments.clear()


def _arrow(dataset: Dataset, frames: list[pd.DataFrame]) -> pa.Table:
    """The columns of the dataset that the frames have, in its types; source_pk follows the key unless it is given."""
    columns: dict[str, pa.Array] = {}
    for column in dataset.all_fields:
        parts = [
            _column(frame[column.name].to_numpy(), column.type) if column.name in frame else np.full(len(frame), None)
            for frame in frames
        ]
        if any(column.name in frame for frame in frames):
            values = np.concatenate([part.astype(object) for part in parts])
            columns[column.name] = pa.array(values, type=_ARROW[column.type], from_pandas=True)
    if "source_pk" not in columns:
        keys = [columns[key].cast(pa.string()) for key in dataset.primary_key]
        columns["source_pk"] = pc.binary_join_element_wise(*keys, "|")
    return pa.table(columns)


def _column(values: np.ndarray, kind: str) -> np.ndarray:
    """Dates to days, moments to microseconds; other values as they are."""
    if kind == "date":
        return values.astype("datetime64[D]")
    return values.astype("datetime64[us]") if kind == "datetime" else values
