"""Numbers clicked with a mouse: a tile, a bar of a chart, a cell of a table each open exactly as many rows."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser import served

pytestmark = served.NEEDS_BROWSER

PERSONS = ("demo-leader", "demo-inspector")


@pytest.fixture(scope="module")
def app(small_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("numbers") / "city"
    shutil.copytree(small_city, home)
    with served.app(home) as address:
        yield address


@pytest.fixture(scope="module")
def context(app: str) -> Iterator[BrowserContext]:
    with served.browser() as (found, strangers):
        yield found
        assert strangers == []


def _opened(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(address)
    served.settle(page)
    return page


def _number(text: str) -> int:
    found = re.search(r"\d[\d,]*", text)
    return int(found[0].replace(",", "")) if found else 0


def _listed(page: Page, left: str) -> int:
    """How many rows the list says it has that a click led to from the address left."""
    page.wait_for_url(lambda url: url != left)
    served.settle(page)
    return _number(page.get_by_text(re.compile(r"^列出 [\d,]+ ")).first.inner_text())


@pytest.mark.parametrize("person", PERSONS)
@pytest.mark.parametrize("path", ["", "clues", "ranking", "models"])
def test_a_tile_opens_what_it_counts(app: str, context: BrowserContext, path: str, person: str) -> None:
    page = _opened(context, f"{app}/{path}?as={person}")
    tiles = page.locator(".values a").filter(has_text=re.compile(r"^[1-9][\d,]*( [件条人个])?$"))
    told, left = _number(tiles.last.inner_text()), page.url
    tiles.last.click()
    assert _listed(page, left) == told > 0
    page.close()


@pytest.mark.parametrize("person", PERSONS)
def test_a_bar_opens_what_it_counts(app: str, context: BrowserContext, person: str) -> None:
    page = _opened(context, f"{app}/?as={person}")
    bar = page.locator(".st-key-by_rule path[aria-label^='数量: ']:not([aria-label^='数量: 0;'])").first
    told, left = _number(bar.get_attribute("aria-label") or ""), page.url
    bar.click()
    assert _listed(page, left) == told > 0
    page.close()


@pytest.mark.parametrize("person", PERSONS)
def test_a_cell_opens_what_it_counts(app: str, context: BrowserContext, person: str) -> None:
    page = _opened(context, f"{app}/clues?as={person}")
    grid = page.locator(".st-key-clue_breakdown")
    heads = grid.locator("th").all_inner_texts()
    place, received = heads.index("收到"), grid.locator("td[data-testid$='-0']").all_inner_texts()
    box, left = grid.locator("canvas").first.bounding_box(), page.url
    assert box is not None
    told = _number(received[place])
    for across in range(100, 400, 12):
        page.mouse.click(box["x"] + across, box["y"] + 52)
        page.wait_for_timeout(150)
        if page.url != left:
            break
    assert "figure=clue_received" in page.url
    assert _listed(page, left) == told > 0
    page.close()
