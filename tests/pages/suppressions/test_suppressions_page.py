"""The suppression register on its page, and the step in the warning."""

from datetime import timedelta

import pytest

from lib.access import Viewer
from lib.access.personas import personas
from lib.casework.reading.visible import warnings
from lib.casework.record import take
from lib.casework.steps import Submission
from lib.casework.warnings.steps import WARNING
from lib.insight.suppressions.listing import suppression_list
from lib.warehouse.clock import now
from tests.pages.opening import open_page, warning_rows, words

PAGE = "pages/suppressions/suppressions.py"
VIEWERS = {viewer.person_id: viewer for viewer in personas(True)}
OFFICE = VIEWERS["demo-office"]
HANDLER = Viewer("p-2", "示范员02", "office")


@pytest.fixture
def made(city) -> str:
    """One suppression; its number."""
    register, warehouse = city
    at = now(warehouse)
    key = warnings(register, OFFICE, warehouse).query("state == '新生成'")["warning_id"].iloc[0]
    steps = (
        (HANDLER, "sign", "", {}),
        (HANDLER, "start", "", {}),
        (HANDLER, "conclude", "无误。", {"conclusion": "不属实", "checked": ["核对票据"]}),
        (OFFICE, "review", "", {}),
        (OFFICE, "suppress", "数据口径如此。", {"until": at.date() + timedelta(days=30)}),
    )
    for number, (viewer, action, text, given) in enumerate(steps):
        take(register, viewer, WARNING, key, action, Submission(f"t{number}", at, None, text, given))
    return str(suppression_list(register, warehouse, OFFICE)["suppression_id"].iloc[0])


def test_it_stands_in_the_list_and_opens(made: str):
    app = open_page(PAGE)
    [row] = warning_rows(app, "抑制清单")
    assert row["状态"] == "抑制中" and row["还剩"] == "剩 19 工作日" and row["未入册"] == "0 件"
    app = open_page(PAGE, suppression=made)
    told = words(app)
    assert "数据口径如此。" in told and "未入册的预警" in told


def test_an_empty_register_says_how_one_comes_about(city):
    assert "核查结论为「不属实」" in words(open_page(PAGE))


def test_who_may_not_see_it_is_told(made: str):
    assert "您的角色不查看" in words(open_page(PAGE, "demo-town"))
    assert "抑制中" not in words(open_page(PAGE, "demo-liaison"))


def test_a_warning_found_untrue_offers_it(made: str, city):
    register, warehouse = city
    key = str(suppression_list(register, warehouse, OFFICE)["warning_id"].iloc[0])
    told = open_page("pages/warnings/warning.py", id=key)
    assert "抑制" in [option.content for group in told.button_group for option in group.proto.options]
