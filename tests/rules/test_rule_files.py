"""A rule that is not complete, or reads what it does not declare, is refused with its place and its fault."""

import hashlib
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from lib.catalog import load_catalog
from lib.rules import Rule, RuleError, default_params, parse_rule, read_rules
from lib.rules.variant import Variant, ordered_params

Broken = Callable[..., Path]


def refusal(folder: Path) -> str:
    with pytest.raises(RuleError) as caught:
        read_rules(folder)
    return caught.value.message


def test_the_models_are_read(rules: dict[str, Rule]) -> None:
    assert {rule.id: rule.name for rule in rules.values()}.items() >= {
        "M01": "overdue_case",
        "M05": "fine_mismatch",
        "M06": "benchmark_deviation",
        "M08": "excessive_enforcement",
        "M16": "grid_overdue_or_false_close",
        "M18": "inspection_overload",
    }.items()
    assert rules["M16"].grouped and rules["M18"].grouped and not rules["M05"].grouped
    assert (rules["M05"].nature, rules["M08"].nature) == ("明线", "统计")


def test_the_hash_is_that_of_the_file(rules: dict[str, Rule]) -> None:
    for rule in rules.values():
        assert rule.hash == hashlib.sha256(rule.path.read_bytes()).hexdigest()


def test_a_changed_file_is_read_again(broken: Broken) -> None:
    before = read_rules(broken())["M05"]
    after = read_rules(broken("title: 罚缴不一致", "title: 罚与缴不一致"))["M05"]
    assert (before.title, after.title) == ("罚缴不一致", "罚与缴不一致")
    assert before.hash != after.hash


def test_queries_of_a_file_that_a_register_took_in_are_not_tried_again(broken: Broken) -> None:
    folder = broken("-- section: tested", "-- section: source 甲\nselect * from nowhere\n\n-- section: tested")
    (file,) = folder.glob("*.sql")
    assert "nowhere" in refusal(folder)
    assert read_rules(folder, taken_in=[hashlib.sha256(file.read_bytes()).hexdigest()])["M05"].sources[0].title == "甲"
    edited = file.read_bytes().replace("甲".encode(), "乙".encode())
    file.write_bytes(edited)
    assert "nowhere" in refusal(folder)
    file.write_bytes(edited.replace("source 乙".encode(), b"source"))
    with pytest.raises(RuleError, match="没有标题"):
        read_rules(folder, taken_in=[hashlib.sha256(file.read_bytes()).hexdigest()])


def test_a_file_taken_in_that_this_release_cannot_read_says_why(broken: Broken) -> None:
    folder = broken("owner:", "owned_by:")
    (file,) = folder.glob("*.sql")
    with pytest.raises(RuleError, match="owned_by"):
        read_rules(folder, taken_in=[hashlib.sha256(file.read_bytes()).hexdigest()])


def test_parameters_have_their_declared_types(rules: dict[str, Rule]) -> None:
    kinds = {"integer": int, "number": float, "date": date}
    for rule in rules.values():
        for parameter in rule.parameters:
            values = (parameter.default, parameter.lowest, parameter.highest)
            assert all(type(value) is kinds[parameter.type] for value in values), parameter
    assert default_params(rules["M05"]) == {
        "window_months": 12,
        "money_months": 36,
        "tolerance_amt": 1.0,
        "pay_days": 15,
        "service_workdays": 7,
        "handover_workdays": 2,
    }


def test_thresholds_of_levels_do_not_contradict_each_other(rules: dict[str, Rule]) -> None:
    rule = rules["M07"]
    with pytest.raises(RuleError) as caught:
        _ = Variant(rule, {"z_limit": 6.0}).key
    assert caught.value.message == "“偏离度达到此值为黄色”（6 倍）不能大于“偏离度达到此值为橙色”（5 倍）。"
    assert ordered_params(rule, {"z_limit": 5.0})["z_limit"] == 5.0
    with pytest.raises(RuleError, match="罚款达到此次数为橙色”（7 次）不能大于"):
        ordered_params(rules["M02"], {"orange_fines": 7})


