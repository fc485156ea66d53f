"""Excel workbooks: every visible sheet is a table."""

import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import duckdb
import openpyxl
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from lib.errors import UserError
from lib.warehouse.load.header import find_header
from lib.warehouse.load.sheet import HEAD_ROWS, Sheet, row_batches, stage_batches

_MERGE = re.compile(rb'<(?:\w+:)?mergeCell [^>]*ref="([A-Z]+\d+:[A-Z]+\d+)"')
_MEND = "请用 Excel 或 WPS 打开修复后另存为 .xlsx，或从来源重新导出。"
_OLE = b"\xd0\xcf\x11\xe0"
_BROKEN = (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, ParseError, EOFError, OSError, zlib.error)


@dataclass
class ExcelSheet(Sheet):
    header_row: int
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)

    def stage(self, con: duckdb.DuckDBPyConnection) -> None:
        width = len(self.headings)
        stage_batches(con, row_batches(self._rows(width), width), width)

    def _rows(self, width: int) -> Iterator[tuple[int, str | None, Sequence[str | None]]]:
        # One cell wide and several rows high: the value is meant for each of these rows.
        tall = {
            (row, column - 1): (top, column - 1)
            for column, top, right, bottom in self.merges
            if column == right and bottom > max(top, self.header_row)
            for row in range(max(top, self.header_row) + 1, bottom + 1)
        }
        held: dict[tuple[int, int], str | None] = {}
        origins = set(tall.values())
        for number, cells in _sheet_rows(self.path, self.name or ""):
            texts = [text(cell) for cell in cells[:width]]
            texts += [None] * (width - len(texts))
            for column in range(width):
                if (number, column) in origins:
                    held[number, column] = texts[column]
                elif (number, column) in tall:
                    texts[column] = held.get(tall[number, column])
            if number > self.header_row and any(texts):
                yield number, None, texts


def text(value: Any) -> str | None:
    """A cell as text: dates in ISO form, whole numbers without a decimal point."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else format(value, ".15g")
    if isinstance(value, datetime):
        # A spreadsheet keeps days as fractions: what looks like 10:23:00 is a few microseconds off.
        nearest = (value + timedelta(milliseconds=500)).replace(microsecond=0)
        close = abs(value - nearest) < timedelta(milliseconds=2)
        return (nearest if close else value).isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _workbook(path: Path) -> openpyxl.Workbook:
    with path.open("rb") as handle:
        if handle.read(4) == _OLE:
            raise UserError("是旧版 .xls 或加了密码的工作簿", "请去掉密码，另存为 .xlsx 后再装载。")
    try:
        return openpyxl.load_workbook(path, read_only=True, data_only=True)
    except PermissionError:
        raise
    except _BROKEN as error:
        raise UserError("工作簿损坏，打不开", _MEND) from error


def _sheet_rows(path: Path, name: str) -> Iterator[tuple[int, tuple[Any, ...]]]:
    book = _workbook(path)
    try:
        sheet = book[name]
        sheet.reset_dimensions()
        yield from enumerate(sheet.iter_rows(values_only=True), 1)
    except _BROKEN as error:
        raise UserError(f"工作表“{name}”损坏，读不完", _MEND) from error
    finally:
        book.close()


def _merges(path: Path, part: str) -> list[tuple[int, int, int, int]]:
    """left, top, right, bottom of merged cells; the streaming reader does not tell them."""
    found, tail = [], b""
    with zipfile.ZipFile(path) as archive, archive.open(part.lstrip("/")) as handle:
        while chunk := handle.read(1 << 20):
            window = tail + chunk
            matches = list(_MERGE.finditer(window))
            found += [range_boundaries(match[1].decode()) for match in matches]
            tail = window[max(matches[-1].end() if matches else 0, len(window) - 200) :]
    return found


def _head(path: Path, name: str, merges: list[tuple[int, int, int, int]]) -> list[list[str]]:
    """The first rows with every merged cell filled, so that a two-row heading has its names in the lower row."""
    rows = [[text(cell) or "" for cell in cells] for _, cells in islice(_sheet_rows(path, name), HEAD_ROWS)]
    for left, top, right, bottom in merges:
        if top <= len(rows) and left <= len(rows[top - 1]):
            value = rows[top - 1][left - 1]
            for row in rows[top - 1 : bottom]:
                row += [""] * (right - len(row))
                row[left - 1 : right] = [value] * (right - left + 1)
    return rows


def open_excel(path: Path) -> list[Sheet]:
    """The visible sheets that hold anything, each with its heading row found below title lines.

    Raises UserError when the workbook is broken, locked by a password, of the old kind, or empty.
    """
    book = _workbook(path)
    try:
        names = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
        parts = {sheet.title: sheet._worksheet_path for sheet in book.worksheets}
    finally:
        book.close()
    sheets: list[Sheet] = []
    for name in names:
        try:
            merges = _merges(path, parts[name])
        except _BROKEN as error:
            raise UserError(f"工作表“{name}”损坏", _MEND) from error
        rows = _head(path, name, merges)
        header = find_header(rows)
        if header is None:
            continue
        headings = [re.sub(r"\s+", "", heading) for heading in rows[header]]
        while headings and not headings[-1]:
            headings.pop()
        sheets.append(ExcelSheet(path, name, headings, header + 1, merges, above=rows[:header]))
    if not sheets:
        raise UserError("工作簿里没有表格", "请确认数据所在的工作表未隐藏，且有一行列名。")
    return sheets
