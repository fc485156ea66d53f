"""A morning by keyboard alone: 待办 opens first, the next row, signed, opened, verified, and the next one follows."""

from pathlib import Path

from tests.browser import served
from tests.cities import handmade

pytestmark = served.NEEDS_BROWSER


def test_rows_are_signed_and_opened_by_key_and_the_way_leads_on(tmp_path: Path) -> None:
    home = handmade.put(tmp_path / "city")
    with served.app(home) as address, served.browser(maps=False) as (context, strangers):
        page = served.opened(context, f"{address}/?as=demo-inspector")
        row = page.locator("tbody tr[data-id]")
        assert page.locator(".tallies a.on").inner_text().startswith("待我办理")
        count = row.count()
        first, second = (row.nth(place).get_attribute("data-id") for place in (0, 1))
        page.keyboard.press("j")
        page.keyboard.press("s")
        page.get_by_text("已签收 M01 超期·久拖不决").wait_for()
        served.settle(page)
        # Signed, it is due later: the next one has its place, and the focus.
        assert row.count() == count and row.nth(0).get_attribute("data-id") == second != first
        assert "开始核查" in page.locator(f"tr[data-id='{first}']").inner_text()
        page.keyboard.press("Enter")
        page.wait_for_url("**/warning?**")
        served.settle(page)
        page.get_by_text(f"第 1 条，共 {count} 条").wait_for()
        assert str(second).partition("/")[2] in page.url
        page.get_by_role("link", name="返回待办").click()
        page.locator(".tallies").wait_for()
        assert strangers == []
