"""Comma, tab and semicolon separated text."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.csv as pa_csv

from lib.errors import UserError
from lib.warehouse.load.encoding import detect, has_blank_lines
from lib.warehouse.load.header import find_header, score
from lib.warehouse.load.sheet import HEAD_ROWS, Sheet, raw_schema, row_batches, stage_batches

_DELIMITERS = (",", "\t", ";", "|")
_HEAD_CHARACTERS = 256 << 10
_BLOCK = 8 << 20
_MERGED = "（可能是上一行的引号没有配对，把后面的行并了进来）"


class _Ragged(Exception):
    """The fast reader met something that only the careful one can number rightly."""


@dataclass
class CsvSheet(Sheet):
    encoding: str
    delimiter: str
    header_record: int  # 1-based number of the heading row among the records
    header_lines: int  # physical lines up to and including it

    def stage(self, con: duckdb.DuckDBPyConnection) -> None:
        try:
            self._stage_fast(con)
        except (_Ragged, pa.ArrowInvalid, UnicodeDecodeError):
            stage_batches(con, row_batches(self._rows(), len(self.headings)), len(self.headings))

    def _stage_fast(self, con: duckdb.DuckDBPyConnection) -> None:
        if has_blank_lines(self.path):
            raise _Ragged
        names = [f"c{i}" for i in range(len(self.headings))]
        try:
            reader = pa_csv.open_csv(
                str(self.path),
                read_options=pa_csv.ReadOptions(
                    column_names=names,
                    skip_rows=self.header_lines,
                    encoding=self.encoding,
                    block_size=_BLOCK,
                    use_threads=True,
                ),
                parse_options=pa_csv.ParseOptions(delimiter=self.delimiter, newlines_in_values=True),
                convert_options=pa_csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
                ),
            )
        except pa.ArrowInvalid as error:
            if "Empty CSV file" not in str(error):
                raise
            stage_batches(con, iter(()), len(names))
            return
        stage_batches(con, self._numbered(reader), len(names))

    def _numbered(self, reader: pa_csv.CSVStreamingReader) -> Iterator[pa.RecordBatch]:
        row_no, schema = self.header_record, raw_schema(len(self.headings))
        for batch in reader:
            numbers = pa.array(range(row_no + 1, row_no + 1 + batch.num_rows), pa.int32())
            row_no += batch.num_rows
            nothing = pa.nulls(batch.num_rows, pa.string())
            yield pa.record_batch([numbers, nothing, nothing, *batch.columns], schema=schema)

    def _rows(self) -> Iterator[tuple[int, str | None, Sequence[str | None]]]:
        width = len(self.headings)
        with _text(self.path, self.encoding) as handle:
            records = csv.reader(handle, delimiter=self.delimiter)
            line = 0
            try:
                for number, record in enumerate(records, 1):
                    spans, line = records.line_num - line, records.line_num
                    if number <= self.header_record or not any(cell.strip() for cell in record):
                        continue
                    yield number, _fault(record, width, spans), record
            except csv.Error as error:
                raise UserError(
                    f"第 {line + 1} 行起读不下去：引号没有配对", "请补上这一行缺的半角双引号，或从来源重新导出。"
                ) from error


def _fault(record: list[str], width: int, spans: int) -> str | None:
    extra = [cell for cell in record[width:] if cell.strip()]
    if len(record) >= width and not extra:
        return None
    said = f"比表头多 {len(record) - width} 列" if extra else f"比表头少 {width - len(record)} 列"
    return f"列数与表头不符。{said}{_MERGED if spans > 1 else ''}；请检查多余或缺少的分隔符，含分隔符的内容要加双引号"


def _text(path: Path, encoding: str) -> io.TextIOWrapper:
    return open(path, encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="")


def _head(path: Path, encoding: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """The first records with the physical line each ends on."""
    with _text(path, encoding) as handle:
        records = csv.reader(io.StringIO(handle.read(_HEAD_CHARACTERS)), delimiter=delimiter)
        try:
            return [(records.line_num, record) for record in islice(records, HEAD_ROWS)]
        except csv.Error:
            return []


def open_csv(path: Path) -> list[Sheet]:
    """The one table of a text file.

    Raises UserError when the encoding is unknown or no heading row can be found.
    """
    encoding = detect(path)
    heads = {delimiter: _head(path, encoding, delimiter) for delimiter in _DELIMITERS}

    def fitness(delimiter: str) -> tuple[int, int]:
        records = [record for _, record in heads[delimiter]]
        return max(map(score, records), default=0), max(map(len, records), default=0)

    delimiter = max(_DELIMITERS, key=fitness)
    records = [record for _, record in heads[delimiter]]
    header = find_header(records)
    if header is None:
        if not any(cell.strip() for record in records for cell in record):
            raise UserError("文件是空的", "请从来源重新导出。")
        raise UserError("找不到表头", "请在数据上方保留一行列名（中文列名或数据目录中的英文名均可）。")
    end = heads[delimiter][header][0]
    return [CsvSheet(path, None, records[header], encoding, delimiter, header + 1, end, above=records[:header])]
