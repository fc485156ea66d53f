"""Rows changed behind the events' back are found."""

from datetime import datetime

from sqlalchemy import delete, update

from lib.access import Viewer
from lib.casework.store.register import Register
from lib.casework.store.schema import clue, warning
from lib.casework.store.verify import verify_register
from tests.casework.stepping import on_warning
from tests.casework.tampering import lift

AT = datetime(2022, 9, 6, 9, 0)


def test_a_register_in_order_has_no_faults(register: Register, concluded: str, feed, office: Viewer) -> None:
    feed({"level": "orange"}, {"subject_id": "C2", "level": "red"})
    on_warning("to_clue", register, office, concluded, submission_id="k", at=AT, text="转")
    assert verify_register(register) == []


def test_a_level_changed_by_hand_is_found(register: Register, concluded: str, feed) -> None:
    feed({"level": "orange"})
    with register.engine.begin() as connection:
        lift(connection)
        connection.execute(update(warning).values(level="yellow"))
    assert verify_register(register) == [f"预警 {concluded} 的级别与事件不一致"]


def test_a_removed_warning_and_a_removed_clue_are_found(register: Register, concluded: str, office: Viewer) -> None:
    done = on_warning("to_clue", register, office, concluded, submission_id="k", at=AT, text="转")
    with register.engine.begin() as connection:
        lift(connection)
        connection.execute(delete(warning))
        connection.execute(delete(clue))
    assert verify_register(register) == [
        f"预警 {concluded} 有登记事件而没有记录",
        f"线索 {done.created} 有登记事件而没有记录",
    ]


def test_a_smuggled_in_clue_is_found(register: Register, concluded: str, office: Viewer) -> None:
    done = on_warning("to_clue", register, office, concluded, submission_id="k", at=AT, text="转")
    with register.engine.begin() as connection:
        lift(connection)
        connection.execute(update(clue).values(clue_id="C0000000000000000"))
    assert verify_register(register) == [
        f"线索 {done.created} 有登记事件而没有记录",
        "线索 C0000000000000000 有记录而没有登记事件",
    ]
