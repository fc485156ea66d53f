"""Comma, tab and semicolon separated text."""

import csv
import io
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from lib.errors import UserError
from lib.warehouse.load.encoding import detect, survey, text_lines
from lib.warehouse.load.header import find_header, score
from lib.warehouse.load.sheet import HEAD_ROWS, Sheet, raw_schema, row_batches, stage_batches

# \x01 is what Hive writes; the others are what a Chinese keyboard gives.
_DELIMITERS = (",", "\t", ";", "|", "，", "；", "｜", "\x01")
_FAST = ("utf-8", "utf-16", "gb18030")
_HEAD_CHARACTERS = 256 << 10
_LONG_HEAD = 64 << 20
_BLOCK = 8 << 20
# A record of more lines than this is one whose quote was never closed.
_MOST_LINES = 500
_MERGED = "（可能是上一行的引号没有配对，把后面的行并了进来）"
_STRAY = "引号没有配对。请删去或补上这一行的半角双引号；引号本身是内容的，写成两个"
_QUOTE = '"'

# A cell may hold a whole document.
csv.field_size_limit(256 << 20)


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
        if self.encoding not in _FAST or len(self.delimiter.encode()) > 1:
            raise _Ragged
        found = survey(self.path)
        if found.blank_lines or not found.line_feeds:
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
        stage_batches(con, self._numbered(reader, found.quotes), len(names))

    def _numbered(self, reader: pa_csv.CSVStreamingReader, quotes: bool) -> Iterator[pa.RecordBatch]:
        row_no, schema = self.header_record, raw_schema(len(self.headings))
        for batch in reader:
            if quotes and any(self._swallows(column) for column in batch.columns):
                raise _Ragged
            numbers = pa.array(range(row_no + 1, row_no + 1 + batch.num_rows), pa.int32())
            row_no += batch.num_rows
            nothing = pa.nulls(batch.num_rows, pa.string())
            yield pa.record_batch([numbers, nothing, nothing, *batch.columns], schema=schema)

    def _swallows(self, column: pa.Array) -> bool:
        """Whether a cell holds what looks like rows."""
        broken = pc.match_substring(column, "\n")
        if not pc.any(broken).as_py():
            return False
        most = pc.max(pc.count_substring(column.filter(broken), self.delimiter)).as_py()
        return most >= (len(self.headings) - 1) / 2

    def _rows(self) -> Iterator[tuple[int, str | None, Sequence[str | None]]]:
        width = len(self.headings)
        with text_lines(self.path, self.encoding) as handle:
            lines = _Lines(handle)
            records = csv.reader(lines, delimiter=self.delimiter)
            number = doubted = 0
            while (record := next(records, None)) is not None:
                number += 1
                taken, lines.taken = lines.taken, []
                fault = None
                if len(taken) > 1 and number > self.header_record and self._is_many(taken):
                    # The first line alone is a row; the others are read anew.
                    record, fault = (
                        next(csv.reader(taken[:1], delimiter=self.delimiter, quoting=csv.QUOTE_NONE)),
                        _STRAY,
                    )
                    lines.back.extendleft(reversed(taken[1:]))
                    doubted = max(doubted, len(taken)) - 1
                elif doubted > 0:
                    doubted -= len(taken)
                    fault = _STRAY if sum(line.count(_QUOTE) for line in taken) % 2 else None
                if number <= self.header_record or not any(cell.strip() for cell in record):
                    continue
                yield number, fault or _fault(record, width, len(taken)), record

    def _is_many(self, lines: list[str]) -> bool:
        """Whether lines that a quote holds together are rows of their own: two or more are whole by themselves."""
        plain = csv.reader(lines, delimiter=self.delimiter, quoting=csv.QUOTE_NONE)
        return sum(1 for cells in plain if len(cells) >= len(self.headings)) >= 2


class _Lines(Iterator[str]):
    """Lines that can be given back; `taken` since it was last emptied. Ends early after _MOST_LINES."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.back: deque[str] = deque()
        self.taken: list[str] = []

    def __next__(self) -> str:
        if len(self.taken) >= _MOST_LINES:
            raise StopIteration
        line = self.back.popleft() if self.back else next(self._lines)
        self.taken.append(line)
        return line


def _fault(record: list[str], width: int, spans: int) -> str | None:
    extra = [cell for cell in record[width:] if cell.strip()]
    if len(record) >= width and not extra:
        return None
    said = f"比表头多 {len(record) - width} 列" if extra else f"比表头少 {width - len(record)} 列"
    return f"列数与表头不符。{said}{_MERGED if spans > 1 else ''}；请检查多余或缺少的分隔符，含分隔符的内容要加双引号"


def _beginning(path: Path, encoding: str) -> str:
    """The first lines, enough to find the heading in, however long they are."""
    with text_lines(path, encoding) as lines:
        text: list[str] = []
        size = 0
        for line in lines:
            text.append(line)
            size += len(line)
            if size > (_HEAD_CHARACTERS if len(text) > 2 else _LONG_HEAD) or len(text) > 5 * HEAD_ROWS:
                break
    return "".join(text)


def _head(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """The first records with the physical line each ends on."""
    records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return [(records.line_num, record) for record in islice(records, HEAD_ROWS)]
    except csv.Error:
        return []


def open_csv(path: Path) -> list[Sheet]:
    """The one table of a text file.

    Raises UserError when the encoding is unknown or no heading row can be found.
    """
    encoding = detect(path)
    text = _beginning(path, encoding)
    heads = {delimiter: _head(text, delimiter) for delimiter in _DELIMITERS if delimiter in text or delimiter == ","}

    def fitness(delimiter: str) -> tuple[int, int]:
        records = [record for _, record in heads[delimiter]]
        return max(map(score, records), default=0), max(map(len, records), default=0)

    delimiter = max(heads, key=fitness)
    records = [record for _, record in heads[delimiter]]
    header = find_header(records)
    if header is None:
        if not any(cell.strip() for record in records for cell in record):
            raise UserError("文件是空的", "请从来源重新导出。")
        raise UserError("找不到表头", "请在数据上方保留一行列名（中文列名或数据目录中的英文名均可）。")
    end = heads[delimiter][header][0]
    return [CsvSheet(path, None, records[header], encoding, delimiter, header + 1, end, above=records[:header])]
