"""The hit card: the sentence, the facts, the comparison, the rows behind it."""

import json
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest

from lib.access import Viewer
from lib.access.masking import (
    HIDDEN,
    mask_case_name,
    mask_frame,
    mask_name,
    mask_party,
    mask_party_name,
    mask_plate,
    party_title,
)
from lib.casework.store.register import Register
from lib.casework.warnings.next_step import next_steps, who_may
from lib.catalog.lists import domain_names
from lib.insight.names import subject_titles
from lib.insight.warnings import why
from lib.insight.warnings.listing import warning_list
from lib.insight.warnings.source_rows import in_chinese, source_tables
from lib.rules import Rule, read_rules
from lib.warehouse.store import Warehouse
from tests.cities import handmade

OFFICE = Viewer("o1", "室甲", "office")
TOWN = Viewer("t1", "镇丙", "town", area_code="330483101")
LEADER = Viewer("l1", "领导", "leader")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> tuple[Register, Warehouse, pd.DataFrame]:
    place: Path = tmp_path_factory.mktemp("handmade")
    handmade.put(place)
    register, warehouse = handmade.opened(place)
    return register, warehouse, warning_list(register, warehouse, OFFICE).set_index("subject_id", drop=False)


def the(frame: pd.DataFrame, subject: str) -> tuple[pd.Series, dict, Rule]:
    row = frame.loc[subject]
    return row, json.loads(row["evidence"]), read_rules()[row["rule_id"]]


def test_the_sentence_names_unit_case_branch_value_and_threshold(city) -> None:
    _, _, frame = city
    assert why.sentence(*the(frame, "CA3")) == (
        "桐乡市综合行政执法局办理的案件 桐综执立〔2022〕第CA3号 擅自占用城市道路（主办 张*）："
        "超过办案期限，超期天数 100 日，阈值 0 日。"
    )


def test_the_sentence_measures_with_the_evidence_that_equals_the_value(city) -> None:
    row, evidence, rule = the(city[2], "CA1")
    idle = row.copy()
    idle["value"], idle["threshold"] = 46.0, 45.0
    evidence = {**evidence, "branches": ["idle"], "idle_days": 46, "over_days": -10}
    assert why.sentence(idle, evidence, rule).endswith("：未决且长期无流程动作，停滞天数 46 日，阈值 45 日。")


def hit_of(rule_id: str, value: float, threshold: float | None, **evidence: object) -> tuple[pd.Series, dict, Rule]:
    rule = read_rules()[rule_id]
    row = pd.Series(
        {
            "level": "yellow",
            "title": rule.title,
            "subject_type": rule.subject,
            "subject_id": "X",
            "subject_title": "某某",
            "org_name": "某队",
            "officer_name": "王*",
            "period": "",
            "value": value,
            "threshold": threshold,
            "unit": rule.unit,
        }
    )
    return row, evidence, rule


def test_branches_the_value_does_not_measure_come_with_their_own_figures() -> None:
    counts = {"ratio": 1.0, "overturned_count": 2, "complaint_count": 3, "case_count": 34}
    several = hit_of("M08", 1.0, 1.5, branches=["complaint", "overturned"], **counts)
    assert not why.measures(*several)
    assert why.sentence(*several) == (
        "某队执法人员 某某：投诉信访屡被查实、所办案件屡被复议诉讼纠错，查实投诉信访 3 件、被变更撤销确认违法 2 件。"
    )
    severe = hit_of("M08", 1.8, 1.5, branches=["complaint", "severity"], **{**counts, "ratio": 1.8})
    assert why.measures(*severe)
    assert why.sentence(*severe).endswith("，实际与预期之比 1.8 倍，阈值 1.5 倍。")


