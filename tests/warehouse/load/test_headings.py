"""Headings to columns, and tables to datasets."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lib.catalog import load_catalog
from lib.errors import UserError
from lib.warehouse.load import LoadReport, load_paths
from lib.warehouse.load.header import find_header, map_headings
from tests.warehouse.load.messy import CASE_COLUMNS, base_case, csv_text, hashed, write_csv

CASE = load_catalog()["penalty_case"]
DISCLOSURE = load_catalog()["penalty_disclosure"]


@pytest.mark.parametrize("dataset", load_catalog().values(), ids=lambda dataset: dataset.name)
def test_every_name_title_and_alias_finds_its_own_column(dataset) -> None:
    for field in dataset.fields:
        for heading in (field.name, field.title, *field.aliases):
            assert list(map_headings([heading], dataset).columns) == [field.name], heading


@pytest.mark.parametrize(
    ("heading", "field", "factor"),
    [
        ("Case_ID", "case_id", 1),
        ("ＣＡＳＥ＿ＩＤ", "case_id", 1),
        (" 案件 编号 ", "case_id", 1),
        ("*案件编号", "case_id", 1),
        ("案件编号（必填）", "case_id", 1),
        ("罚款金额", "fine_amt", 1),
        ("罚款金额（元）", "fine_amt", 1),
        ("罚款金额（万元）", "fine_amt", 10_000),
        ("罚款金额_万元", "fine_amt", 10_000),
        ("fine_amt(万元)", "fine_amt", 10_000),
        ("版本号", "version_no", 1),
        ("is_void", "is_void", 1),
        ("区划代码", "area_code", 1),
    ],
)
def test_spellings_of_a_heading(heading: str, field: str, factor: int) -> None:
    mapping = map_headings([heading], CASE)
    assert [(name, column.factor) for name, column in mapping.columns.items()] == [(field, factor)]


@pytest.mark.parametrize(
    ("heading", "factor"),
    [("CF_NR_FK", 10_000), ("罚款金额（万元）", 10_000), ("罚款金额（元）", 1), ("fine_wan", 10_000)],
)
def test_fines_of_disclosures_count_in_the_unit_of_the_heading(heading: str, factor: int) -> None:
    assert map_headings([heading], DISCLOSURE).columns["fine_wan"].factor == factor


def test_a_fine_without_a_unit_is_not_taken_for_ten_thousands() -> None:
    mapping = map_headings(["罚款金额"], DISCLOSURE)
    assert (mapping.columns["fine_wan"].unsure, mapping.ignored) == (True, [])


def test_the_second_heading_for_a_column_is_ignored_and_said() -> None:
    mapping = map_headings(["案件编号", "case_id", "经办意见", "隔离原因", "batch_id"], CASE)
    assert mapping.columns["case_id"].index == 0
    assert mapping.ignored == ["case_id（与“案件编号”重复）", "经办意见"]


def test_the_heading_row_is_the_one_with_most_known_columns() -> None:
    rows = [["案件编号统计表", ""], ["单位：元", "2022年"], ["序号", "案件编号", "立案日期"], ["1", "C1", "2022-01-01"]]
    assert find_header(rows) == 2
    assert find_header([["标题"], ["品名", "单价"], ["苹果", "3"]]) == 1
    assert find_header([["只有一格"]]) is None


def _load_one(home: Path, path: Path, dataset: str | None = None) -> LoadReport:
    return load_paths(home, [path], dataset=dataset)


def _cases(path: Path, number: int) -> Path:
    write_csv(path, [CASE_COLUMNS, base_case(number)])
    return path


@pytest.mark.parametrize(
    "name",
    [
        "penalty_case.csv",
        "penalty_case_202209.csv",
        "JX-penalty_case-final.csv",
        "处罚案件_2022年9月.csv",
        "2022年9月处罚案件（桐乡）.csv",
        "penalty_case/part-0.csv",
        "处罚案件/九月.csv",
    ],
)
def test_folder_or_file_names_tell_the_dataset(based: Path, tmp_path: Path, name: str) -> None:
    (entry,) = _load_one(based, _cases(tmp_path / "in" / name, 31)).files
    assert (entry.dataset, entry.accepted, entry.remarks) == ("penalty_case", 1, [])


def test_columns_tell_the_dataset_when_no_name_does(based: Path, tmp_path: Path) -> None:
    (entry,) = _load_one(based, _cases(tmp_path / "in" / "data1.csv", 31)).files
    assert (entry.dataset, entry.accepted) == ("penalty_case", 1)
    assert entry.remarks == ["按列名判断为“处罚案件”；如不对，请用 --dataset 指明"]


def test_the_longer_name_wins(based: Path, tmp_path: Path) -> None:
    write_csv(tmp_path / "case_officer.csv", [["案件编号", "人员编号", "角色"], ["C0001", "P1", "主办"]])
    assert _load_one(based, tmp_path / "case_officer.csv").files[0].dataset == "case_officer"


def test_the_named_dataset_counts_over_the_file_name(based: Path, tmp_path: Path) -> None:
    path = _cases(tmp_path / "in" / "officer.csv", 31)
    assert _load_one(based, path, "处罚案件").files[0].accepted == 1
    assert _load_one(based, _cases(tmp_path / "in" / "b.csv", 32), "penalty_case").files[0].accepted == 1


def test_an_unknown_dataset_name_lists_the_known_ones(based: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"没有叫“罚单”的数据集.*penalty_case（处罚案件）"):
        _load_one(based, _cases(tmp_path / "a.csv", 1), "罚单")


def test_a_table_that_fits_nothing_lists_what_comes_near(based: Path, tmp_path: Path) -> None:
    write_csv(tmp_path / "x.csv", [["人员编号", "领域代码", "证件状态"], ["P1", "ZF", "有效"]])
    (entry,) = _load_one(based, tmp_path / "x.csv").files
    assert entry.state == "refused"
    assert "officer_cert（执法证件，缺 证件号、发证日期、有效期至）" in entry.message


def test_exchange_names_of_disclosures_do_not_pass_for_cases(load: Callable[..., LoadReport]) -> None:
    text = csv_text([["CF_XDR_MC", "CF_WSH", "CF_NR_FK", "GSRQ"], ["某企业", base_case(1)[1], "0.05", "2022-07-05"]])
    (entry,) = load("上报.csv", text).files
    assert (entry.dataset, entry.accepted) == ("penalty_disclosure", 1)


def test_an_ambiguous_document_number_is_set_aside(load: Callable[..., LoadReport]) -> None:
    double = dict(zip(CASE_COLUMNS, base_case(1), strict=True)) | {"案件编号": "C0500", "当事人标识": hashed(500)}
    load("penalty_case.csv", csv_text([CASE_COLUMNS, list(double.values())]))
    report = load("双公示.csv", csv_text([["CF_XDR_MC", "CF_WSH"], ["某企业", base_case(1)[1]]]))
    assert dict(report.files[0].reasons) == {"CF_WSH：按决定书文号找不到唯一的案件": 1}


@pytest.mark.parametrize(
    ("heading", "factor"),
    [
        ("罚款金额（万元，保留2位小数）", 10_000),
        ("罚款金额（萬元）", 10_000),
        ("罚款金额（万圆）", 10_000),
        ("罚款金额（十元）", 10),
        ("罚款金额(元 必填)", 1),
        ("罚款金额（单位 万元）", 10_000),
        ("罚款金额(14,2)", 1),
        ("罚款金额￥", 1),
    ],
)
def test_units_in_brackets_are_read(heading: str, factor: int) -> None:
    column = map_headings([heading], CASE).columns["fine_amt"]
    assert (column.factor, column.unsure, column.qualifier) == (factor, False, "")


@pytest.mark.parametrize(
    "inside", ["K", "10k", "万元/元", "元/万元", "100元", "10万元", "万余元", "%", "百万", "千", "角", "10000"]
)
def test_a_unit_that_nobody_can_read_is_asked(load: Callable[..., LoadReport], inside: str) -> None:
    rows = [[f"罚款金额（{inside}）" if column == "罚款金额" else column for column in CASE_COLUMNS], base_case(11)]
    report = load("penalty_case.csv", csv_text(rows))
    assert (report.total("accepted"), [doubt.kind for doubt in report.files[0].doubts]) == (0, ["单位"])


def test_what_stands_beside_the_unit_may_change_the_meaning() -> None:
    assert map_headings(["罚款金额（已缴，万元）"], CASE).columns["fine_amt"].qualifier == "已缴"
