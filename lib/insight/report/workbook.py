"""The monthly report as an Excel workbook: summary, one sheet a group of KPIs with charts, places, models, the lists
behind the numbers, definitions."""

import io
from collections.abc import Sequence
from math import ceil
from typing import Any

import pandas as pd
import xlsxwriter

from lib.access.masking import mask_cell
from lib.insight.kpi.groups import WARNINGS
from lib.insight.movement import BEFORE, YEAR_AGO
from lib.insight.report import pictures
from lib.insight.report.charts import Chart, put
from lib.insight.report.month import TITLE, Report, made_of, moved, summary
from lib.insight.share import Share, percent

_WIDEST, _PAGE, _MEANING = 42, 82, 64
_KPI = (22, 12, 44, 44, 22, 24)
_FONT = "宋体"
_A4 = 9


class _Book:
    """A workbook being written: its formats, and what stands on every page."""

    def __init__(self, book: xlsxwriter.Workbook, report: Report, watermark: str) -> None:
        self.book, self.report, self.watermark = book, report, watermark
        plain = {"font_name": _FONT, "font_size": 10.5, "valign": "vcenter"}
        framed = {**plain, "border": 1, "border_color": "#9aa8b8"}
        self.title = book.add_format({**plain, "bold": True, "font_size": 16})
        self.quiet = book.add_format({**plain, "font_size": 9, "font_color": "#5b6b7b"})
        self.head = book.add_format({**framed, "bold": True, "bg_color": "#eef3f8", "text_wrap": True})
        self.text = book.add_format({**framed, "text_wrap": True})
        self.words = book.add_format({**plain, "text_wrap": True})
        self.number = book.add_format({**framed, "num_format": "#,##0"})
        self.amount = book.add_format({**framed, "num_format": "#,##0.##"})

    def sheet(self, name: str, about: str = "", wide: bool = True) -> Any:
        """A sheet with its title, what it covers and who took it; rows begin at FIRST."""
        page = self.book.add_worksheet(name)
        page.write_string(0, 0, f"{TITLE}（{self.report.month}）· {name}", self.title)
        page.write_string(1, 0, self.report.about + (f"　{about}" if about else ""), self.quiet)
        page.write_string(2, 0, self.watermark, self.quiet)
        page.set_paper(_A4)
        page.set_landscape() if wide else page.set_portrait()
        page.fit_to_pages(1, 0)
        page.set_footer(f"&L&8{self.watermark.replace('&', '&&')}&R&8第 &P/&N 页")
        page.hide_gridlines(2)
        return page

    def table(self, page: Any, first: int, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> int:
        """Rows under heads; the row after the last."""
        for column, text in enumerate(heads):
            page.write_string(first, column, text, self.head)
        for place, cells in enumerate(rows, start=first + 1):
            for column, value in enumerate(cells):
                if isinstance(value, int) and not isinstance(value, bool):
                    page.write_number(place, column, value, self.number)
                else:
                    page.write_string(place, column, str(value), self.text)
        return first + 1 + len(rows)


FIRST = 4


def workbook(report: Report, watermark: str) -> bytes:
    """The report as .xlsx; texts are texts, so that nothing in the data becomes a formula."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as made:
        book = _Book(made, report, watermark)
        _summary(book)
        for group in report.groups:
            page = book.sheet(f"{group.name}指标")
            for column, width in enumerate(_KPI):
                page.set_column(column, column, width)
            rows = [
                (one.title, one.value, made_of(one), one.detail, moved(one, BEFORE), moved(one, YEAR_AGO))
                for one in group.figures
            ]
            for place, cells in enumerate(rows, start=FIRST + 1):
                page.set_row(place, _high(cells, _KPI))
            after = book.table(page, FIRST, ("指标", "本月", "构成", "说明", "环比", "同比"), rows)
            if group.name == WARNINGS:
                _charts(book, page, after + 1)
        _places(book)
        _rules(book)
        for name, frame in report.lists.items():
            _list(book, name, frame)
        _definitions(book)
    return out.getvalue()


def _summary(book: _Book) -> None:
    page = book.sheet("概述", wide=False)
    page.set_column(0, 0, _PAGE)
    for place, sentence in enumerate(summary(book.report), start=FIRST):
        page.write_string(place, 0, sentence, book.words)
        page.set_row(place, _high((sentence,), (_PAGE,)) + 6)
    if not book.report.lists:
        row = FIRST + len(summary(book.report)) + 1
        page.write_string(row, 0, "您的角色不导出清单：数字后面的清单请在「指标」页点开数字查看。", book.quiet)


def _charts(book: _Book, page: Any, row: int) -> None:
    """The charts under a table; their data stand on a sheet of their own."""
    data = book.book.add_worksheet("图表数据")
    data.hide()
    column, places = 0, ((row, 0), (row, 3), (row + 20, 0), (row + 20, 3))
    for chart, (down, along) in zip(pictures.all_of(book.report), places, strict=False):
        drawn = _sized(put(book.book, data, chart, 0, column), chart)
        page.insert_chart(down, along, drawn, {"x_offset": 4, "y_offset": 4})
        column += len(chart.series) + 2


def _sized(drawn: Any, chart: Chart) -> Any:
    drawn.set_size({"width": 560, "height": 370})
    return drawn


def _places(book: _Book) -> None:
    report = book.report
    page = book.sheet("各地指标", "比率后为分子、分母")
    heads = ["地区"]
    for one in report.ratios:
        heads += [one.title, "分子", "分母"]
    rows = []
    for row in report.places:
        cells: list[object] = [row.name]
        for share in row.shares:
            cells += [percent(share), share.part, share.whole]
        rows.append(cells)
    page.set_column(0, 0, 12)
    page.set_column(1, len(heads) - 1, 8)
    page.set_row(FIRST, 42)
    book.table(page, FIRST, heads, rows)
    page.freeze_panes(FIRST + 1, 1)


def _rules(book: _Book) -> None:
    page = book.sheet("各模型误报率")
    page.set_column(0, 0, 28)
    page.set_column(1, 7, 10)
    rows = [
        (
            str(row["label"]), row["concluded"], row["untrue"], percent(Share(row["untrue"], row["concluded"])),
            row["judged"], row["true"], row["strict"], percent(Share(row["true"], row["judged"])),
        )
        for row in book.report.verified.to_dict("records")
    ]  # fmt: skip
    heads = ("模型", "有结论", "误报", "误报率", "已判定", "属实", "仅属实", "核实率")
    book.table(page, FIRST, heads, rows)


def _list(book: _Book, name: str, frame: pd.DataFrame) -> None:
    """Rows behind the numbers; √ under each number that counts the row."""
    page = book.sheet(name, f"共 {len(frame):,} 行；√ 为计入该数字的行，可筛选")
    for column, title in enumerate(frame.columns):
        page.write_string(FIRST, column, str(title), book.head)
        texts = frame[title].map(lambda value: "" if value is None or pd.isna(value) else mask_cell(value))
        numeric = pd.api.types.is_numeric_dtype(frame[title])
        for row, (value, text) in enumerate(zip(frame[title], texts, strict=True), start=FIRST + 1):
            if not text:
                page.write_blank(row, column, None, book.text)
            elif numeric:
                page.write_number(row, column, float(value), book.amount)
            else:
                page.write_string(row, column, text, book.text)
        page.set_column(column, column, _width(str(title), texts.head(200).tolist()))
    page.set_row(FIRST, 48)
    page.freeze_panes(FIRST + 1, 1)
    page.autofilter(FIRST, 0, FIRST + len(frame), max(len(frame.columns) - 1, 0))
    page.repeat_rows(FIRST)


def _high(cells: Sequence[str], widths: Sequence[float]) -> float:
    """The height of a row whose texts break at the widths of their columns; a Chinese character takes two."""
    return 16 * max(ceil(_letters(text) * 1.15 / width) for text, width in zip(cells, widths, strict=True) if text)


def _letters(text: str) -> int:
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)


def _width(title: str, texts: list[str]) -> float:
    """For the longest text; a title may break in the middle, a Chinese character takes two."""
    longest = max([len(title), *(_letters(text) for text in texts)])
    return min(max(longest, 6) + 2, _WIDEST)


def _definitions(book: _Book) -> None:
    page = book.sheet("口径", wide=False)
    page.set_column(0, 0, 24)
    page.set_column(1, 1, _MEANING)
    rows = [(one.title, one.meaning) for group in book.report.groups for one in group.figures]
    book.table(page, FIRST, ("指标", "口径"), rows)
    for place, (_, meaning) in enumerate(rows, start=FIRST + 1):
        page.set_row(place, _high((meaning,), (_MEANING,)))
