"""The five steps of a motion: in order, each with its day, minutes, responsible person and paper; who may take them."""

from datetime import date, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.access import Forbidden, NotVisible, Viewer
from lib.access.policy import policy
from lib.casework.motions.limits import FIVE
from lib.casework.motions.proposing import propose
from lib.casework.motions.states import ALONG
from lib.casework.motions.steps import MOTION
from lib.casework.reading.visible import events_of, objects
from lib.casework.record import take
from lib.casework.steps import Outcome, Submission
from lib.casework.store.register import Register
from lib.casework.store.verify import verify_register
from lib.errors import UserError
from tests.casework.conftest import MONDAY, Feed

PAPER = ("纪要.txt", "书记问询纪要".encode())
PROPOSAL = {"on": date(2022, 9, 5), "title": "罚没收入缴库不及时", "org_id": "O0001", "recipient": "甲一"}
# What each of the five asks for besides the day.
GIVEN: dict[str, dict[str, Any]] = {
    "claim": {"problems": ["缴库迟延", "票据未核销"]},
    "rectify": {"remaining": []},
    "report": {"follow_up": ""},
}


def made(register: Register, viewer: Viewer, at: datetime = MONDAY, key: str = "m-1", **more: Any) -> str:
    sent = Submission(key, at, None, "连续三个月缴库超过两日。", PROPOSAL | more)
    done = propose(register, viewer, sent, "330483101", "ZF")
    assert done.recorded and done.created is not None
    return done.created


def step(register: Register, viewer: Viewer, one: str, action: str, at: datetime, **more: Any) -> Outcome:
    payload = {"on": at.date(), "responsible": "乙二 副局长", **GIVEN.get(action, {}), **more}
    sent = Submission(f"{one}-{action}-{at}", at, None, "会议纪要。", payload, PAPER)
    return take(register, viewer, MOTION, one, action, sent)


def row(register: Register, viewer: Viewer) -> pd.Series:
    return objects(register, viewer, None, "motion").iloc[0]


def test_the_five_steps_from_the_proposal_to_the_report(register: Register, county: Viewer) -> None:
    one = made(register, county)
    assert row(register, county)[["state", "workdays"]].tolist() == ["已提议", 5]
    due = []
    for number, action in enumerate(FIVE, start=1):
        assert step(register, county, one, action, MONDAY + timedelta(days=number)).recorded
        due.append(row(register, county)["due_at"])
    held = row(register, county)
    assert (held["state"], pd.isna(held["due_at"])) == ("已了结", True)
    # 2022-09-06 is a Tuesday: 15, 5, 30 and 10 workdays on; 09-10..12 are off, 10-01..07 too, 10-08 and 09 are worked.
    assert due[0] == datetime(2022, 9, 28, 23, 59, 59)
    assert due[1] == datetime(2022, 9, 15, 23, 59, 59)
    events = events_of(register, county, None, "motion", one)
    assert events["action"].tolist() == ["propose", *FIVE] and events["to_state"].tolist() == list(ALONG)
    assert all(held["attachment"]["name"] == "纪要.txt" for held in events["payload"].iloc[1:])
    assert verify_register(register) == []


@pytest.mark.parametrize(("action", "missing"), list(product(FIVE, ("on", "responsible", "text", "attachment"))))
def test_no_step_without_its_day_minutes_person_and_paper(action: str, missing: str) -> None:
    payload = {"on": date(2022, 9, 6), "responsible": "乙二", **GIVEN.get(action, {})}
    payload.pop(missing, None)
    text, papers = "" if missing == "text" else "纪要", {} if missing == "attachment" else {"attachment": PAPER}
    assert set(MOTION.steps[action].faults(payload, text, papers)) == {missing}
    whole = {**payload, "on": date(2022, 9, 6), "responsible": "乙"}
    assert MOTION.steps[action].faults(whole, "纪要", {"attachment": PAPER}) == {}


def test_a_day_is_not_ahead_and_not_before_the_step_before(register: Register, county: Viewer) -> None:
    with pytest.raises(UserError, match="2022-09-06 还没有到"):
        made(register, county, on=date(2022, 9, 6))
    one = made(register, county)
    at = MONDAY + timedelta(days=10)
    with pytest.raises(UserError, match="2022-09-16 还没有到"):
        step(register, county, one, "inquire", at, on=date(2022, 9, 16))
    with pytest.raises(UserError, match="早于上一步「提议」（2022-09-05）"):
        step(register, county, one, "inquire", at, on=date(2022, 9, 4))
    step(register, county, one, "inquire", at, on=date(2022, 9, 8))
    with pytest.raises(UserError, match="早于上一步「书记问询」（2022-09-08）"):
        step(register, county, one, "discuss", at, on=date(2022, 9, 7))
    # Two on one day follow one another all the same.
    assert step(register, county, one, "discuss", at, on=date(2022, 9, 8)).recorded


