"""Workbooks as spreadsheets really write them: what stands in a cell, and what the spreadsheet did to it."""

import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
import xlwt

from lib.warehouse.load import FileReport, LoadReport, load_paths
from lib.warehouse.store import open_warehouse
from tests.warehouse.load.messy import CASE_COLUMNS, base_case, csv_text
from tests.warehouse.load.xlsb import write_xlsb

ROWS = [CASE_COLUMNS, base_case(11), base_case(12)]
FILED, DECIDED, FINE = (CASE_COLUMNS.index(name) for name in ("立案日期", "决定日期", "罚款金额"))


def _book(path: Path, rows: list[list[Any]], change: Callable[[Any, Any], None] | None = None) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    if change:
        change(book, sheet)
    book.save(path)
    return path


def _cases(home: Path) -> list[tuple]:
    sql = "select case_id, filed_date::varchar, decision_date::varchar, fine_amt::varchar from penalty_case"
    return open_warehouse(home).cursor().execute(f"{sql} where case_id > 'C0005' order by 1").fetchall()


BOTH = [("C0011", "2022-06-01", "2022-07-01", "500.00"), ("C0012", "2022-06-01", "2022-07-01", "500.00")]


def _load(home: Path, path: Path) -> FileReport:
    (entry,) = load_paths(home, [path]).files
    return entry


