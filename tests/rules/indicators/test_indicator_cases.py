"""The cases beside the indicators: they come out as written, and nothing that happens later changes what is counted."""

from datetime import date
from pathlib import Path

import pytest

from lib.rules import RuleError
from lib.rules.indicators import INDICATORS, counted, read_cases, read_indicator, read_indicators, run_cases, uncovered
from lib.rules.indicators.case_run import put, tables

IDS = list(read_indicators())


@pytest.mark.parametrize("indicator_id", IDS)
def test_all_cases_come_out_as_written(indicator_id: str) -> None:
    one = read_indicators()[indicator_id]
    assert {result.name: result.difference for result in run_cases(one) if not result.passed} == {}
    assert uncovered(one) == []
    names = [case.name for case in read_cases(one)]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("indicator_id", IDS)
def test_no_row_is_of_a_later_day_or_there_twice(indicator_id: str) -> None:
    """On every day from the first that a case gives, `counted` itself refuses both."""
    one = read_indicators()[indicator_id]
    with tables(one) as con:
        for case in read_cases(one):
            session = put(con, one, case)
            days = {
                value.date() if hasattr(value, "date") else value
                for rows in case.given.values()
                for row in rows
                for value in row.values()
                if isinstance(value, date)
            }
            for day in sorted(days | {case.as_of}):
                counted(session, one, day, case.params)


def _copy(folder: Path, name: str, old: str, new: str) -> Path:
    (sql,) = INDICATORS.glob(f"{name}_*.sql")
    for file in (sql, sql.with_suffix(".cases.yaml")):
        text = file.read_text(encoding="utf-8")
        (folder / file.name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder / sql.name


@pytest.mark.parametrize(
    ("name", "old", "new", "difference"),
    [
        ("I01", "{subject_id: LATE, met: false}", "{subject_id: LATE, met: true}", "LATE 的 met 应为 True，实为 False"),
        ("I01", "    - {subject_id: LATE, met: false}\n", "", "LATE 不应计入而计入"),
        ("I01", "{subject_id: LATE,", "{subject_id: LATEST,", "LATEST 应计入而未计入；LATE 不应计入而计入"),
        ("I01", "01-31, value: 66.6666667", "01-31, value: 66", "2022-01 的 value 应为 66，实为 66.6"),
        ("I18", "{value: 0.527046, n: 1, met: 10}", "{value: 0.527046, n: 2, met: 10}", "2022-09 的 n 应为 2，实为 1"),
    ],
)  # fmt: skip
def test_a_case_that_comes_out_differently_fails(
    tmp_path: Path, name: str, old: str, new: str, difference: str
) -> None:
    failed = [result for result in run_cases(read_indicator(_copy(tmp_path, name, old, new))) if not result.passed]
    assert len(failed) == 1
    assert difference in failed[0].difference


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("transfer_status: 已划转,", "status: 已划转,", "power_item 没有列 status"),
        ("transfer_status: 已划转,", "transfer_status: 已划转, item_name: 甲,", "指标未声明读取 power_item.item_name"),
        ("{org_id: O1001, area_code", "{area_code", "org 的行缺少必填列 org_id"),
        ("    org:\n", "    officer:\n", "指标未声明读取数据集 officer"),
        ("  why: 三项", "  reason: 三项", "不认识的键 reason"),
        ("  as_of: 2022-09-25", "  as_of: 昨天", "as_of 应是日期"),
        ("met: false}", "level: red}", "counted 没有列 level"),
        ("{month: 2022-01-31,", "{month: 一月,", "month 应是日期"),
        ("  values:\n    - {value: 66", "  given_values:\n    - {value: 66", "不认识的键 given_values"),
    ],
)
def test_a_wrong_case_is_refused(tmp_path: Path, old: str, new: str, fault: str) -> None:
    with pytest.raises(RuleError) as caught:
        run_cases(read_indicator(_copy(tmp_path, "I01", old, new)))
    assert "I01_transfer_done.cases.yaml" in caught.value.message
    assert fault in caught.value.message


@pytest.mark.parametrize(
    ("old", "new", "gap"),
    [
        ("  decides: 期限当日\n", "", "口径“期限当日：期限当日仍在期限内，次日起计入”没有用例"),
        ("  decides: 期限当日\n", "  decides: 期限\n", "用例 decides 的“期限”不是首部的口径"),
        ("  example: true\n", "", "没有恰好一个用例标为 example"),
        (
            "  given: {}\n",
            "  given: {org: [{org_id: O1, area_code: '330400'}]}\n",
            "没有空表的用例（values 中 value 为 null）",
        ),
    ],
)
def test_what_no_case_tries_is_named(tmp_path: Path, old: str, new: str, gap: str) -> None:
    assert any(gap in one for one in uncovered(read_indicator(_copy(tmp_path, "I01", old, new))))


def test_an_indicator_without_cases_is_refused(tmp_path: Path) -> None:
    path = _copy(tmp_path, "I01", "", "")
    path.with_suffix(".cases.yaml").unlink()
    with pytest.raises(RuleError, match="没有用例文件"):
        run_cases(read_indicator(path))


def test_reading_an_undeclared_column_fails_on_the_cases(tmp_path: Path) -> None:
    path = _copy(tmp_path, "I01", "    item_code as subject_id", "    item_name as subject_id")
    with pytest.raises(RuleError, match="item_name"):
        run_cases(read_indicator(path))
