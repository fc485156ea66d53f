"""The way back: wherever a warning was opened from, the browser's button and the page's link lead there, as it was."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser import served

pytestmark = served.NEEDS_BROWSER

ORIGINS = {
    "工作台": "/workbench?as=demo-county&w_levels=黄&w_order=首次发现降序&w_standing=全部",
    "预警地图": "/map?as=demo-county&m_levels=黄&town=濮院镇",
}


def _asked(page: Page) -> tuple[str, dict[str, list[str]]]:
    """Where the browser stands: the path, and the parameters that narrow what is shown."""
    parts = urlsplit(page.url)
    return parts.path, {name: values for name, values in parse_qs(parts.query).items() if name not in ("as", "back")}


def _open_first(page: Page) -> None:
    page.locator("tbody tr[data-id]").first.click()
    page.wait_for_url("**/warning?**")
    served.settle(page)


# The others than the workbench take the same way.
@pytest.mark.parametrize(
    "origin", [one if one == "工作台" else pytest.param(one, marks=pytest.mark.scale) for one in ORIGINS]
)
def test_both_ways_lead_back_to_where_a_warning_was_opened(app: str, context: BrowserContext, origin: str) -> None:
    page = served.opened(context, app + ORIGINS[origin])
    left, listed = _asked(page), page.locator("tbody tr[data-id]").count()
    _open_first(page)
    page.go_back()
    served.settle(page)
    assert (_asked(page), page.locator("tbody tr[data-id]").count()) == (left, listed)
    _open_first(page)
    # A reload forgets the session, not the way.
    page.reload()
    served.settle(page)
    page.get_by_role("link", name=f"返回{origin}").click()
    served.settle(page)
    assert (_asked(page), page.locator("tbody tr[data-id]").count()) == (left, listed)
    page.close()


def test_a_number_leads_to_its_list_and_both_ways_back(app: str, context: BrowserContext) -> None:
    page = served.opened(context, app + "/overview?as=demo-county&period=近12个月")
    left = _asked(page)
    number = page.locator('.stHtml a[href*="figure="]').first
    number.click()
    page.wait_for_url("**figure=**")
    served.settle(page)
    page.go_back()
    served.settle(page)
    assert _asked(page) == left
    number.click()
    page.wait_for_url("**figure=**")
    served.settle(page)
    page.reload()
    served.settle(page)
    page.get_by_role("link", name="返回总览").click()
    served.settle(page)
    assert _asked(page) == left
    page.close()


def test_a_menu_leaves_no_address_that_never_was(app: str, context: BrowserContext) -> None:
    page = served.opened(context, app + ORIGINS["工作台"])
    left = _asked(page)
    page.get_by_text("态势", exact=True).first.click()
    page.get_by_test_id("stTopNavDropdownLink").filter(has_text="预警地图").click()
    page.wait_for_url("**/map**")
    served.settle(page)
    assert _asked(page) == ("/map", {})
    page.go_back()
    served.settle(page)
    assert _asked(page) == left
    page.close()


def test_rows_open_by_keys_and_the_opened_one_is_found_again(app: str, context: BrowserContext) -> None:
    page = served.opened(context, app + ORIGINS["工作台"])
    second = page.locator("tbody tr[data-id]").nth(1).get_attribute("data-id")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/warning?**")
    served.settle(page)
    assert parse_qs(urlsplit(page.url).query)["id"] == [second]
    page.go_back()
    served.settle(page)
    assert page.locator("tr.opened").get_attribute("data-id") == second
    page.close()


def test_a_head_sorts_all_rows_in_the_address(app: str, context: BrowserContext) -> None:
    page = served.opened(context, app + "/workbench?as=demo-county&w_standing=全部&w_size=25 条/页")
    page.get_by_role("button", name="首次发现", exact=True).click()
    served.settle(page)
    first = page.locator("tbody tr td:last-child").all_inner_texts()
    page.get_by_role("button", name="首次发现 ▲", exact=True).click()
    served.settle(page)
    last = page.locator("tbody tr td:last-child").all_inner_texts()
    assert first == sorted(first) and last == sorted(last, reverse=True) and first[0] < last[-1]
    assert _asked(page)[1]["w_order"] == ["首次发现降序"]
    page.close()


def test_a_record_is_read_from_its_top_and_its_row_found_again(app: str) -> None:
    """On a phone, where a list is many screens long."""
    top = "() => document.querySelector('[data-testid=\"stMain\"]').scrollTop"
    with served.browser(390, 844, maps=False) as (phone, strangers):
        page = served.opened(phone, app + "/prompts?as=demo-office&p_part=all")
        row = page.locator("tbody tr[data-id]").last
        number = row.get_attribute("data-id")
        row.scroll_into_view_if_needed()
        assert page.evaluate(top) > 844
        row.click()
        page.wait_for_url("**prompt=**")
        served.settle(page)
        assert page.evaluate(top) == 0
        page.go_back()
        served.settle(page)
        found = page.locator(f'tbody tr[data-id="{number}"]')
        found.wait_for()
        page.wait_for_function(f"({top})() > 844")
        box = found.bounding_box()
        assert box is not None and 0 <= box["y"] < 844
        assert strangers == []
