"""A task of the reform from its issue to its acceptance: who may what, what is refused, what stands where."""

from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import select

from lib.access import SYSTEM, Forbidden, NotVisible, Viewer
from lib.casework.daily.escalation import escalate_late
from lib.casework.reading.visible import events_of, objects
from lib.casework.record import take
from lib.casework.reform.issuing import issue
from lib.casework.reform.steps import TASK
from lib.casework.steps import Outcome, Submission
from lib.casework.store.register import Register
from lib.casework.store.schema import outbox
from lib.casework.store.verify import verify_register
from lib.casework.work.open import open_work
from lib.errors import UserError
from tests.casework.conftest import MONDAY

PAPER = ("台账.txt", "佐证".encode())
PLAN = "2022-09-15 40% 清单公布\n2022-10-15 100% 全部划转"
UNIT = Viewer("p-unit", "示范员07", "liaison", org_id="O0001")


def issued(
    register: Register,
    viewer: Viewer,
    at: datetime = MONDAY,
    key: str = "r-1",
    place: tuple[str, str] = ("330483101", "ZF"),
    **more: Any,
) -> str:
    given = {
        "title": "赋权事项划转落地",
        "org_id": "O0001",
        "responsible": "分管副局长",
        "start_on": date(2022, 9, 5),
        "goal": "事项逐项交接。",
        "milestones": PLAN,
    } | more
    done = issue(register, viewer, Submission(key, at, payload=given), *place)
    assert done.created is not None
    return done.created


def step(register: Register, viewer: Viewer, one: str, action: str, at: datetime, **given: Any) -> Outcome:
    file = PAPER if action == "report" else None
    sent = Submission(f"{one}-{action}-{at}-{viewer.person_id}", at, None, "情况。", given, file)
    return take(register, viewer, TASK, one, action, sent)


def report(register: Register, one: str, at: datetime, share: int, as_of: date | None = None) -> Outcome:
    return step(register, UNIT, one, "report", at, as_of=as_of or at.date(), share=share)


def row(register: Register, viewer: Viewer) -> pd.Series:
    return objects(register, viewer, None, "reform_task").iloc[0]


def test_from_its_issue_to_its_acceptance(register: Register, county: Viewer, office: Viewer) -> None:
    one = issued(register, county)
    with register.read() as connection:
        [told] = connection.execute(select(outbox)).mappings().all()
    assert (told["to_org_id"], told["object_id"], told["subject"]) == ("O0001", one, "改革任务待办")
    # What is due is the next milestone that is not reached.
    assert row(register, county)["due_at"] == datetime(2022, 9, 15, 23, 59, 59)
    report(register, one, MONDAY + timedelta(days=7), 40)
    held = row(register, county)
    assert held[["state", "progress", "due_at"]].tolist() == ["推进中", 40, pd.Timestamp("2022-10-15 23:59:59")]
    report(register, one, MONDAY + timedelta(days=30), 100)
    held = row(register, county)
    # 2022-10-05 lies in the holidays: the ten workdays to accept it begin with the 8th, a Saturday that is worked.
    assert held[["state", "due_at"]].tolist() == ["待验收", pd.Timestamp("2022-10-19 23:59:59")]
    assert pd.isna(held["done_on"])
    step(register, office, one, "accept", MONDAY + timedelta(days=35))
    held = row(register, county)
    assert held["state"] == "已完成" and held["done_on"] == pd.Timestamp("2022-10-05") and pd.isna(held["due_at"])
    assert verify_register(register) == []


def test_supervision_says_less_than_the_unit_and_sends_back(register: Register, county: Viewer) -> None:
    one = issued(register, county)
    report(register, one, MONDAY + timedelta(days=3), 60)
    step(register, county, one, "verify", MONDAY + timedelta(days=4), as_of=date(2022, 9, 8), share=30)
    assert row(register, county)["progress"] == 30
    report(register, one, MONDAY + timedelta(days=5), 100)
    back = {"as_of": date(2022, 9, 10), "share": 100}
    with pytest.raises(UserError, match="核实的累计完成是 100%"):
        step(register, county, one, "send_back", MONDAY + timedelta(days=6), **back)
    step(register, county, one, "send_back", MONDAY + timedelta(days=6), **{**back, "share": 80})
    assert row(register, county)[["state", "progress"]].tolist() == ["推进中", 80]


