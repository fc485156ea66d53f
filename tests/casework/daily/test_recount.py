"""Deadlines past the days announced are provisional, and their records say so when they are counted anew."""

from datetime import datetime

import numpy as np
import pytest

from lib.access import Viewer
from lib.casework.daily import recount as recounting
from lib.casework.daily.recount import recount
from lib.casework.deadlines import Calendar, calendar
from lib.casework.reading import snapshot as reading
from lib.casework.reading.visible import events_of
from lib.casework.store.register import Register
from lib.casework.store.verify import verify_register

AT = datetime(2026, 12, 29, 9)
KNOWN = np.datetime64("2026-12-31")


def following(off: list[str]) -> Calendar:
    """The calendar with 2027 announced: no work on weekends, on New Year's Day and on the days `off`."""
    days = np.arange(np.datetime64("2027-01-01"), np.datetime64("2028-01-01"))
    work = np.is_busday(days) & ~np.isin(days, [np.datetime64(day) for day in ("2027-01-01", *off)])
    now = calendar()
    announced = now.sequence[: int((KNOWN - now.first).astype("int64")) + 1]
    return Calendar(now.first, np.concatenate([announced, announced[-1] + np.cumsum(work)]), days[-1])


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch):
    def put(days: Calendar) -> None:
        monkeypatch.setattr(recounting, "calendar", lambda _warehouse: days)
        monkeypatch.setattr(reading, "calendar", lambda _warehouse: days)

    return put


def told(register: Register, viewer: Viewer, key: str) -> list[str]:
    events = events_of(register, viewer, None, "warning", key)
    return events.loc[events["action"].eq("recount"), "text"].tolist()


def test_an_arrangement_is_told_of_once_where_a_deadline_was_provisional(
    register: Register, feed, announced, office: Viewer
) -> None:
    assert calendar().known == KNOWN
    # Signed within five workdays: 30, 31 December and, as long as nothing is announced, 1, 4 and 5 January.
    [key] = feed({}, at=AT)
    assert recount(register, None, AT) == 0
    assert reading.snapshot(register).warning["due_at"].tolist() == [datetime(2027, 1, 5, 23, 59, 59)]
    announced(following(["2027-01-04"]))
    assert recount(register, None, AT.replace(hour=10)) == 1
    assert recount(register, None, AT.replace(hour=11)) == 0
    assert told(register, office, key) == ["放假安排已公布，期限由 2027-01-05（暂定）改为 2027-01-07。"]
    assert reading.snapshot(register).warning["due_at"].tolist() == [datetime(2027, 1, 7, 23, 59, 59)]
    assert verify_register(register) == []


def test_what_was_due_before_hears_nothing(register: Register, feed, announced, office: Viewer) -> None:
    [key] = feed({"level": "red"}, at=AT)
    assert recount(register, None, AT) == 0
    announced(following([]))
    assert recount(register, None, AT.replace(hour=10)) == 0
    assert told(register, office, key) == []


def test_a_calendar_is_as_it_was_before_its_last_days_were_announced() -> None:
    then = following(["2027-01-04"]).until(KNOWN)
    start = np.array(["2026-12-28"], dtype="datetime64[D]")
    assert then.known == KNOWN
    for count in (1, 3, 5, 40):
        assert then.after(start, count) == calendar().after(start, count)
