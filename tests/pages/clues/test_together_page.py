"""Clues about one matter, on their pages: hinted at, put together, told apart in a list."""

from pathlib import Path

import pytest

from lib.insight.clues.rates import clue_list
from tests.cities import handmade
from tests.pages.clues.test_clues import OFFICE, PAGE, build
from tests.pages.opening import links, open_page, warning_rows, words


@pytest.fixture
def ids(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("COCKPIT_HOME", str(tmp_path))
    return build(tmp_path)


def test_who_opens_one_sees_the_others_about_the_same_person(ids: dict[str, str]):
    app = open_page(PAGE, clue=ids["超期的"])
    assert "可能是同一件事" in words(app)
    told = [label for label, _, query in links(app) if ids["待审批的"] in query]
    assert told and "同一人员" in told[0]


def test_one_is_put_into_another_and_both_say_so(ids: dict[str, str]):
    one, other = ids["超期的"], ids["待审批的"]
    app = open_page(PAGE, clue=one)
    app.button_group[0].set_value("merge").run()
    app.selectbox(key=f"{one}_merge_into").set_value(other).run()
    app.session_state[f"{one}_merge_text"] = "同一件事"
    app.run()
    app.button(key=f"{one}_merge_submit").click().run()
    assert "**已保存** 并案" in words(app)
    app = open_page(PAGE, clue=one)
    assert "已并案" in words(app)
    assert any(label.startswith("已并入") and other in query for label, _, query in links(app))
    app = open_page(PAGE, clue=other)
    assert any(label.startswith("并入本线索的") and one in query for label, _, query in links(app))


def test_no_two_rows_of_the_list_read_the_same(ids: dict[str, str], tmp_path: Path):
    register, warehouse = handmade.opened(tmp_path)
    assert clue_list(register, warehouse, OFFICE)["matter"].is_unique
    rows = warning_rows(open_page(PAGE, period="近12个月"), "线索清单")
    assert len({row["线索"] for row in rows}) == len(rows) == 3
