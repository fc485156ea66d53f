"""Everything open in the handmade city: counted by hand, for each role, within each scope."""

from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import event as listening

from lib.access import NotVisible, Viewer
from lib.access.personas import personas
from lib.casework.objects import KINDS
from lib.casework.store.register import Register
from lib.casework.work import open as reading
from lib.insight.work.listing import EVERYBODY, late_with, parts, work_list
from lib.warehouse.store import Warehouse
from tests.casework.stepping import on_clue, on_warning
from tests.cities import handmade

LEADER, OFFICE, INSPECTOR, COUNTY, TOWN, *_ = personas(True)
# Monday after the run that raised them, two days on.
AT = datetime(2022, 9, 26, 10)
FOUND = {"conclusion": "属实", "text": "票据少于罚款。", "checked": ["核对票据"]}

City = tuple[Register, Warehouse]


@pytest.fixture
def city(tmp_path: Path) -> City:
    return handmade.opened(handmade.put(tmp_path))


def listed(city: City, viewer: Viewer, at: datetime = AT, since: datetime | None = None, **principals: str):
    register, warehouse = city
    return work_list(register, viewer, warehouse, at, since or at - timedelta(days=7), principals)


def counts(frame: pd.DataFrame) -> dict[str, int]:
    return {key: int(rows.sum()) for key, (_, rows) in parts(frame).items()}


def id_of(city: City, level: str, rule_id: str = "M01") -> str:
    frame = listed(city, OFFICE)
    return str(frame.loc[frame["level"].eq(level) & frame["rule_id"].eq(rule_id), "object_id"].iloc[0])


def test_each_role_sees_what_is_open_in_its_scope_and_what_of_it_is_theirs(city: City):
    # M01: three of ZF and one of JT in the county, M16 in the town, a spot check (抽查) of each model; the
    # inspector's list holds no JT.
    seen = {one.person_id: listed(city, one) for one in (LEADER, OFFICE, INSPECTOR, COUNTY, TOWN)}
    assert {name: (len(frame), int(frame["mine"].sum())) for name, frame in seen.items()} == {
        "demo-leader": (7, 0),
        "demo-office": (7, 7),
        "demo-inspector": (6, 6),
        "demo-county": (7, 7),
        "demo-town": (2, 2),
    }
    assert set(seen["demo-leader"]["waits_for"]) == {"监督室等 3 类岗位", "监督室等 4 类岗位"}
    assert listed(city, Viewer("l", "联络员", "liaison", org_id="O0002")).empty
    assert listed(city, Viewer("l", "无范围", "county")).empty


def test_the_most_pressing_stands_first_and_says_what_is_in_hand(city: City):
    frame = listed(city, INSPECTOR)
    assert frame["level"].tolist()[0] == "red"
    row = frame.iloc[0]
    assert row["matter"].startswith("M01 超期·久拖不决 桐综执立〔2022〕第CA3号")
    assert (row["kind"], row["state"], row["step"], row["org_name"]) == (
        "warning",
        "新生成",
        "签收",
        "桐乡市综合行政执法局",
    )
    assert len(set(frame["matter"])) == len(frame)


def test_deadlines_by_hand_at_each_hour(city: City):
    """Raised on Sunday 25 September: red within 24 hours, orange on the 27th, yellow on 30 September."""
    red, orange = id_of(city, "red"), id_of(city, "orange")
    raised = listed(city, OFFICE)["state_at"].min()
    first = counts(listed(city, OFFICE, raised + timedelta(minutes=1)))
    assert (first["late"], first["today"]) == (0, 0)
    late = raised + timedelta(hours=24, seconds=1)
    assert counts(listed(city, OFFICE, late))["late"] == 1
    frame = listed(city, OFFICE, datetime(2022, 9, 27, 23, 59, 59)).set_index("object_id")
    assert frame.loc[orange, "due_group"] == "today" and frame.loc[red, "due_words"] in ("超期 1 天", "超期 2 天")
    frame = listed(city, OFFICE, datetime(2022, 9, 28)).set_index("object_id")
    assert frame.loc[orange, "due_words"] == "超期 1 天"
    yellow = frame[frame["level"].eq("yellow")]
    assert set(yellow["due_group"]) == {"soon"} and set(yellow["due_words"]) == {"剩 2 工作日"}
    # In the holiday the last of them is late, by calendar days.
    holiday = listed(city, OFFICE, datetime(2022, 10, 5, 9))
    assert set(holiday.loc[holiday["level"].eq("yellow"), "due_words"]) == {"超期 5 天"}
    assert counts(holiday)["late"] == counts(holiday)[EVERYBODY["late"]] == 7


def test_what_somebody_has_in_hand_waits_for_them_and_for_nobody_else(city: City):
    register, red = city[0], id_of(city, "red")
    on_warning("sign_start", register, INSPECTOR, red, submission_id="1", at=AT)
    mine, theirs = listed(city, INSPECTOR).set_index("object_id"), listed(city, COUNTY).set_index("object_id")
    assert mine.loc[red, "mine"] and mine.loc[red, ["waits_for", "step"]].tolist() == ["我", "反馈核查结论"]
    assert not theirs.loc[red, "mine"] and theirs.loc[red, "waits_for"] == "示范派驻乙"
    on_warning("conclude", register, INSPECTOR, red, submission_id="2", at=AT, **FOUND)
    assert listed(city, INSPECTOR).set_index("object_id").loc[red, "waits_for"] == "监督室、县纪委"
    assert listed(city, COUNTY).set_index("object_id").loc[red, "mine"]


