"""A field check: two people, never the handler; file and site; opened again with a reason that reaches the unit."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lib.access import Forbidden, NotVisible, Viewer
from lib.access.policy import policy
from lib.casework.grid.sending import send_out
from lib.casework.grid.states import OPEN_STATES
from lib.casework.grid.steps import GRID_CHECK
from lib.casework.reading.visible import events_of, objects
from lib.casework.record import take
from lib.casework.steps import Outcome, Submission
from lib.casework.store.register import Register
from lib.casework.store.schema import outbox
from lib.casework.store.verify import verify_register
from lib.errors import UserError
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse
from tests.cities import handmade

TOWN = Viewer("p-town", "示范员08", "town", area_code="330483101")
COUNTY = Viewer("p-county", "示范员03", "county", area_code="330483")
UNIT = Viewer("p-unit", "示范联络员", "liaison", org_id="O0003")
DISPATCH = "DP0003000"
TWO = {"checker": "甲一", "companion": "乙二"}
PHOTO = ("现场.jpg", b"\xff\xd8photo")
GIVEN: dict[str, dict[str, Any]] = {
    "check": {"seen": ["案卷", "现场"], "finding": "虚假办结", "end": "仍未解决"},
    "reopen": {"reason": "照片或记录不实"},
}
GOOD = {"seen": ["案卷", "现场"], "finding": "属实", "end": "已解决"}
City = tuple[Register, Warehouse]


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    register, warehouse = handmade.opened(handmade.put(tmp_path / "city"))
    yield register, warehouse
    register.close()


def sent(city: City, viewer: Viewer = TOWN, key: str = "s", dispatch: str = DISPATCH, **two: str) -> Outcome:
    at = now(city[1]) - timedelta(days=20)
    return send_out(city[0], viewer, city[1], Submission(key, at, None, "核对照片", TWO | two), dispatch)


def step(city: City, viewer: Viewer, one: str, action: str, turn: int = 1, **more: Any) -> Outcome:
    payload = {**GIVEN.get(action, {}), **more}
    paper = PHOTO if action in ("check", "redo") else None
    at = now(city[1]) - timedelta(days=20 - turn)
    told = Submission(f"{one}-{action}-{turn}", at, None, "说明", payload, paper)
    return take(city[0], viewer, GRID_CHECK, one, action, told)


def row(city: City, viewer: Viewer = COUNTY) -> pd.Series:
    return objects(city[0], viewer, city[1], "grid_check").iloc[0]


def test_from_the_two_who_go_to_the_unit_that_does_it_again(city: City) -> None:
    one = sent(city).created
    assert one is not None
    held = row(city)
    assert held[["dispatch_id", "officer_id", "org_id", "state"]].tolist() == [DISPATCH, "P0003", "O0003", "已派出"]
    step(city, TOWN, one, "check", 1)
    step(city, TOWN, one, "feed_back", 2)
    with pytest.raises(UserError, match="现场仍未解决，不能办结"):
        step(city, COUNTY, one, "close", 3)
    assert objects(city[0], UNIT, city[1], "grid_check").empty
    with pytest.raises(NotVisible):
        step(city, UNIT, one, "redo", 3)
    step(city, COUNTY, one, "reopen", 3)
    seen = row(city, UNIT)
    assert (seen["state"], seen["reason"]) == ("重新打开", "照片或记录不实")
    assert seen[["checker", "companion", "officer_id", "finding", "end"]].isna().all()
    assert events_of(city[0], UNIT, city[1], "grid_check", one)["action"].tolist() == ["reopen"]
    with city[0].read() as connection:
        [message] = connection.execute(select(outbox)).all()
    assert (message.to_org_id, message.object_id) == ("O0003", one)
    told = message.subject + message.body
    assert not any(word in told for word in ("甲一", "P0003", "王", "永乐路", DISPATCH))
    step(city, UNIT, one, "redo", 4)
    assert row(city)["state"] == "已重新处置"
    step(city, TOWN, one, "check", 5, **GOOD)
    step(city, TOWN, one, "feed_back", 6)
    step(city, COUNTY, one, "close", 7)
    assert row(city)[["state", "finding", "end", "reopened"]].tolist() == ["办结", "属实", "已解决", 1]
    assert events_of(city[0], UNIT, city[1], "grid_check", one)["action"].tolist() == ["reopen", "redo", "close"]
    # What came to light later opens it again, closed or not.
    step(city, COUNTY, one, "reopen", 8, reason="原地复发")
    assert row(city)["reopened"] == 2 and verify_register(city[0]) == []


@pytest.mark.parametrize(
    ("two", "says"),
    [
        ({"checker": "甲一", "companion": " 甲一 "}, "核查人和同行人不能是同一人"),
        ({"checker": "王* P0003"}, "不能是处置这件派单的人"),
        ({"companion": "p0003"}, "不能是处置这件派单的人"),
        ({"companion": "王*"}, "不能是处置这件派单的人"),
        ({"checker": " "}, "请填写核查人"),
        ({"companion": ""}, "请填写同行人"),
    ],
)
def test_two_people_go_and_the_handler_is_neither(city: City, two: dict[str, str], says: str) -> None:
    with pytest.raises(UserError, match=says.replace("*", "\\*")):
        sent(city, **two)
    assert objects(city[0], COUNTY, city[1], "grid_check").empty


def test_who_handled_it_neither_sees_nor_checks_nor_closes(city: City) -> None:
    one = sent(city).created
    assert one is not None
    handler = Viewer("p-handler", "某", "county", area_code="330483", officer_id="P0003")
    assert objects(city[0], handler, city[1], "grid_check").empty
    for attempt in (lambda: sent(city, handler, key="h"), lambda: step(city, handler, one, "check")):
        with pytest.raises(NotVisible):
            attempt()
    step(city, COUNTY, one, "check", 1, **GOOD)
    step(city, COUNTY, one, "feed_back", 2)
    with pytest.raises(UserError, match="办结人不能是记录核查的人"):
        step(city, COUNTY, one, "close", 3)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"seen": ["现场"]}, "案卷还没有查"),
        ({"seen": ["案卷"]}, "现场还没有查"),
        ({"finding": "虚假办结", "end": "已解决"}, "现场结果不能是「已解决」"),
        ({"finding": "不属实", "end": "已解决"}, "现场结果不能是「已解决」"),
        ({"finding": "属实", "end": "仍未解决"}, "现场结果不能是「仍未解决」"),
        ({"end": "没看"}, "没有「没看」"),
    ],
)
def test_file_and_site_and_nothing_that_contradicts_itself(city: City, more: dict[str, Any], says: str) -> None:
    one = sent(city).created
    assert one is not None
    with pytest.raises(UserError, match=says):
        step(city, TOWN, one, "check", 1, **more)


def test_a_dispatch_is_checked_once_at_a_time_and_only_when_it_is_finished(city: City) -> None:
    one = sent(city).created
    assert one is not None and sent(city).duplicate
    with pytest.raises(UserError, match="正在线下核查（已派出）"):
        sent(city, key="again")
    step(city, TOWN, one, "withdraw", 1)
    assert sent(city, key="again").recorded
    with pytest.raises(NotVisible):
        sent(city, key="none", dispatch="D-none")
    with pytest.raises(NotVisible):
        sent(city, Viewer("p-o", "某", "county", area_code="330482"), key="there", dispatch="DP0003001")


def test_whoever_did_it_again_for_the_unit_is_not_of_the_two(city: City) -> None:
    one = sent(city, companion="示范联络员").created
    assert one is not None
    step(city, TOWN, one, "check", 1)
    step(city, COUNTY, one, "reopen", 2)
    step(city, UNIT, one, "redo", 3)
    with pytest.raises(UserError, match="示范联络员代单位重新处置过"):
        step(city, TOWN, one, "check", 4, **GOOD)


MAY = {
    "send_out": {"office", "inspector", "county", "town"},
    "check": {"office", "inspector", "county", "town"},
    "reopen": {"office", "inspector", "county"},
}


@pytest.mark.parametrize("role", [role for role in policy().people if role != "trainee"])
def test_what_each_role_may(city: City, role: str) -> None:
    place = {"county": {"area_code": "330483"}, "town": {"area_code": "330483101"}, "liaison": {"org_id": "O0003"}}
    viewer = Viewer("p-x", "某", role, **place.get(role, {}))  # type: ignore[arg-type]
    one = sent(city).created
    assert one is not None
    tried = {
        "send_out": lambda: sent(city, viewer, key="x", dispatch="DP0003001"),
        "check": lambda: step(city, viewer, one, "check", 1),
        "reopen": lambda: step(city, viewer, one, "reopen", 2),
    }
    for action, attempt in tried.items():
        if role in MAY[action]:
            assert attempt().recorded
            continue
        with pytest.raises((Forbidden, NotVisible)):
            attempt()
        if action == "check":
            step(city, TOWN, one, "check", 1)


ORDER = st.lists(
    st.tuples(st.sampled_from(sorted(GRID_CHECK.steps)), st.sampled_from([TOWN, COUNTY, UNIT]), st.booleans()),
    max_size=12,
)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(ORDER)
def test_in_any_order_no_step_is_illegal_and_nothing_unsolved_is_closed(city: City, tried: list) -> None:
    count = len(objects(city[0], COUNTY, city[1], "grid_check"))
    if count >= 20:
        return
    one = sent(city, key=f"s-{count}", dispatch=f"DP0003{count:03d}").created
    assert one is not None
    clock = {"extend": {"more": 1}, "pause": {"why": "其他"}}
    for turn, (action, viewer, good) in enumerate(tried, start=1):
        more = clock.get(action, GOOD if good and action == "check" else {})
        try:
            step(city, viewer, one, action, turn, **more)
        except UserError:
            continue
    events = events_of(city[0], COUNTY, city[1], "grid_check", one)
    state = None
    for row in events.to_dict("records"):
        known = GRID_CHECK.steps.get(row["action"])
        assert known is None or state in known.sources
        state = row["to_state"]
    held = objects(city[0], COUNTY, city[1], "grid_check").set_index("check_id").loc[one]
    assert held["state"] == state and (state != "办结" or held["end"] != "仍未解决")
    assert state in OPEN_STATES or pd.isna(held["due_at"])
