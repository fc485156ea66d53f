"""Parquet files."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from lib.errors import UserError
from lib.warehouse.load.sheet import BATCH_ROWS, Sheet

_BROKEN = UserError("Parquet 文件损坏，读不完", "请从来源重新导出。")


@dataclass
class ParquetSheet(Sheet):
    annotated = False

    types: list[pa.DataType]

    def stage(self, con: duckdb.DuckDBPyConnection) -> None:
        # Headings come from the file: positions, not names, tie them to the text columns.
        fields = [pa.field(f"source{i}", kind) for i, kind in enumerate(self.types)]
        schema = pa.schema([("row_no", pa.int32()), *fields])
        cells = ", ".join(f"{_text(f.name, f.type)} as c{i}" for i, f in enumerate(fields))
        con.register("parquet_rows", pa.RecordBatchReader.from_batches(schema, self._batches(schema)))
        sql = (
            "create or replace temp table raw as "
            f"select row_no, null::varchar as fault, null::varchar as surplus, {cells} from parquet_rows"
        )
        try:
            con.execute(sql)
        except duckdb.InvalidInputException as error:
            raise _BROKEN from error
        finally:
            con.unregister("parquet_rows")

    def _batches(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        row_no = 0
        with pq.ParquetFile(self.path) as file:
            for batch in file.iter_batches(batch_size=BATCH_ROWS):
                numbers = pa.array(range(row_no + 1, row_no + 1 + batch.num_rows), pa.int32())
                row_no += batch.num_rows
                yield pa.record_batch([numbers, *batch.columns], schema=schema)


def _text(column: str, kind: pa.DataType) -> str:
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_struct(kind):
        return f"cast(to_json({column}) as varchar)"
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        return f"cast(timezone('UTC', {column}) as varchar) || 'Z'"
    if pa.types.is_floating(kind):
        whole = f"{column} = trunc({column}) and abs({column}) < 1e15"
        return f"case when {whole} then cast(cast({column} as bigint) as varchar) else cast({column} as varchar) end"
    return f"cast({column} as varchar)"


def open_parquet(path: Path) -> list[Sheet]:
    """The one table of a Parquet file; a row's number is its place in the file.

    Raises UserError when the file is broken.
    """
    try:
        schema = pq.read_schema(path)
    except pa.ArrowException as error:
        raise _BROKEN from error
    return [ParquetSheet(path, None, list(schema.names), list(schema.types))]
