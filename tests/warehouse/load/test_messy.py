"""A folder as it really arrives: figures and reasons of every file, the values that got in, and a second load."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from lib.warehouse.generation import current
from lib.warehouse.integrity import check_warehouse
from lib.warehouse.load import FileReport, LoadReport, load_paths
from lib.warehouse.store import Warehouse, open_warehouse
from tests.warehouse.load.messy import Expected, hashed, uscc, write_base, write_messy


@pytest.fixture(scope="module")
def messy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, LoadReport, list[Expected]]]:
    root = tmp_path_factory.mktemp("messy")
    home = root / "home"
    write_base(root / "base")
    load_paths(home, [root / "base"])
    expected = write_messy(root / "in")
    yield home, load_paths(home, [root / "in"]), expected


@pytest.fixture(scope="module")
def warehouse(messy: tuple[Path, LoadReport, list[Expected]]) -> Warehouse:
    return open_warehouse(messy[0])


def _figures(entry: FileReport | Expected) -> dict:
    read = entry.rows_read if isinstance(entry, FileReport) else entry.read
    return {
        "state": entry.state,
        "dataset": entry.dataset,
        "read": read,
        "accepted": entry.accepted,
        "quarantined": entry.quarantined,
        "unchanged": entry.unchanged,
        "replaced": entry.replaced,
        "not_data": entry.not_data,
        "reasons": dict(entry.reasons),
    }


def test_every_file_is_reported_with_its_figures_and_reasons(messy: tuple[Path, LoadReport, list[Expected]]) -> None:
    _, report, expected = messy
    assert {(entry.file, entry.sheet): _figures(entry) for entry in report.files} == {
        (entry.file, entry.sheet): _figures(entry) for entry in expected
    }


def test_rows_read_are_accepted_set_aside_or_unchanged(messy: tuple[Path, LoadReport, list[Expected]]) -> None:
    for entry in messy[1].files:
        assert entry.rows_read == entry.accepted + entry.quarantined + entry.unchanged + entry.not_data, entry.place
    notes = {entry.place: entry.notes for entry in messy[1].files if entry.notes}
    assert notes == {
        "处罚案件/2022年9月.csv": {"合计": [29], "说明、落款等文字": [30]},
        "2022年9月报送.xlsx〔执法证件〕": {"说明、落款等文字": [11, 12]},
    }


def test_the_generation_is_whole(warehouse: Warehouse) -> None:
    assert check_warehouse(warehouse.cursor()) == []


def test_dates_amounts_and_flags_in_any_spelling_become_the_same_values(warehouse: Warehouse) -> None:
    rows = (
        warehouse.cursor()
        .execute(
            """
        select case_id, filed_date, decision_date, fine_amt, penalty_types, is_offsite, procedure_type, party_id
        from penalty_case where case_id > 'C0100' order by case_id
        """
        )
        .fetchall()
    )
    june, july = date(2022, 6, 1), date(2022, 7, 1)
    assert rows == [
        ("C0101", june, july, Decimal("500.00"), ["罚款"], False, "普通", hashed(101)),
        ("C0102", june, july, Decimal("12000.00"), ["罚款"], True, "普通", hashed(102)),
        ("C0103", june, july, Decimal("1234.50"), ["罚款"], True, "普通", hashed(103)),
        ("C0104", june, july, Decimal("500.00"), ["罚款", "没收违法所得"], False, "普通", hashed(104)),
        ("C0105", june, july, Decimal("500.00"), ["警告", "罚款"], False, "普通", uscc(1)),
        ("C0106", june, None, None, None, False, "普通", hashed(106)),
    ]


def test_moments_with_a_zone_become_beijing_time(warehouse: Warehouse) -> None:
    moments = warehouse.cursor().execute("select event_id, event_at from case_event order by 1").fetchall()
    assert moments == [
        ("E1", datetime(2022, 6, 1, 9, 30)),
        ("E2", datetime(2022, 7, 1, 10, 0)),
        ("E3", datetime(2022, 7, 2, 10, 0)),
    ]
    assert warehouse.cursor().execute("select paid_at from fine_receipt where receipt_no = 'R1'").fetchall() == [
        (datetime(2022, 7, 9, 9, 0),)
    ]


def test_disclosures_find_their_case_by_document_number(warehouse: Warehouse) -> None:
    rows = (
        warehouse.cursor()
        .execute("select disclosure_id, case_id, fine_wan, withdraw_at from penalty_disclosure order by case_id")
        .fetchall()
    )
    assert rows == [
        ("GS-嘉综执罚决字〔2022〕第000001号", "C0001", Decimal("0.050000"), datetime(2023, 7, 1)),
        ("GS-嘉综执罚决字〔2022〕第000102号", "C0102", Decimal("1.200000"), datetime(2023, 7, 1)),
    ]


def test_a_merged_cell_counts_for_every_row_it_spans(warehouse: Warehouse) -> None:
    rows = (
        warehouse.cursor()
        .execute("select cert_no, officer_id, domain_code, issue_date, expire_date from officer_cert order by cert_no")
        .fetchall()
    )
    first, last = date(2020, 1, 1), date(2025, 1, 1)
    assert rows == [
        ("123456", "P2", "ZF", first, last),
        ("Z1", "P1", "ZF", first, last),
        ("Z2", "P1", "ZF", first, last),
    ]


def test_common_columns_are_filled(warehouse: Warehouse, messy: tuple[Path, LoadReport, list[Expected]]) -> None:
    row = (
        warehouse.cursor()
        .execute(
            """
        select source_system, source_pk, batch_id, area_code, version_no, is_void, ingested_at is not null
        from case_event where event_id = 'E1'
        """
        )
        .fetchall()
    )
    assert row == [("省统一处罚办案系统", "E1", messy[1].batch_id, "330483101", 1, False, True)]


def test_row_numbers_are_those_of_the_file(warehouse: Warehouse) -> None:
    # Two title lines, the heading in row 3, six sound rows, an empty line in row 10.
    case = (
        warehouse.cursor()
        .execute("select row_no, column_name, value from quarantine where row_key = 'C0111'")
        .fetchall()
    )
    assert case == [(11, "立案日期", "2022-02-30")]
    cert = warehouse.cursor().execute("select sheet, row_no from quarantine where row_key = 'Z4'").fetchall()
    assert cert == [("执法证件", 9)]


def test_identity_numbers_are_not_kept_in_the_clear(warehouse: Warehouse) -> None:
    (found,) = (
        warehouse.cursor()
        .execute(
            "select count(*) from quarantine where contains(raw_json, '1101051949') or contains(value, '1101051949')"
        )
        .fetchall()
    )
    assert found == (0,)
    assert warehouse.cursor().execute(
        "select value from quarantine where reason like '是明文身份证号%'"
    ).fetchall() == [("11****2X",)]


def test_messages_say_what_is_wrong(messy: tuple[Path, LoadReport, list[Expected]]) -> None:
    messages = {entry.file: entry.message for entry in messy[1].files}
    assert "工作簿损坏" in messages["信访.xlsx"]
    assert "文件是空的" in messages["petition_empty.csv"]
    for title in ("当事人标识", "办案单位", "立案日期", "处理结果"):
        assert title in messages["处罚案件_缺列.csv"]
    remarks = {entry.file: entry.remarks for entry in messy[1].files}
    assert remarks["upload77.tsv"] == ["按列名判断为“考勤”；如不对，请用 --dataset 指明"]
    ignored = {entry.file: entry.ignored for entry in messy[1].files}
    assert ignored["双公示_202209.txt"] == ["CF_XDR_SHXYM", "CF_WFXW", "CF_JDRQ", "BZ"]


def test_a_second_load_of_the_same_folder_changes_nothing(messy: tuple[Path, LoadReport, list[Expected]]) -> None:
    home, first, _ = messy
    again = load_paths(home, [home.parent / "in"])
    generation = current(home)
    assert generation is not None and generation.number == first.generation
    assert not again.changed and again.lines()[-2] == "数据没有变化，没有发布新一代数据。"
    assert again.lines()[-1].startswith("有文件没有装载：petition_empty.csv、")
    assert again.total("accepted") == again.total("quarantined") == 0
    loaded = {entry.file for entry in first.files if entry.state == "loaded"}
    assert {entry.file for entry in again.files if entry.state == "known"} == loaded
    assert [path.name for path in (home / "warehouse").glob("*.tmp*")] == []
