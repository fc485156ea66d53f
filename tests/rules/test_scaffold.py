"""A scaffolded rule is a rule: it reads, its cases pass and cover it, and nothing of it can be changed unnoticed."""

from pathlib import Path

import pytest

from lib.rules import RuleError, read_rule, run_cases, uncovered
from lib.rules.scaffold import new_rule
from tests.bench.mutation import measure


def test_a_new_rule_is_valid_and_its_cases_pass(tmp_path: Path) -> None:
    sql, cases = new_rule("M20_large_fine", tmp_path)
    assert (sql.name, cases.name) == ("M20_large_fine.sql", "M20_large_fine.cases.yaml")
    rule = read_rule(sql)
    assert (rule.id, rule.name) == ("M20", "large_fine")
    assert [result.difference for result in run_cases(rule) if not result.passed] == []
    assert uncovered(rule) == []
    assert measure(rule).share >= 0.95


@pytest.mark.parametrize("name", ["M20", "m20_fine", "M20_Fine", "M200_fine", "M20_fine.sql", "../M20_fine"])
def test_a_name_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(RuleError, match="不合要求"):
        new_rule(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_number_that_is_taken_is_refused(tmp_path: Path) -> None:
    new_rule("M20_large_fine", tmp_path)
    with pytest.raises(RuleError, match="编号 M20 已被"):
        new_rule("M20_other", tmp_path)