@pytest.mark.parametrize(
    ("rule_id", "value", "threshold", "evidence", "measured"),
    [
        ("M03", 1.0, 2.0, {"branches": ["single_handler"], "certified_count": 1}, True),
        ("M06", 700.0, 1000.0, {"branches": ["tier"], "fine_amt": 700.0}, True),
        ("M06", 700.0, None, {"branches": ["missing"], "fine_amt": 700.0}, True),
        ("M08", 1.5, 1.5, {"branches": ["severity"], "ratio": 1.5}, True),
        ("M16", 30.0, 0.0, {"branches": ["late"], "late_hours": 30.0}, True),
        ("M16", 1.0, 1.0, {"branches": ["fast_close"], "late_hours": None, "sign_count": 1}, False),
    ],
)
def test_a_bound_of_the_record_may_be_undershot_and_a_flag_measures_nothing(
    rule_id: str, value: float, threshold: float | None, evidence: dict, measured: bool
) -> None:
    assert why.measures(*hit_of(rule_id, value, threshold, **evidence)) is measured


def test_the_value_is_named_after_the_branch_that_fired() -> None:
    row, evidence, rule = hit_of("M05", 4250.0, 1.0, branches=["account"], fine_amt=4250.0, account_amt=4250.0)
    assert "，进入非国库账户金额 4,250 元，" in why.sentence(row, evidence, rule)


def test_a_group_is_compared_with_its_peers_in_the_sentence(city) -> None:
    row, evidence, rule = the(city[2], "P0003")
    assert why.sentence(row, evidence, rule) == (
        "濮院镇综合行政执法队执法人员 王* P0003，2022年8月办理 20 项，有 6 条信号（超期），占 30.0%；"
        "同期做同类工作的其他人员为 0.0%。"
    )
    among = {**evidence, "peer_rate": 0.1, "peer_ratio": 3.0}
    assert why.sentence(row, among, rule).endswith("同期做同类工作的其他人员为 10.0%，是其 3 倍（阈值 2 倍）。")


def test_a_warning_whose_rule_is_gone_still_has_a_sentence(city) -> None:
    row, evidence, _ = the(city[2], "CA1")
    assert "判断值 10 日" in why.sentence(row, evidence, None)
    assert why.facts(evidence, None) == []


def test_facts_carry_the_rules_titles_and_leave_out_what_is_missing(city) -> None:
    _, evidence, rule = the(city[2], "CA3")
    facts = dict(why.facts(evidence, rule))
    assert facts["超期天数"] == "100"
    assert facts["立案日期"] == "2022-03-19"
    assert "决定日期" not in facts
    assert dict(why.facts({**evidence, "over_days": -30}, rule))["超期天数"] == "未超期"


def test_a_kind_of_work_is_told_by_the_name_of_its_domain() -> None:
    rules = read_rules()
    assert dict(why.facts({"work_kind": "ST"}, rules["M18"])) == {"上门最多单位所属领域": "生态环境"}
    assert [told for _, told in why.facts({"work_kind": "案件·SC"}, rules["M19"])] == ["案件·市场监管"]


def test_the_comparison_says_where_the_subject_stands(city) -> None:
    register, warehouse, frame = city
    row, evidence, rule = the(frame, "P0003")
    found = why.comparison(register, warehouse, rule, row, evidence)
    assert (found.size, found.own) == (2, pytest.approx(0.3))
    assert found.position() == "本对象 30.0%，在 2 个同类中第 1 高，高于其余全部"
    assert found.limits == (0.0,)
    row, evidence, rule = the(frame, "CA3")
    case = why.comparison(register, warehouse, rule, row, evidence)
    assert (case.own, case.title, case.unit, case.limits) == (190.0, "立案至决定（未决的至今）天数", "日", (90.0,))


