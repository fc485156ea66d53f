"""The large screen: its pages say what the leaders' page says, nobody is named, and nothing on it is an error."""

import json
import re
import sys
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.access import SYSTEM
from lib.access.personas import personas
from lib.casework.accounts import people, signed_in
from lib.casework.store.register import open_register
from lib.errors import UserError
from lib.insight.period import DEFAULT_PERIOD, period
from lib.ui import state
from lib.ui.overview.view import overview
from lib.ui.server.garbage import sweep
from lib.ui.wall import pages
from lib.warehouse.clock import now
from lib.warehouse.store import open_warehouse
from tests.cities import handmade
from tests.pages.opening import APP, drawn

TAGS = re.compile(r"<[^>]*>")


@pytest.fixture
def at_city(small_city: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COCKPIT_HOME", str(small_city))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    return small_city


def shown(turn: int = 0, token: tuple[str, str] | None = None, **address: str) -> tuple[AppTest, list[dict[str, Any]]]:
    """The app at an address as run at a turn, and what its wall was told; nothing when there is none."""
    app = AppTest.from_file(APP, default_timeout=120)
    app.session_state["wall"] = {"turn": turn}
    if token is not None:
        app.session_state["signed_in"] = token
    for key, value in address.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    return app, [one for one in drawn(app) if "stamp" in one]


def read(told: dict[str, Any]) -> str:
    return " ".join(TAGS.sub(" ", told["page"]).split())


def names(home: Path) -> set[str]:
    """Everybody and every firm that this city knows by name, and the numbers of its officers."""
    warehouse = open_warehouse(home)
    found = warehouse.query(
        """
        select name_masked as name from officer union select entity_name from enterprise
        union select party_name from penalty_disclosure union select officer_id from officer
        """
    )["name"]
    from lib.casework.store.schema import event

    with open_register(home).read() as connection:
        actors = {name for (name,) in connection.execute(event.select().with_only_columns(event.c.actor_name))}
    people_ = {viewer.name for viewer in personas(True)}
    return {str(name) for name in {*found, *actors, *people_} if name and str(name) != "系统"}


def test_no_page_of_the_wall_names_anybody(at_city: Path):
    known = names(at_city)
    assert len(known) > 500
    for turn in range(len(pages.PAGES)):
        app, (told,) = shown(turn, screen="wall")
        # Everything that this run sent to the browser, whatever draws it.
        sent = json.dumps(told, ensure_ascii=False) + "".join(str(one.proto) for one in app.main)
        assert told["title"] == pages.PAGES[turn][0] and "fault" not in told
        assert sorted(name for name in known if name in sent) == []


def test_the_pages_say_the_leaders_numbers(at_city: Path):
    warehouse, register = open_warehouse(at_city), open_register(at_city)
    leader = next(one for one in personas(True) if one.role == "leader")
    view = overview(register, warehouse, leader, period(DEFAULT_PERIOD, warehouse.as_of))
    texts = [read(shown(turn, screen="wall")[1][0]) for turn in range(len(pages.PAGES))]
    town = view.towns[view.towns["is_town"]].nlargest(1, "warnings").iloc[0]
    assert f"{town['name'].removesuffix('街道').removesuffix('镇')} {town['warnings']}" in texts[0]
    for one in view.figures:
        assert f"{one.title} {one.value}" in texts[1]
        for part in one.parts:
            assert f"{part.number:,}" in texts[1]
    for stage in view.stages:
        assert stage.name in texts[1]
    top = view.rules.iloc[0]
    assert f"{top['total']} 件 ▲{top['red']} ◆{top['orange']} ●{top['yellow']}" in texts[2]
    for row in view.rates[~view.rates["few"]].itertuples():
        assert f"{row.name} {row.rate:.1f} 95% 区间 {row.low:.1f}–{row.high:.1f} {row.warnings:,} 件" in texts[3]
    for number in range(1, 8):
        assert f"L{number} " in texts[4]


def test_levels_come_with_a_shape_or_a_word(at_city: Path):
    for turn in (0, 1, 2):
        _, (told,) = shown(turn, screen="wall")
        for colour, shape in (("#f0525a", "▲"), ("#f08a24", "◆"), ("#f2c744", "●")):
            assert colour not in told["page"] or shape in told["page"]


def test_the_wall_has_no_navigation_and_no_controls(at_city: Path):
    app, told = shown(screen="wall")
    assert len(told) == 1
    kinds = ("button", "selectbox", "text_input", "segmented_control", "toggle", "markdown", "caption")
    assert [kind for kind in kinds if app.get(kind)] == []


def test_another_page_comes_at_each_turn_and_the_first_after_the_last(at_city: Path):
    titles = [shown(turn, screen="wall")[1][0]["title"] for turn in (4, 5, 6)]
    assert titles == ["清单与在办", "预警地图", "主要数字"]


@pytest.mark.parametrize(
    ("asked", "seconds"), [("", 20), ("30", 30), ("0", 0.2), ("1e9", 600), ("-1", 0.2), ("x", 20), ("nan", 20)]
)
def test_how_long_a_page_stands_is_kept_within_bounds(at_city: Path, asked: str, seconds: float):
    _, (told,) = shown(screen="wall", every=asked)
    assert told["every"] == seconds


@pytest.mark.parametrize("turn", ["x", -1, 1e300, None, [1]])
def test_a_turn_that_is_none_is_the_first(at_city: Path, turn: Any):
    app = AppTest.from_file(APP, default_timeout=120)
    app.session_state["wall"] = {"turn": turn}
    app.query_params["screen"] = "wall"
    app.run()
    assert not app.exception
    assert [one["turn"] for one in drawn(app) if "stamp" in one] == [0]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (UserError("业务库暂时无法读取。", "请稍后刷新。"), "业务库暂时无法读取。请稍后刷新。"),
        (RuntimeError("disk"), "数据暂时读不出来"),
    ],
)
def test_what_goes_wrong_is_a_line_and_the_turns_go_on(
    at_city: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, told: str
):
    def fail(*_: Any) -> tuple[str, str]:
        raise error

    monkeypatch.setattr(pages, "page", fail)
    _, (sent,) = shown(3, screen="wall")
    assert told in sent["fault"] and "page" not in sent and sent["turn"] == 3


