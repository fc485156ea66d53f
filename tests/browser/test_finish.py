"""The finish of every page: nothing cut, nothing beyond the edge, nothing in English; a finger hits it all."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page

from lib.access.personas import personas
from lib.casework.objects import KINDS
from lib.ui.access import gate
from lib.ui.paths import PLACES
from tests.browser import served

pytestmark = served.NEEDS_BROWSER

LOOK = Path(__file__).with_name("finish.js").read_text(encoding="utf-8")
PHONE, DESK = 390, 1440
HEIGHTS = {PHONE: 844, DESK: 900}
PERSONS = {viewer.person_id: viewer for viewer in personas(True)}
# What an address opens that is about one thing.
ABOUT = {"officer", "indicator", "item", "rule", *(kind.page[1] for kind in KINDS.values() if kind.page)}
LINKS = """() => {
    const found = [];
    const look = (root) => {
        for (const one of root.querySelectorAll("*")) {
            if (one.matches("a[href]")) found.push(one.getAttribute("href"));
            if (one.shadowRoot) look(one.shadowRoot);
        }
    };
    look(document.querySelector('[data-testid="stMain"]'));
    return found;
}"""


@pytest.fixture(scope="module", params=[PHONE, DESK], ids=["phone", "desk"])
def window(request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    with served.browser(request.param, HEIGHTS[request.param], maps=False) as (context, strangers):
        yield context
        assert strangers == []


def faults(page: Page) -> list[str]:
    """What is wrong with the page as it stands, in lines."""
    width = page.viewport_size["width"] if page.viewport_size else DESK
    found = page.evaluate(LOOK, width == PHONE)
    return sorted({f"{one['kind']}: {one['where']}: {one['text']}" for one in found})


HANDFUL = {
    PHONE: [
        ("overview", "demo-leader"), ("workbench", "demo-inspector"), ("work", "demo-town"),
        ("prompts", "demo-liaison"), ("data", "demo-office"), ("access", "demo-office"), ("tuning", "demo-office"),
        ("ranking", "demo-inspector"), ("overview", "demo-town"), ("lists?indicator=I01", "demo-leader"),
    ],
    DESK: [("overview", "demo-leader"), ("kpi", "demo-office"), ("workbench", "demo-county")],
}  # fmt: skip


def test_the_pages_opened_most_are_finished(app: str, window: BrowserContext) -> None:
    page = window.new_page()
    width = page.viewport_size["width"] if page.viewport_size else DESK
    found = {}
    for path, person in HANDFUL[width]:
        page.goto(f"{app}/{path}{'&' if '?' in path else '?'}as={person}")
        served.settle(page)
        found[path, person] = faults(page)
    page.close()
    assert {where: lines for where, lines in found.items() if lines} == {}


@pytest.mark.scale
@pytest.mark.parametrize("person", PERSONS)
def test_every_page_with_its_folds_and_a_record_of_each_kind_is_finished(
    app: str, window: BrowserContext, person: str
) -> None:
    viewer = PERSONS[person]
    waiting = [place.url_path for place in PLACES if place.listed and gate.opens(viewer, place.file)]
    seen: set[tuple[str, str]] = set()
    found: dict[str, list[str]] = {}
    page = window.new_page()
    while waiting:
        address = waiting.pop(0)
        page.goto(f"{app}/{address}{'&' if '?' in address else '?'}as={person}")
        served.settle(page)
        for fold in page.locator('[data-testid="stExpander"] summary').all():
            fold.click()
        served.settle(page)
        found[address] = faults(page)
        for href in page.evaluate(LINKS):
            path, query = urlsplit(href).path.rpartition("/")[2], dict(parse_qsl(urlsplit(href).query))
            for name in ABOUT & query.keys() if "figure" not in query else ():
                if (path, name) not in seen:
                    seen.add((path, name))
                    waiting.append(f"{path}?{name}={query[name]}")
    page.close()
    assert {where: lines for where, lines in found.items() if lines} == {}


def test_what_is_wrong_is_seen(window: BrowserContext) -> None:
    page = window.new_page()
    page.set_content(
        '<main data-testid="stMain"><div style="width:2000px">很宽的一行</div>'
        '<div style="width:40px;overflow:hidden;white-space:nowrap">放不下的一句话</div>'
        '<div class="stHtml"><span>新到</span><b style="margin-left:-1.5em">12</b></div>'
        '<a href="#" style="display:block;width:20px;height:20px">点</a><p>Press Enter</p><p>不超过 10MB，或 2 KB</p>'
        '<div role="tab" style="width:36px;height:36px">镇街</div></main>'
    )
    assert not any("10MB" in line for line in faults(page))
    assert any("镇街" in line for line in faults(page)) == (page.viewport_size == {"width": PHONE, "height": 844})
    kinds = {line.partition(":")[0] for line in faults(page)}
    phone = page.viewport_size is not None and page.viewport_size["width"] == PHONE
    page.close()
    assert {"sideways", "cut", "english", "words overlap"} <= kinds and ("small target" in kinds) == phone
