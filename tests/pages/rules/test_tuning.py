"""The tuning page: for every role, moving a threshold, a draft with its reason, what a version may do next."""

from pathlib import Path

import pytest

from lib.access.personas import personas
from lib.casework.rules.states import DRAFT
from lib.casework.rules.versions import save_version, versions
from lib.casework.store.register import open_register
from tests.cities import handmade
from tests.pages.opening import box, open_page, words

PAGE = "pages/rules/tuning.py"


VIEWERS = [viewer for viewer in personas(True) if viewer.may("view", "rule")]


@pytest.mark.parametrize("viewer", VIEWERS, ids=lambda viewer: viewer.role)
def test_each_role_sees_the_comparison_and_only_tuners_may_draft(home: Path, viewer) -> None:
    app = open_page(PAGE, viewer.person_id, rule="M01")
    assert "与在用版本没有差别" in words(app)
    fields = [field for field in app.number_input if str(field.key).startswith("t_M01-v1_")]
    assert len(fields) >= 3
    assert all(field.disabled is not viewer.may("tune", "rule_version") for field in fields)
    assert ("不能起草" in words(app)) is not viewer.may("tune", "rule_version")
    assert ("人员" in [tab.label for tab in app.tabs]) is viewer.may("view", "ranking")
    assert ("t_run" in [button.key for button in app.button]) is viewer.may("backtest", "rule")


def test_moving_a_threshold_says_what_changes_and_a_draft_needs_a_reason(home: Path) -> None:
    """CA2 is 40 days over: orange above 30, yellow once orange begins at 45."""
    app = open_page(PAGE, "demo-office", rule="M01")
    field = next(one for one in app.number_input if "橙色" in one.label and one.value == 30)
    field.set_value(45).run()
    assert "新增 0 条、减少 0 条、1 条变级别" in words(app)
    app.button(key="M01-v1_draft_submit").click().run()
    assert box(app, "调整理由")["fault"] == "调整参数须写明理由。"
    app.session_state["M01-v1_draft_text"] = "试运行误报多。"
    app.button(key="M01-v1_draft_submit").click().run()
    assert "**已保存** 保存为草稿" in words(app)
    kept = versions(open_register(home), "M01", states=(DRAFT,))
    assert [one.version_no for one in kept] == [2] and 45 in kept[0].params.values()
    assert not app.exception


def test_a_version_without_a_back_test_is_not_submitted(home: Path) -> None:
    app = open_page(PAGE, "demo-office", rule="M01")
    next(one for one in app.number_input if "橙色" in one.label and one.value == 30).set_value(45).run()
    app.session_state["M01-v1_draft_text"] = "试运行误报多。"
    app.button(key="M01-v1_draft_submit").click().run()
    app.button(key="M01-v2_try_submit").click().run()
    app.session_state["M01-v2_submit_text"] = "请复核。"
    app.button(key="M01-v2_submit_submit").click().run()
    assert "还没有与在用版本对比的回测报告" in words(app)
    app.button(key="t_run").click().run()
    app.button(key="t_keep").click().run()
    assert "**已保存** 回测报告" in words(app)
    assert "还没有与在用版本对比的回测报告" not in words(app)
    app.button(key="M01-v2_submit_submit").click().run()
    assert "复核：由起草人" in words(app)


def test_levels_out_of_order_and_values_out_of_bounds_are_refused_in_chinese(home: Path) -> None:
    app = open_page(PAGE, "demo-office", rule="M01")
    app.number_input(key="t_M01-v1_orange_over_days").set_value(100).run()
    assert "“超期多于此天数为橙色”（100 日）不能大于“超期多于此天数为红色”（90 日）" in words(app)
    assert app.button(key="M01-v1_draft_submit").disabled
    assert "没有试算" in words(app) and "条变级别" not in words(app) and not app.tabs
    app.number_input(key="t_M01-v1_orange_over_days").set_value(400).run()
    assert "“超期多于此天数为橙色”不能为 400。** 可填 1–365 日。" in words(app)
    app.number_input(key="t_M01-v1_orange_over_days").set_value(45).run()
    assert "1 条变级别" in words(app) and not app.button(key="M01-v1_draft_submit").disabled


def test_a_field_shows_the_value_that_is_used(home: Path) -> None:
    app = open_page(PAGE, "demo-office", rule="M07")
    field = app.number_input(key="t_M07-v1_quantity_tolerance")
    assert (field.value, field.step, field.proto.format) == (0.01, 0.0001, "%g")
    assert "可填 0.0001–0.2" in field.label
    field.set_value(0.005).run()
    assert "0.01 → 0.005 对数差" in words(app)


def test_versions_under_way_are_told_and_opened(home: Path) -> None:
    register = open_register(home)
    live = versions(register, "M01")[0]
    office = next(one for one in personas(True) if one.person_id == "demo-office")
    save_version(register, office, live, {"limit_days": 97}, submission_id="d", at=handmade.DAY, text="误报多。")
    app = open_page(PAGE, "demo-leader", rule="M01")
    assert "有 1 个在办版本" in words(app)
    assert app.button(key="t_open_M01-v2").label == "第2版·草稿"
    app.button(key="t_open_M01-v2").click().run()
    assert app.number_input(key="t_M01-v2_limit_days").value == 97
    assert "草稿" not in "".join(app.selectbox(key="t_version").options)


def test_city_totals_are_not_called_the_own_scope(home: Path) -> None:
    assert "预警只计您范围内的；全市信号 4 条、受检" in words(open_page(PAGE, "demo-town", rule="M01"))
