"""The hit card: the sentence, the facts, the comparison, the rows behind it."""

import json
from pathlib import Path

import handmade
import pandas as pd
import pytest

from lib.access import Viewer
from lib.access.masking import HIDDEN, mask_case_name, mask_frame, mask_name, mask_party, mask_party_name, mask_plate
from lib.casework.register import Register
from lib.insight import hit
from lib.insight.next_step import next_steps, who_may
from lib.insight.source_rows import in_chinese, source_tables
from lib.insight.warning_list import warning_list
from lib.rules import Rule, read_rules
from lib.warehouse.store import Warehouse

OFFICE = Viewer("o1", "室甲", "office")
TOWN = Viewer("t1", "镇丙", "town", area_code="330483101", record_rules=frozenset({"M16"}))
LEADER = Viewer("l1", "领导", "leader")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> tuple[Register, Warehouse, pd.DataFrame]:
    place: Path = tmp_path_factory.mktemp("handmade")
    handmade.build(place)
    register, warehouse = handmade.opened(place)
    return register, warehouse, warning_list(register, warehouse, OFFICE).set_index("subject_id", drop=False)


def the(frame: pd.DataFrame, subject: str) -> tuple[pd.Series, dict, Rule]:
    row = frame.loc[subject]
    return row, json.loads(row["evidence"]), read_rules()[row["rule_id"]]


def test_the_sentence_names_unit_case_branch_value_and_threshold(city) -> None:
    _, _, frame = city
    assert hit.sentence(*the(frame, "CA3")) == (
        "桐乡市综合行政执法局办理的案件 桐综执立〔2022〕第CA3号 擅自占用城市道路（主办 张*）："
        "超过办案期限，超期天数 100 日，界限 0 日。"
    )


def test_the_sentence_measures_with_the_evidence_that_equals_the_value(city) -> None:
    row, evidence, rule = the(city[2], "CA1")
    idle = row.copy()
    idle["value"], idle["threshold"] = 46.0, 45.0
    evidence = {**evidence, "branches": ["idle"], "idle_days": 46, "over_days": -10}
    assert hit.sentence(idle, evidence, rule).endswith("：未决且长期无流程动作，停滞天数 46 日，界限 45 日。")


def test_a_group_is_compared_with_its_peers_in_the_sentence(city) -> None:
    row, evidence, rule = the(city[2], "P0003")
    assert hit.sentence(row, evidence, rule) == (
        "濮院镇综合行政执法队执法人员 王* P0003，2022年8月办理 20 项，有 6 条信号（超期），占 30.0%；"
        "同期其他人员为 0.0%。"
    )
    among = {**evidence, "peer_rate": 0.1, "peer_ratio": 3.0}
    assert hit.sentence(row, among, rule).endswith("同期其他人员为 10.0%，是其 3 倍（界限 2 倍）。")


def test_a_warning_whose_rule_is_gone_still_has_a_sentence(city) -> None:
    row, evidence, _ = the(city[2], "CA1")
    assert "判断值 10 日" in hit.sentence(row, evidence, None)
    assert hit.facts(evidence, None) == []


def test_facts_carry_the_rules_titles_and_leave_out_what_is_missing(city) -> None:
    _, evidence, rule = the(city[2], "CA3")
    facts = dict(hit.facts(evidence, rule))
    assert facts["超期天数"] == "100"
    assert facts["立案日期"] == "2022-03-19"
    assert "决定日期" not in facts


def test_the_comparison_says_where_the_subject_stands(city) -> None:
    register, warehouse, frame = city
    row, evidence, rule = the(frame, "P0003")
    found = hit.comparison(register, warehouse, rule, row, evidence)
    assert (found.size, found.own) == (2, pytest.approx(0.3))
    assert found.position() == "本对象 30.0%，在 2 个同类中第 1 高，高于 100% 的同类"
    assert found.limits == (0.0,)
    row, evidence, rule = the(frame, "CA3")
    case = hit.comparison(register, warehouse, rule, row, evidence)
    assert (case.own, case.title, case.unit, case.limits) == (190.0, "立案至决定（未决的至今）天数", "日", (90.0,))


def test_bins_hold_every_peer_once_and_extremes_in_the_last() -> None:
    values = pd.DataFrame({"value": [*range(100), 10_000.0], "is_subject": [*[False] * 50, True, *[False] * 50]})
    bins = hit.Comparison(values, 50.0, "案件", "天数", "日", (60.0,)).bins(20)
    assert bins["n"].sum() == 101
    assert bins["to"].max() < 200
    assert (bins["to"] - bins["from"]).nunique() == 1
    same = hit.Comparison(pd.DataFrame({"value": [3.0, 3.0], "is_subject": [True, False]}), 3.0, "", "", "", ()).bins()
    assert same["n"].tolist() == [2]


def test_a_group_lists_its_signals_with_their_branches(city) -> None:
    register, warehouse, frame = city
    row, evidence, rule = the(frame, "P0003")
    members = hit.members(register, warehouse, OFFICE, rule, row, evidence)
    assert members["subject_id"].tolist()[-2:] == ["DP0003000", "DP0003001"]
    assert len(members) == 6
    assert set(members["words"]) == {"超期"}
    assert members["subject_title"].iloc[-2] == "乱堆放 濮院镇永乐路0号"
    outside = Viewer("x", "县戊", "county", area_code="330402")
    assert hit.members(register, warehouse, outside, rule, row, evidence).empty


def test_other_warnings_come_nearest_first(city) -> None:
    found = hit.others(city[2], city[2].loc["CA3"])
    assert found["subject_id"].tolist() == ["CA2", "CA1"]
    assert set(found["why"]) == {"同一人员"}
    without_officer = hit.others(city[2], city[2].loc["CA4"])
    assert without_officer.empty


def test_source_rows_are_chinese_masked_and_named(city) -> None:
    register, warehouse, frame = city
    _, evidence, rule = the(frame, "P0003")
    tables = dict(source_tables(register, warehouse, rule, "P0003", evidence["signals"]))
    rows = tables["涉及的网格派单"]
    assert len(rows) == 6
    assert rows["处置单位"].iloc[0] == "濮院镇综合行政执法队"
    assert rows["执法队员"].iloc[0] == "王* P0003"
    assert "事件类型" in rows and "event_type" not in rows
    single = dict(source_tables(register, warehouse, rule, "DP0003001"))
    assert single["网格派单"]["处置照片哈希"].iloc[0] == "photo-…"
    assert all(name.isascii() is False for name in single["网格派单"].columns)


def test_reporters_parties_and_hashes_are_hidden() -> None:
    rows = pd.DataFrame(
        {
            "reporter_hash": ["secret"], "party_id": ["0123456789abcdef"], "plate_no": ["浙F12345"],
            "holder_hashes": [["a", "b"]], "payee_account_hash": ["abcdefghij"], "party_name": ["张三"],
        }
    )  # fmt: skip
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


def test_money_lists_and_flags_become_readable(city) -> None:
    warehouse = city[1]
    rows = warehouse.query(
        "select 'C' as case_id, 1200.50::decimal(14,2) as fine_amt, ['罚款','警告'] as penalty_types,"
        " true as is_offsite, date '2022-01-02' as decision_date, null::varchar as case_name"
    )
    shown = in_chinese(rows, warehouse).iloc[0]
    assert shown["罚款金额（元）"] == 1200.5
    assert (shown["处罚种类"], shown["非现场执法"], shown["案件名称"]) == ("罚款、警告", "是", "")


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
