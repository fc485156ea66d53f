"""Taking messages in hand: put together, leased, tried again ever later, given up; on both stores."""

import threading
from collections import Counter
from dataclasses import replace
from datetime import datetime, time, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from lib.access import Forbidden, Viewer
from lib.casework.messages.delivery import (
    DEAD,
    JOINED,
    SENT,
    STALE,
    TOO_OLD,
    WAITING,
    any_due,
    note_failed,
    note_sent,
    take,
    take_in,
)
from lib.casework.messages.sending import Failure
from lib.casework.messages.settings import MESSAGES, Addresses, Settings, read_settings
from lib.casework.messages.standing import messages, resend
from lib.casework.store.register import Register
from lib.casework.store.schema import delivery
from lib.casework.store.verify import verify_register
from tests.casework.messages.conftest import AT, EVERYWHERE, GATEWAY, write

NOW = datetime(2026, 3, 2, 9, 0)
WHY = Failure("对方返回错误 500")
MINUTE = timedelta(minutes=1)


def rows(register: Register) -> pd.DataFrame:
    with register.read() as connection:
        return pd.DataFrame(connection.execute(select(delivery)).mappings().all())


def states(register: Register) -> dict[str, int]:
    return dict(Counter(rows(register)["state"]))


def test_a_message_goes_by_every_channel_that_has_an_address(register: Register, rules: Settings) -> None:
    write(register)
    assert take_in(register, rules, Addresses({}, {}), NOW, AT) == 0
    assert take_in(register, rules, EVERYWHERE, NOW, AT) == 1
    assert take_in(register, rules, EVERYWHERE, NOW, AT) == 0
    assert sorted(rows(register)["channel"]) == ["gateway", "mail"]
    assert [fault for fault in verify_register(register) if "消息" in fault] == []


def test_the_channels_of_a_kind_are_its_own(register: Register, rules: Settings) -> None:
    write(register)
    own = replace(rules, routes={"prompt": ("mail",), "others": ("gateway",)})
    take_in(register, own, EVERYWHERE, NOW, AT)
    assert rows(register)["channel"].tolist() == ["mail"]


def test_the_newest_about_the_same_to_the_same_unit_is_sent_for_all(register: Register, rules: Settings) -> None:
    patient = replace(rules, together=10 * MINUTE)
    write(register, times=2)
    write(register, number="P2")
    write(register, org_id="O2")
    write(register, org_id=None)
    take_in(register, patient, GATEWAY, NOW, AT)
    last = write(register, at=AT + 5 * MINUTE)
    take_in(register, patient, GATEWAY, NOW + 5 * MINUTE, AT + 5 * MINUTE)
    assert states(register) == {WAITING: 4, JOINED: 2}
    held = rows(register).set_index("outbox_id")
    # It goes when the first of them was to go: whoever writes again and again does not put it off.
    assert held.loc[last, "next_at"] == NOW + 10 * MINUTE
    assert take(register, patient, "gateway", "w", NOW + 9 * MINUTE) is None
    for _ in range(4):
        taken = take(register, patient, "gateway", "w", NOW + 10 * MINUTE)
        assert taken is not None
        note_sent(register, taken, NOW + 10 * MINUTE)
    assert take(register, patient, "gateway", "w", NOW + 10 * MINUTE) is None
    # What is written after that is another message.
    write(register, at=AT + 20 * MINUTE)
    take_in(register, patient, GATEWAY, NOW + 20 * MINUTE, AT + 20 * MINUTE)
    assert states(register) == {WAITING: 1, SENT: 4, JOINED: 2}


def test_what_is_too_old_when_a_channel_opens_is_not_sent(register: Register, rules: Settings) -> None:
    write(register, at=AT - rules.oldest - MINUTE)
    write(register, number="P2", at=AT - rules.oldest)
    take_in(register, rules, GATEWAY, NOW, AT)
    held = rows(register).sort_values("state")
    assert held[["state", "reason"]].values.tolist() == [[STALE, TOO_OLD], [WAITING, ""]]


def test_what_one_has_taken_no_other_takes_until_the_lease_is_over(register: Register, rules: Settings) -> None:
    write(register)
    take_in(register, rules, GATEWAY, NOW, AT)
    first = take(register, rules, "gateway", "one", NOW)
    assert first is not None
    assert take(register, rules, "gateway", "two", NOW + rules.lease - timedelta(seconds=1)) is None
    second = take(register, rules, "gateway", "two", NOW + rules.lease)
    assert second is not None
    assert (first.key, first.attempt, second.key, second.attempt) == (second.key, 1, first.key, 2)
    # The first comes back late: what it failed at is no longer its own, what it sent is sent.
    note_failed(register, rules, first, WHY, NOW + rules.lease)
    assert rows(register)["lease"].tolist() == ["two"]
    note_sent(register, first, NOW + rules.lease)
    note_failed(register, rules, second, WHY, NOW + rules.lease)
    assert states(register) == {SENT: 1}


def test_many_workers_at_once_take_each_message_once(register: Register, rules: Settings) -> None:
    for number in range(30):
        write(register, number=f"P{number}")
    take_in(register, rules, EVERYWHERE, NOW, AT)
    taken: list[str] = []

    def work(name: str) -> None:
        for channel in ("gateway", "mail"):
            while (one := take(register, rules, channel, name, NOW)) is not None:
                taken.append(one.key)
                note_sent(register, one, NOW)

    workers = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(taken) == len(set(taken)) == 60
    assert states(register) == {SENT: 60}


