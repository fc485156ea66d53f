"""The page of high-frequency items: what each role sees, and that every number opens as many cases as it says."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from lib.ui import tables
from tests.cities import items as city
from tests.cities.items import ITEM
from tests.pages.opening import links, open_page, words

PAGE = "pages/library/items.py"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return city.put(tmp_path_factory.mktemp("items-page"))


@pytest.fixture(autouse=True)
def home(shared: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("COCKPIT_HOME", str(shared))
    yield shared


def test_a_leader_sees_what_is_enforced_most() -> None:
    told = words(open_page(PAGE, "demo-leader"))
    assert "最多的 1 个事项占 100%" in told and "5 件案件" in told


def test_looking_again_writes_no_list_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    real = tables.written
    monkeypatch.setattr(tables, "written", lambda *asked, **named: made.append(asked) or real(*asked, **named))
    app = open_page(PAGE, "demo-leader")
    app.run()
    app.run()
    # None when a test before has been here.
    assert len(made) <= 1 and "5 件案件" in words(app)


def test_one_item_has_its_basis_steps_tiers_and_teams() -> None:
    told = words(open_page(PAGE, "demo-office", item=ITEM))
    assert "占道经营" in told and "《某条例》" in told and "法定罚款 50 至 1,000 元" in told
    assert "行权流程" in told and "跳回 1 件次" in told and "裁量基准 2 档" in told
    assert "3 个单位办理" in told and "3 个不足 15 件，不作比较" in told


def test_every_number_of_an_item_opens_as_many_cases() -> None:
    app = open_page(PAGE, "demo-office", item=ITEM)
    opened = 0
    for label, _, query in links(app):
        asked = parse_qs(query).get("i_rows")
        count = "".join(sign for sign in label if sign.isdigit())
        if asked and count:
            assert f"列出 {int(count)} 件" in words(open_page(PAGE, "demo-office", item=ITEM, i_rows=asked[0])), label
            opened += 1
    assert opened >= 4


@pytest.mark.parametrize("asked", ["step:没有", "nothing:x", "all:"])
def test_a_list_that_is_empty_or_unknown_says_so(asked: str) -> None:
    told = words(open_page(PAGE, "demo-office", item=ITEM, i_rows=asked))
    assert ("没有这样的案件" in told) == (asked == "step:没有")
    assert ("没有这条记录" in told) == (asked == "nothing:x")


def test_an_unknown_item_is_not_there_and_a_liaison_is_told_why_not() -> None:
    assert "没有这条记录" in words(open_page(PAGE, "demo-office", item="I0"))
    assert "您的角色不查看高频事项" in words(open_page(PAGE, "demo-liaison"))
