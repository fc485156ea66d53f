"""Numbers clicked with a mouse: a tile, a bar of a chart, a cell of a table each open exactly as many rows."""

import re
from contextlib import suppress

import pytest
from playwright.sync_api import BrowserContext, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.browser import served

pytestmark = served.NEEDS_BROWSER

# The second one clicks the same elements, in a narrower scope: tests/pages/test_figures.py follows its numbers.
PERSONS = ("demo-leader", pytest.param("demo-inspector", marks=pytest.mark.scale))


def _number(text: str) -> int:
    found = re.search(r"\d[\d,]*", text)
    return int(found[0].replace(",", "")) if found else 0


def _listed(page: Page, left: str) -> int:
    """How many rows the list says it has that a click led to from the address left."""
    page.wait_for_url(lambda url: url != left)
    served.settle(page)
    return _number(page.get_by_text(re.compile(r"^列出 [\d,]+ ")).first.inner_text())


@pytest.mark.parametrize("person", PERSONS)
@pytest.mark.parametrize("path", ["overview", "clues", "ranking", "models"])
def test_a_tile_opens_what_it_counts(app: str, context: BrowserContext, path: str, person: str) -> None:
    page = served.opened(context, f"{app}/{path}?as={person}")
    tiles = page.locator(".values a").filter(has_text=re.compile(r"^[1-9][\d,]*( [件条人个])?$"))
    told, left = _number(tiles.last.inner_text()), page.url
    tiles.last.click()
    assert _listed(page, left) == told > 0
    page.close()


@pytest.mark.parametrize("person", PERSONS)
def test_a_bar_opens_what_it_counts(app: str, context: BrowserContext, person: str) -> None:
    page = served.opened(context, f"{app}/overview?as={person}")
    bar = page.locator(".st-key-by_rule path[aria-label^='数量: ']:not([aria-label^='数量: 0;'])").first
    told, left = _number(bar.get_attribute("aria-label") or ""), page.url
    bar.click()
    assert _listed(page, left) == told > 0
    page.close()


@pytest.mark.parametrize("person", PERSONS)
def test_a_cell_opens_what_it_counts(app: str, context: BrowserContext, person: str) -> None:
    page = served.opened(context, f"{app}/clues?as={person}")
    grid = page.locator(".st-key-clue_breakdown")
    grid.locator("th").filter(has_text="收到").wait_for(state="attached")
    heads = grid.locator("th").all_inner_texts()
    place, received = heads.index("收到"), grid.locator("td[data-testid$='-0']").all_inner_texts()
    box, left = grid.locator("canvas").first.bounding_box(), page.url
    assert box is not None
    told = _number(received[place])
    for across in range(100, 400, 12):
        page.mouse.click(box["x"] + across, box["y"] + 52)
        # The next click only once this one has had its time: on a busy machine it would land in another column.
        with suppress(PlaywrightTimeout):
            page.wait_for_url(lambda url: url != left, timeout=1500)
            break
    assert "figure=clue_received" in page.url
    assert _listed(page, left) == told > 0
    page.close()
