"""Forms in a real browser: what is typed outlives a reload and a killed server, and the work goes on by itself."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import BrowserContext

from lib.access.personas import personas
from lib.casework.drafts import UNREGISTERED, load_draft
from lib.casework.lists.steps import DRAFTING, LIST_VERSION
from lib.casework.reading.visible import clues
from lib.casework.store.register import open_register
from lib.insight.warnings.listing import warning_list
from lib.warehouse.clock import now
from lib.warehouse.store import open_warehouse
from tests.browser import served
from tests.browser.hand import tick_first
from tests.casework.stepping import on_warning

pytestmark = served.NEEDS_BROWSER

COUNTY, OFFICE = (next(viewer for viewer in personas(True) if viewer.role == one) for one in ("county", "office"))


@pytest.fixture(scope="module")
def app(home: Path) -> Iterator[str]:
    with served.app(home) as address:
        yield address


def _begun(home: Path, count: int) -> list[str]:
    """Numbers of warnings that the county's persona has signed and is checking."""
    register, warehouse = open_register(home), open_warehouse(home)
    frame = warning_list(register, warehouse, COUNTY)
    mine = frame.loc[frame["state"].eq("核查中") & frame["handler_id"].eq(COUNTY.person_id), "warning_id"].tolist()
    for one in frame.loc[frame["state"].eq("新生成"), "warning_id"].head(count - len(mine)):
        on_warning("sign_start", register, COUNTY, one, submission_id=f"begun-{one}", at=now(warehouse))
        mine.append(one)
    assert len(mine) >= count
    return mine


def test_what_is_typed_outlives_a_reload_and_a_killed_server(city_copy: Path, context: BrowserContext) -> None:
    [number, *_] = _begun(city_copy, 1)
    with served.app(city_copy) as address:
        page = served.opened(context, f"{address}/warning?as=demo-county&id={number}")
        box = page.get_by_label("情况说明")
        box.click()
        page.keyboard.type("核对了银行流水")
        page.get_by_text(re.compile("已自动保存")).first.wait_for()
        # The caret is still in the box: nothing was left, clicked or submitted.
        assert page.evaluate("document.activeElement.shadowRoot?.activeElement?.tagName ?? ''") == "TEXTAREA"
        page.reload()
        served.settle(page)
        assert box.input_value() == "核对了银行流水"
        box.click()
        page.keyboard.press("End")
        page.keyboard.type("，另有一笔")
        page.get_by_text(re.compile("已自动保存")).first.wait_for()
        served.kill(address)
        page.close()
    assert load_draft(open_register(city_copy), COUNTY, "warning", number, "conclude")["text"] == (
        "核对了银行流水，另有一笔"
    )


def test_what_was_typed_just_before_the_click_is_no_draft_afterwards(
    home: Path, app: str, context: BrowserContext
) -> None:
    """The text reaches the server with the click, and its saving after the step is recorded."""
    page = served.opened(context, f"{app}/lists?as=demo-office&adjust=I04")
    page.get_by_label("达标值").first.fill("0.5")
    page.get_by_label("调整理由").first.fill("收紧目标，依据年度要点。")
    page.get_by_test_id("stBaseButton-primary").get_by_text("起草", exact=True).click()
    page.wait_for_url(re.compile("adjust=L"))
    served.settle(page)
    page.close()
    assert load_draft(open_register(home), OFFICE, LIST_VERSION, UNREGISTERED, DRAFTING.action) is None


def test_faults_stand_at_their_fields_and_the_button_in_sight(home: Path, app: str, context: BrowserContext) -> None:
    [number, *_] = _begun(home, 1)
    page = served.opened(context, f"{app}/warning?as=demo-county&id={number}")
    page.set_viewport_size({"width": 1440, "height": 700})
    served.settle(page)
    button = page.get_by_role("button", name="提交核查结论")
    place = button.bounding_box()
    assert place is not None and place["y"] + place["height"] <= 700
    button.click()
    page.get_by_text("还不能提交").wait_for()
    for fault in ("请选择核查结论", "请至少选择一项核查内容"):
        assert page.get_by_text(re.compile(fault)).count() == 1
    told = page.get_by_text("还不能提交").bounding_box()
    assert told is not None and 0 <= told["y"] <= 700
    page.close()


def test_every_field_is_kept_while_typed_and_the_keyboard_sends_the_form_once(
    home: Path, app: str, context: BrowserContext
) -> None:
    page = served.opened(context, f"{app}/clues?as=demo-county&new=1")
    page.get_by_test_id("stButtonGroup").get_by_text("自行发现", exact=True).click()
    served.settle(page)
    page.get_by_label("标题（必填）").click()
    page.keyboard.type("罚款未入库")
    page.get_by_text(re.compile("已自动保存")).first.wait_for()
    served.settle(page)
    # The caret is still in the field.
    assert page.evaluate("document.activeElement.tagName") == "INPUT"
    page.reload()
    served.settle(page)
    assert page.get_by_label("标题（必填）").input_value() == "罚款未入库"
    page.get_by_label("涉及单位（必填）").click()
    page.get_by_role("option").first.click()
    served.settle(page)
    page.get_by_label("问题线索情况").click()
    page.keyboard.type("来信反映罚款未开票据。")
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**clue=C**")
    served.settle(page)
    assert page.get_by_text("来信反映罚款未开票据。").count() >= 1
    page.close()
    found = clues(open_register(home), COUNTY, None)
    assert found["title"].eq("罚款未入库").sum() == 1


def test_after_the_conclusion_the_next_of_the_list_opens_and_says_what_follows(
    home: Path, app: str, context: BrowserContext
) -> None:
    mine = _begun(home, 2)
    page = served.opened(context, f"{app}/workbench?as=demo-county&w_mine=true&w_states=核查中")
    listed = [row.get_attribute("data-id") for row in page.locator("tbody tr[data-id]").all()]
    assert set(listed) == set(mine)
    page.locator("tbody tr[data-id]").first.click()
    page.wait_for_url("**/warning?**")
    served.settle(page)
    page.get_by_test_id("stButtonGroup").get_by_text("不属实", exact=True).click()
    served.settle(page)
    tick_first(page, "核查了什么")
    page.get_by_label("情况说明").fill("案卷齐全，延期审批在案。")
    page.get_by_role("button", name="提交核查结论").click()
    page.wait_for_url(f"**id={listed[1]}**")
    served.settle(page)
    assert page.get_by_text("已反馈，待监督室复核").count() == 1
    page.get_by_role("link", name="返回工作台").click()
    page.wait_for_url("**/workbench?**")
    assert parse_qs(urlsplit(page.url).query)["w_mine"] == ["true"]
    page.close()
