"""A unit is reminded two workdays before its deadline: once for each, not while the time stands still, of no person."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from lib.access import Viewer
from lib.casework.daily.reminders import of_unit, remind_units
from lib.casework.objects import KINDS
from lib.casework.reading.visible import events_of
from lib.casework.store.register import Register
from lib.casework.store.schema import outbox
from lib.casework.store.verify import verify_register
from tests.casework.notices.test_steps import do, upto
from tests.casework.prompts.test_steps import AT, REPLY, UNIT, asked, step
from tests.casework.replay import illegal
from tests.casework.stepping import on_warning

__all__ = ["asked"]
# A yellow prompt of Monday 5 September 2022: due on the 13th, the 10th to 12th being a holiday.
WEDNESDAY, THURSDAY, FRIDAY = (datetime(2022, 9, day, 8) for day in (7, 8, 9))


def told(register: Register, kind: str = "prompt") -> list[datetime]:
    """When the unit was written to about objects of a kind, the first message apart."""
    with register.read() as connection:
        rows = connection.execute(select(outbox.c.created_at).where(outbox.c.object_type == kind)).scalars()
        return sorted(rows)[1:]


def test_two_workdays_before_across_a_holiday_and_once(register: Register, asked: str, office: Viewer) -> None:
    assert [remind_units(register, None, at) for at in (WEDNESDAY, THURSDAY, THURSDAY, FRIDAY)] == [0, 1, 0, 0]
    assert told(register) == [THURSDAY]
    last = events_of(register, office, None, "prompt", asked).iloc[-1]
    assert (last["action"], last["actor_id"], last["to_state"]) == ("remind_due", "system", "待核实")
    assert "2022-09-13" in last["text"]
    assert "remind_due" not in events_of(register, UNIT, None, "prompt", asked)["action"].tolist()
    assert (verify_register(register), illegal(register)) == ([], [])


def test_the_message_is_one_like_any_other_and_names_nobody(register: Register, asked: str) -> None:
    remind_units(register, None, THURSDAY)
    with register.read() as connection:
        first, second = connection.execute(select(outbox).order_by(outbox.c.created_at)).all()
    assert (second.subject, second.body) == ("工作提示待办", "您有一条工作提示待办，请登录执法监督舱查看。")
    assert (second.object_id, second.to_org_id, second.created_by) == (first.object_id, "O0001", "system")


def test_a_day_that_was_missed_is_made_up_for_until_the_deadline(register: Register, asked: str) -> None:
    assert remind_units(register, None, datetime(2022, 9, 13, 20)) == 1
    assert remind_units(register, None, datetime(2022, 9, 14, 8)) == 0


def test_after_the_deadline_and_after_the_answer_there_is_nothing(register: Register, asked: str) -> None:
    assert remind_units(register, None, datetime(2022, 9, 14)) == 0
    step(register, UNIT, asked, "reply", THURSDAY - timedelta(hours=1), **REPLY)
    assert remind_units(register, None, THURSDAY) == 0


def test_a_pause_holds_it_back_and_a_later_deadline_brings_it_anew(
    register: Register, asked: str, inspector: Viewer
) -> None:
    step(register, inspector, asked, "pause", WEDNESDAY, why="等待单位补充材料")
    assert remind_units(register, None, THURSDAY) == 0
    # Two workdays it stood still: due on the 15th.
    step(register, inspector, asked, "resume", FRIDAY)
    assert remind_units(register, None, FRIDAY) == 0
    assert remind_units(register, None, datetime(2022, 9, 13, 8)) == 1
    step(register, inspector, asked, "extend", datetime(2022, 9, 13, 9), more=3)
    days = [datetime(2022, 9, day, 8) for day in (14, 15, 16, 18, 19, 20)]
    # Then on the 20th.
    assert [remind_units(register, None, at) for at in days] == [0, 0, 1, 0, 0, 0]
    assert told(register) == [datetime(2022, 9, 13, 8), datetime(2022, 9, 16, 8)]
    assert verify_register(register) == []


def test_extended_before_it_was_near_it_is_told_of_the_new_day_only(
    register: Register, asked: str, inspector: Viewer
) -> None:
    step(register, inspector, asked, "extend", WEDNESDAY, more=2)
    days = [datetime(2022, 9, day, 8) for day in (8, 9, 13, 14, 15)]
    assert [remind_units(register, None, at) for at in days] == [0, 0, 1, 0, 0]


def test_a_unit_that_was_told_today_is_not_told_again_today(
    register: Register, feed, inspector: Viewer, leader: Viewer, asked: str
) -> None:
    [warning_id] = feed({"level": "red", "subject_id": "C2"})
    on_warning("prompt", register, inspector, warning_id, submission_id="r", at=AT)
    # Due on Wednesday, so that its last two workdays begin on the day it is sent.
    assert remind_units(register, None, AT + timedelta(hours=5)) == 0
    assert remind_units(register, None, AT + timedelta(days=1)) == 1
    step(register, leader, asked, "remind", THURSDAY, "请尽快。")
    assert [remind_units(register, None, at) for at in (THURSDAY + timedelta(hours=1), FRIDAY)] == [0, 1]


def test_notices_too_from_their_delivery_on(register: Register) -> None:
    notice_id = upto(register, "receipt")
    # Delivered so that it is due on 20 September 2022, a Tuesday.
    at = datetime(2022, 9, 15, 20)
    assert remind_units(register, None, at) == 0
    assert remind_units(register, None, at + timedelta(days=1)) == 1
    assert remind_units(register, None, at + timedelta(days=4)) == 0
    assert len(told(register, "notice")) == 1
    do(register, "feed_back", notice_id, datetime(2022, 9, 19, 22))
    assert remind_units(register, None, datetime(2022, 9, 23, 9)) == 0


@pytest.mark.parametrize(
    ("kind", "states"),
    [
        ("prompt", {"待核实", "退回重报"}),
        ("notice", {"送达", "整改"}),
        ("grid_check", {"重新打开"}),
        ("motion", set()),
        ("clue", set()),
    ],
)
def test_what_waits_for_a_unit(kind: str, states: set[str]) -> None:
    assert of_unit(KINDS[kind]) == states
