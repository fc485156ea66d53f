"""A unit reports its progress with the paper that shows it, supervision finds less, and the deviation says so."""

import re

from playwright.sync_api import BrowserContext, Page

from tests.browser import served
from tests.browser.hand import choose, press, write

pytestmark = served.NEEDS_BROWSER
# Within the plan of the task that the unit of the persona has.
DAY = "20220923"


def _day_and_share(page: Page, share: int) -> None:
    page.get_by_label(re.compile("截至（必填）")).first.click()
    page.keyboard.type(DAY)
    page.keyboard.press("Enter")
    page.locator("input[aria-label*='累计完成']").fill(str(share))
    page.keyboard.press("Tab")


def test_a_unit_reports_with_its_paper_and_supervision_finds_less(app: str, context: BrowserContext) -> None:
    page = served.opened(context, f"{app}/reform?as=demo-liaison")
    page.locator("tr[data-id] a").first.click()
    page.get_by_text("报告进展", exact=True).first.wait_for()
    served.settle(page)
    address = page.url.replace("demo-liaison", "demo-office")
    paper = {"name": "台账.txt", "mimeType": "text/plain", "buffer": "佐证".encode()}
    page.locator("input[type=file]").set_input_files(paper)
    page.get_by_text("台账.txt").wait_for()
    _day_and_share(page, 41)
    write(page, "进展情况", "清单已公布。")
    press(page, "报告进展")
    page.get_by_text("41%，截至 2022-09-23").wait_for()

    page.goto(address)
    served.settle(page)
    page.get_by_text("台账.txt").first.wait_for()
    choose(page, "核实进度")
    served.settle(page)
    _day_and_share(page, 25)
    write(page, "核实情况", "部分材料只有名单。")
    press(page, "核实进度")
    page.get_by_text("25%，截至 2022-09-23").wait_for()
    page.close()
