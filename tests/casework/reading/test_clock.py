"""What is due of any kind of object: counted from the event that brought it where it is, put off, stopped, never moved
by anything else."""

import json
from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from lib.casework.deadlines import Calendar, calendar
from lib.casework.reading import states

# The National Day holiday of 2022 is 1-7 October; 8 and 9 October are workdays.
DAYS = calendar()


def stood(*events: tuple[str, str, str | None, str | None, dict], days: Calendar = DAYS) -> pd.Series:
    """Where one object stands after (action, at, from, to, payload) …, the first of them having made it."""
    rows = [
        {
            "seq": number, "at": pd.Timestamp(at), "actor_id": "p-1", "actor_name": "示范员01", "object_type": "visit",
            "object_id": "V1", "action": action, "from_state": before, "to_state": after,
            "payload": json.dumps(payload),
        }
        for number, (action, at, before, after, payload) in enumerate(events, start=1)
    ]  # fmt: skip
    table = pd.DataFrame({"visit_id": ["V1"]})
    return states.plain(table, pd.DataFrame(rows), "visit", "visit_id", ("open",), days).iloc[0]


OPENED = ("open", "2022-09-26 10:00", None, "已发出", {"workdays": 10})


def test_a_limit_in_workdays_skips_the_holiday_and_ends_with_the_day():
    # 27, 28, 29, 30 September, then 8, 9, 10, 11, 12, 13 October.
    one = stood(OPENED)
    assert one["due_at"] == datetime(2022, 10, 13, 23, 59, 59)
    assert (one["workdays"], one["extended"], one["paused"], one["provisional"]) == (10, 0, 0, False)


def test_what_does_not_move_it_does_not_move_what_is_due():
    later = ("note", "2022-09-28 09:00", "已发出", "已发出", {})
    assert stood(OPENED, later)["due_at"] == stood(OPENED)["due_at"]


def test_a_step_without_a_limit_ends_it_and_one_with_a_limit_starts_anew():
    answered = ("answer", "2022-09-28 09:00", "已发出", "已回复", {"workdays": None})
    assert pd.isna(stood(OPENED, answered)["due_at"])
    returned = ("return", "2022-09-30 09:00", "已回复", "已发出", {"workdays": 2})
    assert stood(OPENED, answered, returned)["due_at"] == datetime(2022, 10, 9, 23, 59, 59)


def test_workdays_put_off_and_workdays_it_stood_still_are_counted_apart():
    put_off = ("extend", "2022-09-27 09:00", "已发出", "已发出", {"more": 3})
    one = stood(OPENED, put_off)
    assert (one["due_at"], one["extended"]) == (datetime(2022, 10, 18, 23, 59, 59), 3)
    stopped = ("pause", "2022-09-28 09:00", "已发出", "已发出", {})
    one = stood(OPENED, put_off, stopped)
    assert pd.isna(one["due_at"]) and one["paused_at"] == datetime(2022, 9, 28, 9)
    # From 28 September to 8 October: 29, 30 September and 8 October.
    again = ("resume", "2022-10-08 15:00", "已发出", "已发出", {})
    one = stood(OPENED, put_off, stopped, again)
    assert (one["due_at"], one["paused"], one["extended"]) == (datetime(2022, 10, 21, 23, 59, 59), 3, 3)


def test_what_was_put_off_before_it_came_here_counts_no_more():
    put_off = ("extend", "2022-09-27 09:00", "已发出", "已发出", {"more": 3})
    moved = ("answer", "2022-09-28 09:00", "已发出", "已回复", {"workdays": 5})
    one = stood(OPENED, put_off, moved)
    assert (one["due_at"], one["extended"]) == (datetime(2022, 10, 10, 23, 59, 59), 0)


def test_beyond_the_days_that_have_been_announced_it_is_provisional():
    end = str(DAYS.known)
    opened = ("open", f"{end} 10:00", None, "已发出", {"workdays": 10})
    assert stood(opened)["provisional"]
    assert not stood(OPENED)["provisional"]


def test_who_it_was_assigned_to_last_has_it_at_first_whoever_opened_it():
    given = ("assign", "2022-09-27 09:00", "已发出", "已发出", {"to_id": "p-2", "to_name": "示范员02"})
    assert stood(OPENED)["handler_name"] == "示范员01"
    assert (stood(OPENED, given)["handler_id"], stood(OPENED, given)["opener_id"]) == ("p-2", "p-1")


@pytest.mark.parametrize("count", [0, 1, 10, 60])
def test_no_limit_ends_before_it_began(count: int):
    one = stood(("open", "2022-09-26 10:00", None, "已发出", {"workdays": count}))
    assert one["due_at"] >= one["opened_at"] and not np.isnat(np.datetime64(one["due_at"]))
