"""Two exercises that are worked on in the pages of the casework, played to the end in a real browser: from a warning to
a notice by the three who may, and a warning about a colleague handed over."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from lib.access import Seat
from lib.casework.store.register import open_register
from lib.casework.training.attempts import goes
from lib.casework.training.seats import person_id, seat_register, trainee
from lib.warehouse.store import open_warehouse
from tests.browser import served
from tests.browser.hand import choose, press, tick_first, write
from tests.browser.lesson import class_of, sit_down
from tests.insight.training.recomputed import recomputed

pytestmark = [*served.NEEDS_BROWSER, pytest.mark.scale]


@pytest.fixture(scope="module")
def code(home: Path) -> str:
    """The code of a class with the two."""
    return class_of(home, "notice", "colleague")


@pytest.fixture(scope="module")
def app(home: Path, code: str) -> Iterator[str]:
    with served.app(home) as address:
        yield address


def _plays(page: Page, role: str) -> None:
    page.get_by_role("combobox", name="扮演").click()
    page.get_by_role("option", name=role).click()
    served.settle(page)


def _begins(page: Page, name: str) -> None:
    page.locator(f".st-key-begin_{name} button").click()
    page.get_by_role("link", name="打开预警").click()
    page.wait_for_url("**/warning?**")
    served.settle(page)


def _hands_in(page: Page, title: str) -> str:
    """Back by the seat's menu, and hand in; what the explanation says."""
    page.locator(".st-key-bar").get_by_test_id("stPopover").click()
    page.get_by_role("link", name="回到练习").click()
    page.get_by_role("button", name="交卷").click()
    page.get_by_role("heading", name=re.compile(f"{title}：.*分")).wait_for()
    page.locator(".st-key-card-attempt-told li").first.wait_for()
    served.settle(page)
    told = page.get_by_test_id("stMain").inner_text()
    page.get_by_role("link", name="返回训练").click()
    page.locator(".st-key-begin_notice button").wait_for()
    return told


def test_a_notice_is_delivered_and_a_colleague_handed_over_for_the_full_score(
    context: BrowserContext, app: str, home: Path, code: str
) -> None:
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{app}/?class={code}")
    sit_down(page, "钱一")

    _begins(page, "notice")
    page.get_by_test_id("stBaseButton-primary").get_by_text("签收并开始核查").click()
    page.get_by_text("核查结论").first.wait_for()
    choose(page, "属实")
    tick_first(page, "核查了什么")
    write(page, "情况说明", "调阅案卷，情况属实。")
    press(page, "提交核查结论", "反馈核查结论")
    _plays(page, "监督室")
    # The next step of the role that is played stands ready.
    press(page, "复核")
    # A reload looks on as the same role.
    page.reload()
    expect(page.get_by_role("combobox", name="扮演")).to_have_value(re.compile("监督室"), timeout=60_000)
    _plays(page, "派驻组")
    page.get_by_role("link", name="拟制执法监督通知书").click()
    page.get_by_label("联系人及电话").wait_for()
    served.settle(page)
    page.get_by_test_id("stBaseButton-primary").get_by_text("拟稿", exact=True).click()
    page.get_by_text("下一步是「审核」").first.wait_for()
    _plays(page, "监督室")
    press(page, "审核")
    _plays(page, "领导")
    press(page, "签发")
    _plays(page, "监督室")
    choose(page, "当面送达")
    press(page, "送达")
    told = _hands_in(page, "从预警到通知书")
    assert "8 步中做了 8 步" in told

    _begins(page, "colleague")
    _plays(page, "监督室")
    choose(page, "交办")
    page.get_by_role("combobox", name="交给谁").click()
    page.get_by_role("option").first.click()
    write(page, "交办意见", "与当事人有利害关系，申请回避。")
    press(page, "交办")
    told = _hands_in(page, "预警里是熟人")
    assert "写明了理由" in told and "处理得当" in told

    seat = Seat(code, 1)
    viewer = trainee(open_register(home), person_id(seat))
    assert viewer is not None
    own = seat_register(home, seat)
    scores = {go.exercise: recomputed(own, open_warehouse(home), viewer, go) for go in goes(own, viewer)}
    assert scores == {"notice": 100, "colleague": 100}
