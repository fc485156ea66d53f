"""One exercise in a real browser, from the class code to the explanation, with the score worked out by hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from lib.access import Seat
from lib.casework.store.register import Register, open_register
from lib.casework.store.schema import event
from lib.casework.training.attempts import goes
from lib.casework.training.classes import held_class
from lib.casework.training.seats import person_id, seat_register, trainee
from lib.rules import read_rules
from lib.warehouse.truth import truth
from tests.browser import served
from tests.browser.lesson import class_of, sit_down

pytestmark = served.NEEDS_BROWSER

ITEMS = 10


@pytest.fixture(scope="module")
def code(home: Path) -> str:
    """The code of a class with one exercise."""
    return class_of(home, "judge")


@pytest.fixture(scope="module")
def app(home: Path, code: str) -> Iterator[str]:
    with served.app(home) as address:
        yield address


def _guilty(home: Path, item: dict) -> bool:
    held = truth(home)
    own = held["rule_id"].eq(item["rule_id"]) & held["subject_id"].eq(item["subject_id"]) & held["in_window"]
    return bool(held.loc[own, "kind"].eq("violation").iloc[0])


def _answer(page: Page, number: int, guilty: bool, checks: tuple[str, ...]) -> None:
    """Conclude an item rightly, tick what is to be checked, and save."""
    page.get_by_text(f"第 {number} 题", exact=False).first.wait_for()
    verdict = page.locator("[data-testid=stRadio] label").filter(has_text="违规" if guilty else "另有缘故")
    # The item before may still stand there.
    expect(verdict).to_have_count(1)
    verdict.click()
    for text in checks:
        page.locator("[data-testid=stCheckbox] label").filter(has_text=text).first.click()
    page.get_by_role("button", name="保存这题" if number == ITEMS else "保存，下一题").click()
    page.get_by_role("radio", name=f"{number} ✓").wait_for()


def _answers(own: Register) -> list[str]:
    """What the events of a seat hold of answers, in their order."""
    told = select(event.c.payload).where(event.c.object_type == "attempt", event.c.action == "answer")
    with own.read() as connection:
        return list(connection.execute(told.order_by(event.c.seq)).scalars())


def test_ten_items_from_the_class_code_to_the_explanation(
    context: BrowserContext, app: str, home: Path, code: str
) -> None:
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{app}/?class={code}")
    sit_down(page, "钱一")
    page.get_by_text("真假十题").first.wait_for()
    page.get_by_role("button", name="开始").click()
    page.get_by_role("button", name="交卷").wait_for()

    seat = Seat(code, 1)
    viewer = trainee(open_register(home), person_id(seat))
    assert viewer is not None
    [go] = goes(seat_register(home, seat), viewer)
    assert len(go.items) == ITEMS and not go.finished
    for number, item in enumerate(go.items, start=1):
        _answer(page, number, _guilty(home, item), read_rules()[item["rule_id"]].offline_check)
    # A reload in the middle loses nothing.
    page.reload()
    page.get_by_role("radio", name="10 ✓").wait_for()
    page.get_by_role("button", name="交卷").click()
    # Every verdict and every check right, no row marked: 50 and 20 of 100, and nothing of 30; of these 70 the first 10
    # are a guess's, and the other 90 count for 100.
    page.get_by_text("真假十题：违规还是另有缘故：66.7 分").wait_for()
    page.get_by_text("应当核查，您选了").first.wait_for()
    told = page.locator("[data-testid=stMain]").inner_text()
    assert "结论 50 / 50 分" in told.replace("\u3000", " ")
    assert "决定结论的行没有标到" in told and "应当核查，您选了" in told
    [done] = goes(seat_register(home, seat), viewer)
    assert done.finished


def test_a_seat_and_all_that_was_saved_there_outlive_a_killed_server(home: Path, code: str) -> None:
    with served.browser(maps=False) as (context, strangers):
        page = context.new_page()
        page.set_default_timeout(60_000)
        with served.app(home) as address:
            page.goto(f"{address}/?class={code}")
            sit_down(page, "孙三")
            page.get_by_role("button", name="开始").click()
            page.get_by_role("button", name="交卷").wait_for()
            held = held_class(open_register(home), code)
            assert held is not None
            seat = Seat(code, next(one.number for one in held.taken if one.name == "孙三"))
            own, viewer = seat_register(home, seat), trainee(open_register(home), person_id(seat))
            assert viewer is not None
            [go] = goes(own, viewer)
            for number, item in enumerate(go.items[:3], start=1):
                _answer(page, number, _guilty(home, item), read_rules()[item["rule_id"]].offline_check[:1])
            served.kill(address)
            saved = _answers(own)
            assert len(saved) == 3
            left = page.url.removeprefix(address)
        with served.app(home) as address:
            # The browser is the one that sat there: nobody asks for name or word.
            page.goto(f"{address}{left}")
            page.get_by_role("radio", name="3 ✓").wait_for()
            assert page.get_by_label("姓名").count() == 0 and page.get_by_text("孙三").count() >= 1
            assert [page.get_by_role("radio", name=f"{number} ✓").count() for number in (1, 2, 3, 4)] == [1, 1, 1, 0]
            _answer(page, 4, _guilty(home, go.items[3]), ())
        assert _answers(own)[:3] == saved and len(_answers(own)) == 4
        assert strangers == []
