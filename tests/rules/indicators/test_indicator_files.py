"""An indicator that is not complete, stands nowhere on a list or reads what it does not declare, is refused by name."""

import hashlib
from pathlib import Path

import pytest

from lib.rules import RuleError
from lib.rules.indicators import INDICATORS, parse_indicator, read_indicator, read_indicators
from lib.rules.scaffold import new_indicator


def _broken(folder: Path, old: str, new: str, name: str = "I02_lead_filed.sql") -> Path:
    text = (INDICATORS / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("title: 移交立案率\n", "", "首部 缺少 title"),
        ("title:", "titel: 甲\ntitle:", "首部 有不认识的键 titel"),
        ("unit: '%'", "unit: 件", "unit 的内容不合要求"),
        ("unit: '%'", "unit: 次", "占比（share）的单位是 %"),
        ("list: L1", "list: L9", "list L9 不是 lists.yaml 中的清单"),
        ("focus: F02", "focus: F06", "focus F06 不是清单 L1 的重点"),
        ("green: 98", "green: 80", "的方向与 lower_is_better 不符"),
        ("measure: share", "measure: spread", "应有参数 least_group"),
        ("subject: violation_lead", "subject: leads", "subject leads 不是数据目录中的数据集"),
        ("  penalty_case: [case_id", "  penalty_cases: [case_id", "inputs 中的 penalty_cases 不是数据目录中的数据集"),
        ("lead_id, filed_date]", "lead_id, filed_on]", "inputs 中 penalty_case 没有列 filed_on"),
        ("from: M15.limit_workdays,", "from: M15.limit_days,", "所引的模型参数 M15.limit_days 不存在"),
        ("from: M15.limit_workdays,", "from: M77.limit_workdays,", "所引的模型参数 M77.limit_workdays 不存在"),
        ("from: M15.limit_workdays,", "from: M15.limit_workdays, default: 15,", "parameters[0] 有不认识的键 default"),
        ("from: M15.limit_workdays,", "default: 15,", "parameters[0] 缺少 type、lowest、highest、unit"),
        ("$limit_workdays", "$limit_days", "段 counted 用了未声明的参数 limit_days"),
        ("from violation_lead\n    where s", "from grid_event\n    where s", "未声明的数据集 grid_event"),
        ("        met\n    from answered", "        met as good\n    from answered", "应依次为 subject_id、officer_id"),
        ("-- section: counted", "-- section: signals", "不认识的段 signals；缺少段 counted"),
        ("-- section: source 违法线索", "-- section: source", "source 段没有标题"),
        ("id: I02", "id: I03", "文件名应为 I03_lead_filed.sql"),
        ("mark: 待核", "mark: 未核", "law[2].mark 的内容不合要求"),
        ("/*---", "/*", "首部应写在 /*--- 与 ---*/ 之间"),
        ("filed_date <= $as_of and lead", "filed_date <= current_date and lead", "绕过了声明的输入：current_date"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_file(tmp_path: Path, old: str, new: str, fault: str) -> None:
    with pytest.raises(RuleError) as caught:
        read_indicators(_broken(tmp_path, old, new))
    assert "指标文件 I02_lead_filed.sql 有误" in caught.value.message
    assert fault in caught.value.message


def test_a_default_out_of_its_bounds_is_named(tmp_path: Path) -> None:
    broken = _broken(tmp_path, "default: 5,", "default: 100,", "I13_told_in_time.sql")
    with pytest.raises(RuleError, match="参数 limit_workdays 的默认值不在上下限之间"):
        read_indicators(broken)


def test_a_number_taken_twice_is_refused(tmp_path: Path) -> None:
    _broken(tmp_path, "", "")
    text = (tmp_path / "I02_lead_filed.sql").read_text(encoding="utf-8")
    (tmp_path / "I02_other.sql").write_text(text.replace("name: lead_filed", "name: other"), encoding="utf-8")
    with pytest.raises(RuleError, match=r"编号 I02 与 I02_lead_filed\.sql 重复"):
        read_indicators(tmp_path)


def test_facts_and_findings_are_inputs_of_indicators_only(tmp_path: Path) -> None:
    one = read_indicators()["I16"]
    assert one.facts == {"tested_M01": ("subject_id",), "signals_M01": ("subject_id", "branches")}
    assert "case_officer" in one.inputs and one.marts == ("mart_case_lead",)
    with pytest.raises(RuleError, match="inputs 中 signals_M01 没有列 colour"):
        read_indicators(_broken(tmp_path, "[subject_id, branches]", "[subject_id, colour]", "I16_decided_in_time.sql"))


def test_a_text_kept_is_read_without_being_checked() -> None:
    path = next(INDICATORS.glob("I02_*.sql"))
    kept = parse_indicator(path.name, path.read_text(encoding="utf-8"))
    assert kept == read_indicator(path)
    assert kept.hash == hashlib.sha256(path.read_bytes()).hexdigest()
    assert kept.target == "达标 ≥98%，未达标 <90%"
    with pytest.raises(RuleError, match="读不了存下的文本"):
        parse_indicator("I02_lead_filed.sql", "/*---\nid: I02\n---*/\n")


def test_a_new_indicator_runs_and_its_cases_cover_it(tmp_path: Path) -> None:
    from lib.rules.indicators import run_cases, uncovered

    one = read_indicator(new_indicator("I32_large_fines", tmp_path)[0])
    assert (one.id, one.name) == ("I32", "large_fines")
    assert [result.difference for result in run_cases(one) if not result.passed] == []
    assert uncovered(one) == []
    with pytest.raises(RuleError, match="编号 I32 已被"):
        new_indicator("I32_other", tmp_path)
    with pytest.raises(RuleError, match="指标名称 M32_other 不合要求"):
        new_indicator("M32_other", tmp_path)
