"""Parquet files."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from lib.errors import UserError
from lib.warehouse.load.sheet import BATCH_ROWS, Sheet

_MOST_ROWS, _MOST_BYTES = 100_000_000, 16 << 30
_NO_TEXT = "有一格是二进制内容，不是 UTF-8 文字。请从来源把这一列导出成文字"
_BROKEN = UserError("Parquet 文件损坏，读不完", "请从来源重新导出。")


@dataclass
class ParquetSheet(Sheet):
    annotated = False

    types: list[pa.DataType]
    # Columns of moments that Spark wrote in the old way: universal time, though the file does not say so.
    universal: frozenset[int] = frozenset()

    def stage(self, con: duckdb.DuckDBPyConnection) -> None:
        # Headings come from the file: positions, not names, tie them to the text columns.
        fields = [pa.field(f"source{i}", kind) for i, kind in enumerate(self.types)]
        schema = pa.schema([("row_no", pa.int32()), *fields])
        cells = ", ".join(f"{_text(f.name, f.type, i in self.universal)} as c{i}" for i, f in enumerate(fields))
        binary = [f.name for f in fields if _is_binary(f.type)]
        spoilt = " or ".join(f"({name} is not null and try(decode({name})) is null)" for name in binary) or "false"
        con.register("parquet_rows", pa.RecordBatchReader.from_batches(schema, self._batches(schema)))
        sql = (
            "create or replace temp table raw as "
            f"select row_no, case when {spoilt} then '{_NO_TEXT}' end as fault, null::varchar as surplus, {cells} "
            "from parquet_rows"
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


def _is_binary(kind: pa.DataType) -> bool:
    return pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind)


def _text(column: str, kind: pa.DataType, universal: bool) -> str:
    if _is_binary(kind):
        return f"try(decode({column}))"
    if pa.types.is_timestamp(kind) and universal:
        return f"cast({column} as varchar) || 'Z'"
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
        with pq.ParquetFile(path) as file:
            schema, meta, leaves = file.schema_arrow, file.metadata, file.schema
    except pa.ArrowException as error:
        raise _BROKEN from error
    whole = sum(meta.row_group(number).total_byte_size for number in range(meta.num_row_groups))
    if whole > _MOST_BYTES or meta.num_rows > _MOST_ROWS:
        raise UserError(
            f"展开后有 {meta.num_rows:,} 行、{whole / 2**20:,.0f} MB，超过上限", "请从来源分成几个文件导出。"
        )
    remarks = []
    legacy = {leaves.column(i).path for i in range(len(leaves)) if leaves.column(i).physical_type == "INT96"}
    columns = frozenset(i for i, name in enumerate(schema.names) if name in legacy)
    spark = "parquet-mr" in (meta.created_by or "") or any(
        key.startswith(b"org.apache.spark") for key in meta.metadata or {}
    )
    if columns and spark:
        remarks.append(f"按世界时记下的列：{'、'.join(schema.names[i] for i in sorted(columns))}；已换算为北京时间")
    elif columns:
        remarks.append(
            f"没有写明时区的列：{'、'.join(schema.names[i] for i in sorted(columns))}；按北京时间记下，请核对"
        )
    universal = columns if spark else frozenset()
    return [ParquetSheet(path, None, list(schema.names), list(schema.types), universal, remarks=remarks)]
