"""A version of the supervision lists: drafted, reviewed and published by different people; nothing changes before."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from lib.access import Forbidden, Viewer
from lib.casework.lists.drafting import draft_version
from lib.casework.lists.in_force import indicators_in_force, lists_in_force
from lib.casework.lists.steps import VERSION
from lib.casework.reading.visible import objects
from lib.casework.record import take
from lib.casework.steps import Outcome, Submission
from lib.casework.store.register import Register
from lib.casework.store.verify import verify_register
from lib.errors import UserError
from tests.casework.conftest import MONDAY

INSPECTOR = Viewer("inspector-1", "某派驻", "inspector", domains=frozenset({"JS"}))
ONE, OTHER = Viewer("office-1", "某", "office"), Viewer("office-2", "另", "office")
LEADER = Viewer("leader-1", "领导", "leader")
TARGET = {"about": "I02", "green": "97", "red": "88.5", "focus": "F02", "focus_name": ""}
FOCUS = {"about": "L1", "green": "", "red": "", "focus": "F28", "focus_name": "执法装备"}


def drafted(register: Register, viewer: Viewer, key: str, given: dict[str, Any], at: datetime = MONDAY) -> str:
    done = draft_version(register, viewer, Submission(key, at, None, "依据年度工作要点", given))
    assert done.created is not None
    return done.created


def step(register: Register, viewer: Viewer, one: str, action: str, hours: int) -> Outcome:
    at = MONDAY + timedelta(hours=hours)
    return take(register, viewer, VERSION, one, action, Submission(f"{one}-{action}-{hours}", at, None, "同意。"))


def limits(register: Register) -> tuple[float, float]:
    held = indicators_in_force(register)["I02"]
    return held.green, held.red


def test_a_target_holds_once_somebody_else_published_it(register: Register) -> None:
    one = drafted(register, INSPECTOR, "k-1", TARGET)
    assert limits(register) == (98, 90)
    step(register, ONE, one, "submit", 1)
    for own in (ONE,):
        with pytest.raises(Forbidden, match="本人起草或提交"):
            step(register, own, one, "publish", 2)
    with pytest.raises(Forbidden):
        step(register, INSPECTOR, one, "publish", 2)
    assert limits(register) == (98, 90)
    step(register, LEADER, one, "publish", 3)
    assert limits(register) == (97, 88.5)
    assert indicators_in_force(register)["I02"].target == "达标 ≥97%，未达标 <88.5%"
    second = drafted(register, ONE, "k-2", {**TARGET, "green": "99"}, MONDAY + timedelta(hours=4))
    step(register, ONE, second, "submit", 5)
    step(register, OTHER, second, "publish", 6)
    held = objects(register, LEADER, None, "list_version").set_index("version_id")["state"]
    assert held.to_dict() == {one: "停用", second: "发布"} and limits(register) == (99, 88.5)
    step(register, LEADER, one, "restore", 7)
    assert limits(register) == (97, 88.5)
    step(register, OTHER, one, "stop", 8)
    assert limits(register) == (98, 90)
    assert verify_register(register) == []


def test_a_new_focus_stands_on_its_list_and_takes_indicators(register: Register) -> None:
    one = drafted(register, ONE, "k-1", FOCUS)
    move = {**TARGET, "green": "98", "red": "90", "focus": "F28"}
    with pytest.raises(UserError, match="没有重点 F28"):
        drafted(register, ONE, "k-2", move)
    step(register, ONE, one, "submit", 1)
    step(register, OTHER, one, "publish", 2)
    lists = {held.id: [(focus.id, focus.name) for focus in held.focuses] for held in lists_in_force(register)}
    assert lists["L1"][-1] == ("F28", "执法装备") and sum(map(len, lists.values())) == 28
    moved = drafted(register, ONE, "k-3", move, MONDAY + timedelta(hours=3))
    step(register, ONE, moved, "submit", 4)
    step(register, OTHER, moved, "publish", 5)
    assert indicators_in_force(register)["I02"].focus == "F28"
    step(register, OTHER, one, "stop", 6)
    assert (indicators_in_force(register)["I02"].focus, limits(register)) == ("F02", (98, 90))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({**TARGET, "about": "I99"}, "没有指标 I99"),
        ({**TARGET, "about": "X"}, "请填写重点名称"),
        ({**FOCUS, "about": "L9"}, "没有指标或清单 L9"),
        ({**FOCUS, "focus": "重点"}, "不合要求"),
        ({**FOCUS, "focus": "F06"}, "已是清单 L2 的重点"),
        ({**FOCUS, "focus": "F01", "focus_name": "赋权承接"}, "与现行的没有不同"),
        ({**TARGET, "focus": "F77"}, "没有重点 F77"),
        ({**TARGET, "green": "很高"}, "达标值「很高」不是数"),
        ({**TARGET, "red": "nan"}, "未达标值「nan」不是数"),
        ({**TARGET, "green": "101"}, "不在 0 至 100 之间"),
        ({**TARGET, "green": "80"}, "达标值应高于未达标值"),
        ({**TARGET, "about": "I07", "green": "5", "red": "4", "focus": "F06"}, "达标值应低于未达标值"),
        ({**TARGET, "green": "98", "red": "90"}, "与现行的没有不同"),
    ],
)
def test_what_is_wrong_is_refused(register: Register, given: dict[str, str], said: str) -> None:
    with pytest.raises(UserError, match=said):
        drafted(register, ONE, "k-1", given)
    assert objects(register, ONE, None, "list_version").empty


def test_who_may_draft(register: Register) -> None:
    with pytest.raises(Forbidden):
        drafted(register, Viewer("county-1", "县", "county", area_code="330483"), "k-1", TARGET)
