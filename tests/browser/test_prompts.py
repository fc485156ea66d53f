"""A prompt in real browsers: sent from a warning, answered by the unit on a phone, accepted."""

import re
from pathlib import Path

from playwright.sync_api import Page

from lib.access.personas import personas
from lib.casework.reading.visible import objects
from lib.casework.store.register import forget_register, open_register
from lib.insight.warnings.listing import warning_list
from lib.warehouse.store import open_warehouse
from tests.browser import served

pytestmark = served.NEEDS_BROWSER

COUNTY = next(viewer for viewer in personas(True) if viewer.role == "county")
LIAISON = next(viewer for viewer in personas(True) if viewer.role == "liaison")
ASKED = "请核实渣土车遗撒事件的到场时间,附现场照片。"


def _of_unit(home: Path) -> str:
    """A warning about the liaison's unit that is being looked into."""
    frame = warning_list(open_register(home), open_warehouse(home), COUNTY)
    own = frame[frame["org_id"].eq(LIAISON.org_id) & frame["state"].eq("核查中")]
    forget_register(home)
    return str(own["warning_id"].iloc[0])


def _written(page: Page, label: str, text: str) -> None:
    page.get_by_label(label).fill(text)
    page.get_by_text(re.compile("已自动保存")).first.wait_for()
    served.settle(page)


def test_a_prompt_is_sent_answered_on_a_phone_and_accepted(city_copy: Path, tmp_path: Path):
    warning_id = _of_unit(city_copy)
    photo = tmp_path / "现场.jpg"
    photo.write_bytes(b"\xff\xd8\xff\xe0 a photo")
    with served.app(city_copy) as address:
        with served.browser(maps=False) as (context, strangers):
            page = served.opened(context, f"{address}/warning?as=demo-county&id={warning_id}")
            page.get_by_test_id("stButtonGroup").get_by_text("浙政钉提示", exact=True).click()
            served.settle(page)
            _written(page, "提示内容", ASKED)
            page.get_by_role("button", name="发送提示").click()
            page.get_by_text(re.compile("已保存.*浙政钉提示")).first.wait_for()
        assert strangers == []

        with served.browser(width=390, height=844, maps=False) as (context, strangers):
            page = served.opened(context, f"{address}/prompts?as=demo-liaison")
            page.get_by_text(ASKED.rstrip("。"), exact=False).first.click()
            page.get_by_text("请在").first.wait_for()
            served.settle(page)
            assert warning_id not in page.content()
            page.get_by_test_id("stButtonGroup").get_by_text("部分属实", exact=True).click()
            served.settle(page)
            page.get_by_role("combobox", name=re.compile("核实了什么")).click()
            page.get_by_role("option").first.click()
            page.keyboard.press("Escape")
            _written(page, "核实情况", "到场时间晚于规定二十分钟,其余属实。")
            page.locator('input[type="file"]').first.set_input_files(str(photo))
            page.get_by_text("现场.jpg").first.wait_for()
            served.settle(page)
            page.get_by_role("button", name="提交回复").dblclick()
            page.get_by_text(re.compile("已保存.*回复")).first.wait_for()
            prompt_id = re.search("prompt=([^&]+)", page.url)[1]
        assert strangers == []

        with served.browser(maps=False) as (context, strangers):
            page = served.opened(context, f"{address}/prompts?as=demo-county&prompt={prompt_id}")
            page.get_by_text("到场时间晚于规定二十分钟").first.wait_for()
            page.get_by_test_id("stBaseButton-primary").get_by_text("采纳", exact=True).click()
            page.get_by_text("已采纳，待办结").first.wait_for()
        assert strangers == []
    found = objects(open_register(city_copy), LIAISON, None, "prompt").set_index("prompt_id")
    assert found.loc[prompt_id, ["asked", "state"]].tolist() == [ASKED, "已采纳"]
