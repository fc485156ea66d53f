"""Pressing twice, and two people at once."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from lib.access import Viewer
from lib.casework.attachments import read
from lib.casework.drafts import load_draft, save_draft
from lib.casework.store.register import Register
from lib.casework.store.schema import event
from lib.errors import UserError
from tests.casework.stepping import on_warning

AT = datetime(2022, 9, 6, 9, 0)


def _events(register: Register, warning_id: str) -> list[tuple[str, str]]:
    with register.read() as connection:
        rows = connection.execute(select(event).where(event.c.object_id == warning_id).order_by(event.c.seq))
        return [(row.action, row.actor_name) for row in rows]


def test_a_repeated_submission_is_recorded_once(register: Register, feed, inspector: Viewer) -> None:
    [warning_id] = feed({})
    first = on_warning("sign", register, inspector, warning_id, submission_id="same", at=AT)
    second = on_warning("sign", register, inspector, warning_id, submission_id="same", at=AT + timedelta(minutes=1))
    assert (first.recorded, first.duplicate) == (True, False)
    assert (second.recorded, second.duplicate, second.event_seq) == (False, True, first.event_seq)
    assert second.event is not None and second.event.at == AT
    assert _events(register, warning_id) == [("generate", "系统"), ("sign", "示范员01")]


def test_a_number_used_for_something_else_is_refused(register: Register, feed, inspector: Viewer) -> None:
    one, two = feed({"subject_id": "C1"}, {"subject_id": "C2"})
    on_warning("sign", register, inspector, one, submission_id="same", at=AT)
    with pytest.raises(UserError, match="已用于另一件事"):
        on_warning("sign", register, inspector, two, submission_id="same", at=AT)
    with pytest.raises(UserError, match="已用于另一件事"):
        on_warning("start", register, inspector, one, submission_id="same", at=AT)


def test_the_second_of_two_people_keeps_the_text_and_learns_who_was_first(
    register: Register, feed, inspector: Viewer, office: Viewer
) -> None:
    [warning_id] = feed({})
    on_warning("sign", register, inspector, warning_id, submission_id="1", at=AT)
    seen = on_warning("start", register, inspector, warning_id, submission_id="2", at=AT).event_seq
    given = {"at": AT + timedelta(hours=1), "checked": ["案卷"], "expected_seq": seen}
    first = on_warning(
        "conclude", register, inspector, warning_id, submission_id="a", conclusion="属实", text="甲的结论。", **given
    )
    second = on_warning(
        "conclude",
        register,
        office,
        warning_id,
        submission_id="b",
        conclusion="不属实",
        text="乙的长文。",
        **given,
        attachment=("乙.txt", "乙的材料".encode()),
    )
    assert first.recorded and not second.recorded and not second.duplicate
    [other] = second.conflict
    assert (other.actor_name, other.action, other.payload["conclusion"]) == ("示范员01", "conclude", "属实")
    assert _events(register, warning_id)[-1] == ("conclude", "示范员01")
    draft = load_draft(register, office, "warning", warning_id)
    assert draft == second.draft
    assert draft is not None
    assert (draft["text"], draft["conclusion"], draft["checked"]) == ("乙的长文。", "不属实", ["案卷"])
    kept = read(register, office, "warning", warning_id, draft["attachment"]["attachment_id"])
    assert kept == ("乙.txt", "乙的材料".encode())
    assert load_draft(register, inspector, "warning", warning_id) is None


def test_another_persons_step_in_between_stops_even_a_possible_one(
    register: Register, feed, inspector: Viewer, office: Viewer
) -> None:
    [warning_id] = feed({})
    seen = on_warning("sign", register, inspector, warning_id, submission_id="1", at=AT).event_seq
    on_warning("prompt", register, office, warning_id, submission_id="2", at=AT, text="已电话提示。")
    stopped = on_warning("start", register, inspector, warning_id, submission_id="3", at=AT, expected_seq=seen)
    assert [other.text for other in stopped.conflict] == ["已电话提示。"]
    after = stopped.conflict[-1].seq
    assert on_warning("start", register, inspector, warning_id, submission_id="4", at=AT, expected_seq=after).recorded


def test_what_the_system_noted_in_between_does_not_stop_a_person(register: Register, feed, inspector: Viewer) -> None:
    [warning_id] = feed({})
    seen = on_warning("sign", register, inspector, warning_id, submission_id="1", at=AT).event_seq
    feed({"level": "orange"}, at=AT)
    done = on_warning("start", register, inspector, warning_id, submission_id="2", at=AT, expected_seq=seen)
    assert done.recorded and done.conflict == ()


def test_ones_own_step_from_another_window_is_shown_as_a_conflict(register: Register, feed, inspector: Viewer) -> None:
    [warning_id] = feed({})
    with register.read() as connection:
        seen = connection.execute(select(event.c.seq)).scalar_one()
    on_warning("sign", register, inspector, warning_id, submission_id="tab-1", at=AT)
    late = on_warning("sign", register, inspector, warning_id, submission_id="tab-2", at=AT, expected_seq=seen)
    assert not late.recorded
    assert [other.submission_id for other in late.conflict] == ["tab-1"]


def test_a_refused_step_without_a_seen_number_keeps_the_text_too(register: Register, feed, inspector: Viewer) -> None:
    [warning_id] = feed({})
    with pytest.raises(UserError):
        on_warning(
            "conclude",
            register,
            inspector,
            warning_id,
            submission_id="x",
            at=AT,
            conclusion="属实",
            text="写了很久。",
            checked=["案卷"],
        )
    draft = load_draft(register, inspector, "warning", warning_id, "conclude")
    assert draft is not None and draft["text"] == "写了很久。"


def test_a_draft_is_kept_replaced_and_dropped_when_recorded(register: Register, concluded: str, office: Viewer) -> None:
    save_draft(register, office, "warning", concluded, {"text": "一半"}, AT, action="send_back")
    save_draft(register, office, "warning", concluded, {"text": "写完"}, AT, action="send_back")
    save_draft(register, office, "warning", concluded, {"text": "另一件"}, AT - timedelta(hours=1), action="review")
    assert load_draft(register, office, "warning", concluded) == {"text": "写完"}
    on_warning("send_back", register, office, concluded, submission_id="b", at=AT, text="写完")
    assert load_draft(register, office, "warning", concluded, "send_back") is None
    assert load_draft(register, office, "warning", concluded, "review") == {"text": "另一件"}


def test_eight_threads_with_one_submission_record_once(register: Register, feed, inspector: Viewer) -> None:
    [warning_id] = feed({})

    def press(_: int) -> tuple[bool, bool]:
        done = on_warning("sign", register, inspector, warning_id, submission_id="same", at=AT)
        return done.recorded, done.duplicate

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(press, range(8)))
    assert sorted(outcomes) == [(False, True)] * 7 + [(True, False)]
    assert _events(register, warning_id) == [("generate", "系统"), ("sign", "示范员01")]


def test_of_eight_people_one_sends_back_and_seven_keep_their_text(register: Register, concluded: str) -> None:
    with register.transaction() as tx:
        seen = tx.last_event("warning", concluded).seq
    people = [Viewer(f"p-{number}", f"示范员{number}", "office") for number in range(10, 18)]

    def send_back(person: Viewer) -> bool:
        return on_warning(
            "send_back",
            register,
            person,
            concluded,
            submission_id=person.person_id,
            at=AT,
            expected_seq=seen,
            text=f"{person.name}的意见",
        ).recorded

    with ThreadPoolExecutor(8) as pool:
        recorded = list(pool.map(send_back, people))
    assert sum(recorded) == 1
    for person, own in zip(people, recorded, strict=True):
        draft = load_draft(register, person, "warning", concluded)
        assert (draft is None) if own else (draft is not None and draft["text"] == f"{person.name}的意见")


def test_a_store_that_stays_locked_says_so_in_words(
    register: Register, feed, inspector: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not register.sqlite:
        pytest.skip("SQLite's lock")
    [warning_id] = feed({})
    monkeypatch.setattr("lib.casework.store.register.BUSY_SECONDS", 1)
    other = sqlite3.connect(str(register.engine.url.database), isolation_level=None)
    other.execute("begin immediate")
    with pytest.raises(UserError, match="业务库暂时无法写入"):
        on_warning("sign", register, inspector, warning_id, submission_id="s", at=AT)
    other.execute("rollback")
    assert on_warning("sign", register, inspector, warning_id, submission_id="s", at=AT).recorded


def test_one_leap_of_a_clock_dates_nothing_that_follows(register: Register, feed, inspector: Viewer) -> None:
    [warning_id] = feed({})
    leap = datetime(2099, 1, 1)
    signed = on_warning("sign", register, inspector, warning_id, submission_id="1", at=leap).event
    begun = on_warning("start", register, inspector, warning_id, submission_id="2", at=AT).event
    # Two servers whose clocks lie a little apart still tell one life in order.
    prompted = on_warning(
        "prompt", register, inspector, warning_id, submission_id="3", at=AT - timedelta(minutes=5), text="请核实。"
    ).event
    assert signed is not None and begun is not None and prompted is not None
    assert [signed.at, begun.at, prompted.at] == [leap, AT, AT]
    assert signed.seq < begun.seq < prompted.seq
