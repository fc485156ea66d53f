"""Versions: corrections, replacements, older and void ones, and what a file does not say."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from itertools import permutations
from pathlib import Path

import pytest

from lib.engines import opened
from lib.rules import read_rules, run_rule
from lib.warehouse.load import LoadReport
from lib.warehouse.store import open_warehouse
from tests.warehouse.load.messy import CASE_COLUMNS, base_case, csv_text, hashed

Load = Callable[..., LoadReport]


def _file(*rows: dict[str, str], columns: list[str] = CASE_COLUMNS) -> str:
    """A case file; each row is a base case with other values."""
    extra = [column for column in rows[0] if column not in CASE_COLUMNS and column != "number"]
    lines = []
    for row in rows:
        base = dict(zip(CASE_COLUMNS, base_case(int(row["number"])), strict=True)) | row
        lines.append([base[column] for column in [*columns, *extra]])
    return csv_text([[*columns, *extra], *lines])


def _rows(home: Path, sql: str) -> list[tuple]:
    return open_warehouse(home).cursor().execute(sql).fetchall()


def _fines(home: Path, table: str = "penalty_case", key: str = "C0001") -> list[tuple]:
    return _rows(
        home,
        f"select version_no, fine_amt, is_void from {table} where case_id = '{key}' order by version_no, ingested_at",
    )


def test_other_content_without_a_version_replaces_and_the_old_row_is_kept(based: Path, load: Load) -> None:
    report = load("penalty_case.csv", _file({"number": "1", "罚款金额": "800"}, {"number": "2"}))
    assert (report.total("accepted"), report.total("replaced"), report.total("unchanged")) == (1, 1, 1)
    assert _fines(based) == [(2, Decimal("800.00"), False)]
    assert _fines(based, "penalty_case_history") == [(1, Decimal("500.00"), False)]
    assert _rows(based, "select count(*) from penalty_case") == [(5,)]


def test_a_higher_version_replaces_under_its_own_number(based: Path, load: Load) -> None:
    load("penalty_case.csv", _file({"number": "1", "罚款金额": "800", "版本号": "7"}))
    assert _fines(based) == [(7, Decimal("800.00"), False)]
    assert _fines(based, "penalty_case_history") == [(1, Decimal("500.00"), False)]


def test_the_same_version_with_other_content_is_a_correction(based: Path, load: Load) -> None:
    load("penalty_case.csv", _file({"number": "1", "罚款金额": "800", "版本号": "1"}))
    assert _fines(based) == [(2, Decimal("800.00"), False)]


def test_a_lower_version_goes_to_history_once(based: Path, load: Load) -> None:
    load("a/penalty_case.csv", _file({"number": "1", "罚款金额": "800", "版本号": "5"}))
    report = load("b/penalty_case.csv", _file({"number": "1", "罚款金额": "700", "版本号": "3"}))
    assert (report.total("accepted"), report.files[0].superseded) == (1, 1)
    assert _fines(based) == [(5, Decimal("800.00"), False)]
    assert _fines(based, "penalty_case_history") == [(1, Decimal("500.00"), False), (3, Decimal("700.00"), False)]
    again = load(
        "c/penalty_case.csv", _file({"number": "1", "罚款金额": "700", "版本号": "3"}, {"number": "2", "版本号": "1"})
    )
    assert (again.total("accepted"), again.total("unchanged")) == (0, 2)
    assert len(_fines(based, "penalty_case_history")) == 2


def test_several_versions_in_one_file_end_with_the_highest(based: Path, load: Load) -> None:
    text = _file(
        {"number": "9", "罚款金额": "300", "版本号": "3"},
        {"number": "9", "罚款金额": "100", "版本号": "1"},
        {"number": "9", "罚款金额": "200", "版本号": "2"},
    )
    report = load("penalty_case.csv", text)
    assert (report.total("accepted"), report.total("replaced"), report.total("quarantined")) == (3, 2, 0)
    assert _fines(based, key="C0009") == [(3, Decimal("300.00"), False)]
    assert _fines(based, "penalty_case_history", "C0009") == [
        (1, Decimal("100.00"), False),
        (2, Decimal("200.00"), False),
    ]


def test_a_void_row_takes_its_key_out(based: Path, load: Load) -> None:
    columns = ["案件编号", "当事人标识", "当事人类型", "事项代码", "办案单位", "程序类型", "立案日期", "处理结果"]
    text = csv_text([[*columns, "版本号", "是否作废"], ["C0001", *[""] * 7, "2", "是"]])
    report = load("penalty_case.csv", text)
    assert (report.total("accepted"), report.total("quarantined")) == (1, 0)
    assert _fines(based) == []
    assert _fines(based, "penalty_case_history") == [(1, Decimal("500.00"), False), (2, Decimal("500.00"), True)]
    assert _rows(based, "select row_cnt from dataset_state where dataset = 'penalty_case'") == [(4,)]
    # What refers to it stays valid, and a newer version brings it back.
    event = csv_text([["event_id", "case_id", "event_type", "event_at"], ["E1", "C0001", "立案", "2022-06-01 09:00"]])
    assert load("case_event.csv", event).total("accepted") == 1
    load("b/penalty_case.csv", _file({"number": "1", "版本号": "3"}))
    assert _fines(based) == [(3, Decimal("500.00"), False)]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_void_latest_version_keeps_its_key_out_in_any_order(based: Path, load: Load, order: tuple[int, ...]) -> None:
    versions = [
        {"number": "9", "罚款金额": "100", "版本号": "1", "是否作废": "否"},
        {"number": "9", "罚款金额": "200", "版本号": "2", "是否作废": "否"},
        {"number": "9", "罚款金额": "200", "版本号": "3", "是否作废": "是"},
    ]
    load("a/penalty_case.csv", _file(*[versions[number] for number in order[:2]]))
    load("b/penalty_case.csv", _file(versions[order[2]]))
    assert _fines(based, key="C0009") == []
    load("c/penalty_case.csv", _file(versions[0]))
    assert _fines(based, key="C0009") == [], "version 1 does not come back"
    assert (3, Decimal("200.00"), True) in _fines(based, "penalty_case_history", "C0009")


def test_no_model_sees_a_key_whose_latest_version_is_void(based: Path, load: Load) -> None:
    row = {"number": "9", "罚款金额": "900", "决定日期": "2022-07-01", "版本号": "1", "是否作废": "否"}
    rule, day = read_rules()["M05"], date(2022, 9, 25)

    def flagged() -> list[str]:
        signals = run_rule(opened(open_warehouse(based)), rule, day).to_pylist()
        return [signal["subject_id"] for signal in signals if signal["subject_id"] == "C0009"]

    load("a/penalty_case.csv", _file(row))
    assert flagged() == ["C0009"]
    load("b/penalty_case.csv", _file(row | {"版本号": "2", "是否作废": "是"}))
    assert flagged() == []
    load("c/penalty_case.csv", _file(row))
    assert flagged() == []


def test_columns_that_a_file_lacks_keep_what_they_were(based: Path, load: Load) -> None:
    columns = [column for column in CASE_COLUMNS if column not in ("罚款金额", "决定日期", "案件名称")]
    report = load("penalty_case.csv", _file({"number": "1", "当事人类型": "个体工商户"}, columns=columns))
    assert report.total("replaced") == 1
    assert _rows(
        based, "select party_type, fine_amt, decision_date, case_name from penalty_case where case_id = 'C0001'"
    ) == [("个体工商户", Decimal("500.00"), date(2022, 7, 1), "案件1")]


def test_a_date_against_one_that_only_the_warehouse_knows(based: Path, load: Load) -> None:
    columns = [column for column in CASE_COLUMNS if column != "决定日期"]
    report = load("penalty_case.csv", _file({"number": "1", "结案日期": "2022-06-15"}, columns=columns))
    assert dict(report.files[0].reasons) == {"结案日期：时间先后颠倒": 1}


def test_only_datasets_that_changed_get_the_new_generation(based: Path, load: Load) -> None:
    report = load("penalty_case.csv", _file({"number": "1", "案件名称": "案件1"}, {"number": "2"}))
    assert report.changed and report.total("unchanged") == 2
    assert _rows(based, "select changed_generation from dataset_state where dataset = 'penalty_case'") == [(1,)]
    load("b/penalty_case.csv", _file({"number": "1", "案件名称": "改名"}))
    states = dict(_rows(based, "select dataset, changed_generation from dataset_state"))
    assert states["penalty_case"] == 3
    assert states["officer"] == states["org"] == 1


def test_area_comes_from_the_unit_unless_the_file_says_it(based: Path, load: Load) -> None:
    load("penalty_case.csv", _file({"number": "8", "区划代码": "330402000000"}, {"number": "9", "区划代码": ""}))
    assert _rows(based, "select case_id, area_code from penalty_case where case_id > 'C0005' order by 1") == [
        ("C0008", "330402"),
        ("C0009", "330483101"),
    ]


def test_reference_tables_are_replaced_row_by_row(based: Path, load: Load) -> None:
    report = load("机构.csv", "机构编号,机构名称,层级,区划代码\nO0003,濮院镇综合行政执法队（新）,镇街,330483101\n")
    assert (report.total("accepted"), report.total("replaced")) == (1, 1)
    assert _rows(based, "select org_name, parent_org_id from org where org_id = 'O0003'") == [
        ("濮院镇综合行政执法队（新）", "O0002")
    ]


def test_the_other_files_of_one_load_may_be_referred_to(based: Path, tmp_path: Path) -> None:
    from lib.warehouse.load import load_paths

    # The event's file comes first by name; its case is in a file of the same load.
    folder = tmp_path / "both"
    folder.mkdir()
    (folder / "a_case_event.csv").write_text("event_id,case_id,event_type,event_at\nE1,C0050,立案,2022-06-01 09:00\n")
    (folder / "b_penalty_case.csv").write_text(_file({"number": "50"}))
    assert load_paths(based, [folder]).total("quarantined") == 0


def test_later_months_correct_earlier_ones_in_one_load(based: Path, tmp_path: Path) -> None:
    from lib.warehouse.load import load_paths

    folder = tmp_path / "penalty_case"
    folder.mkdir()
    (folder / "2022年10月.csv").write_text(_file({"number": "60", "罚款金额": "1000"}))
    (folder / "2022年9月.csv").write_text(_file({"number": "60", "罚款金额": "900"}))
    load_paths(based, [folder])
    assert _fines(based, key="C0060") == [(2, Decimal("1000.00"), False)]


@pytest.mark.parametrize("unit", ["张三", "王小明"])
def test_names_in_full_are_kept_masked(based: Path, load: Load, unit: str) -> None:
    load(
        "officer.csv", f"人员编号,身份证哈希,姓名,人员类型,在岗状态,所在单位\nP9,{hashed(9)},{unit},公务员,在岗,O0003\n"
    )
    assert _rows(based, "select name_masked from officer where officer_id = 'P9'") == [
        (unit[0] + "*" * (len(unit) - 1),)
    ]
