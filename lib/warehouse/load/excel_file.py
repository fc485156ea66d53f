"""Workbooks of any kind (.xlsx, .xlsm, .xls, .xlsb, .ods, .et): every visible sheet is a table."""

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any
from zlib import error as ZlibError

import duckdb
import python_calamine as calamine

from lib.errors import UserError
from lib.warehouse.load.header import find_header, names_unit, score
from lib.warehouse.load.marks import Marks
from lib.warehouse.load.report import listed
from lib.warehouse.load.sheet import HEAD_ROWS, Sheet, row_batches, stage_batches
from lib.warehouse.load.xls_marks import xls_marks
from lib.warehouse.load.xlsb_marks import BOOK, xlsb_marks
from lib.warehouse.load.xlsx_marks import xlsx_marks

_MEND = "请用 Excel 或 WPS 打开修复后另存为 .xlsx，或从来源重新导出。"
_OLE, _ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"
_BROKEN = (calamine.CalamineError, zipfile.BadZipFile, ZlibError, KeyError, ValueError, EOFError)
# What a workbook may unfold to.
_MOST_BYTES, _MOST_RATIO, _SMALL = 4 << 30, 200, 64 << 20
# A spreadsheet keeps 15 digits of a number; what follows is made up.
_EXACT = 1e15


@dataclass
class ExcelSheet(Sheet):
    header_row: int
    stamp: tuple[int, int]
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)

    def stage(self, con: duckdb.DuckDBPyConnection) -> None:
        width = len(self.headings)
        marks = _marks(self.path, self.name or "")
        if hidden := [row for row in marks.hidden if row > self.header_row]:
            self.remarks.append(f"隐藏的行同样装载：{len(hidden)} 行（第 {listed(hidden)} 行）")
        self.remarks += [marks.unseen] if marks.unseen else []
        stage_batches(con, row_batches(self._rows(width, marks), width), width)

    def _rows(self, width: int, marks: Marks) -> Iterator[tuple[int, str | None, Sequence[str | None]]]:
        tall, origins = self._covered(width)
        held: dict[tuple[int, int], str | None] = {}
        odd: dict[int, list[int]] = {}
        for row, column in {*marks.errors, *marks.unsaved, *marks.padded, *marks.units, *marks.scaled}:
            odd.setdefault(row, []).append(column)
        for number, cells in _sheet_rows(self.path, self.name or "", self.stamp):
            if number <= self.header_row:
                if number in origins:
                    _hold(held, number, origins[number], [text(cell) for cell in cells])
                continue
            faults: list[str] = []
            for column, cell in enumerate(cells):
                if cell.__class__ is not str:
                    cells[column] = self._text(column, cell, marks.days, faults)
            if number in odd:
                self._apply(number, odd[number], cells, marks, faults)
            cells += [""] * (width - len(cells))
            if number in origins:
                _hold(held, number, origins[number], cells)
            for column, origin in tall.get(number, ()):
                cells[column] = held.get(origin) or cells[column]
            if faults or any(cells):
                yield number, "；".join(dict.fromkeys(faults)) or None, cells

    def _covered(self, width: int) -> tuple[dict[int, list[tuple[int, tuple[int, int]]]], dict[int, list[int]]]:
        """By row: the cells that take the value of a merged block, with the block's first cell; those first cells.

        A block several rows high is meant for each of these rows. One over most of the width is a title or remark.
        """
        tall: dict[int, list[tuple[int, tuple[int, int]]]] = {}
        origins: dict[int, list[int]] = {}
        for left, top, right, bottom in self.merges:
            if bottom <= max(top, self.header_row) or right - left > width / 2:
                continue
            origins.setdefault(top, []).append(left)
            for row in range(top, bottom + 1):
                for column in range(left, min(right + 1, width)):
                    if (row, column) != (top, left):
                        tall.setdefault(row, []).append((column, (top, left)))
        return tall, origins

    def _text(self, column: int, cell: Any, days: int, faults: list[str]) -> str:
        """A cell that is no text, as text; what the spreadsheet did to it goes to `faults`."""
        known = self.fields.get(column)
        if known is not None and isinstance(cell, int | float) and not isinstance(cell, bool):
            if known.type == "string" and abs(cell) >= _EXACT:
                faults.append(
                    f"编号超过 15 位，已被表格软件改动。“{known.title}”是数字格式，末尾的数字已不可信；"
                    "请从来源按文本格式重新导出"
                )
            if known.type in ("date", "datetime") and days and 0 < cell < 100_000:
                return text(cell + days)
        if known is not None and known.type == "string" and isinstance(cell, date | datetime):
            faults.append(
                f"内容被表格软件改成了日期。“{known.title}”不应是日期；请把这一列设为文本格式，从来源重新导出"
            )
        return text(cell)

    def _apply(self, row: int, columns: list[int], cells: list, marks: Marks, faults: list[str]) -> None:
        cells += [""] * (max(columns) + 1 - len(cells))
        for column in columns:
            place = (row, column)
            known = self.fields.get(column)
            if place in marks.errors and not cells[column]:
                cells[column] = marks.errors[place]
                if known is not None:
                    faults.append(f"公式出错。“{known.title}”是 {cells[column]}；请在表格里改好公式，或粘贴为数值")
            elif place in marks.unsaved and cells[column] in ("", "0"):
                if known is not None:
                    faults.append(
                        f"公式没有保存结果。“{known.title}”是公式；请用 Excel 或 WPS 打开，计算并保存后再装载"
                    )
            elif place in marks.padded and cells[column].isdecimal():
                cells[column] = cells[column].zfill(marks.padded[place])
            elif place in marks.scaled and cells[column] and known is not None and known.type == "number":
                # Where the heading names no unit of money the number in the cell is what counts.
                if names_unit(self.headings[column]):
                    faults.append(
                        f"数字格式改变了数的大小。“{known.title}”格内是 {cells[column]}，显示出来的是另一个数；"
                        "请把这一列设为常规格式，核对后再装载"
                    )
            elif place in marks.units and known is not None and known.type == "number":
                cells[column] += marks.units[place]