def test_every_model_says_what_its_comparison_shows(rules: dict[str, Rule]) -> None:
    assert {rule.id for rule in rules.values() if rule.peers is None} == set()
    assert rules["M01"].peers is not None and rules["M01"].peers.limits == ("limit_days",)


def test_a_limit_of_the_comparison_is_a_parameter(broken: Broken) -> None:
    assert "阈值 pay_dayz 不是声明的参数" in refusal(broken("limits: [pay_days]", "limits: [pay_dayz]"))


def test_laws_carry_their_certainty(rules: dict[str, Rule]) -> None:
    assert [(law.article, law.mark) for law in rules["M01"].law] == [("行政处罚法（2021修订）第六十条", "已核")]
    assert {law.mark for law in rules["M18"].law} == {"已核", "待核"}


def test_every_model_says_in_one_line_what_speaks_against_it(rules: dict[str, Rule]) -> None:
    for rule in rules.values():
        assert [len(limit.says) <= 120 and "\n" not in limit.says for limit in rule.limits] == [True]
    assert (rules["M01"].limits[0].article, rules["M01"].limits[0].mark) == ("行政处罚法（2021修订）第六十条", "已核")


def test_a_text_kept_from_before_limits_were_asked_is_still_read(rules: dict[str, Rule]) -> None:
    path = rules["M05"].path
    head, rest = path.read_text(encoding="utf-8").split("limits:\n", 1)
    kept = parse_rule(path.name, head + rest[rest.index("inputs:") :])
    assert (kept.limits, kept.title) == ((), "罚缴不一致")


def test_subjects_are_datasets_with_one_key(rules: dict[str, Rule]) -> None:
    for rule in rules.values():
        assert len(load_catalog()[rule.subject].primary_key) == 1


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("unit: 元\n", "unit: 元\ncolour: red\n", "不认识的键 colour"),
        ("owner: 市纪委监委数字专班\n", "", "缺少 owner"),
        ("period: none", "period: week", "period 的内容不合要求"),
        ("mark: 已核", "mark: 大概", "law[0].mark"),
        ("nature: 明线", "nature: 大概", "nature"),
        ("nature: 明线", "nature: 统计", "统计模型应写明 false_alarms"),
        ("nature: 明线", "nature: 明线\nfalse_alarms: 1", "明线模型不写"),
        ("max_share: 0.2", "max_share: 2", "max_share"),
        ("precision_floor: 0.5\n", "", "缺少 precision_floor"),
        ("default: 15, lowest: 1,", "default: 0, lowest: 1,", "参数 pay_days 的默认值不在上下限之间"),
        ("default: 15, lowest: 1,", "default: 1.5, lowest: 1,", "参数 pay_days 的值不是 integer"),
        ("name: pay_days", "name: window_months", "参数 window_months 重复"),
        ("closed_date, fine_amt,", "closed_date, fine_amount,", "penalty_case 没有列 fine_amount"),
        ("  treasury_account: [", "  treasury: [", "treasury 不是数据目录中的数据集"),
        ("subject: penalty_case", "subject: penalty", "subject penalty 不是"),
        ("\nsubject:", "\nordered: [[pay_days, pay_dayz]]\nsubject:", "ordered 中的 pay_dayz 不是声明的参数"),
        ("\nsubject:", "\nordered: [[pay_days, tolerance_amt]]\nsubject:", "大于 tolerance_amt 的，与 ordered 不符"),
        ("name: fine_mismatch", "name: fine_gap", "文件名应为 M05_fine_gap.sql"),
        ("/*---", "/*", "首部应写在"),
        ("title: 罚缴不一致", "title: [罚缴不一致", "不是合法的 YAML"),
    ],
)
def test_a_wrong_front_matter_is_refused(broken: Broken, old: str, new: str, fault: str) -> None:
    message = refusal(broken(old, new))
    assert "M05_fine_mismatch.sql" in message
    assert fault in message


