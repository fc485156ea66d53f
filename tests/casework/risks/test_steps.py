"""A risk of a unit's register: entered, revised in versions, reviewed by its day, struck out; who may what."""

from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from lib.access import Forbidden, NotVisible, Viewer
from lib.access.policy import policy
from lib.casework.daily.escalation import escalate_late
from lib.casework.daily.reviews import call_reviews
from lib.casework.reading.visible import events_of, objects
from lib.casework.record import take
from lib.casework.risks.entering import enter_risk
from lib.casework.risks.steps import REGISTERED
from lib.casework.steps import Outcome, Submission
from lib.casework.store.register import Register
from lib.casework.store.verify import verify_register
from lib.casework.work.open import open_work
from lib.errors import UserError
from tests.casework.conftest import MONDAY

POINT = "撤案审批：人情撤案、自批自撤"
TEXT = {
    "title": "承办人自行决定撤案",
    "description": "审批流于形式。",
    "controls": "撤案由法制科审批",
    "owner": "法制科科长",
}


def entered(
    register: Register,
    viewer: Viewer,
    at: datetime = MONDAY,
    key: str = "k-1",
    place: tuple[str, str] = ("330483101", "ZF"),
    **more: Any,
) -> str:
    given = {"org_id": "O0001", "point": POINT, **TEXT, "level": "高", "review_on": (at + timedelta(days=90)).date()}
    done = enter_risk(register, viewer, Submission(key, at, payload=given | more), *place)
    assert done.created is not None
    return done.created


def step(register: Register, viewer: Viewer, one: str, action: str, at: datetime, **given: Any) -> Outcome:
    sent = Submission(f"{one}-{action}-{at}-{viewer.person_id}", at, None, "依据。", given)
    return take(register, viewer, REGISTERED, one, action, sent)


def row(register: Register, viewer: Viewer) -> pd.Series:
    return objects(register, viewer, None, "risk").iloc[0]


def test_its_text_is_kept_in_versions_and_its_review_moves_its_day(register: Register, county: Viewer) -> None:
    one = entered(register, county)
    held = row(register, county)
    assert held[["state", "version", "level"]].tolist() == ["在册", 1, "高"] and pd.isna(held["effect"])
    assert held["due_at"] == datetime(2022, 12, 4, 23, 59, 59)
    with pytest.raises(UserError, match="文本没有变化"):
        step(register, county, one, "revise", MONDAY + timedelta(days=1), **TEXT)
    step(register, county, one, "revise", MONDAY + timedelta(days=2), **{**TEXT, "controls": "撤案须集体讨论"})
    with pytest.raises(UserError, match="文本没有变化"):
        step(register, county, one, "revise", MONDAY + timedelta(days=3), **{**TEXT, "controls": "撤案须集体讨论 "})
    review = {"effect": "部分有效", "level": "中", "review_on": date(2023, 3, 1)}
    step(register, county, one, "review", MONDAY + timedelta(days=4), **review)
    held = row(register, county)
    assert held[["version", "level", "effect", "controls"]].tolist() == [2, "中", "部分有效", "撤案须集体讨论"]
    assert held["due_at"] == datetime(2023, 3, 1, 23, 59, 59) and held["reviewed_at"] == MONDAY + timedelta(days=4)
    events = events_of(register, county, None, "risk", one)
    assert [one["controls"] for one in events["payload"] if "controls" in one] == ["撤案由法制科审批", "撤案须集体讨论"]
    step(register, county, one, "close", MONDAY + timedelta(days=5))
    assert row(register, county)["state"] == "已销号" and pd.isna(row(register, county)["due_at"])
    assert verify_register(register) == []


@pytest.mark.parametrize("day", [MONDAY.date(), date(2022, 9, 1), date(2023, 9, 7)])
def test_a_review_lies_ahead_and_within_a_year(register: Register, county: Viewer, day: date) -> None:
    with pytest.raises(UserError, match=f"下次复核日期 {day} 不对"):
        entered(register, county, review_on=day)
    one = entered(register, county)
    review = {"effect": "控制有效", "level": "低", "review_on": day}
    with pytest.raises(UserError, match="下次复核日期"):
        step(register, county, one, "review", MONDAY + timedelta(minutes=1), **review)


def test_a_point_that_no_step_has_is_refused(register: Register, county: Viewer) -> None:
    with pytest.raises(UserError, match="没有「别的」这个风险点"):
        entered(register, county, point="别的")
    assert objects(register, county, None, "risk").empty


def test_a_review_calls_for_itself_once_and_only_then_stands_among_what_is_to_be_done(
    register: Register, county: Viewer
) -> None:
    one = entered(register, county)
    assert open_work(register, county, None, {}).empty
    # 2022-12-04 is a Sunday: its last workday is Friday the 2nd, five workdays before that is the 25th.
    assert call_reviews(register, None, datetime(2022, 11, 24, 8)) == 0
    assert call_reviews(register, None, datetime(2022, 11, 25, 8)) == 1
    assert call_reviews(register, None, datetime(2022, 11, 26, 8)) == 0
    [work] = open_work(register, county, None, {}).to_dict("records")
    assert (work["object_id"], work["step"], work["state"]) == (one, "复核", "待复核")
    assert escalate_late(register, None, datetime(2022, 12, 6, 8)) == 0
    assert escalate_late(register, None, datetime(2022, 12, 30, 8)) == 1
    review = {"effect": "控制有效", "level": "低", "review_on": date(2023, 6, 1)}
    step(register, county, one, "review", datetime(2023, 1, 3, 9), **review)
    assert row(register, county)["state"] == "在册" and open_work(register, county, None, {}).empty


@pytest.mark.parametrize("role", [role for role in policy().people if role != "trainee"])
def test_who_keeps_the_register_and_who_sees_it(register: Register, county: Viewer, role: str) -> None:
    one = entered(register, county)
    place = {"county": {"area_code": "330483"}, "town": {"area_code": "330483101"}, "liaison": {"org_id": "O0001"}}
    viewer = Viewer("p-x", "某", role, **place.get(role, {}))  # type: ignore[arg-type]
    review = {"effect": "控制有效", "level": "低", "review_on": date(2022, 12, 1)}
    if role in ("office", "inspector", "county"):
        step(register, viewer, one, "review", MONDAY + timedelta(days=1), **review)
        entered(register, viewer, key="other")
    else:
        for attempt in (
            lambda: step(register, viewer, one, "review", MONDAY + timedelta(days=1), **review),
            lambda: entered(register, viewer, key="other"),
        ):
            with pytest.raises((Forbidden, NotVisible)):
                attempt()
    if role not in ("office", "inspector", "county", "leader"):
        with pytest.raises(Forbidden):
            objects(register, viewer, None, "risk")
    elsewhere = Viewer("p-y", "某", "county", area_code="330482")
    assert objects(register, elsewhere, None, "risk").empty
