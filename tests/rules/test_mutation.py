"""The mutation bench: cases that hold a rule leave no changed rule alive, a missing boundary case leaves its own."""

from dataclasses import replace
from pathlib import Path

import pytest

from lib.errors import UserError
from lib.rules import Rule, read_rule
from tests.bench.mutation import main, measure, mutants, show

RULE = """/*---
id: M99
name: high_fine
title: 高额罚款
risk: 滥用裁量
rationale: 罚款多于界限。
law: [{article: 行政处罚法（2021修订）第五条, mark: 已核}]
limits: [{article: 行政处罚法（2021修订）第五条, mark: 已核, says: 只看金额}]
inputs: {penalty_case: [case_id, org_id, area_code, decision_date, result_type, fine_amt]}
parameters:
  - {name: limit_amt, type: number, default: 1000, lowest: 1, highest: 100000, unit: 元, meaning: 罚款的界限}
subject: penalty_case
value_title: 罚款
unit: 元
level_logic: 罚款多于界限黄色。
branches: {high: 罚款多于界限}
evidence: {fine_amt: 罚款}
aggregation: {mode: direct}
period: none
exclusions: [未作出处罚的不纳入]
assumptions: [截止日之后的决定视为尚未发生]
false_positives: [没有：不适用]
offline_check: [调阅案卷]
owner: 数字专班
nature: 明线
max_share: 0.2
precision_floor: 0.5
---*/

-- section: signals
select
    case_id as subject_id,
    'yellow' as level,
    cast(null as varchar) as officer_id,
    org_id,
    area_code,
    decision_date as occurred_on,
    cast(fine_amt as double) as value,
    cast($limit_amt as double) as threshold,
    cast(to_json({'branches': ['high'], 'fine_amt': cast(fine_amt as double)}) as varchar) as evidence
from penalty_case
where result_type in ('处罚', '变更')
    and fine_amt > $limit_amt -- not >=
    and decision_date <= $as_of

-- section: tested
select case_id as subject_id, cast(null as varchar) as officer_id, org_id, area_code, decision_date as occurred_on
from penalty_case
where decision_date <= $as_of

-- section: peers
select cast(7 as double) as value, true as is_subject

-- section: source 案件
select case_id from penalty_case where case_id = $subject_id
"""

CASES = """- name: 罚款与界限
  why: 等于界限不提示，多一分提示
  as_of: 2022-09-25
  example: true
  tested: 4
  given:
    penalty_case:
      - &case {case_id: AT, org_id: O1, area_code: null, decision_date: 2022-09-25, result_type: 处罚, fine_amt: 1000}
      - {<<: *case, case_id: ABOVE, fine_amt: 1000.01}
      - {<<: *case, case_id: CHANGED, fine_amt: 1000.01, result_type: 变更}
      - {<<: *case, case_id: EXEMPT, fine_amt: 5000, result_type: 首违不罚}
      - {<<: *case, case_id: LATER, fine_amt: 5000, decision_date: 2022-09-26}
  expect:
    - {subject_id: ABOVE, level: yellow, branches: [high], threshold: 1000}
    - {subject_id: CHANGED, level: yellow}
"""


def rule_with(folder: Path, cases: str = CASES) -> Rule:
    path = folder / "M99_high_fine.sql"
    path.write_text(RULE, encoding="utf-8")
    path.with_suffix(".cases.yaml").write_text(cases, encoding="utf-8")
    return read_rule(path)


def test_every_comparison_constant_and_default_is_changed_once(tmp_path: Path) -> None:
    changes = [mutant.change.split("  … ")[0] for mutant in mutants(rule_with(tmp_path))]
    assert changes == [
        "signals:3 'yellow' → 'yellow×'",
        "signals:10 'branches' → 'branches×'",
        "signals:10 'high' → 'high×'",
        "signals:10 'fine_amt' → 'fine_amt×'",
        "signals:12 in → not in",
        "signals:12 '处罚' → '处罚×'",
        "signals:12 '变更' → '变更×'",
        "signals:13 > → >=",
        "signals:14 <= → <",
        "tested:3 <= → <",
        "limit_amt 1000.0 → 1100.0",
    ]


def test_cases_that_hold_the_rule_leave_nothing_alive(tmp_path: Path) -> None:
    score = measure(rule_with(tmp_path))
    assert (score.mutants, score.caught, score.living, score.share) == (11, 11, [], 1.0)


@pytest.mark.parametrize(
    ("old", "new", "living"),
    [
        ("result_type: 处罚, fine_amt: 1000}", "result_type: 处罚, fine_amt: 999}", "signals:13 > → >="),
        ("CHANGED, fine_amt: 1000.01", "CHANGED, fine_amt: 1", "signals:12 '变更' → '变更×'"),
        ("  tested: 4\n", "", "tested:3 <= → <"),
    ],
)
def test_what_no_case_holds_is_named(tmp_path: Path, old: str, new: str, living: str) -> None:
    cases = CASES.replace(old, new)
    if "CHANGED" in old:
        cases = cases.replace("    - {subject_id: CHANGED, level: yellow}\n", "")
    score = measure(rule_with(tmp_path, cases))
    assert [change.split("  … ")[0] for change in score.living] == [living]
    assert (score.mutants, score.caught) == (11, 10)
    assert next(show(score)) == "M99    10/  11   90.9%"


def test_a_case_that_does_not_pass_measures_nothing(tmp_path: Path) -> None:
    rule = rule_with(tmp_path, CASES.replace("threshold: 1000}", "threshold: 999}"))
    with pytest.raises(UserError, match="本来就没有通过"):
        measure(rule)


def test_a_change_that_is_no_sql_is_not_counted(tmp_path: Path) -> None:
    rule = rule_with(tmp_path)
    changed = replace(rule, sections={**rule.sections, "tested": f"{rule.sections['tested']} order by 5"})
    assert len(list(mutants(changed))) == 12
    assert measure(changed).mutants == 11


def test_an_unknown_model_is_refused() -> None:
    with pytest.raises(UserError, match="没有模型 M98"):
        main(["M98"])