def _replace(path: Path, part: str, old: str, new: str) -> Path:
    """The workbook with one of its parts changed, as another program would have written it."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    assert old.encode() in parts[part]
    parts[part] = parts[part].replace(old.encode(), new.encode())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return path


def _xls(path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("处罚案件")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for r, row in enumerate(ROWS):
        for c, cell in enumerate(row):
            if r and c == FILED:
                sheet.write(r, c, date.fromisoformat(str(cell)), day)
            else:
                sheet.write(r, c, float(cell) if r and c == FINE else cell)
    book.save(str(path))


def _ods(path: Path) -> None:
    def cell(text: str) -> str:
        return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'

    rows = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in ROWS)
    names = "".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0" ' for name in ("office", "table", "text")
    )
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr(
            "content.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names}><office:body>'
            f'<office:spreadsheet><table:table table:name="处罚案件">{rows}</table:table></office:spreadsheet>'
            "</office:body></office:document-content>",
        )
        book.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )


def _html(path: Path) -> None:
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in ROWS)
    path.write_text(f'<html xmlns:x="urn:x"><head><title>表</title></head><body><table>{rows}</table></body></html>')


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("penalty_case.xlsx", lambda path: _book(path, ROWS)),
        ("penalty_case.xlsm", lambda path: _book(path, ROWS)),
        ("penalty_case.xls", _xls),
        ("penalty_case.et", _xls),
        ("penalty_case.xlsx", _xls),  # the content counts, not the name
        ("penalty_case.xls", lambda path: _book(path, ROWS)),
        ("penalty_case.csv", lambda path: _book(path, ROWS)),
        ("penalty_case.ods", _ods),
        ("penalty_case.xls", _html),
        ("penalty_case.xls", lambda path: path.write_text(csv_text(ROWS, "\t"), encoding="gb18030")),
    ],
)
def test_the_same_rows_from_every_kind_of_workbook(
    based: Path, tmp_path: Path, name: str, write: Callable[[Path], None]
) -> None:
    write(tmp_path / name)
    assert _load(based, tmp_path / name).accepted == 2
    assert _cases(based) == BOTH


def test_days_counted_from_1904_are_these_days(based: Path, tmp_path: Path) -> None:
    """A date cell and a bare number in a date column alike; a number in another column is left alone."""
    rows = [CASE_COLUMNS, base_case(11), base_case(12)]
    rows[1][FILED], rows[1][DECIDED] = datetime(2022, 6, 1), datetime(2022, 7, 1)
    rows[2][FILED], rows[2][DECIDED], rows[2][FINE] = 43251, 43281, 500

    def epoch(book: Any, sheet: Any) -> None:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904

    assert _load(based, _book(tmp_path / "penalty_case.xlsx", rows, epoch)).accepted == 2
    assert _cases(based) == BOTH


@pytest.mark.parametrize("number", [330483202209251001, 330483202209251000, 1234567890123456])
def test_a_code_longer_than_a_spreadsheet_can_keep_waits(based: Path, tmp_path: Path, number: int) -> None:
    rows = [CASE_COLUMNS, base_case(11), [number, *base_case(12)[1:]]]
    entry = _load(based, _book(tmp_path / "penalty_case.xlsx", rows))
    assert (entry.accepted, list(entry.reasons)) == (1, ["整行：编号超过 15 位，已被表格软件改动"])


def test_a_code_turned_into_a_date_waits(based: Path, tmp_path: Path) -> None:
    rows = [CASE_COLUMNS, [datetime(2022, 3, 1), *base_case(11)[1:]]]
    entry = _load(based, _book(tmp_path / "penalty_case.xlsx", rows))
    assert list(entry.reasons) == ["整行：内容被表格软件改成了日期"]


def test_a_formula_without_its_result_and_one_that_failed_wait(based: Path, tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        sheet.cell(2, FINE + 1).value = "=1+1"
        sheet.cell(3, FINE + 1).value = "#N/A"
        sheet.cell(3, FINE + 1).data_type = "e"

    entry = _load(based, _book(tmp_path / "penalty_case.xlsx", [*ROWS, base_case(13)], change))
    assert (entry.accepted, dict(entry.reasons)) == (1, {"整行：公式没有保存结果": 1, "整行：公式出错": 1})


def test_a_formula_that_a_library_wrote_and_nobody_worked_out_waits(based: Path, tmp_path: Path) -> None:
    """Its result stands in the file as 0, which is no fine of 0."""
    with xlsxwriter.Workbook(tmp_path / "penalty_case.xlsx") as book:
        sheet = book.add_worksheet()
        for r, row in enumerate([*ROWS, base_case(13)]):
            sheet.write_row(r, 0, row)
        sheet.write_formula(1, FINE, "=250*2")
        sheet.write_formula(2, FINE, "=250*2", None, 500)
    entry = _load(based, tmp_path / "penalty_case.xlsx")
    assert (entry.accepted, dict(entry.reasons)) == (2, {"整行：公式没有保存结果": 1})


def test_an_error_in_an_old_workbook_waits(based: Path, tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("处罚案件")
    for r, row in enumerate([*ROWS, base_case(13)]):
        for c, cell in enumerate(row):
            if (r, c) == (2, FINE):
                sheet.row(r).set_cell_error(c, 0x2A)
            else:
                sheet.write(r, c, cell)
    book.save(str(tmp_path / "penalty_case.xls"))
    entry = _load(based, tmp_path / "penalty_case.xls")
    assert (entry.accepted, dict(entry.reasons)) == (2, {"整行：公式出错": 1})


@pytest.mark.parametrize("since_1904", [False, True])
def test_days_of_an_old_workbook_are_these_days(based: Path, tmp_path: Path, since_1904: bool) -> None:
    book = xlwt.Workbook()
    book.dates_1904 = since_1904
    sheet = book.add_sheet("处罚案件")
    # 2022-06-01 and 2022-07-01 are days 44713 and 44743 of 1900, and 1462 fewer of 1904.
    numbers = {FILED: 44713, DECIDED: 44743}
    for r, row in enumerate(ROWS):
        for c, cell in enumerate(row):
            sheet.write(r, c, numbers[c] - 1462 * since_1904 if r and c in numbers else cell)
    book.save(str(tmp_path / "penalty_case.xls"))
    assert _load(based, tmp_path / "penalty_case.xls").accepted == 2
    assert _cases(based) == BOTH


def test_what_an_open_document_does_not_tell_is_said(based: Path, tmp_path: Path) -> None:
    _ods(tmp_path / "penalty_case.ods")
    assert _load(based, tmp_path / "penalty_case.ods").remarks == [
        "这种工作簿（.ods）里隐藏的行和数字格式看不出来；用到它们的请另存为 .xlsx 再装载"
    ]


def test_a_formula_with_its_result_is_read(based: Path, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "penalty_case.xlsx") as book:
        sheet = book.add_worksheet()
        for r, row in enumerate(ROWS):
            sheet.write_row(r, 0, row)
        sheet.write_formula(1, FINE, "=250*2", None, 500)
        # An empty text for a result.
        sheet.write_formula(2, CASE_COLUMNS.index("处罚种类"), '=""', None, "x")
    _replace(tmp_path / "penalty_case.xlsx", "xl/worksheets/sheet1.xml", "<v>x</v>", "<v></v>")
    assert _load(based, tmp_path / "penalty_case.xlsx").accepted == 2
    assert _cases(based) == BOTH


@pytest.mark.parametrize(("shown", "held", "stored"), [("000000", 12, "000012"), ("General", 12, "12")])
def test_a_code_is_what_its_format_shows(based: Path, tmp_path: Path, shown: str, held: int, stored: str) -> None:
    def change(book: Any, sheet: Any) -> None:
        sheet["A2"].number_format = shown

    _load(based, _book(tmp_path / "penalty_case.xlsx", [CASE_COLUMNS, [held, *base_case(12)[1:]]], change))
    con = open_warehouse(based).cursor()
    assert con.execute("select case_id from penalty_case where case_id not like 'C%'").fetchall() == [(stored,)]


@pytest.mark.parametrize(
    ("shown", "held", "fine"),
    [('0.00"万元"', 1.2, "12000.00"), ('0!.0,"万元"', 12000, "12000.00"), ('0.00"元"', 300, "300.00")],
)
def test_a_unit_in_the_number_format_counts(based: Path, tmp_path: Path, shown: str, held: float, fine: str) -> None:
    def change(book: Any, sheet: Any) -> None:
        sheet.cell(2, FINE + 1).value = held
        sheet.cell(2, FINE + 1).number_format = shown

    _load(based, _book(tmp_path / "penalty_case.xlsx", ROWS[:2], change))
    assert _cases(based)[0][3] == fine


def test_a_merged_block_counts_for_every_row_and_column_it_covers(based: Path, tmp_path: Path) -> None:
    rows = [CASE_COLUMNS, base_case(11), base_case(12), base_case(13)]
    for row in rows[2:]:
        row[FILED] = row[DECIDED] = None  # type: ignore[call-overload]
    rows[1][DECIDED] = None  # type: ignore[call-overload]

    def change(book: Any, sheet: Any) -> None:
        sheet.merge_cells(start_row=2, end_row=4, start_column=FILED + 1, end_column=DECIDED + 1)

    assert _load(based, _book(tmp_path / "penalty_case.xlsx", rows, change)).accepted == 3
    assert {case[1:3] for case in _cases(based)} == {("2022-06-01", "2022-06-01")}


def test_what_is_hidden_is_named(based: Path, tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        sheet.row_dimensions[3].hidden = True
        other = book.create_sheet("8月")
        other.append(CASE_COLUMNS)
        other.append(base_case(13))
        other.sheet_state = "hidden"

    entry = _load(based, _book(tmp_path / "penalty_case.xlsx", ROWS, change))
    assert entry.accepted == 2
    assert entry.remarks == [
        "隐藏的工作表没有装载：“8月”（约 1 行）；要装载请先取消隐藏",
        "隐藏的行同样装载：1 行（第 3 行）",
    ]


def test_a_sheet_without_heading_goes_on_with_the_one_before(based: Path, tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        sheet.title = "处罚案件"
        for row in (base_case(12), [*base_case(13)[:-1], "大概"]):
            (book["续"] if "续" in book.sheetnames else book.create_sheet("续")).append(row)
        book.create_sheet("说明").append(["本表由系统导出", "王某"])

    report: LoadReport = load_paths(based, [_book(tmp_path / "a.xlsx", ROWS[:2], change)])
    figures = {entry.sheet: (entry.state, entry.rows_read, entry.accepted, entry.quarantined) for entry in report.files}
    assert figures == {"处罚案件": ("loaded", 1, 1, 0), "续": ("loaded", 2, 1, 1), "说明": ("unknown", 0, 0, 0)}
    con = open_warehouse(based).cursor()
    assert con.execute("select sheet, row_no from quarantine").fetchall() == [("续", 2)]


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("xl/styles.xml", '<patternFill patternType="gray125"/>', ""),
        (
            "xl/workbook.xml",
            "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            "http://purl.oclc.org/ooxml/spreadsheetml/main",
        ),
    ],
)
def test_what_spreadsheets_open_is_loaded(based: Path, tmp_path: Path, part: str, old: str, new: str) -> None:
    path = tmp_path / "penalty_case.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for r, row in enumerate(ROWS):
            sheet.write_row(r, 0, row)
    assert _load(based, _replace(path, part, old, new)).accepted == 2
    assert _cases(based) == BOTH


def test_a_workbook_whose_texts_are_gone_is_refused(based: Path, tmp_path: Path) -> None:
    path = tmp_path / "penalty_case.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for r, row in enumerate(ROWS):
            sheet.write_row(r, 0, row)
    entry = _load(based, _replace(path, "xl/worksheets/sheet1.xml", "<v>3</v>", "<v>999</v>"))
    assert entry.state == "refused" and "损坏" in entry.message


def test_a_workbook_that_unfolds_to_too_much_is_refused_unread(based: Path, tmp_path: Path) -> None:
    path = _book(tmp_path / "penalty_case.xlsx", ROWS)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/media/image1.xml", b" " * (100 << 20))
    entry = _load(based, path)
    assert entry.state == "refused" and "展开后有 100 MB，超过上限" in entry.message


def test_what_other_things_are_called_workbooks_is_said(based: Path, tmp_path: Path) -> None:
    path = tmp_path / "penalty_case.xls"
    path.write_text('<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>')
    assert "XML 表格" in _load(based, path).message
    path.write_text("<html><body>请先登录</body></html>")
    assert "网页（HTML）" in _load(based, path).message


def _bare(rows: list[list[Any]]) -> list[list[Any]]:
    """Rows whose fines are numbers."""
    return [rows[0], *([*row[:FINE], float(row[FINE]), *row[FINE + 1 :]] for row in rows[1:])]


def test_a_binary_workbook_is_read_as_it_shows(based: Path, tmp_path: Path) -> None:
    """.xlsb: the error of a cell and of a formula, a unit and leading zeros in the number format, a hidden row."""
    rows = _bare([*ROWS, base_case(13), base_case(14)])
    rows[1][0], rows[1][FINE] = 12.0, 1.2
    rows[2][FINE], rows[3][DECIDED] = "#N/A", "#REF!"
    write_xlsb(
        tmp_path / "penalty_case.xlsb",
        "处罚案件",
        rows,
        hidden=[4],
        formulas=[(2, FINE)],
        formats={(1, 0): "000000", (1, FINE): '0.0"万元"'},
    )
    entry = _load(based, tmp_path / "penalty_case.xlsb")
    assert (entry.accepted, dict(entry.reasons)) == (2, {"整行：公式出错": 2})
    assert entry.remarks == ["隐藏的行同样装载：1 行（第 5 行）"]
    sql = "select case_id, fine_amt::varchar from penalty_case where case_id not like 'C000%' order by 1"
    assert open_warehouse(based).cursor().execute(sql).fetchall() == [("000012", "12000.00"), ("C0014", "500.00")]


@pytest.mark.parametrize("since_1904", [False, True])
def test_days_of_a_binary_workbook_are_these_days(based: Path, tmp_path: Path, since_1904: bool) -> None:
    rows = _bare(ROWS)
    for row in rows[1:]:
        row[FILED], row[DECIDED] = 44713 - 1462 * since_1904, 44743 - 1462 * since_1904
    write_xlsb(tmp_path / "penalty_case.xlsb", "处罚案件", rows, is_1904=since_1904)
    assert _load(based, tmp_path / "penalty_case.xlsb").accepted == 2
    assert _cases(based) == BOTH


def test_an_old_workbook_is_read_as_it_shows(based: Path, tmp_path: Path) -> None:
    """.xls: a unit and leading zeros in the number format, a hidden row and sheet, a formula that was never worked
    out."""
    book = xlwt.Workbook()
    sheet, other = book.add_sheet("处罚案件"), book.add_sheet("8月")
    other.visibility = 1
    styles = {(1, 0): "000000", (1, FINE): '0.0"万元"'}
    rows = _bare([*ROWS, base_case(13)])
    rows[1][0], rows[1][FINE] = 12, 1.2
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if (r, c) == (3, FINE):
                sheet.write(r, c, xlwt.Formula("250*2"))
            else:
                sheet.write(r, c, cell, xlwt.easyxf(num_format_str=styles.get((r, c), "General")))
            other.write(r, c, cell)
    sheet.row(2).hidden = True
    book.save(str(tmp_path / "penalty_case.xls"))
    entry = _load(based, tmp_path / "penalty_case.xls")
    assert (entry.accepted, dict(entry.reasons)) == (2, {"整行：公式没有保存结果": 1})
    assert entry.remarks == [
        "隐藏的工作表没有装载：“8月”（约 3 行）；要装载请先取消隐藏",
        "隐藏的行同样装载：1 行（第 3 行）",
    ]
    sql = "select case_id, fine_amt::varchar from penalty_case where case_id not like 'C000%' order by 1"
    assert open_warehouse(based).cursor().execute(sql).fetchall() == [("000012", "12000.00"), ("C0012", "500.00")]


@pytest.mark.parametrize(("shown", "held"), [("0!.0000", 500), ("#,##0.00,", 500), ("0%", 0.5)])
def test_a_number_shown_in_another_size_waits_where_the_heading_counts_in_a_unit(
    based: Path, tmp_path: Path, shown: str, held: float
) -> None:
    def change(book: Any, sheet: Any) -> None:
        sheet.cell(2, FINE + 1).value = held
        sheet.cell(2, FINE + 1).number_format = shown
        sheet.cell(1, FINE + 1).value = "罚款金额（万元）"

    entry = _load(based, _book(tmp_path / "penalty_case.xlsx", ROWS[:2], change))
    assert dict(entry.reasons) == {"整行：数字格式改变了数的大小": 1}
