"""A supervision notice in a real browser: drafted from a warning, reviewed, signed, delivered, answered, closed."""

import re
from pathlib import Path

from playwright.sync_api import Page

from lib.access.personas import personas
from lib.casework.reading.visible import objects
from lib.casework.store.register import open_register
from lib.insight.warnings.listing import warning_list
from lib.warehouse.store import open_warehouse
from tests.browser import served

pytestmark = served.NEEDS_BROWSER

VIEWERS = {viewer.person_id: viewer for viewer in personas(True)}


def _press(page: Page, button: str) -> None:
    page.get_by_test_id("stBaseButton-primary").get_by_text(button, exact=True).click()
    page.get_by_text(re.compile(f"已保存.*{button}")).first.wait_for()
    served.settle(page)


def _choose(page: Page, option: str) -> None:
    page.get_by_test_id("stButtonGroup").get_by_text(option, exact=True).first.click()
    served.settle(page)


def _write(page: Page, label: str, text: str) -> None:
    page.get_by_label(label).first.fill(text)
    page.get_by_text(re.compile("已自动保存")).first.wait_for()
    served.settle(page)


def test_from_a_warning_to_a_closed_notice(city_copy: Path):
    unit = VIEWERS["demo-liaison"]
    frame = warning_list(open_register(city_copy), open_warehouse(city_copy), VIEWERS["demo-county"])
    warning_id = frame[frame["org_id"].eq(unit.org_id)]["warning_id"].iloc[0]
    with served.app(city_copy) as address, served.browser(maps=False) as (context, strangers):
        page = served.opened(context, f"{address}/warning?as=demo-county&id={warning_id}")
        page.get_by_role("link", name="拟制执法监督通知书").click()
        page.get_by_label("联系人及电话").wait_for()
        served.settle(page)
        title = page.get_by_label("标题")
        title.fill("关于浏览器里写的问题")
        served.settle(page)
        # Typed and left: whoever comes back finds it.
        page.reload()
        served.settle(page)
        assert page.get_by_label("标题").input_value() == "关于浏览器里写的问题"
        page.get_by_label("联系人及电话").fill("示范县丙，0573-88110001")
        served.settle(page)
        page.get_by_test_id("stBaseButton-primary").get_by_text("拟稿", exact=True).click()
        page.get_by_text("下一步是「审核」").first.wait_for()
        notice_id = re.search("notice=([^&]*)", page.url)[1]

        def at(person: str) -> None:
            page.goto(f"{address}/notices?as={person}&notice={notice_id}")
            served.settle(page)

        at("demo-liaison")
        page.get_by_text("没有这条记录").first.wait_for()
        at("demo-office")
        _press(page, "审核")
        at("demo-leader")
        _press(page, "签发")
        at("demo-office")
        page.get_by_test_id("stButtonGroup").get_by_text("浙政钉", exact=True).click()
        served.settle(page)
        _press(page, "送达")
        at("demo-liaison")
        assert page.get_by_text("示范领导").count() == 0 and page.get_by_text("审核").count() == 0
        page.get_by_label("签收人").fill("示范联络员戊")
        served.settle(page)
        _press(page, "回执")
        _write(page, "整改结果", "已全部整改到位。")
        _press(page, "反馈")
        at("demo-county")
        _choose(page, "现场复核")
        _write(page, "复核意见", "到现场核对，整改到位。")
        _press(page, "复核")
        at("demo-office")
        with page.expect_download() as taken:
            page.get_by_role("button", name="下载 Word").first.click()
        assert taken.value.suggested_filename.startswith("执法监督通知书_监督通知〔2022〕第")
        _press(page, "销号")
        assert strangers == []
    found = objects(open_register(city_copy), VIEWERS["demo-office"], open_warehouse(city_copy), "notice")
    row = found.set_index("notice_id").loc[notice_id]
    assert (row["state"], row["origin"], row["source_id"]) == ("销号", "warning", warning_id)
