"""Rows set aside: exported, mended, loaded again, and closed."""

import csv
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from lib.errors import UserError
from lib.warehouse.load import LoadReport, export_quarantine, load_paths
from lib.warehouse.store import NoWarehouse, open_warehouse
from tests.warehouse.load.messy import CASE_COLUMNS, base_case, csv_text

Load = Callable[..., LoadReport]


def _case(number: int, **changed: str) -> list[str]:
    return list((dict(zip(CASE_COLUMNS, base_case(number), strict=True)) | changed).values())


def _rows(home: Path, sql: str) -> list[tuple]:
    return open_warehouse(home).cursor().execute(sql).fetchall()


def _open_entries(home: Path) -> list[tuple]:
    return _rows(home, "select row_key, column_name from quarantine where resolved_at is null order by rowid")


def _bad_cases(load: Load) -> LoadReport:
    return load(
        "penalty_case.csv",
        csv_text(
            [CASE_COLUMNS, _case(11, 立案日期="某日"), _case(12, 案件编号=""), _case(13, 罚款金额="-1"), _case(14)]
        ),
    )


def test_a_mended_workbook_loads_and_closes_its_entries(based: Path, load: Load, tmp_path: Path) -> None:
    report = _bad_cases(load)
    assert (report.total("accepted"), report.total("quarantined")) == (1, 3)
    assert _open_entries(based) == [("C0011", "立案日期"), (None, "案件编号"), ("C0013", "罚款金额")]
    (path,) = export_quarantine(based, report.batch_id, tmp_path / "隔离.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book["处罚案件"]
    headings = [cell.value for cell in sheet[1]]
    assert headings == [*CASE_COLUMNS, "隔离原因", "隔离列", "原文件", "原工作表", "原行号", "隔离编号"]
    assert [sheet.cell(row, headings.index("原行号") + 1).value for row in (2, 3, 4)] == ["2", "3", "4"]
    assert sheet.cell(2, headings.index("隔离原因") + 1).value == "立案日期：日期无法识别。请写成 2022-09-25"
    sheet.cell(2, headings.index("立案日期") + 1).value = "2022年6月1日"
    sheet.cell(3, 1).value = "C0012"
    book.save(path)

    again = load_paths(based, [path])
    assert (again.total("accepted"), again.total("quarantined"), again.files[0].ignored) == (2, 1, [])
    assert _rows(based, "select case_id from penalty_case where case_id > 'C0005' order by 1") == [
        ("C0011",),
        ("C0012",),
        ("C0014",),
    ]
    # The row that failed again has one open entry, its new one.
    assert _rows(based, "select row_key, batch_id from quarantine where resolved_at is null") == [
        ("C0013", again.batch_id)
    ]


def test_a_corrected_delivery_closes_the_entry_by_its_key(based: Path, load: Load) -> None:
    _bad_cases(load)
    report = load("next/penalty_case.csv", csv_text([CASE_COLUMNS, _case(11), _case(13)]))
    assert report.files[0].remarks == ["以前隔离的 2 条已销"]
    assert _open_entries(based) == [(None, "案件编号")]


def test_rows_that_wait_for_others_pass_when_the_same_file_comes_again(based: Path, load: Load) -> None:
    events = csv_text(
        [
            ["event_id", "case_id", "event_type", "event_at"],
            ["E1", "C0077", "立案", "2022-06-01 09:00"],
            ["E2", "C0001", "立案", "2022-06-01 09:00"],
        ]
    )
    assert load("case_event.csv", events).total("quarantined") == 1
    assert not load("case_event.csv", events).changed
    load("penalty_case.csv", csv_text([CASE_COLUMNS, _case(77)]))
    again = load("case_event.csv", events)
    assert (again.total("rows_read"), again.total("accepted")) == (1, 1)
    assert _open_entries(based) == []
    assert not load("case_event.csv", events).changed


def test_a_load_that_only_sets_rows_aside_still_keeps_them(based: Path, load: Load) -> None:
    before = _rows(based, "select * from dataset_state where dataset = 'penalty_case'")
    report = load("penalty_case.csv", csv_text([CASE_COLUMNS, _case(11, 立案日期="某日")]))
    assert report.changed and report.total("accepted") == 0
    assert _open_entries(based) == [("C0011", "立案日期")]
    assert _rows(based, "select * from dataset_state where dataset = 'penalty_case'") == before


def test_several_faults_of_a_row_are_listed_and_counted_once(based: Path, load: Load, tmp_path: Path) -> None:
    report = load(
        "penalty_case.csv", csv_text([CASE_COLUMNS, _case(11, 立案日期="某日", 程序类型="特别", 罚款金额="多")])
    )
    assert (report.total("quarantined"), sum(report.files[0].reasons.values())) == (1, 3)
    (path,) = export_quarantine(based, None, tmp_path / "q.csv")
    (row,) = csv.DictReader(path.open(encoding="utf-8-sig", newline=""))
    assert row["隔离列"] == "程序类型、立案日期、罚款金额"
    assert row["罚款金额"] == "多"


def test_tables_of_different_kinds_are_exported_apart_and_load_together(
    based: Path, load: Load, tmp_path: Path
) -> None:
    _bad_cases(load)
    load(
        "officer.csv",
        "officer_id,person_hash,name_masked,officer_type,status_type,org_id\nP8,0a0a0a0a0a0a,张*,编外,在岗,O0003\n",
    )
    paths = export_quarantine(based, None, tmp_path / "all.csv")
    assert sorted(path.name for path in paths) == ["all_处罚案件.csv", "all_执法人员.csv"]
    (book,) = export_quarantine(based, None, tmp_path / "all.xlsx")
    report = load_paths(based, [book])
    assert {entry.dataset: entry.quarantined for entry in report.files} == {"officer": 1, "penalty_case": 3}
    assert len(_open_entries(based)) == 4


def test_export_says_what_is_wrong(home: Path, based: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"\.xlsx 或 \.csv"):
        export_quarantine(based, None, tmp_path / "q.pdf")
    with pytest.raises(UserError, match="没有待处理的隔离行"):
        export_quarantine(based, None, tmp_path / "q.csv")
    (tmp_path / "nothing").mkdir()
    with pytest.raises(NoWarehouse):
        export_quarantine(tmp_path / "nothing", None, tmp_path / "q.csv")
