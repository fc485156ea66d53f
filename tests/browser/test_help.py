"""The question mark of a block opens its words and leads back; a word is found as it is typed and marked."""

from playwright.sync_api import BrowserContext, expect

from tests.browser.served import NEEDS_BROWSER, opened, settle

pytestmark = NEEDS_BROWSER


def test_a_block_is_explained_and_both_ways_lead_back(app: str, context: BrowserContext) -> None:
    page = opened(context, f"{app}/overview?as=demo-leader&period=近12个月")
    corner = page.locator(".st-key-card-pressing .what")
    card, mark = page.locator(".st-key-card-pressing").bounding_box(), corner.bounding_box()
    assert card is not None and mark is not None
    # It stands in the corner, over nothing that the card shows, and is large enough for a finger.
    assert abs(card["x"] + card["width"] - mark["x"] - mark["width"]) < 3 and abs(card["y"] - mark["y"]) < 3
    assert min(mark["width"], mark["height"]) >= 22
    corner.click()
    settle(page)
    expect(page.locator("h3.entry")).to_have_text("该催办的")
    page.go_back()
    settle(page)
    assert "period=" in page.url and page.locator(".st-key-card-pressing").count() == 1
    corner.click()
    settle(page)
    page.get_by_text("返回总览").click()
    settle(page)
    assert "/overview" in page.url and "period=" in page.url


def test_a_word_is_found_and_marked(app: str, context: BrowserContext) -> None:
    page = opened(context, f"{app}/help?as=demo-office")
    page.get_by_label("查找").fill("坐收坐支")
    page.keyboard.press("Enter")
    settle(page)
    expect(page.locator(".found mark").first).to_have_text("坐收坐支")
    page.locator(".found a", has_text="M05").click()
    settle(page)
    expect(page.locator("h3.entry")).to_have_text("M05 罚缴不一致")
    expect(page.locator(".manual mark").first).to_have_text("坐收坐支")
