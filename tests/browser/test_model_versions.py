"""A model changed in a real browser: tried, back-tested, not approved by its author, published, rolled back."""

import re
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lib.casework.rules.versions import live_versions
from lib.casework.store.register import open_register
from lib.casework.store.schema import warning
from tests.browser import served

pytestmark = served.NEEDS_BROWSER


def _firing(home: Path) -> int:
    """How many warnings of M02 the last run still gave."""
    query = select(func.count()).where(warning.c.rule_id == "M02", warning.c.firing, warning.c.origin == "model")
    with open_register(home).read() as connection:
        return connection.execute(query).scalar_one()


def _becomes(home: Path, wanted: int) -> bool:
    """Whether the models that run beside the app come to so many warnings within a minute."""
    until = time.monotonic() + 60
    while time.monotonic() < until and _firing(home) != wanted:
        time.sleep(0.5)
    return _firing(home) == wanted


def _step(page, name: str, text: str = "", *, then: str) -> None:
    """Choose a step of the version, write why, take it, wait for the words that show it was taken."""
    choice = page.get_by_test_id("stButtonGroup").get_by_text(name, exact=True)
    button = page.get_by_test_id("stBaseButton-primary").get_by_text(name, exact=True)
    choice.or_(button).first.wait_for()
    if choice.count():
        choice.first.click()
        button.wait_for()
        served.settle(page)
    if text:
        field = page.get_by_role("textbox", name=re.compile("^(理由|说明|调整理由)")).first
        field.fill(text)
        field.blur()
        page.get_by_text(re.compile("已自动保存")).first.wait_for()
        served.settle(page)
    button.click()
    page.get_by_text(then).first.wait_for()
    served.settle(page)


@pytest.mark.scale
def test_a_threshold_is_moved_tested_approved_by_another_and_rolled_back(city_copy: Path):
    before = _firing(city_copy)
    with served.app(city_copy) as address, served.browser(maps=False) as (context, strangers):
        page = context.new_page()
        page.goto(f"{address}/tuning?as=demo-office&rule=M02")
        served.settle(page)
        field = page.get_by_label(re.compile("^同一当事人同一事项罚款达到此次数为黄色"))
        field.fill("4")
        field.blur()
        served.settle(page)
        told = page.get_by_text(re.compile(r"新增 \d+ 条、减少 \d+ 条")).first.inner_text()
        lost = int(re.search(r"减少 (\d+) 条", told).group(1))  # type: ignore[union-attr]
        assert lost > 0 and _firing(city_copy) == before

        _step(page, "保存为草稿", "三次罚款中确有多处经营的,试提高到四次。", then="草稿：先试运行")
        page.get_by_text("已保存").first.wait_for()
        _step(page, "开始试运行", then="试运行：每次运行都计数")
        page.get_by_role("button", name="回测过去 12 个月").click()
        page.get_by_role("button", name="保存回测报告").wait_for(timeout=60_000)
        page.get_by_role("button", name="保存回测报告").click()
        page.get_by_text("保存的回测报告").first.wait_for()
        served.settle(page)
        _step(page, "提交复核", "回测减少的预警多为多处经营,请复核。", then="复核：由起草人")
        _step(page, "发布", "自己发布。", then="不能审批本人起草或提交的模型版本")
        assert live_versions(open_register(city_copy))["M02"].version_no == 1

        page.goto(f"{address}/models?as=demo-leader&rule=M02&m_view=版本")
        served.settle(page)
        assert page.get_by_text("回测减少的预警多为多处经营").count() or page.get_by_text("复核").count()
        _step(page, "发布", "同意,按月观察。", then="发布：正在产生预警")
        page.get_by_text("已保存").first.wait_for()
        assert live_versions(open_register(city_copy))["M02"].version_no == 2
        assert _becomes(city_copy, before - lost)

        page.goto(f"{address}/models?as=demo-leader&rule=M02&m_view=版本&version=M02-v1")
        served.settle(page)
        _step(page, "回退到此版", "漏掉较多,先退回。", then="已保存")
        page.get_by_text("已保存").first.wait_for()
        assert live_versions(open_register(city_copy))["M02"].version_no == 1
        assert _becomes(city_copy, before)
        assert strangers == []