def test_a_comparison_of_something_that_did_not_fire_is_silent(city) -> None:
    register, warehouse, frame = city
    row, evidence, rule = the(frame, "CA3")
    assert why.comparison(register, warehouse, rule, row, evidence).silent == ""
    # Filed 2022-08-01: 55 days to the cut-off, not beyond the 90 the chart has a line at.
    idle = row.copy()
    idle["subject_id"], idle["value"], idle["threshold"] = "CA1", 46.0, 45.0
    far = {**rule.__dict__, "peers": why.Peers("案件", "天数", "日", (10_000.0,))}
    short = why.comparison(register, warehouse, Rule(**far), idle, {"branches": ["idle"], "idle_days": 46})
    assert short.silent == "命中的情形不以「天数」衡量。"
    absent = row.copy()
    absent["subject_id"] = "nobody"
    found = why.comparison(register, warehouse, rule, absent, evidence)
    assert (found.own, found.silent) == (None, "本对象不在可比的同类之中。")
    lineless = Rule(**{**rule.__dict__, "peers": why.Peers("案件", "天数", "日")})
    assert why.comparison(register, warehouse, lineless, row, evidence).silent == "命中的情形不以「天数」衡量。"


def test_a_subject_drawn_by_chance_is_compared_where_the_rule_has_lines(city) -> None:
    register, warehouse, frame = city
    row, _, rule = the(frame, "CA3")
    drawn = row.copy()
    drawn["level"], drawn["value"], drawn["threshold"] = "check", None, None
    assert why.comparison(register, warehouse, rule, drawn, {"branches": []}).silent == ""
    lineless = Rule(**{**rule.__dict__, "peers": why.Peers("案件", "天数", "日")})
    found = why.comparison(register, warehouse, lineless, drawn, {"branches": []})
    assert found.silent == "这个模型不以「天数」判断。"


def test_as_many_peers_as_a_rule_may_give_are_a_sample(city, monkeypatch: pytest.MonkeyPatch) -> None:
    register, warehouse, frame = city
    row, evidence, rule = the(frame, "CA3")
    found = why.comparison(register, warehouse, rule, row, evidence)
    assert not found.sampled
    monkeypatch.setattr(why, "MOST_PEERS", found.size)
    assert why.comparison(register, warehouse, rule, row, evidence).sampled


def test_a_sample_of_the_peers_gives_a_share_and_no_rank() -> None:
    values = pd.DataFrame({"value": [float(n) for n in range(2000)], "is_subject": [n == 1998 for n in range(2000)]})
    sample = why.Comparison(values, 1998.0, "案件", "天数", "日", (), sampled=True)
    assert sample.position() == "本对象 1,998 日，与随机抽取的 2,000 个同类相比，高于其中 99%"
    whole = why.Comparison(values, 1998.0, "案件", "天数", "日", ())
    assert whole.position() == "本对象 1,998 日，在 2,000 个同类中第 2 高，高于 99% 的同类"
    few = pd.DataFrame({"value": [0.0, 1.0, 2.0, 2.0], "is_subject": [False, True, False, False]})
    lower = why.Comparison(few, 1.0, "案件", "持证人数", "人", (2.0,), downward=True)
    assert lower.position() == "本对象 1 人，在 4 个同类中第 2 低，低于 66% 的同类"


def tables_of(register, warehouse, *about) -> dict[str, pd.DataFrame]:
    return {one.title: one.rows for one in source_tables(register, warehouse, OFFICE, *about)}


def test_a_hit_that_is_over_is_shown_as_of_its_last_day(city) -> None:
    register, warehouse, frame = city
    row, _, rule = the(frame, "CA3")
    gone = row.copy()
    gone["firing"] = False
    assert why.day_of(register, warehouse, row) == why.day_of(register, warehouse, gone) == handmade.AS_OF
    # A run that is not on record: the day the warning was last seen, never after the data's own day.
    gone["run_id"], gone["last_seen_at"] = "", datetime(2022, 4, 1, 6)
    assert why.day_of(register, warehouse, gone) == date(2022, 4, 1)
    gone["last_seen_at"] = datetime(2030, 1, 1)
    assert why.day_of(register, warehouse, gone) == handmade.AS_OF
    _, evidence, rule = the(frame, "P0003")
    rows = tables_of(register, warehouse, rule, "P0003", evidence["signals"], date(2022, 7, 1))
    assert rows["涉及的网格派单"]["处置完成时间"].isna().all()


