"""A city of hostile names in a real browser: nothing is fetched, linked or set, and the policy has nothing to block."""

import shutil
from pathlib import Path

import pytest

from lib.access import SYSTEM
from lib.casework.reading.visible import warnings
from lib.casework.store.register import open_register
from lib.warehouse.store import open_warehouse
from tests.browser import served
from tests.cities import hostile

pytestmark = served.NEEDS_BROWSER

PAGES = ("", "map", "workbench", "data")
# What markup would have made of the names.
MADE = "img[src*='//evil'], a[href*='//evil'], .katex, math, svg image[href*='//evil']"


@pytest.fixture
def place(small_city: Path, tmp_path: Path) -> Path:
    home = tmp_path / "city"
    shutil.copytree(small_city, home)
    hostile.spoil(home)
    return home


@pytest.mark.scale
def test_names_stay_names(place: Path) -> None:
    frame = warnings(open_register(place), SYSTEM, open_warehouse(place))
    chosen = frame[frame["officer_id"].notna()].iloc[0]
    records = (f"warning?id={chosen['warning_id']}", f"officer?officer={chosen['officer_id']}")
    with served.app(place) as address, served.browser() as (context, strangers):
        page = context.new_page()
        blocked: list[str] = []
        page.on("console", lambda said: blocked.append(said.text) if "Content Security Policy" in said.text else None)
        seen = 0
        for path in (*PAGES, *records):
            page.goto(f"{address}/{path}{'&' if '?' in path else '?'}as=demo-office")
            served.settle(page)
            made = page.locator(MADE).evaluate_all("found => found.map(one => one.outerHTML.slice(0, 200))")
            assert made == [], path
            assert page.locator("[data-testid='stException']").count() == 0, path
            text = page.locator("[data-testid='stMain']").inner_text().replace("\u2060", "")
            seen += "![x](http://evil.example" in text
        assert seen >= 3, "the names were not shown at all"
        assert strangers == []
        assert blocked == []