def test_a_county_sees_its_own_wall_and_a_unit_none(at_city: Path):
    _, (told,) = shown(0, screen="wall", **{"as": "demo-county"})
    assert "桐乡市" in told["about"] and "海盐县" not in read(told)
    _, none = shown(0, screen="wall", **{"as": "demo-liaison"})
    assert none == []


def test_an_account_of_the_wall_sees_the_wall_whatever_it_asks_for_and_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COCKPIT_HOME", str(tmp_path))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    handmade.put(tmp_path, synthetic=False)
    register = open_register(tmp_path)
    people.enter_person(
        register, person_id="hall", name="大厅屏幕", role="wall", area_code=None, list_ids=[], at=datetime(2022, 9, 25)
    )
    token = signed_in.begin(register, signed_in.secret(tmp_path), "hall", now() - timedelta(days=200))
    for turn in range(len(pages.PAGES)):
        _, (told,) = shown(turn, ("hall", token))
        assert "fault" not in told, told
        assert "大厅屏幕" not in json.dumps(told, ensure_ascii=False)
    people.revoke_person(register, "hall", datetime(2022, 9, 26))
    app, none = shown(0, ("hall", token))
    assert none == []
    assert "预警" not in " ".join(one.value for one in app.markdown)


@pytest.mark.scale
def test_the_wall_holds_no_more_after_many_states_than_after_a_few(city_copy: Path):
    """Each time somebody records something all its pages are made anew; what the states before were made of goes."""
    leader = next(one for one in personas(True) if one.role == "leader")

    def looks() -> None:
        """As a rerun does, in a thread of its own."""
        with state.one_look():
            for turn in range(len(pages.PAGES)):
                pages.page(open_register(city_copy), open_warehouse(city_copy), leader, turn)

    held = []
    for _ in range(9):
        for _ in range(4):
            rerun = Thread(target=looks)
            rerun.start()
            rerun.join()
            with open_register(city_copy).transaction() as tx:
                tx.append(SYSTEM, now(open_warehouse(city_copy)), "store", "register", "note", None, None)
        sweep()
        held.append(sys.getallocatedblocks())
    # After the first few states, of a million pieces of memory.
    assert held[-1] - held[2] < 5_000, held