def test_who_reported_does_not_accept_and_a_unit_reports_alone(register: Register, county: Viewer) -> None:
    one = issued(register, county)
    for viewer, action, given in (
        (county, "report", {"as_of": date(2022, 9, 6), "share": 10}),
        (UNIT, "verify", {"as_of": date(2022, 9, 6), "share": 10}),
        (UNIT, "replan", {"milestones": PLAN}),
        (county, "stop", {}),
    ):
        with pytest.raises(Forbidden):
            step(register, viewer, one, action, MONDAY + timedelta(days=1), **given)
    with pytest.raises(Forbidden):
        issued(register, UNIT, key="other")
    with pytest.raises(NotVisible):
        other = Viewer("p-unit-2", "某", "liaison", org_id="O0002")
        step(register, other, one, "report", MONDAY + timedelta(days=1), as_of=date(2022, 9, 6), share=10)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"as_of": date(2022, 9, 13), "share": 10}, "2022-09-13 还没有到"),
        ({"as_of": date(2022, 9, 4), "share": 10}, "早于任务开始"),
        ({"as_of": date(2022, 9, 12), "share": 101}, "累计完成 101% 不对"),
    ],
)
def test_a_statement_that_cannot_be_is_refused(
    register: Register, county: Viewer, given: dict[str, Any], told: str
) -> None:
    one = issued(register, county)
    with pytest.raises(UserError, match=told):
        step(register, UNIT, one, "report", MONDAY + timedelta(days=7), **given)


def test_the_whole_is_not_reported_of_a_day_that_something_later_contradicts(
    register: Register, county: Viewer
) -> None:
    one = issued(register, county)
    report(register, one, MONDAY + timedelta(days=9), 50)
    with pytest.raises(UserError, match="已有截至 2022-09-14 的进展（50%）"):
        report(register, one, MONDAY + timedelta(days=10), 100, date(2022, 9, 10))
    assert report(register, one, MONDAY + timedelta(days=10), 45, date(2022, 9, 10)).recorded
    assert row(register, county)["progress"] == 50


def test_a_plan_is_changed_for_the_days_ahead_alone(register: Register, county: Viewer, office: Viewer) -> None:
    one = issued(register, county)
    later = MONDAY + timedelta(days=15)
    for text in (
        "2022-09-15 10% 清单公布\n2022-10-15 100% 全部划转",
        "2022-10-15 100% 全部划转",
        "2022-09-12 5% 准备\n2022-09-15 40% 清单公布\n2022-10-15 100% 全部划转",
    ):
        with pytest.raises(UserError, match="已经过去的节点不能改"):
            step(register, office, one, "replan", later, milestones=text)
    with pytest.raises(UserError, match="计划没有变化"):
        step(register, office, one, "replan", later, milestones=PLAN)
    moved = "2022-09-15 40% 清单公布\n2022-11-30 100% 全部划转"
    step(register, office, one, "replan", later, milestones=moved)
    held = row(register, county)
    assert held["milestones"] == moved and held["due_on"] == pd.Timestamp("2022-11-30")
    # The last milestone has passed: nothing ahead is left to be moved.
    with pytest.raises(UserError, match="已经过去的节点不能改"):
        step(register, office, one, "replan", datetime(2022, 12, 5, 9), milestones=PLAN)


@pytest.mark.parametrize("more", [{"milestones": "2022-09-05 100% 完成"}, {"milestones": "2022-09-15 90% 半"}])
def test_a_plan_that_cannot_be_issues_nothing(register: Register, county: Viewer, more: dict[str, Any]) -> None:
    with pytest.raises(UserError, match="节点"):
        issued(register, county, **more)
    assert objects(register, county, None, "reform_task").empty


def test_it_waits_for_the_unit_and_a_late_milestone_goes_up(register: Register, county: Viewer) -> None:
    one = issued(register, county)
    for viewer, mine in ((UNIT, True), (county, False)):
        [work] = open_work(register, viewer, None, {}).to_dict("records")
        assert (work["object_id"], work["step"], work["mine"]) == (one, "报告进展", mine)
    told = objects(register, UNIT, None, "reform_task").iloc[0]
    assert told["handler_name"] is None or pd.isna(told["handler_name"])
    # Ten workdays after 2022-09-15: the holidays of October lie between.
    assert escalate_late(register, None, datetime(2022, 9, 29, 9)) == 0
    assert escalate_late(register, None, datetime(2022, 10, 8, 9)) == 1
    assert "escalate" not in list(events_of(register, UNIT, None, "reform_task", one)["action"])
    assert objects(register, SYSTEM, None, "reform_task").iloc[0]["state"] == "推进中"
