"""The cases beside the rules: they all come out as written, and a case that is wrong says so."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from lib.rules import LEVELS, Rule, RuleError, read_cases, read_rules, run_cases, uncovered
from lib.rules.levels import level_name

RULE_IDS = list(read_rules())
CASES = "M05_fine_mismatch.cases.yaml"
Broken = Callable[..., Path]


@pytest.mark.parametrize("rule_id", RULE_IDS)
def test_all_cases_come_out_as_written(rules: dict[str, Rule], rule_id: str) -> None:
    assert {result.name: result.difference for result in run_cases(rules[rule_id]) if not result.passed} == {}


@pytest.mark.parametrize("rule_id", RULE_IDS)
def test_each_branch_and_false_positive_has_a_case(rules: dict[str, Rule], rule_id: str) -> None:
    assert uncovered(rules[rule_id]) == []


@pytest.mark.parametrize("rule_id", RULE_IDS)
def test_each_level_has_a_case(rules: dict[str, Rule], rule_id: str) -> None:
    told = {level for level in LEVELS if level_name(level) in rules[rule_id].level_logic}
    assert {hit["level"] for case in read_cases(rules[rule_id]) for hit in case.expect} == told


@pytest.mark.parametrize("rule_id", RULE_IDS)
def test_case_names_are_unique(rules: dict[str, Rule], rule_id: str) -> None:
    names = [case.name for case in read_cases(rules[rule_id])]
    assert sorted(set(names)) == sorted(names)


def test_a_case_that_comes_out_differently_fails(broken: Broken) -> None:
    rule = read_rules(broken("{subject_id: SHORT, level: yellow", "{subject_id: SHORT, level: red", CASES))["M05"]
    failed = [result for result in run_cases(rule) if not result.passed]
    assert [(result.name, result.difference) for result in failed] == [
        ("相差一元不提示，多于一元黄色", "SHORT 的 level 应为 red，实为 yellow")
    ]


@pytest.mark.parametrize(
    ("rule_id", "old", "new", "difference"),
    [
        ("M05", "  tested: 3\n", "  tested: 4\n", "受检数应为 4，实为 3"),
        ("M05", "paid_amt: 998.99", "paid_amt: 998", "SHORT 的证据 paid_amt 应为 998，实为 998.99"),
        (
            "M05",
            "due_date: 2022-08-16,\n                  closed",
            "due_date: 2022-08-17,\n                  closed",
            "SHORT 的证据 due_date 应为 2022-08-17，实为 2022-08-16",
        ),
        ("M16", "month: 2022-06-01, exposure: 2}", "month: 2022-06-01, exposure: 3}", "工作量应为"),
    ],
)
def test_tested_evidence_and_exposure_are_compared(
    tmp_path: Path, rules: dict[str, Rule], rule_id: str, old: str, new: str, difference: str
) -> None:
    path = tmp_path / rules[rule_id].path.name
    path.write_bytes(rules[rule_id].path.read_bytes())
    cases = rules[rule_id].cases_path.read_text(encoding="utf-8")
    assert old in cases
    path.with_suffix(".cases.yaml").write_text(cases.replace(old, new, 1), encoding="utf-8")
    failed = [result.difference for result in run_cases(read_rules(tmp_path)[rule_id]) if not result.passed]
    assert len(failed) == 1
    assert failed[0].startswith(difference)


def test_a_missing_and_an_unexpected_hit_fail(broken: Broken) -> None:
    rule = read_rules(broken("- {subject_id: OVER, level", "- {subject_id: ONE, level", CASES))["M05"]
    failed = [result.difference for result in run_cases(rule) if not result.passed]
    assert failed == ["ONE 应命中而未命中；OVER 不应命中而命中（yellow）"]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("fine_amt: 1000}", "fine_amount: 1000}", "penalty_case 没有列 fine_amount"),
        ("fine_amt: 1000}", "fine_amt: 1000, case_name: 某案}", "模型未声明读取 penalty_case.case_name"),
        ("org_id: O1001, area_code", "area_code", "penalty_case 的行缺少必填列 org_id"),
        ("    case_officer:", "    officer:", "模型未声明读取数据集 officer"),
        ("  why: 决定金额", "  reason: 决定金额", "不认识的键 reason"),
        ("  as_of: 2022-09-25", "  as_of: 昨天", "as_of 应是日期"),
        ("- name: 足额缴清不提示\n  why: 决", "- name: 足额缴清不提示\n  whyy: 决", "缺少 why"),
    ],
)
def test_a_wrong_case_is_refused(broken: Broken, old: str, new: str, fault: str) -> None:
    rule = read_rules(broken(old, new, CASES))["M05"]
    with pytest.raises(RuleError) as caught:
        run_cases(rule)
    assert CASES in caught.value.message
    assert fault in caught.value.message


def test_a_rule_without_cases_is_refused(broken: Broken) -> None:
    folder = broken()
    (folder / CASES).unlink()
    with pytest.raises(RuleError, match="没有用例文件"):
        run_cases(read_rules(folder)["M05"])


def test_reading_an_undeclared_column_fails_on_the_cases(broken: Broken) -> None:
    folder = broken("        org_id,\n        area_code,", "        case_name as org_id,\n        area_code,")
    with pytest.raises(RuleError, match="case_name"):
        run_cases(read_rules(folder)["M05"])


def test_what_no_case_tries_is_named(broken: Broken) -> None:
    rule = read_rules(broken("  covers: 法院强制执行\n", "", CASES))["M05"]
    assert uncovered(rule) == ["误报“法院强制执行：已有强制执行流程节点，不判断金额差”没有反例"]
    rule = read_rules(broken("\ndecisions:", "\ndecisions:\n  - 零元罚款：不看"))["M05"]
    assert uncovered(rule) == ["口径“零元罚款：不看”没有用例"]
    rule = read_rules(broken("branches: {gap:", "branches: {other: 其他, gap:"))["M05"]
    assert uncovered(rule) == ["情形 other 没有正例"]
    rule = read_rules(broken("  example: true\n", "", CASES))["M05"]
    assert uncovered(rule) == ["没有恰好一个正例标为 example"]
    folder = broken()
    cases = (folder / CASES).read_text(encoding="utf-8")
    (folder / CASES).write_text(re.sub(r"  tested: \d+\n", "", cases), encoding="utf-8")
    assert uncovered(read_rules(folder)["M05"]) == ["没有核对 tested 的用例"]
