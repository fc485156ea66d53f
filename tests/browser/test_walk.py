"""A walk to its end in a real browser: by keyboard, notes following in a second window, and nothing left of it."""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lib.catalog.walks import walks
from tests.browser import served

pytestmark = [*served.NEEDS_BROWSER, pytest.mark.scale]

WALK = walks()["inspector"]


@pytest.fixture
def city(small_city: Path, tmp_path: Path) -> Iterator[tuple[Path, str]]:
    home = tmp_path / "city"
    shutil.copytree(small_city, home)
    with served.app(home) as address:
        yield home, address


def held(home: Path) -> tuple[int, int, int]:
    """How many events, lines of the log and drafts the city's store has."""
    with sqlite3.connect(f"file:{home / 'casework.sqlite'}?mode=ro", uri=True) as store:
        counts = [
            store.execute(f"select count(*) from {name}").fetchone()[0] for name in ("event", "audit_log", "draft")
        ]
    return counts[0], counts[1], counts[2]


def at(page: Page, number: int) -> None:
    """Wait for a step of the walk and its page."""
    expect(page.get_by_text(f"讲解 {number} / {len(WALK.steps)}")).to_be_visible(timeout=45_000)
    served.settle(page)
    expect(page.get_by_role("button", name=WALK.steps[number - 1].look)).to_be_visible()


def test_a_walk_is_undone_at_its_end(city: tuple[Path, str]) -> None:
    home, address = city
    with served.browser(1920, 1080, maps=False) as (context, strangers):
        page = served.opened(context, f"{address}/walk?as=demo-leader")
        before = held(home)
        page.get_by_role("button", name="开始", exact=True).nth(1).click()
        at(page, 1)
        notes = served.opened(context, f"{address}/?notes={WALK.name}")
        for number, step in enumerate(WALK.steps, start=1):
            at(page, number)
            assert f"/{step.page}?" in page.url and f"as={step.persona}" in page.url
            expect(notes.get_by_text(step.notes[-1])).to_be_visible(timeout=15_000)
            if number == 5:
                page.get_by_role("button", name="签收并开始核查", exact=True).click()
                served.settle(page)
                expect(page.get_by_text("核查中").first).to_be_visible()
                # The same after a reload: the walk goes on where it stood, in its own store.
                page.reload()
                at(page, 5)
                expect(page.get_by_text("核查中").first).to_be_visible()
                assert held(home) == before
            page.locator("body").press("ArrowRight")
        expect(page.get_by_text("其间所做的都已撤销")).to_be_visible(timeout=45_000)
        served.settle(page)
        expect(notes.get_by_text("还没有开始")).to_be_visible(timeout=15_000)
        assert held(home) == before
        assert list((home / "training" / "walks").iterdir()) == []
        assert "walk=" not in page.url
        assert strangers == []
