"""The rule catalogue: every model with its state, method, worked example, verification, versions and tasks."""

from pathlib import Path

import pytest

from lib.access import SYSTEM
from lib.access.personas import personas
from lib.casework.rules.backtests import keep_backtest
from lib.casework.rules.tasks import open_task, tasks
from lib.casework.rules.versions import save_version, versions
from lib.casework.store.register import open_register
from lib.insight.rules.report import to_report
from lib.insight.rules.tuning import back_test
from lib.rules import Variant, read_rules
from tests.casework.stepping import on_version
from tests.cities import handmade
from tests.pages.opening import open_page, words

PAGE = "pages/rules/rules.py"


@pytest.mark.parametrize("person", [viewer.person_id for viewer in personas(True) if viewer.may("view", "rule")])
def test_every_role_sees_nineteen_models_and_their_states(home: Path, person: str) -> None:
    app = open_page(PAGE, person)
    table = next(frame.value for frame in app.dataframe if "状态" in frame.value and "模型" in frame.value)
    assert len(table) == 19
    states = dict(zip(table["模型"].str[:3], table["状态"].str[2:], strict=True))
    assert (states["M01"], states["M02"], states["M16"]) == ("正常", "零命中", "正常")
    assert states["M05"] == "无数据"


# The page is the same for all: some with a red level and one without.
_EACH_TIME = ("M01", "M07", "M16", "M17")


@pytest.mark.parametrize(
    "rule_id", [one if one in _EACH_TIME else pytest.param(one, marks=pytest.mark.scale) for one in read_rules()]
)
def test_each_model_shows_its_method_and_example(home: Path, rule_id: str) -> None:
    rule = read_rules()[rule_id]
    text = words(open_page(PAGE, "demo-leader", rule=rule_id))
    assert rule.rationale in text and rule.level_logic in text
    assert all(item in text for item in (*rule.false_positives, *rule.offline_check, *rule.exclusions))
    assert all(f"{law.article}（{law.mark}）" in text for law in rule.law)
    assert rule.limits and all(f"{one.says}（{one.article}，{one.mark}）" in text for one in rule.limits)
    assert all(decision in text for decision in rule.decisions)
    app = open_page(PAGE, "demo-leader", rule=rule_id, m_view="算例")
    assert any("对象" in frame.value and "阈值" in frame.value for frame in app.dataframe)


def test_verification_says_what_is_not_known_yet(home: Path) -> None:
    text = words(open_page(PAGE, "demo-office", rule="M01", m_view="核实"))
    assert "核实率" in text and "还没有核查结论，不能估计" in text


def test_who_may_approve_stops_a_version_and_others_look_on(home: Path) -> None:
    app = open_page(PAGE, "demo-office", rule="M01", m_view="版本")
    assert not [one for one in app.button if one.label == "停用"]
    app.get("button_group")[-1].set_value("stop").run()
    assert app.button(key="M01-v1_stop_submit").label == "停用"
    onlooker = open_page(PAGE, "demo-inspector", rule="M01", m_view="版本")
    assert "在这一步不办理" in words(onlooker)


def test_who_approves_sees_the_back_test_beside_the_change(home: Path) -> None:
    register, warehouse = handmade.opened(home)
    office = next(one for one in personas(True) if one.person_id == "demo-office")
    live = versions(register, "M01")[0]
    sent = {"at": handmade.DAY, "text": "误报多。"}
    save_version(register, office, live, {"limit_days": 97}, submission_id="d", **sent)
    on_version("try", register, office, "M01-v2", submission_id="t", **sent)
    found = back_test(register, warehouse, office, Variant(live.rule, {}), Variant(live.rule, {"limit_days": 97}), 3)
    keep_backtest(
        register,
        office,
        "M01-v2",
        live.version_id,
        to_report(found),
        generation=1,
        as_of=found.as_of,
        submission_id="k",
        at=handmade.DAY,
    )
    on_version("submit", register, office, "M01-v2", submission_id="s", **sent)
    app = open_page(PAGE, "demo-leader", rule="M01", m_view="版本")
    report = next(one for one in app.expander if "保存的回测报告 · 对比第1版" in one.label)
    assert report.proto.expanded
    assert "拟用版本每月约新增" in words(app)
    link = next(one for one in app.get("page_link") if one.proto.label == "调参与回测")
    assert "version=M01-v2" in link.proto.query_string
    assert "复核" not in "".join(app.selectbox(key="m_version_M01").options)


def test_city_figures_say_so_and_two_runs_are_no_course(home: Path) -> None:
    app = open_page(PAGE, "demo-town")
    assert "全市各模型最近一次运行的情况" in words(app)
    table = next(frame.value for frame in app.dataframe if "状态" in frame.value and "模型" in frame.value)
    assert {"现命中预警", "在办版本"} <= set(table.columns)
    assert table["历次命中"].eq("—").all()


def test_only_a_model_with_a_red_level_promises_red_warnings(home: Path) -> None:
    assert "红色信号" not in words(open_page(PAGE, "demo-leader", rule="M07"))
    assert "红色信号直接成为预警" in words(open_page(PAGE, "demo-leader", rule="M16"))


def test_a_task_is_closed_with_a_word_on_what_was_done(home: Path) -> None:
    register = open_register(home)
    with register.transaction() as tx:
        open_task(tx, "M01", "M01-v1", "jump", handmade.DAY, "命中由上次 4 条变为 400 条，请核对数据和参数。")
    task_id = tasks(register, SYSTEM, "M01")["task_id"].iloc[0]
    assert "由有调整模型权限的同志办结" in words(open_page(PAGE, "demo-county", rule="M01", m_view="任务"))
    app = open_page(PAGE, "demo-office", rule="M01", m_view="任务")
    assert "命中由上次 4 条变为 400 条" in words(app)
    app.session_state[f"{task_id}_close_text"] = "补录批次造成，已核对。"
    app.button(key=f"{task_id}_close_submit").click().run()
    assert "**已保存** 办结" in words(app)
    assert tasks(register, SYSTEM, "M01").iloc[0][["state", "note"]].tolist() == ["已处理", "补录批次造成，已核对。"]