def _hold(held: dict[tuple[int, int], str | None], row: int, columns: list[int], cells: Sequence[str | None]) -> None:
    for column in columns:
        held[row, column] = cells[column] if column < len(cells) else None


def text(value: Any) -> str:
    """A cell as text: dates in ISO form, whole numbers without a decimal point."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _EXACT else format(value, ".15g")
    if isinstance(value, datetime):
        # A spreadsheet keeps days as fractions: what looks like 10:23:00 is a few microseconds off.
        nearest = (value + timedelta(milliseconds=500)).replace(microsecond=0)
        close = abs(value - nearest) < timedelta(milliseconds=2)
        return (nearest if close else value).isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def check_size(path: Path) -> None:
    """Raises UserError when a zip file would unfold to more than can be meant."""
    with zipfile.ZipFile(path) as archive:
        whole = sum(entry.file_size for entry in archive.infolist())
    if whole > _MOST_BYTES or (whole > _SMALL and whole > _MOST_RATIO * path.stat().st_size):
        raise UserError(
            f"展开后有 {whole / 2**20:,.0f} MB，超过上限",
            "正常的工作簿不会这样；请检查是否误设了整列格式，或拆成几个文件后再装载。",
        )


def _workbook(path: Path) -> calamine.CalamineWorkbook:
    with path.open("rb") as handle:
        head = handle.read(8)
    if not head.startswith((_OLE, _ZIP)):
        raise UserError("不是工作簿", _MEND)
    try:
        if head.startswith(_ZIP):
            check_size(path)
        # By content, whatever the file's name says.
        return calamine.CalamineWorkbook.from_filelike(path.open("rb"))
    except calamine.PasswordError as error:
        raise UserError("工作簿加了密码", "请去掉密码后再装载。") from error
    except _BROKEN as error:
        raise UserError("工作簿损坏，打不开", _MEND) from error


@lru_cache(maxsize=1)
def _sheet(path: Path, name: str, stamp: tuple[int, int]) -> calamine.CalamineSheet:
    """The sheet, kept from finding its heading to reading its rows when no other comes between."""
    book = _workbook(path)
    try:
        return book.get_sheet_by_name(name)
    except _BROKEN as error:
        raise UserError(f"工作表“{name}”损坏，读不完", _MEND) from error


def _sheet_rows(path: Path, name: str, stamp: tuple[int, int]) -> Iterator[tuple[int, list[Any]]]:
    """Rows with their number, every row from the first column on."""
    sheet = _sheet(path, name, stamp)
    before = [""] * (sheet.start[1] if sheet.start else 0)
    for number, cells in enumerate(sheet.iter_rows(), 1):
        yield number, [*before, *cells]


def _marks(path: Path, name: str) -> Marks:
    try:
        with path.open("rb") as handle:
            if handle.read(4) == _OLE:
                return xls_marks(path, name)
        with zipfile.ZipFile(path) as book:
            is_binary = BOOK in book.namelist()
        return xlsb_marks(path, name) if is_binary else xlsx_marks(path, name)
    except _BROKEN as error:
        raise UserError(f"工作表“{name}”损坏，读不完", _MEND) from error


def _head(path: Path, name: str, stamp: tuple[int, int], merges: list[tuple[int, int, int, int]]) -> list[list[str]]:
    """The first rows with every merged cell filled, so that a two-row heading has its names in the lower row."""
    rows = [
        [cell if isinstance(cell, str) else text(cell) for cell in cells]
        for _, cells in islice(_sheet_rows(path, name, stamp), HEAD_ROWS)
    ]
    for left, top, right, bottom in merges:
        if top <= len(rows) and left < len(rows[top - 1]):
            value = rows[top - 1][left]
            for row in rows[top - 1 : bottom]:
                row += [""] * (right + 1 - len(row))
                row[left : right + 1] = [value] * (right - left + 1)
    return rows


def open_excel(path: Path) -> list[Sheet]:
    """The visible sheets that hold anything, each with its heading row found below title lines; what is hidden is
    named in the remarks of the first.

    Raises UserError when the workbook is broken, locked by a password, unfolds to too much, or is empty.
    """
    shown = [sheet for sheet in _workbook(path).sheets_metadata if sheet.typ == calamine.SheetTypeEnum.WorkSheet]
    stamp = (path.stat().st_size, path.stat().st_mtime_ns)
    sheets: list[Sheet] = []
    hidden: list[str] = []
    for meta in shown:
        if meta.visible == calamine.SheetVisibleEnum.Visible:
            sheets += _open_sheet(path, meta.name, stamp)
        else:
            rows = _sheet(path, meta.name, stamp).total_height
            hidden.append(f"“{meta.name}”（约 {rows} 行）")
    said = f"隐藏的工作表没有装载：{'、'.join(hidden)}；要装载请先取消隐藏" if hidden else ""
    if not sheets:
        raise UserError("工作簿里没有表格" + (f"。{said}" if said else ""), "请确认有一行列名，下面是数据。")
    sheets[0].remarks += [said] if said else []
    return sheets


def _open_sheet(path: Path, name: str, stamp: tuple[int, int]) -> list[Sheet]:
    merges = [
        (left, top + 1, right, bottom + 1)
        for (top, left), (bottom, right) in _sheet(path, name, stamp).merged_cell_ranges or []
    ]
    rows = _head(path, name, stamp, merges)
    header = find_header(rows)
    if header is None:
        return []
    headings = [re.sub(r"\s+", "", heading) for heading in rows[header]]
    while headings and not headings[-1]:
        headings.pop()
    return [ExcelSheet(path, name, headings, header + 1, stamp, merges, above=rows[:header])]


def continues(sheet: Sheet, before: Sheet) -> bool:
    """Whether the sheet has no heading of its own and goes on with the rows of the one before it."""
    spare = len(before.headings) - len(sheet.headings)
    return (
        isinstance(sheet, ExcelSheet)
        and isinstance(before, ExcelSheet)
        and score(sheet.headings) * 4 < len(sheet.headings)
        and len(before.headings) >= 4
        and 0 <= spare <= len(before.headings) / 4
    )


def carry_on(sheet: Sheet, before: Sheet) -> None:
    """Read a sheet without heading by the heading of the one before it."""
    assert isinstance(sheet, ExcelSheet)
    sheet.headings, sheet.header_row = list(before.headings), 0
    sheet.above = list(before.above)
    sheet.remarks.append(f"没有表头，按工作表“{before.shown_name}”的表头接着读")
