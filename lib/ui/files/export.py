"""A table as an Excel file that says who took it, when, and of what."""

import io
from datetime import datetime

import pandas as pd
import xlsxwriter

from lib.access import Viewer
from lib.access.masking import mask_cell
from lib.ui.frame import CLASSIFICATION
from lib.warehouse.store import Warehouse

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDEST = 42


def watermark(warehouse: Warehouse, viewer: Viewer, at: datetime) -> str:
    """Who exported what kind of city when."""
    parts = [CLASSIFICATION, f"导出人 {viewer.name}（{viewer.role_name}）", f"导出时间 {at:%Y-%m-%d %H:%M:%S}"]
    if warehouse.synthetic:
        parts.append("演示·合成数据")
    return " · ".join(parts)


def excel(sheet: pd.DataFrame, title: str, watermark: str, about: str = "") -> bytes:
    """`sheet` as one worksheet: title, watermark, what it was filtered by, a header row that stays, the rows.

    Texts are written as texts, so that nothing in the data becomes a formula; the watermark is on every printed page.
    """
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        page = book.add_worksheet(title[:31])
        head = book.add_format({"bold": True, "font_size": 14})
        quiet = book.add_format({"font_color": "#5b6b7b", "font_size": 9})
        column_head = book.add_format({"bold": True, "bg_color": "#eef3f8", "border": 1, "border_color": "#dfe5ec"})
        body = book.add_format({"border": 1, "border_color": "#dfe5ec", "valign": "top"})
        page.write_string(0, 0, title, head)
        page.write_string(1, 0, watermark, quiet)
        page.write_string(2, 0, f"{about} 共 {len(sheet)} 条".strip(), quiet)
        for column, name in enumerate(sheet.columns):
            page.write_string(4, column, str(name), column_head)
            texts = sheet[name].map(lambda value: "" if value is None or pd.isna(value) else mask_cell(value))
            page.set_column(column, column, _width([str(name), *texts.head(200)]))
            numeric = pd.api.types.is_numeric_dtype(sheet[name])
            for row, (value, text) in enumerate(zip(sheet[name], texts, strict=True), start=5):
                if not text:
                    page.write_blank(row, column, None, body)
                elif numeric:
                    page.write_number(row, column, float(value), body)
                else:
                    page.write_string(row, column, text, body)
        page.freeze_panes(5, 0)
        page.autofilter(4, 0, 4 + len(sheet), max(len(sheet.columns) - 1, 0))
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.repeat_rows(4)
        page.set_footer(f"&L&8{watermark.replace('&', '&&')}&R&8第 &P/&N 页")
    return out.getvalue()


def _width(texts: list[str]) -> float:
    """Columns for the longest text; a Chinese character takes two."""
    longest = max(sum(2 if ord(letter) > 0x2E7F else 1 for letter in text) for text in texts)
    return min(longest + 2, _WIDEST)
