"""The main path in a real browser: from a dark town on the map to a verified warning and figures that move.

The steps after the map are those of test_casework_story.py too, which follows them to the end and counts what moved.
"""

import math
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from lib.access.personas import personas
from lib.casework.store.register import open_register
from lib.insight.map.outlines import town_shapes
from lib.insight.warnings.listing import warning_list
from lib.ui.map.deck import Size, town_map
from lib.warehouse.store import open_warehouse
from tests.browser import served
from tests.browser.hand import choose, tick_first, write

pytestmark = served.NEEDS_BROWSER

COUNTY = "330483"
CANVAS = Size(720, 540)


def _open_warning(home: Path) -> dict:
    """An open warning of a town of the county persona's county that was generated this year."""
    county = next(viewer for viewer in personas(True) if viewer.role == "county")
    frame = warning_list(open_register(home), open_warehouse(home), county)
    fresh = frame[
        frame["state"].isin(["新生成", "已签收", "核查中"])
        & frame["area_code"].str.len().eq(9)
        & frame["first_seen_at"].ge("2022-01-01")
    ]
    assert len(fresh), "the small city has no open warning in a town of the county"
    return fresh.iloc[0].to_dict()


def _pixel(code: str, home: Path) -> tuple[float, float]:
    """Where a town lies on the city map, in pixels of the canvas."""
    shapes = town_shapes(home)
    view = town_map(shapes, {}, CANVAS, "", "").initial_view_state
    spot = next(shape.outline for shape in shapes.towns if shape.code == code).representative_point()
    scale = 512 * 2**view.zoom / 360

    def mercator(latitude: float) -> float:
        return math.degrees(math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2)))

    return (
        CANVAS.width / 2 + (spot.x - view.longitude) * scale,
        CANVAS.height / 2 - (mercator(spot.y) - mercator(view.latitude)) * scale,
    )


def _figure(page, label: str) -> str:
    """The text of one of the six figures."""
    return page.locator('[class*="st-key-card-figure"]', has_text=label).first.inner_text()


def _click_on(page: Page, address: str, home: Path, warning: dict) -> None:
    """Click on the town of a warning on the map, and see it open."""
    page.goto(f"{address}/map?as=demo-leader")
    served.settle(page)
    canvas = page.locator('[data-testid="stDeckGlJsonChart"] canvas').first
    canvas.wait_for()
    box = canvas.bounding_box()
    assert box is not None
    x, y = _pixel(warning["area_code"], home)
    # The view keeps its scale and its middle, however wide the canvas is.
    at = (box["x"] + box["width"] / 2 + x - CANVAS.width / 2, box["y"] + box["height"] / 2 + y - CANVAS.height / 2)
    # Software rendering may still be compiling its shaders when the first click comes.
    for nudge in range(12):
        page.mouse.move(at[0] + nudge % 3, at[1])
        page.wait_for_timeout(500)
        page.mouse.click(at[0] + nudge % 3, at[1])
        with suppress(PlaywrightTimeout):
            page.wait_for_url("**town=**", timeout=3000)
            break
    served.settle(page)
    page.locator(".st-key-card-place").get_by_text(warning["area_name"], exact=True).wait_for()


def test_a_town_on_the_map_opens_by_a_click(app: str, small_city: Path) -> None:
    with served.browser() as (context, strangers):
        _click_on(context.new_page(), app, small_city, _open_warning(small_city))
        assert strangers == []


@pytest.mark.scale
def test_from_a_dark_town_to_a_verified_warning_and_moving_figures(city_copy: Path):
    warning = _open_warning(city_copy)
    with served.app(city_copy) as address, served.browser() as (context, strangers):
        page = context.new_page()
        page.goto(f"{address}/?as=demo-leader")
        served.settle(page)
        precision, disposal = _figure(page, "预警核实率"), _figure(page, "线索处置率")

        _click_on(page, address, city_copy, warning)

        page.goto(f"{address}/warning?as=demo-county&id={warning['warning_id']}")
        served.settle(page)
        assert page.get_by_text("来源数据").count() and page.get_by_text("核查提示").count()
        buttons = page.get_by_test_id("stBaseButton-primary")
        if warning["state"] == "新生成":
            buttons.get_by_text("签收并开始核查", exact=True).click()
        else:
            # Somebody else has signed: whoever concludes takes over first.
            write(page, "接手理由", "经办人出差，由本人核查。")
            buttons.get_by_text("接手", exact=True).click()
        page.get_by_text("已保存").first.wait_for()
        served.settle(page)
        if warning["state"] == "已签收":
            buttons.get_by_text("开始核查", exact=True).click()
            page.get_by_text("核查中，待反馈核查结论").first.wait_for()
            served.settle(page)
        choose(page, "属实")
        tick_first(page, "核查了什么")
        write(page, "情况说明", "现场核对案卷与系统记录一致,情况属实。")
        page.get_by_role("button", name="提交核查结论").dblclick()
        page.get_by_text("已反馈", exact=True).first.wait_for()
        served.settle(page)

        # Whoever concluded may not review: another person does, and makes the clue.
        page.goto(f"{address}/warning?as=demo-office&id={warning['warning_id']}")
        served.settle(page)
        page.get_by_test_id("stBaseButton-primary").get_by_text("复核", exact=True).click()
        page.get_by_text("已复核", exact=True).first.wait_for()
        served.settle(page)
        choose(page, "转线索")
        write(page, "线索情况", "核查属实,按问题线索办理。")
        page.get_by_test_id("stBaseButton-primary").get_by_text("转线索", exact=True).click()
        # 复核 has left its own 已保存 on the page, which says what may follow.
        page.get_by_role("heading", name="转线索", exact=True).wait_for()

        page.goto(f"{address}/?as=demo-leader")
        served.settle(page)
        assert _figure(page, "预警核实率") != precision
        assert _figure(page, "线索处置率") != disposal
        assert strangers == []

    frame = warning_list(open_register(city_copy), open_warehouse(city_copy), personas(True)[0])
    after = frame.set_index("warning_id").loc[warning["warning_id"]]
    assert after["conclusion"] == "属实" and after["clue_id"]
