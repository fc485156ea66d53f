"""Quarantined rows as a table a person can mend and load again."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter

from lib.catalog import load_catalog
from lib.errors import UserError
from lib.warehouse.load.header import REASON_COLUMNS, REFERENCE_COLUMN
from lib.warehouse.load.quarantine import REFERENCE
from lib.warehouse.store import open_warehouse


class NothingWaits(UserError):
    """No row in quarantine is open for this."""


_ROWS = f"""
    select dataset, file_name, sheet, row_no, raw_json, {REFERENCE} as reference,
        string_agg(column_name || '：' || reason, '；' order by rowid) as reasons,
        string_agg(distinct column_name, '、' order by column_name) as columns
    from quarantine
    where resolved_at is null and ($batch is null or batch_id = $batch)
    group by all
    order by dataset, file_name, sheet, row_no
"""


def export_quarantine(home: Path, batch_id: str | None, path: Path) -> list[Path]:
    """Write the open quarantined rows of one batch, or of all, to an .xlsx or .csv file.

    Original columns as they came, then the reasons; loading the mended file ignores those. A workbook has a sheet
    for each dataset and set of headings; CSV a file for each, the dataset's title added to
    its name when there are several. Returns the files written.

    Raises UserError when nothing is set aside, there is no warehouse, or the kind of file is another one.
    """
    if path.suffix.lower() not in (".xlsx", ".csv"):
        raise UserError(f"不能导出为 {path.suffix or '无后缀'} 文件。", "请用 .xlsx 或 .csv 结尾的文件名。")
    tables = _tables(open_warehouse(home).cursor(), batch_id)
    if not tables:
        raise UserError("没有待处理的隔离行。", "无需导出。")
    path.parent.mkdir(parents=True, exist_ok=True)
    return _write_csv(tables, path) if path.suffix.lower() == ".csv" else _write_excel(tables, path)


def export_waiting(home: Path, dataset: str, pattern: str, path: Path) -> list[Path]:
    """Write the open rows of a dataset that have a reason like `pattern` to CSV files named after `path`.

    Raises NothingWaits when there is none.
    """
    con = open_warehouse(home).cursor()
    waiting = "select row_no from quarantine where dataset = $dataset and resolved_at is null and reason like $pattern"
    params = {"dataset": dataset, "pattern": pattern}
    references = con.execute(waiting.replace("row_no", REFERENCE, 1), params).fetchall()
    tables = _tables(con, None, {reference for (reference,) in references})
    if not tables:
        raise NothingWaits("没有等着这个答案的行。")
    return _write_csv(tables, path)


def _tables(
    con: duckdb.DuckDBPyConnection, batch_id: str | None, only: set[str] | None = None
) -> dict[str, list[list[Any]]]:
    """Sheet name to rows, the first being the headings; `only` are references of the rows wanted."""
    rows = con.execute(_ROWS, {"batch": batch_id}).fetchall()
    rows = rows if only is None else [row for row in rows if row[5] in only]
    tables: dict[tuple[str, tuple[str, ...]], list[list[Any]]] = {}
    for dataset, file_name, sheet, row_no, raw_json, reference, reasons, columns in rows:
        raw = json.loads(raw_json)
        table = tables.setdefault((dataset, tuple(raw)), [[*raw, *REASON_COLUMNS, REFERENCE_COLUMN]])
        table.append([*raw.values(), reasons, columns, file_name, sheet, row_no, reference])
    return dict(zip(_names(tables), tables.values(), strict=True))


def _names(tables: dict[tuple[str, tuple[str, ...]], Any]) -> Iterator[str]:
    seen: dict[str, int] = {}
    for dataset, _ in tables:
        seen[dataset] = seen.get(dataset, 0) + 1
        title = load_catalog()[dataset].title
        yield title if seen[dataset] == 1 else f"{title}_{seen[dataset]}"


def _write_excel(tables: dict[str, list[list[Any]]], path: Path) -> list[Path]:
    # Text only: a spreadsheet would turn long numbers and dates into something else.
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        heading, reason = book.add_format({"bold": True}), book.add_format({"font_color": "#b42318"})
        as_text = book.add_format({"num_format": "@"})
        for name, rows in tables.items():
            sheet = book.add_worksheet(name)
            first_reason = len(rows[0]) - len(REASON_COLUMNS) - 1
            sheet.set_column(0, len(rows[0]), 18, as_text)
            sheet.freeze_panes(1, 0)
            for r, row in enumerate(rows):
                for c, cell in enumerate(row):
                    if cell is not None:
                        style = heading if r == 0 else reason if c >= first_reason else as_text
                        sheet.write_string(r, c, str(cell), style)
    return [path]


def _write_csv(tables: dict[str, list[list[Any]]], path: Path) -> list[Path]:
    written = []
    for name, rows in tables.items():
        target = path if len(tables) == 1 else path.with_name(f"{path.stem}_{name}{path.suffix}")
        with open(target, "w", encoding="utf-8-sig", newline="") as handle:
            csv.writer(handle).writerows(rows)
        written.append(target)
    return written