def test_what_one_concluded_oneself_waits_for_another_to_review(city: City):
    register, red = city[0], id_of(city, "red")
    on_warning("sign_start", register, OFFICE, red, submission_id="1", at=AT)
    on_warning("conclude", register, OFFICE, red, submission_id="2", at=AT, **FOUND)
    assert not listed(city, OFFICE).set_index("object_id").loc[red, "mine"]
    other = Viewer("played-office-1", "甲一", "office")
    assert listed(city, other).set_index("object_id").loc[red, "mine"]


def test_new_is_what_another_moved_assigned_or_reminded_of_since(city: City):
    register, red = city[0], id_of(city, "red")
    on_warning("sign_start", register, INSPECTOR, red, submission_id="1", at=AT)
    on_warning("conclude", register, INSPECTOR, red, submission_id="2", at=AT, **FOUND)
    later = AT + timedelta(hours=3)
    assert counts(listed(city, INSPECTOR, later, AT + timedelta(hours=1)))["new"] == 0
    on_warning("send_back", register, OFFICE, red, submission_id="3", at=AT + timedelta(hours=2), text="请补票据")
    found = counts(listed(city, INSPECTOR, later, AT + timedelta(hours=1)))
    assert (found["new"], found["returned"]) == (1, 1)
    assert counts(listed(city, INSPECTOR, later, AT + timedelta(hours=2)))["new"] == 0
    on_warning("remind", register, LEADER, red, submission_id="4", at=later)
    frame = listed(city, INSPECTOR, later, AT + timedelta(hours=2)).set_index("object_id")
    assert frame.loc[red, "new"] and frame.loc[red, "reminded_by"] == "示范领导"
    on_warning("start", register, INSPECTOR, red, submission_id="5", at=later)
    assert pd.isna(listed(city, INSPECTOR, later).set_index("object_id").loc[red, "reminded_at"])


def test_who_is_late_is_counted_by_whom_it_waits_for(city: City):
    register, red, orange = city[0], id_of(city, "red"), id_of(city, "orange")
    for one in (red, orange):
        on_warning("sign", register, INSPECTOR, one, submission_id=f"s{one}", at=AT)
    at = datetime(2022, 10, 20, 9)
    found = late_with(listed(city, LEADER, at))
    assert found["count"].tolist() == [3, 2, 2]
    own = found.set_index("waits_key").loc["demo-inspector"]
    # Red is verified by 30 September, orange by 13 October (調休 8 and 9).
    assert (own["waits_with"], own["days"], own["reminded"]) == ("示范派驻乙", 20.0, 0)
    assert late_with(listed(city, INSPECTOR, at)).empty


def test_a_deputy_has_the_others_work_on_the_list_and_says_whose_it_is(city: City):
    register, red = city[0], id_of(city, "red")
    on_warning("sign", register, INSPECTOR, red, submission_id="1", at=AT)
    before = listed(city, COUNTY).set_index("object_id")
    assert not before.loc[red, "mine"]
    row = listed(city, COUNTY, **{"demo-inspector": "示范派驻乙"}).set_index("object_id").loc[red]
    assert row["mine"] and row["waits_for"] == "我（代示范派驻乙）"


def test_a_clue_is_due_until_its_opinion_is_given_and_closed_things_are_not_listed(city: City):
    register, red = city[0], id_of(city, "red")
    on_warning("sign_start", register, COUNTY, red, submission_id="1", at=AT)
    on_warning("conclude", register, COUNTY, red, submission_id="2", at=AT, **FOUND)
    done = on_warning("to_clue", register, COUNTY, red, submission_id="3", at=AT, text="移交")
    clue = str(done.created)
    frame = listed(city, COUNTY).set_index("object_id")
    assert red not in frame.index and frame.loc[clue, "due_at"] == datetime(2022, 10, 26, 23, 59, 59)
    assert frame.loc[clue, "matter"].startswith("桐乡市综合行政执法局 张*：超期·久拖不决（桐综执立〔2022〕第CA3号")
    on_clue("assess", register, COUNTY, clue, submission_id="4", at=AT, proposed="初步核实", text="应核实")
    frame = listed(city, COUNTY).set_index("object_id")
    assert frame.loc[clue, "due_group"] == "none" and not frame.loc[clue, "mine"]
    assert listed(city, OFFICE).set_index("object_id").loc[clue, ["mine", "step"]].tolist() == [True, "审批"]
    assert clue not in set(listed(city, TOWN)["object_id"])


def test_no_query_is_asked_once_per_row(city: City):
    register, asked = city[0], []
    listed(city, OFFICE)
    listening.listen(register.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    listed(city, OFFICE)
    few = len(asked)
    assert few <= 4 * len(KINDS) and reading.open_work.right == ("view", "work")
    asked.clear()
    # The same kinds, and not one row.
    assert listed(city, Viewer("x", "某", "office", area_code="330421")).empty
    assert len(asked) == few


def test_what_is_not_there_is_refused_as_everywhere(city: City):
    with pytest.raises(NotVisible):
        on_warning("remind", city[0], TOWN.__class__("x", "x", "county", area_code="330421"), id_of(city, "red"),
                   submission_id="1", at=AT)  # fmt: skip
