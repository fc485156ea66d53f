"""The tuning page: for every role, moving a threshold, a draft with its reason, what a version may do next."""

from pathlib import Path

import pytest
from opening import open_page, words

from lib.access.personas import personas
from lib.casework.register import open_register
from lib.casework.versions import DRAFT, versions

PAGE = "pages/models/tuning.py"


@pytest.mark.parametrize("viewer", personas(True), ids=lambda viewer: viewer.role)
def test_each_role_sees_the_comparison_and_only_tuners_may_draft(home: Path, viewer) -> None:
    app = open_page(PAGE, viewer.person_id, rule="M01")
    assert "与在用版本没有差别" in words(app)
    fields = [field for field in app.number_input if str(field.key).startswith("t_M01-v1_")]
    assert len(fields) >= 3
    assert all(field.disabled is not viewer.may("tune") for field in fields)
    assert ("不能起草" in words(app)) is not viewer.may("tune")
    assert ("人员" in [tab.label for tab in app.tabs]) is viewer.may("ranking")


def test_moving_a_threshold_says_what_changes_and_a_draft_needs_a_reason(home: Path) -> None:
    """CA2 is 40 days over: orange above 30, yellow once orange begins at 45."""
    app = open_page(PAGE, "demo-office", rule="M01")
    field = next(one for one in app.number_input if "橙色" in one.label and one.value == 30)
    field.set_value(45).run()
    assert "新增 0 条、减少 0 条、1 条变级别" in words(app)
    app.button(key="M01_draft_submit").click().run()
    assert "调整参数须写明理由" in words(app)
    app.text_area(key="M01_draft_text").set_value("试运行误报多。")
    app.button(key="M01_draft_submit").click().run()
    assert "**已保存** 保存为草稿" in words(app)
    kept = versions(open_register(home), "M01", states=(DRAFT,))
    assert [one.version_no for one in kept] == [2] and 45 in kept[0].params.values()
    assert not app.exception


def test_a_version_without_a_back_test_is_not_submitted(home: Path) -> None:
    app = open_page(PAGE, "demo-office", rule="M01")
    next(one for one in app.number_input if "橙色" in one.label and one.value == 30).set_value(45).run()
    app.text_area(key="M01_draft_text").set_value("试运行误报多。")
    app.button(key="M01_draft_submit").click().run()
    app.button(key="M01-v2_try_submit").click().run()
    app.text_area(key="M01-v2_submit_text").set_value("请复核。")
    app.button(key="M01-v2_submit_submit").click().run()
    assert "还没有与在用版本对比的回测报告" in words(app)