def test_bins_hold_every_peer_once_and_extremes_in_the_last() -> None:
    values = pd.DataFrame({"value": [*range(100), 10_000.0], "is_subject": [*[False] * 50, True, *[False] * 50]})
    bins = why.Comparison(values, 50.0, "案件", "天数", "日", (60.0,)).bins(20)
    assert bins["n"].sum() == 101
    assert bins["to"].max() < 200
    assert (bins["to"] - bins["from"]).nunique() == 1
    same = why.Comparison(pd.DataFrame({"value": [3.0, 3.0], "is_subject": [True, False]}), 3.0, "", "", "", ()).bins()
    assert same["n"].tolist() == [2]


def test_a_group_lists_its_signals_with_their_branches(city) -> None:
    register, warehouse, frame = city
    row, evidence, rule = the(frame, "P0003")
    members = why.members(register, warehouse, OFFICE, rule, row, evidence)
    assert members["subject_id"].tolist()[-2:] == ["DP0003000", "DP0003001"]
    assert len(members) == 6
    assert set(members["words"]) == {"超期"}
    assert members["subject_title"].iloc[-2] == "乱堆放 濮院镇永乐路****号"
    outside = Viewer("x", "县戊", "county", area_code="330402")
    assert why.members(register, warehouse, outside, rule, row, evidence).empty


def test_other_warnings_come_nearest_first(city) -> None:
    found = why.others(city[2], city[2].loc["CA3"])
    assert found["subject_id"].tolist() == ["CA2", "CA1"]
    assert set(found["why"]) == {"同一人员"}
    without_officer = why.others(city[2], city[2].loc["CA4"])
    assert without_officer.empty


def test_source_rows_are_chinese_masked_and_named(city) -> None:
    register, warehouse, frame = city
    _, evidence, rule = the(frame, "P0003")
    tables = tables_of(register, warehouse, rule, "P0003", evidence["signals"])
    rows = tables["涉及的网格派单"]
    assert len(rows) == 6
    assert rows["处置单位"].iloc[0] == "濮院镇综合行政执法队"
    assert rows["执法队员"].iloc[0] == "王* P0003"
    assert "事件类型" in rows and "event_type" not in rows
    single = tables_of(register, warehouse, rule, "DP0003001")
    assert single["网格派单"]["处置照片哈希"].iloc[0] == "photo-…"
    assert all(name.isascii() is False for name in single["网格派单"].columns)


def test_reporters_parties_and_hashes_are_hidden() -> None:
    rows = pd.DataFrame(
        {
            "reporter_hash": ["secret"],
            "party_id": ["0123456789abcdef"],
            "plate_no": ["浙F12345"],
            "holder_hashes": [["a", "b"]],
            "payee_account_hash": ["abcdefghij"],
            "party_name": ["张三"],
        }
    )
    masked = mask_frame(rows).iloc[0]
    assert masked["reporter_hash"] == HIDDEN
    assert (masked["party_id"], masked["payee_account_hash"]) == ("012345…", "abcdef…")
    assert (masked["plate_no"], masked["holder_hashes"], masked["party_name"]) == ("浙F****5", "2 个", "张*")
    assert rows["reporter_hash"].iloc[0] == "secret"


def test_names_of_units_stay_and_names_of_people_go() -> None:
    assert mask_party_name("嘉兴市某某餐饮有限公司") == "嘉兴市某某餐饮有限公司"
    assert mask_party_name("欧阳某某") == "欧*"
    assert (mask_name("张*"), mask_name(None), mask_plate("浙F****5")) == ("张*", "", "浙F****5")
    assert mask_case_name("陈某露天焚烧秸秆案") == "陈某露天焚烧秸秆案"
    assert mask_case_name("张三丰擅自占用城市道路案") == "张**擅自占用城市道路案"
    assert mask_case_name("嘉兴市某某餐饮有限公司未公示价格案") == "嘉兴市某某餐饮有限公司未公示价格案"
    assert mask_party("91330400MA2XXXXX0K") == "91330400MA2XXXXX0K"