def test_what_is_not_mended_is_told_when_it_is_reported(register: Register, county: Viewer) -> None:
    one = made(register, county)
    for number, action in enumerate(FIVE[:3], start=1):
        step(register, county, one, action, MONDAY + timedelta(days=number))
    at = MONDAY + timedelta(days=9)
    with pytest.raises(UserError, match="「别的」不在认领的问题里"):
        step(register, county, one, "rectify", at, remaining=["别的"])
    step(register, county, one, "rectify", at, remaining=["票据未核销"])
    with pytest.raises(UserError, match="还有问题没有整改到位：票据未核销"):
        step(register, county, one, "report", at)
    done = step(register, county, one, "report", at, follow_up="财务科")
    assert done.event is not None and done.event.payload["remaining"] == ["票据未核销"]


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from([*FIVE, "withdraw"]), st.integers(-3, 3)), max_size=14))
def test_in_any_order_only_the_next_step_is_taken_and_days_never_go_back(tmp_path: Path, tried: list) -> None:
    register = Register(f"sqlite:///{tmp_path / str(abs(hash(str(tried))))}.sqlite")
    viewer = Viewer("p-office", "示范员02", "office")
    key = f"m-{len(objects(register, viewer, None, 'motion'))}"
    one, state, last = made(register, viewer, MONDAY, key), ALONG[0], MONDAY.date()
    for number, (action, moved) in enumerate(tried, start=1):
        at = MONDAY + timedelta(days=number)
        on = at.date() + timedelta(days=moved)
        expected = state in MOTION.steps[action].sources and (action == "withdraw" or last <= on <= at.date())
        try:
            if action == "withdraw":
                take(register, viewer, MOTION, one, action, Submission(f"{key}-{number}", at, None, "重复提议"))
            else:
                step(register, viewer, one, action, at, on=on)
        except UserError:
            assert not expected
            continue
        assert expected
        state, last = MOTION.steps[action].target or state, last if action == "withdraw" else on
    events = events_of(register, viewer, None, "motion", one)
    taken = [name for name in events["action"] if name in FIVE]
    assert tuple(taken) == FIVE[: len(taken)] and events["to_state"].iloc[-1] == state
    days = [held["on"] for held in events["payload"] if "on" in held]
    assert days == sorted(days) and max(days) <= events["at"].iloc[-1].date().isoformat()
    register.close()


def test_time_is_put_off_and_stopped_with_a_reason(register: Register, county: Viewer) -> None:
    one = made(register, county)
    assert row(register, county)["due_at"] == datetime(2022, 9, 13, 23, 59, 59)
    sent = Submission("e", MONDAY + timedelta(days=1), None, "书记在外学习。", {"more": 3})
    take(register, county, MOTION, one, "extend", sent)
    assert row(register, county)[["extended", "due_at"]].tolist() == [3, pd.Timestamp("2022-09-16 23:59:59")]
    with pytest.raises(UserError, match="已经延期"):
        take(
            register,
            county,
            MOTION,
            one,
            "extend",
            Submission("e2", MONDAY + timedelta(days=2), None, "再延", {"more": 1}),
        )
    sent = Submission("p", MONDAY + timedelta(days=2), None, "等材料。", {"why": "等待单位补充材料"})
    take(register, county, MOTION, one, "pause", sent)
    assert pd.isna(row(register, county)["due_at"])


@pytest.mark.parametrize("role", [role for role in policy().people if role != "trainee"])
def test_who_proposes_records_and_sees(register: Register, county: Viewer, role: str, feed: Feed) -> None:
    one = made(register, county)
    place = {"county": {"area_code": "330483"}, "town": {"area_code": "330483101"}, "liaison": {"org_id": "O0001"}}
    viewer = Viewer("p-x", "某", role, **place.get(role, {}))  # type: ignore[arg-type]
    may = role in ("office", "county")
    for attempt in (
        lambda: made(register, viewer, key="other"),
        lambda: step(register, viewer, one, "inquire", MONDAY + timedelta(days=1)),
    ):
        if may:
            attempt()
        else:
            with pytest.raises((Forbidden, NotVisible)):
                attempt()
    # The wall counts them.
    if role in ("leader", "inspector", "office", "county", "wall"):
        assert len(objects(register, viewer, None, "motion")) == 1 + may
    else:
        with pytest.raises(Forbidden):
            objects(register, viewer, None, "motion")


def test_another_county_neither_sees_nor_proposes_here(register: Register, county: Viewer, feed: Feed) -> None:
    one = made(register, county)
    other = Viewer("p-other", "示范员07", "county", area_code="330482")
    assert objects(register, other, None, "motion").empty
    with pytest.raises(NotVisible):
        step(register, other, one, "inquire", MONDAY + timedelta(days=1))
    with pytest.raises(Forbidden):
        made(register, other, key="there")
    [warning_id] = feed({})
    sent = Submission("w", MONDAY, None, "理由", PROPOSAL)
    with pytest.raises(NotVisible):
        propose(register, other, sent, "330482", "ZF", "warning", warning_id)
    assert propose(register, county, sent, "330483101", "ZF", "warning", warning_id).recorded
