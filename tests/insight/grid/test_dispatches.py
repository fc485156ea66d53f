"""The board of the grid loop on dispatches known by heart: what each number counts, and that closing raises no rate."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from lib.access import Forbidden, Viewer
from lib.access.personas import personas
from lib.casework.grid.sending import send_out
from lib.casework.grid.steps import GRID_CHECK
from lib.casework.record import take
from lib.casework.steps import Submission
from lib.casework.store.register import Register
from lib.insight.grid.dispatches import ENDED, PARTS, board, keys, limits, one, rows
from lib.insight.period import Span
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse
from tests.cities import grid, handmade

SEPTEMBER = Span(date(2022, 9, 1), date(2022, 9, 25))
OFFICE, TOWN = (next(one for one in personas(True) if one.person_id == f"demo-{who}") for who in ("office", "town"))
City = tuple[Register, Warehouse]

EXPECTED = {
    "reported": 21,
    "undispatched": 1,
    "dispatched": 21,
    "done": 19,
    "verified": 10,
    "open": 2,
    "late": {"late", "open_late"},
    "reopened": {"came_back"},
    "fast": {"at_once", "at_once_true"},
    "photo": {"used_photo", "reported_photo"},
    "solved": {"solved", "late", "at_once_true", "taken_up", "first_photo", "again"},
    "not_ours": {"passed_on", "dropped"},
    "unsolvable": set(),
    "not_found": set(),
    "refuted": {"untrue", "false"},
    "unverified": {
        "partly", "unclear", "closed", "at_once", "five_minutes", "used_photo", "reported_photo", "came_back",
        "long_after",
    },
    # Not: the one that is open in time, and the one passed on to somebody who took it up.
    "owed": 19,
    "solved_owed": 6,
    "checked": 0,
}  # fmt: skip


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return grid.put(tmp_path_factory.mktemp("grid"))


@pytest.fixture
def city(shared: Path) -> City:
    return handmade.opened(shared)


def names(city: City, part: str, viewer: Viewer = TOWN, town: str = "") -> set[str]:
    found = keys(*city, viewer, SEPTEMBER, part, town)["key"]
    assert found.is_unique
    return set(found.str.removeprefix("D_"))


def test_each_number_of_a_town_counts_what_it_says_and_opens_it(city: City) -> None:
    [row] = board(*city, TOWN, SEPTEMBER).to_dict("records")
    assert row["area_label"].endswith("濮院镇")
    for part, expected in EXPECTED.items():
        found = names(city, part)
        assert found == expected if isinstance(expected, set) else len(found) == expected, part
        assert row[part] == len(found), part
    assert set(EXPECTED) == set(PARTS)
    assert sum(row[part] for part in (*ENDED, "open")) == row["dispatched"]


def test_numbers_are_those_of_the_scope_and_of_the_days(city: City) -> None:
    both = board(*city, OFFICE, SEPTEMBER)
    assert set(both["area_code"]) == {"330483101", "330482001"} and both["dispatched"].sum() == 22
    assert names(city, "dispatched", OFFICE, "330482001") == {"elsewhere"}
    assert names(city, "dispatched", TOWN, "330482001") == set()
    assert names(city, "reported", TOWN) - names(city, "dispatched", TOWN) == {"GE_waiting"}
    assert board(*city, OFFICE, Span(date(2022, 8, 1), date(2022, 8, 31))).empty
    herself = Viewer("p", "某", "office", officer_id="P0002")
    assert names(city, "dispatched", herself) == set()
    builder = Viewer("p", "某", "inspector", domains=frozenset({"JS"}))
    assert board(*city, builder, SEPTEMBER).empty
    for viewer in (Viewer("p", "某", "liaison", org_id="O0003"), Viewer("p", "某", "auditor")):
        with pytest.raises(Forbidden):
            board(*city, viewer, SEPTEMBER)


def test_rows_say_what_is_odd_and_how_it_ended(city: City) -> None:
    found = rows(*city, TOWN, SEPTEMBER, ["D_came_back", "D_open_late", "D_at_once", "GE_waiting"]).set_index("key")
    assert found["odd"].to_dict() == {
        "D_came_back": "复发", "D_open_late": "超期", "D_at_once": "即结", "GE_waiting": "",
    }  # fmt: skip
    assert found["ended"].to_dict() == {
        "D_came_back": "待核实", "D_open_late": "在办", "D_at_once": "待核实", "GE_waiting": "未派单",
    }  # fmt: skip
    assert found.loc["D_at_once", "officer_label"] == "李* P0002"
    assert one(*city, TOWN, "D_elsewhere").empty and len(one(*city, OFFICE, "D_elsewhere")) == 1
    assert len(one(*city, TOWN, "GE_waiting")) == 1 and one(*city, TOWN, "D_none").empty
    assert limits(city[0]) == {"reopen_days": 7, "fast_close_minutes": 5}


@pytest.mark.parametrize(
    ("finding", "end", "part"),
    [
        ("属实", "已解决", "solved"),
        ("属实", "无法解决", "unsolvable"),
        ("不属实", "未发现", "not_found"),
        ("属实", "不属于本单位", "not_ours"),
        ("虚假办结", "仍未解决", "refuted"),
        ("部分属实", "已解决", "unverified"),
        ("无法查实", "已解决", "unverified"),
    ],
)
def test_what_two_people_find_decides_how_it_ended(tmp_path: Path, finding: str, end: str, part: str) -> None:
    city = handmade.opened(grid.put(tmp_path / "city"))
    before = board(*city, TOWN, SEPTEMBER).iloc[0]
    at, who = now(city[1]), {"checker": "甲一", "companion": "乙二"}
    sent = Submission("s", at - timedelta(days=1), None, "核对照片", who)
    number = send_out(city[0], TOWN, city[1], sent, "D_closed").created
    assert number is not None and names(city, "checked") == set()
    given = {"seen": ["案卷", "现场"], "finding": finding, "end": end}
    done = Submission("c", at, None, "看了", given, ("a.jpg", b"photo"))
    assert take(city[0], TOWN, GRID_CHECK, number, "check", done).recorded
    assert names(city, "checked") == {"closed"} and "closed" in names(city, part)
    after = board(*city, TOWN, SEPTEMBER).iloc[0]
    # Closing had raised nothing; being found solved on site does, and nothing else.
    assert after["solved_owed"] - before["solved_owed"] == (part == "solved")
    assert after["owed"] == before["owed"]