@pytest.mark.parametrize(
    "ending",
    ["服务部", "门市部", "经营部", "货运部", "安装部", "装饰部", "加工部", "商行", "食品店", "加工厂", "养殖场",
     "种植场", "图文社", "餐馆", "车队", "工程队", "运输户", "加工点", "网咖", "服务中心", "工作室", "专业合作社"],
)  # fmt: skip
def test_an_organisation_is_named_in_full_whatever_it_calls_itself(ending: str) -> None:
    assert mask_case_name(f"南湖新桥示例聚力{ending}未按规定分类投放生活垃圾案").startswith(f"南湖新桥示例聚力{ending}")
    assert mask_party_name(f"南湖新桥示例聚力{ending}") == f"南湖新桥示例聚力{ending}"


@pytest.mark.parametrize("deed", ["在超市门口乱倒垃圾案", "未经许可经营餐馆案", "擅自占用服务中心通道案"])
def test_a_person_stays_masked_wherever_the_deed_was_done(deed: str) -> None:
    assert mask_case_name(f"张三丰{deed}") == f"张**{deed}"


def test_a_natural_person_as_subject_is_called_one(city) -> None:
    assert party_title("97cb9ab5ccc823db") == "自然人 97cb9a…"
    drawn = pd.DataFrame({"subject_type": ["enterprise"] * 2, "subject_id": ["97cb9ab5ccc823db", "91330400MA2XXXXX0K"]})
    titles = subject_titles(drawn, city[1])
    assert titles.tolist() == ["自然人 97cb9a…", "91330400MA2XXXXX0K"]
    row, evidence, rule = hit_of("M02", 3.0, 3.0, branches=["repeated"])
    row["subject_title"] = titles[0]
    assert why.sentence(row, evidence, rule).startswith("自然人 97cb9a…（主要涉及 某队）：")


def test_money_lists_and_flags_become_readable(city) -> None:
    warehouse = city[1]
    rows = warehouse.query(
        "select 'C' as case_id, 1200.50::decimal(14,2) as fine_amt, ['罚款','警告'] as penalty_types,"
        " true as is_offsite, date '2022-01-02' as decision_date, null::varchar as case_name, 'SC' as domain_code"
    )
    shown = in_chinese(rows, warehouse).iloc[0]
    assert shown["罚款金额（元）"] == 1200.5 and shown["领域"] == domain_names()["SC"]
    assert (shown["处罚种类"], shown["非现场执法"], shown["案件名称"]) == ("罚款、警告", "是", "")


def test_a_column_is_named_by_the_dataset_its_row_comes_from(city) -> None:
    rows = city[1].query(
        "select 'U' as uscc, '某厂' as entity_name, '存续' as status_type, date '2022-01-02' as founded_date"
    )
    assert "登记状态" in in_chinese(rows, city[1], ("officer", "penalty_case")).columns
    officer = city[1].query("select 'P' as officer_id, '张*' as name_masked, '在岗' as status_type, 'O' as org_id")
    assert "在岗状态" in in_chinese(officer, city[1], ("enterprise",)).columns


def test_the_usual_step_comes_first_and_rights_decide() -> None:
    assert [step.action for step in next_steps(OFFICE, "已反馈", "M01")] == [
        "review",
        "send_back",
        "withdraw",
        "to_clue",
    ]
    assert [step.action for step in next_steps(TOWN, "新生成", "M16")] == ["sign", "prompt"]
    assert next_steps(TOWN, "新生成", "M01") == []
    assert next_steps(LEADER, "核查中", "M01") == []
    assert "不办理这个模型" in who_may(TOWN, "新生成", "M01")
    assert who_may(LEADER, "已反馈", "M01").startswith("下一步是「复核」，由监督室、县纪委办理")
    assert who_may(OFFICE, "撤销", "M01") == "这条预警已经是「撤销」，没有后续步骤。"
