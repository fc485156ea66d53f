"""The grid page: a board whose numbers open their dispatches, one dispatch, two sent out, a check opened again."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.access import Viewer
from lib.casework.grid.sending import send_out
from lib.casework.grid.steps import GRID_CHECK
from lib.casework.reading.visible import objects
from lib.casework.record import take
from lib.casework.steps import Submission
from lib.warehouse.clock import now
from tests.casework.grid.test_steps import GIVEN, PHOTO, TWO
from tests.cities import grid, handmade
from tests.insight.grid.test_dispatches import EXPECTED
from tests.pages import figures_shown as shown
from tests.pages.opening import links, open_page, warning_rows, words

PAGE = "pages/grid/grid.py"
OTHER = Viewer("p-other", "示范员09", "town", area_code="330483101")
MONTH = {"period": "本月"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The city of grid dispatches, and a check of one that two people found false; opened again."""
    home = grid.put(tmp_path_factory.mktemp("grid-page"))
    register, warehouse = handmade.opened(home)
    at = now(warehouse) - timedelta(days=9)
    number = send_out(register, OTHER, warehouse, Submission("s", at, None, "核对照片", TWO), "D_closed").created
    assert number is not None
    office = Viewer("p-o", "示范员02", "office")
    for turn, (viewer, action) in enumerate(((OTHER, "check"), (OTHER, "feed_back"), (office, "reopen")), start=1):
        paper = PHOTO if action == "check" else None
        sent = Submission(f"s-{action}", at + timedelta(days=turn), None, "说明", GIVEN.get(action, {}), paper)
        take(register, viewer, GRID_CHECK, number, action, sent)
    return home, number


@pytest.fixture
def home(built: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("COCKPIT_HOME", str(built[0]))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    yield built[1]


def _names(app: AppTest) -> set[str]:
    return {row["事件"] for row in warning_rows(app, "派单清单")}


_SELDOM = ("demo-leader", "demo-county", "demo-inspector")


@pytest.mark.parametrize(
    "person", ["demo-office", "demo-town", *(pytest.param(one, marks=pytest.mark.scale) for one in _SELDOM)]
)
def test_every_number_of_the_board_opens_as_many_dispatches(home: str, person: str) -> None:
    walked = shown.walk(PAGE, person, **MONTH)
    assert shown.unexplained(walked, PAGE) == []
    lists = shown.Lists(person)
    numbers = [one for one in walked.shown if "g_part" in one.query]
    assert len(numbers) > 15
    assert [(one.words, one.number) for one in numbers if lists.counted(one) != one.number] == []
    late = next(one for one in numbers if one.words.startswith("超期"))
    assert late.number == 2 and lists.count(late) == 2


def test_a_board_says_what_the_data_holds_and_how_the_rate_is_made(home: str) -> None:
    told = words(open_page(PAGE, "demo-town", **MONTH))
    assert "「无法解决」「未发现」只从线下核查得来" in told and "报办结不等于解决" in told
    labels = [label for label, _, _ in links(open_page(PAGE, "demo-town", **MONTH))]
    assert {"解决 **6**", "应解决 **19**", "即结 **2**", "办结不实 **3**", "未发现 **0**"} <= set(labels)
    assert EXPECTED["refuted"] == {"untrue", "false"}, "and the one that two people found false"


def test_a_list_is_cut_to_town_and_scope(home: str) -> None:
    app = open_page(PAGE, "demo-office", g_part="dispatched", g_town="330482001", **MONTH)
    assert shown.listed(app) == 1 and len(warning_rows(app, "派单清单")) == 1
    assert shown.listed(open_page(PAGE, "demo-town", g_part="dispatched", g_town="330482001", **MONTH)) == 0
    assert "没有这样的清单" in words(open_page(PAGE, "demo-town", g_part="x", **MONTH))
    app = open_page(PAGE, "demo-town", g_part="fast", **MONTH)
    assert _names(app) == {"乱堆放 濮院镇at_once路****号", "乱堆放 濮院镇at_once_true路****号"}


def test_two_are_sent_out_from_a_dispatch_and_the_handler_is_refused(home: str, built: tuple[Path, str]) -> None:
    app = open_page(PAGE, "demo-town", dispatch="D_solved")
    assert any("派出线下核查" in label for label, _, _ in links(app))
    assert not any(
        "派出线下核查" in label for label, _, _ in links(open_page(PAGE, "demo-leader", dispatch="D_solved"))
    )
    app = open_page(PAGE, "demo-town", send="D_solved")
    app.text_input(key="new:D_solved_send_out_companion").set_value("李* P0002").run()
    app.session_state["new:D_solved_send_out_text"] = "核对照片"
    app.run()
    app.button(key="new:D_solved_send_out_submit").click().run()
    assert "核查人不能是处置这件派单的人" in words(app)
    app.text_input(key="new:D_solved_send_out_companion").set_value("乙二").run()
    app.button(key="new:D_solved_send_out_submit").click().run()
    register, warehouse = handmade.opened(built[0])
    frame = objects(register, OTHER, warehouse, "grid_check").set_index("dispatch_id")
    assert frame.loc["D_solved", ["state", "checker", "companion"]].tolist() == ["已派出", "示范镇丁", "乙二"]
    # While it is being checked nobody is sent out again.
    assert not any("派出线下核查" in one for one, _, _ in links(open_page(PAGE, "demo-town", dispatch="D_solved")))
    assert "还没有办结" in words(open_page(PAGE, "demo-town", send="D_open"))


def test_a_check_that_was_opened_again_says_why_to_whom_and_who_comes_next(home: str) -> None:
    told = words(open_page(PAGE, "demo-county", check=home))
    assert "重新打开：照片或记录不实" in told and "下一步是「重新处置」，由濮院镇综合行政执法队办理" in told
    assert "虚假办结" in told
    rows = warning_rows(open_page(PAGE, "demo-county", g_checks="reopened"), "核查清单")
    assert [(row["状态"], row["现场结果"], row["重新打开"]) for row in rows] == [("重新打开", "仍未解决", "1 次")]


def test_the_unit_sees_what_was_opened_again_and_nothing_else(built: tuple[Path, str], home: str) -> None:
    told = words(open_page(PAGE, "demo-liaison", **MONTH))
    assert "解决率" not in told and "濮院镇closed" not in told
    for query in ({"dispatch": "D_solved"}, {"send": "D_solved"}, {"g_part": "late"}):
        assert "濮院镇solved" not in words(open_page(PAGE, "demo-liaison", **query))
    assert "没有这条记录" in words(open_page(PAGE, "demo-liaison", check=built[1])), "its unit is another one"


@pytest.mark.parametrize("query", [{"check": "G0"}, {"dispatch": "D_none"}, {"send": "D_none"}])
def test_what_is_not_there_or_not_in_sight_is_told_in_the_same_words(home: str, query: dict[str, str]) -> None:
    assert "没有这条记录" in words(open_page(PAGE, "demo-town", **query))
    hidden = {name: "D_elsewhere" for name in query if name != "check"}
    assert not hidden or "没有这条记录" in words(open_page(PAGE, "demo-town", **hidden))