def test_a_rule_that_keeps_silent_about_its_limits_is_refused(broken: Broken) -> None:
    assert "缺少 limits" in refusal(broken("limits:\n", "limitations:\n"))
    assert "mark 的内容不合要求" in refusal(broken("\n    mark: 已核\n", "\n    mark: 大概\n"))


def test_a_decision_names_its_question(broken: Broken) -> None:
    assert "decisions[0]" in refusal(broken("\ndecisions:", "\ndecisions:\n  - 只有决定没有问题"))


def test_a_rule_that_cannot_say_how_it_errs_is_refused(broken: Broken, rules: dict[str, Rule]) -> None:
    listed = "".join(f"  - {text}\n" for text in rules["M05"].false_positives)
    assert "false_positives 不能为空" in refusal(broken(f"false_positives:\n{listed}", "false_positives: []\n"))
    assert "缺少 false_positives" in refusal(broken(f"false_positives:\n{listed}", ""))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("-- section: peers", "-- section: others", "不认识的段 others"),
        ("-- section: peers", "-- section: signals", "段 signals 重复"),
        ("-- section: source 处罚案件", "-- section: source", "source 段没有标题"),
        ("-- section: tested", "-- section: source 受检", "缺少段 tested"),
        ("-- section: source 处罚案件", "-- section: exposure", "段 exposure 只用于"),
        ("> $tolerance_amt then short", "> $tolerance then short", "未声明的参数 tolerance"),
        ("where case_id = $subject_id\n),", "where case_id = $subject\n),", "未声明的参数 subject"),
        ("    from review_litigation\n", "    from criminal_referral\n", "未声明的数据集 criminal_referral"),
        ("select case_id, decision_date\n", "select case_id, decided_on\n", "与数据目录不符"),
        ("select * from final order by subject_id", "select * from final; select 1", "只有一条查询"),
        ("select * from final order by subject_id", "selec * from final", "语法错误"),
        ("select * from final order by subject_id", "drop table penalty_case", "SQL 有语法错误"),
    ],
)
def test_wrong_sql_is_refused(broken: Broken, old: str, new: str, fault: str) -> None:
    assert fault in refusal(broken(old, new))


def test_tested_subjects_come_in_agreed_columns(broken: Broken) -> None:
    message = refusal(broken("case_id as subject_id, cast(null as varchar) as officer_id", "case_id as subject_id"))
    assert "段 tested 给出的列是 subject_id、org_id、area_code、occurred_on，应依次为 subject_id、officer_id" in message


def test_a_statement_that_is_no_query_is_refused(broken: Broken) -> None:
    text = broken() / "M05_fine_mismatch.sql"
    body = text.read_text(encoding="utf-8")
    start, end = body.index("-- section: signals"), body.index("-- section: tested")
    text.write_text(f"{body[:start]}-- section: signals\ndelete from penalty_case\n\n{body[end:]}", encoding="utf-8")
    assert "段 signals 应只有一条查询语句" in refusal(text.parent)


def test_two_rules_with_one_number_are_refused(broken: Broken) -> None:
    folder = broken()
    text = (folder / "M05_fine_mismatch.sql").read_text(encoding="utf-8")
    (folder / "M05_second.sql").write_text(text.replace("name: fine_mismatch", "name: second"), encoding="utf-8")
    assert "编号 M05 与 M05_fine_mismatch.sql 重复" in refusal(folder)


def test_every_model_with_thresholds_of_levels_orders_them(rules: dict[str, Rule]) -> None:
    ordered = {rule.id for rule in rules.values() if rule.ordered}
    assert ordered == {"M01", "M02", "M04", "M05", "M07", "M09", "M10", "M14", "M15", "M18"}


def test_what_a_person_reads_names_no_column(rules: dict[str, Rule]) -> None:
    columns = {column for dataset in load_catalog().values() for column in dataset.column_names}
    for rule in rules.values():
        said = (rule.rationale, rule.level_logic, *rule.exclusions, *rule.assumptions, *rule.false_positives)
        said = (*said, *rule.offline_check, *rule.decisions, *(limit.says for limit in rule.limits))
        assert not columns & set(re.findall(r"[a-z_]+", " ".join(said))), rule.id
