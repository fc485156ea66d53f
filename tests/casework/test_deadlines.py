"""Deadlines in hours and workdays, across shifted workdays and the end of the calendar."""

from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from lib.access import Viewer
from lib.casework.deadlines import calendar, due_times, opinion_due
from lib.casework.reading.snapshot import snapshot
from lib.casework.store.register import Register
from tests.casework.stepping import on_warning


def _due(since: str, level: str) -> tuple[str, str]:
    frame = due_times(calendar(), pd.Series(pd.to_datetime([since])), pd.Series([level]))
    return str(frame["sign_due_at"][0]), str(frame["verify_due_at"][0])


@pytest.mark.parametrize(
    ("since", "level", "sign", "verify"),
    [
        # Red: 24 hours by the clock; five workdays.
        ("2022-09-05 09:30:00", "red", "2022-09-06 09:30:00", "2022-09-13 23:59:59"),
        # Friday before National Day 2022: 8 and 9 October, a weekend, are workdays.
        ("2022-09-30 16:00:00", "orange", "2022-10-09 23:59:59", "2022-10-19 23:59:59"),
        # A Saturday counts from the last workday before it.
        ("2022-09-17 10:00:00", "yellow", "2022-09-23 23:59:59", "2022-10-12 23:59:59"),
    ],
)
def test_deadlines_by_level(since: str, level: str, sign: str, verify: str) -> None:
    assert _due(since, level) == (sign, verify)


def test_past_the_published_calendar_weekdays_count() -> None:
    days = calendar()
    # 2026-12-31 is a Thursday and the last day of the table.
    after = days.after(np.array(["2026-12-31"], dtype="datetime64[D]"), 2)
    assert str(after[0]) == "2027-01-04"


def test_workdays_between_two_days() -> None:
    found = calendar().between(
        np.array(["2022-09-30", "2022-09-30", "NaT"], dtype="datetime64[D]"),
        np.array(["2022-10-10", "2022-09-26", "2022-10-10"], dtype="datetime64[D]"),
    )
    assert found[:2].tolist() == [3.0, -4.0]
    assert np.isnan(found[2])


@pytest.mark.parametrize(
    ("received", "due"), [("2022-01-31 08:00", "2022-02-28 23:59:59"), ("2022-12-15 08:00", "2023-01-15 23:59:59")]
)
def test_an_opinion_is_due_after_one_month(received: str, due: str) -> None:
    assert opinion_due(datetime.fromisoformat(received)) == datetime.fromisoformat(due)


def test_overdue_follows_the_deadline_running_now(register: Register, feed, inspector: Viewer) -> None:
    # Red, generated on Monday 5 September at 09:00: sign by Tuesday 09:00, verify by the 13th.
    [warning_id] = feed({"level": "red"})

    def late(now: str) -> bool:
        return bool(snapshot(register).warning["due_at"].lt(datetime.fromisoformat(now)).item())

    assert not late("2022-09-06 08:59")
    assert late("2022-09-06 09:01")
    on_warning("sign", register, inspector, warning_id, submission_id="1", at=datetime(2022, 9, 6, 10))
    assert not late("2022-09-13 23:00")
    assert late("2022-09-14 00:30")
    on_warning("start", register, inspector, warning_id, submission_id="2", at=datetime(2022, 9, 14, 9))
    assert late("2022-09-14 09:30")
    on_warning(
        "conclude",
        register,
        inspector,
        warning_id,
        submission_id="3",
        at=datetime(2022, 9, 14, 10),
        conclusion="属实",
        text="是",
        checked=["票据"],
    )
    assert not late("2022-12-31 00:00")


def test_sent_back_gives_five_more_workdays(register: Register, concluded: str, office: Viewer) -> None:
    # Yellow of 5 September: verify by the 27th (the 12th is a holiday). Sent back on the 26th: 5 more workdays.
    assert str(snapshot(register).warning["verify_due_at"].item()) == "2022-09-27 23:59:59"
    on_warning("send_back", register, office, concluded, submission_id="b", at=datetime(2022, 9, 26, 9), text="补充。")
    assert str(snapshot(register).warning["due_at"].item()) == "2022-10-08 23:59:59"


def test_a_raised_level_shortens_the_deadline_from_the_day_it_rose(register: Register, feed) -> None:
    feed({"level": "yellow"})
    assert str(snapshot(register).warning["verify_due_at"].item()) == "2022-09-27 23:59:59"
    feed({"level": "red"}, at=datetime(2022, 9, 7, 9))
    row = snapshot(register).warning.iloc[0]
    assert (str(row["sign_due_at"]), str(row["verify_due_at"])) == ("2022-09-08 09:00:00", "2022-09-15 23:59:59")


def test_raised_twice_the_earliest_of_all_deadlines_holds(register: Register, feed) -> None:
    feed({"level": "yellow"})
    feed({"level": "orange"}, at=datetime(2022, 9, 6, 9))
    assert str(snapshot(register).warning["verify_due_at"].item()) == "2022-09-21 23:59:59"
    feed({"level": "red"}, at=datetime(2022, 9, 20, 9))
    row = snapshot(register).warning.iloc[0]
    assert (str(row["sign_due_at"]), str(row["verify_due_at"])) == ("2022-09-08 23:59:59", "2022-09-21 23:59:59")
