"""Warnings about a subject that was found untrue are held back for a time, counted, and come again by themselves."""

from datetime import date, datetime, timedelta

import pandas as pd
import pytest

from lib.access import Forbidden, Viewer
from lib.casework.reading.snapshot import snapshot
from lib.casework.reading.visible import events_of, objects
from lib.casework.record import take
from lib.casework.steps import Submission
from lib.casework.store.register import Register
from lib.casework.store.verify import verify_register
from lib.casework.suppressions.steps import SUPPRESSION, wake
from lib.errors import UserError
from tests.casework.conftest import MONDAY
from tests.casework.stepping import on_warning

NEXT = MONDAY + timedelta(days=1)
UNTIL = NEXT.date() + timedelta(days=30)
LATER = {"subject_id": "C1", "occurred_on": date(2022, 9, 20)}


@pytest.fixture
def untrue(register: Register, feed, inspector: Viewer, office: Viewer) -> str:
    """A yellow warning found 不属实 and closed."""
    [key] = feed({"subject_id": "C1"})
    given = {"conclusion": "不属实", "checked": ["核对票据"]}
    on_warning("sign", register, inspector, key, submission_id="s1", at=MONDAY)
    on_warning("start", register, inspector, key, submission_id="s2", at=MONDAY)
    on_warning("conclude", register, inspector, key, submission_id="s3", at=MONDAY, text="无误。", **given)
    on_warning("review", register, office, key, submission_id="s4", at=MONDAY)
    on_warning("close", register, office, key, submission_id="s5", at=MONDAY)
    return key


def suppressed(register: Register, viewer: Viewer, key: str, until: date = UNTIL) -> str:
    on_warning(
        "suppress", register, viewer, key, submission_id=f"h-{until}", at=NEXT, until=until, text="数据口径如此。"
    )
    return str(objects(register, viewer, None, "suppression")["suppression_id"].iloc[-1])


def known(register: Register) -> pd.DataFrame:
    return snapshot(register).warning


def test_what_fires_meanwhile_is_held_back_once_and_counted(register: Register, feed, untrue: str, office) -> None:
    held = suppressed(register, office, untrue)
    for day in (2, 3):
        feed(LATER, {"subject_id": "C2"}, at=MONDAY + timedelta(days=day))
    assert sorted(known(register)["subject_id"]) == ["C1", "C2"]
    events = events_of(register, office, None, "suppression", held)
    assert events["action"].tolist() == ["suppress", "hold"]
    assert events["payload"].iloc[1]["level"] == "yellow"
    assert verify_register(register) == []


def test_what_is_graver_comes_all_the_same(register: Register, feed, untrue: str, office) -> None:
    suppressed(register, office, untrue)
    feed({**LATER, "level": "red"}, at=NEXT + timedelta(days=1))
    assert sorted(known(register)["level"]) == ["red", "yellow"]


def test_after_its_day_it_comes_by_itself(register: Register, feed, untrue: str, office) -> None:
    held = suppressed(register, office, untrue)
    last = datetime(UNTIL.year, UNTIL.month, UNTIL.day, 23)
    feed(LATER, at=last)
    assert len(known(register)) == 1
    feed(LATER, at=last + timedelta(hours=2))
    rows = known(register)
    assert len(rows) == 2 and untrue in set(rows["follows"])
    with register.transaction() as tx:
        assert (wake(tx, last), wake(tx, last + timedelta(hours=2)), wake(tx, last + timedelta(hours=3))) == (0, 1, 0)
    assert objects(register, office, None, "suppression")["state"].tolist() == ["已到期"]
    assert events_of(register, office, None, "suppression", held)["action"].tolist() == ["suppress", "hold", "wake"]


def test_lifted_by_hand_it_holds_nothing_back(register: Register, feed, untrue: str, office) -> None:
    held = suppressed(register, office, untrue)
    take(register, office, SUPPRESSION, held, "review", Submission("v", NEXT, None, "仍有必要。"))
    feed(LATER, at=NEXT + timedelta(days=1))
    assert len(known(register)) == 1
    take(register, office, SUPPRESSION, held, "lift", Submission("l", NEXT, None, "口径已改。"))
    feed(LATER, at=NEXT + timedelta(days=2))
    assert len(known(register)) == 2


@pytest.mark.parametrize("days", [-1, 0, 181, 400])
def test_it_ends_after_today_and_within_half_a_year(register: Register, untrue: str, office, days: int) -> None:
    with pytest.raises(UserError, match="180 天"):
        suppressed(register, office, untrue, NEXT.date() + timedelta(days=days))
    assert objects(register, office, None, "suppression").empty


def test_the_hundred_and_eightieth_day_is_the_last(register: Register, untrue: str, office) -> None:
    suppressed(register, office, untrue, NEXT.date() + timedelta(days=180))


def test_by_those_who_review_and_once_at_a_time(
    register: Register, untrue: str, office: Viewer, inspector: Viewer
) -> None:
    with pytest.raises(Forbidden):
        suppressed(register, inspector, untrue)
    suppressed(register, office, untrue)
    with pytest.raises(UserError, match="已经抑制至"):
        suppressed(register, office, untrue, UNTIL + timedelta(days=1))


def test_what_was_found_true_is_not(register: Register, concluded: str, office: Viewer) -> None:
    on_warning("review", register, office, concluded, submission_id="r", at=NEXT)
    with pytest.raises(UserError, match="不属实"):
        suppressed(register, office, concluded)
