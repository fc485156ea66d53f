"""Web pages with a table, which many systems hand out as .xls."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import duckdb

from lib.errors import UserError
from lib.warehouse.load.encoding import detect, text_lines
from lib.warehouse.load.header import find_header, score
from lib.warehouse.load.sheet import HEAD_ROWS, Sheet, row_batches, stage_batches

_MOST_SPAN = 1000


@dataclass
class HtmlSheet(Sheet):
    rows: list[list[str]]
    header_row: int

    def stage(self, con: duckdb.DuckDBPyConnection) -> None:
        stage_batches(con, row_batches(self._below(), len(self.headings)), len(self.headings))

    def _below(self) -> Iterator[tuple[int, str | None, list[str]]]:
        for number, cells in enumerate(self.rows, 1):
            if number > self.header_row and any(cells):
                yield number, None, cells


@dataclass
class _Tables(HTMLParser):
    """The tables of a page, each a list of rows; a cell over several rows or columns fills them all."""

    tables: list[list[list[str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._row: list[str] | None = None
        self._cell: list[str] | None = None
        self._span = (1, 1)
        # By column of the current table: how many rows more it is filled, and with what.
        self._down: dict[int, tuple[int, str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._end_row()
            self.tables.append([])
            self._down = {}
        elif tag == "tr":
            self._end_row()
            self._row = []
        elif tag in ("td", "th") and self.tables:
            self._end_cell()
            self._row = self._row if self._row is not None else []
            self._cell = []
            given = dict(attrs)
            self._span = _span(given.get("rowspan")), _span(given.get("colspan"))
        elif tag in ("br", "p", "div") and self._cell:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._end_cell()
        elif tag in ("tr", "table"):
            self._end_row()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def _fill(self) -> None:
        while self._row is not None and len(self._row) in self._down:
            column = len(self._row)
            left, text = self._down[column]
            self._row.append(text)
            if left > 1:
                self._down[column] = (left - 1, text)
            else:
                del self._down[column]

    def _end_cell(self) -> None:
        if self._cell is None or self._row is None:
            return
        text = " ".join("".join(self._cell).split())
        self._fill()
        high, wide = self._span
        for _ in range(wide):
            if high > 1:
                self._down[len(self._row)] = (high - 1, text)
            self._row.append(text)
        self._cell = None

    def _end_row(self) -> None:
        self._end_cell()
        if self._row is not None and self.tables:
            self._fill()
            self.tables[-1].append(self._row)
        self._row = None


def _span(given: str | None) -> int:
    return min(int(given), _MOST_SPAN) if given and given.isdecimal() and int(given) else 1


def open_html(path: Path) -> list[Sheet]:
    """The tables of a web page that have a heading row.

    Raises UserError when there is none, or the encoding is unknown.
    """
    page = _Tables()
    encoding = detect(path)
    with text_lines(path, encoding) as lines:
        for line in lines:
            page.feed(line)
    page.close()
    sheets: list[Sheet] = []
    for number, rows in enumerate(page.tables, 1):
        header = find_header(rows[:HEAD_ROWS])
        if header is None or score(rows[header]) == 0:
            continue
        name = f"表{number}" if len(page.tables) > 1 else None
        sheet = HtmlSheet(path, name, rows[header], rows, header + 1, above=rows[:header])
        sheet.remarks.append("文件其实是网页（HTML），按其中的表格读")
        sheets.append(sheet)
    if not sheets:
        raise UserError("文件其实是网页（HTML），里面没有认得的表格", "请用 Excel 或 WPS 打开，另存为 .xlsx 后再装载。")
    return sheets
