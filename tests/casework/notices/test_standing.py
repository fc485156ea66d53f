"""Until when a unit was first to answer a notice, and when that was first re-checked."""

from datetime import datetime, timedelta

import pandas as pd

from lib.casework.store.register import Register
from tests.casework.notices.test_steps import MONDAY, OFFICE, do, row, upto

DUE = datetime(2022, 9, 20, 23, 59, 59)


def test_the_first_deadline_stays_after_the_answer_and_a_second_round(register: Register) -> None:
    notice_id = upto(register, "receipt")
    do(register, "feed_back", notice_id, MONDAY + timedelta(days=8))
    do(register, "send_back", notice_id, MONDAY + timedelta(days=9))
    do(register, "extend", notice_id, MONDAY + timedelta(days=10), more=3)
    do(register, "feed_back", notice_id, MONDAY + timedelta(days=11))
    do(register, "recheck", notice_id, MONDAY + timedelta(days=12))
    found = row(register, OFFICE, notice_id)
    assert (found["first_due_at"], found["judged_at"]) == (DUE, MONDAY + timedelta(days=9))


def test_extensions_and_pauses_before_the_answer_count(register: Register) -> None:
    notice_id = upto(register, "receipt")
    do(register, "extend", notice_id, MONDAY + timedelta(days=1), more=3)
    assert row(register, OFFICE, notice_id)["first_due_at"] == datetime(2022, 9, 23, 23, 59, 59)
    do(register, "pause", notice_id, MONDAY + timedelta(days=2))
    assert pd.isna(row(register, OFFICE, notice_id)["first_due_at"])
    # Wednesday to Friday: two workdays stood still; 24 and 25 September are a weekend.
    do(register, "resume", notice_id, MONDAY + timedelta(days=4))
    found = row(register, OFFICE, notice_id)
    assert found["first_due_at"] == found["due_at"] == datetime(2022, 9, 27, 23, 59, 59)


def test_before_delivery_there_is_none(register: Register) -> None:
    found = row(register, OFFICE, upto(register, "sign"))
    assert pd.isna(found["first_due_at"]) and pd.isna(found["judged_at"])