def test_it_is_tried_again_ever_later_and_given_up(register: Register, rules: Settings, office: Viewer) -> None:
    outbox_id = write(register)
    take_in(register, rules, GATEWAY, NOW, AT)
    at, waits = NOW, []
    for attempt in range(1, rules.times + 1):
        taken = take(register, rules, "gateway", "w", at)
        assert taken is not None and taken.attempt == attempt
        note_failed(register, rules, taken, WHY, at, chance=0.5)
        [due] = rows(register)["next_at"]
        waits.append((pd.Timestamp(due) - at) / MINUTE)
        at = pd.Timestamp(due).to_pydatetime()
    assert waits == [1, 2, 4, 8, 16, 32, 64, 120]
    assert states(register) == {DEAD: 1}
    assert take(register, rules, "gateway", "w", at + timedelta(days=9)) is None
    assert not any_due(register, rules, GATEWAY, at + timedelta(days=9))

    with pytest.raises(Forbidden):
        resend(register, Viewer("i", "某", "inspector"), [(outbox_id, "gateway")], at, AT)
    assert resend(register, office, [(outbox_id, "gateway"), ("M0", "gateway")], at, AT) == 1
    assert resend(register, office, [(outbox_id, "gateway")], at, AT) == 0
    with register.transaction() as tx:
        told = tx.last_event("message", outbox_id)
    assert told is not None and (told.action, told.actor_id) == ("resend", "p-office")
    assert told.payload == {"channel": "gateway", "attempts": 8, "reason": WHY.reason}
    taken = take(register, rules, "gateway", "w", at)
    assert taken is not None and taken.attempt == 1
    assert [fault for fault in verify_register(register) if "消息" in fault] == []


def test_an_hour_carries_no_more_than_the_channel_may(register: Register, rules: Settings) -> None:
    few = {code: replace(one, most_per_hour=2) for code, one in rules.channels.items()}
    slow = replace(rules, channels=few)
    for number in range(3):
        write(register, number=f"P{number}")
    take_in(register, slow, GATEWAY, NOW, AT)
    assert [take(register, slow, "gateway", "w", NOW) is not None for _ in range(3)] == [True, True, False]
    assert not any_due(register, slow, GATEWAY, NOW)
    later = NOW + timedelta(hours=1)
    assert any_due(register, slow, GATEWAY, later)
    assert take(register, slow, "gateway", "w", later) is not None


def test_nothing_goes_out_in_the_quiet_hours(register: Register, rules: Settings) -> None:
    night = replace(rules, quiet=(time(22), time(7)))
    write(register)
    take_in(register, night, GATEWAY, NOW, AT)
    for at in (datetime(2026, 3, 2, 22), datetime(2026, 3, 3, 6, 59)):
        assert take(register, night, "gateway", "w", at) is None
        assert not any_due(register, night, GATEWAY, at)
    assert any_due(register, night, GATEWAY, datetime(2026, 3, 3, 7))


def test_units_that_are_left_alone_hold_up_nobody(register: Register, rules: Settings) -> None:
    write(register, org_id="O1")
    write(register, org_id="O2", at=AT + MINUTE)
    take_in(register, rules, GATEWAY, NOW, AT + MINUTE)
    taken = take(register, rules, "gateway", "w", NOW, lambda unit: unit == "O1")
    assert taken is not None and taken.row.to_org_id == "O2"
    assert take(register, rules, "gateway", "w", NOW, lambda unit: unit == "O1") is None


def test_who_may_see_how_messages_fare(register: Register, rules: Settings, office: Viewer) -> None:
    write(register)
    found = messages(register, office, None)
    assert found[["object_type", "object_id", "to_org_id", "attempts"]].values.tolist() == [["prompt", "P1", "O1", 0]]
    assert found["state"].isna().all() and not {"subject", "body"} & set(found)
    for role in ("leader", "inspector", "county", "town", "liaison", "auditor"):
        with pytest.raises(Forbidden):
            messages(register, Viewer("x", "某", role), None)
    assert len(messages(register, Viewer("x", "某", "sysadmin"), None)) == 1


@given(st.integers(1, 31), st.floats(0, 1, exclude_max=True))
def test_the_wait_doubles_up_to_its_most_and_strays_by_a_quarter(attempts: int, chance: float) -> None:
    rules = read_settings(MESSAGES)
    usual = min(rules.first * 2 ** (attempts - 1), rules.longest)
    assert 0.75 * usual <= rules.again(attempts, chance) <= 1.25 * usual


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), st.times(), st.times())
def test_the_next_moment_that_is_not_quiet_is_the_first(at: datetime, start: time, end: time) -> None:
    rules = replace(read_settings(MESSAGES), quiet=(start.replace(microsecond=0), end.replace(microsecond=0)))
    loud = rules.loud(at)
    assert at <= loud <= at + timedelta(days=1)
    assert rules.loud(loud) == loud
    if loud != at:
        assert rules.loud(loud - timedelta(microseconds=1)) == loud
