"""The rule catalogue: every model with its state, method, worked example, verification, versions and tasks."""

from pathlib import Path

import handmade
import pytest
from opening import open_page, words

from lib.access.personas import personas
from lib.casework.register import open_register
from lib.casework.rule_tasks import open_task, tasks
from lib.rules import read_rules

PAGE = "pages/models/rules.py"


@pytest.mark.parametrize("person", [viewer.person_id for viewer in personas(True)])
def test_every_role_sees_nineteen_models_and_their_states(home: Path, person: str) -> None:
    app = open_page(PAGE, person)
    table = next(frame.value for frame in app.dataframe if "状态" in frame.value and "模型" in frame.value)
    assert len(table) == 19
    states = dict(zip(table["模型"].str[:3], table["状态"].str[2:], strict=True))
    assert (states["M01"], states["M02"], states["M16"]) == ("正常", "零命中", "正常")
    assert states["M05"] == "无数据"


@pytest.mark.parametrize("rule_id", list(read_rules()))
def test_each_model_shows_its_method_and_example(home: Path, rule_id: str) -> None:
    rule = read_rules()[rule_id]
    text = words(open_page(PAGE, "demo-leader", rule=rule_id))
    assert rule.rationale in text and rule.level_logic in text
    assert all(item in text for item in (*rule.false_positives, *rule.offline_check, *rule.exclusions))
    assert all(f"{law.article}（{law.mark}）" in text for law in rule.law)
    app = open_page(PAGE, "demo-leader", rule=rule_id, m_view="算例")
    assert any("对象" in frame.value and "界限" in frame.value for frame in app.dataframe)


def test_verification_says_what_is_not_known_yet(home: Path) -> None:
    text = words(open_page(PAGE, "demo-office", rule="M01", m_view="核实"))
    assert "核实率" in text and "还没有核查结论，不能估计" in text


def test_who_may_approve_stops_a_version_and_others_look_on(home: Path) -> None:
    app = open_page(PAGE, "demo-office", rule="M01", m_view="版本")
    assert app.button(key="M01-v1_stop_submit").label == "停用"
    onlooker = open_page(PAGE, "demo-inspector", rule="M01", m_view="版本")
    assert "在这一步不办理" in words(onlooker)


def test_a_task_is_closed_with_a_word_on_what_was_done(home: Path) -> None:
    register = open_register(home)
    with register.transaction() as tx:
        open_task(tx, "M01", "M01-v1", "jump", handmade.DAY, "命中由上次 4 条变为 400 条，请核对数据和参数。")
    task_id = tasks(register, "M01")["task_id"].iloc[0]
    assert "由有调整模型权限的同志办结" in words(open_page(PAGE, "demo-county", rule="M01", m_view="任务"))
    app = open_page(PAGE, "demo-office", rule="M01", m_view="任务")
    assert "命中由上次 4 条变为 400 条" in words(app)
    app.text_area(key=f"{task_id}_text").set_value("补录批次造成，已核对。")
    app.button(key=f"{task_id}_close").click().run()
    assert "**已保存** 办结" in words(app)
    assert tasks(register, "M01").iloc[0][["state", "note"]].tolist() == ["已处理", "补录批次造成，已核对。"]
