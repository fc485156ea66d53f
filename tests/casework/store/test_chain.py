"""Events cannot be changed, removed or cut off unnoticed."""

import itertools
from datetime import datetime

import pytest
from sqlalchemy import delete, insert, select, update

from lib.access import SYSTEM, Viewer
from lib.casework import audit
from lib.casework.store.register import Register
from lib.casework.store.schema import attachment, audit_log, event
from lib.casework.store.verify import verify_audit, verify_chain
from tests.casework.stepping import on_warning
from tests.casework.tampering import lift

AT = datetime(2022, 9, 1, 8, 30)


@pytest.fixture
def ten_events(register: Register) -> None:
    with register.transaction() as tx:
        for number in range(10):
            key, text = f"W{number % 3}", f"第{number}条"
            tx.append(SYSTEM, AT, "warning", key, "note", "新生成", "新生成", text, {"n": number})


def _tamper(register: Register, statement) -> None:
    with register.engine.begin() as connection:
        lift(connection)
        connection.execute(statement)


def test_an_untouched_chain_has_no_faults(register: Register, ten_events: None) -> None:
    assert verify_chain(register) == []
    with register.read() as connection:
        rows = connection.execute(select(event).order_by(event.c.seq)).all()
    assert [row.seq for row in rows] == list(range(1, 11))
    assert all(later.prev_hash == earlier.hash for earlier, later in itertools.pairwise(rows))
    assert rows[0].event_id == "E" + rows[0].hash[:20]


@pytest.mark.parametrize(
    "changed",
    [
        {"text": "改过"},
        {"payload": '{"n":99}'},
        {"actor_id": "someone"},
        {"at": datetime(2022, 9, 1, 8, 31)},
        {"to_state": "已办结"},
        {"submission_id": "x"},
    ],
)
def test_a_changed_event_is_named(register: Register, ten_events: None, changed: dict) -> None:
    _tamper(register, update(event).where(event.c.seq == 4).values(**changed))
    assert verify_chain(register) == ["事件第 4 号内容被改动"]


def test_a_removed_event_is_named(register: Register, ten_events: None) -> None:
    _tamper(register, delete(event).where(event.c.seq == 5))
    assert verify_chain(register) == ["事件缺失：第 5 至 5 号"]


def test_a_cut_off_tail_is_noticed(register: Register, ten_events: None) -> None:
    _tamper(register, delete(event).where(event.c.seq >= 9))
    assert verify_chain(register) == ["事件链末尾缺失：应到第 10 号，实到第 8 号"]


def test_an_event_added_past_the_head_is_noticed(register: Register, ten_events: None) -> None:
    with register.read() as connection:
        last = dict(connection.execute(select(event).where(event.c.seq == 10)).one()._mapping)
    _tamper(register, insert(event).values(**{**last, "seq": 11, "event_id": "Eforged", "prev_hash": last["hash"]}))
    faults = verify_chain(register)
    assert "事件第 11 号内容被改动" in faults
    assert "事件链末尾缺失：应到第 10 号，实到第 11 号" in faults


def test_an_altered_attachment_is_noticed(register: Register, feed, inspector: Viewer) -> None:
    [warning_id] = feed({})
    on_warning("sign", register, inspector, warning_id, submission_id="1", at=AT)
    on_warning("start", register, inspector, warning_id, submission_id="2", at=AT)
    on_warning(
        "conclude",
        register,
        inspector,
        warning_id,
        submission_id="3",
        at=AT,
        conclusion="属实",
        text="见附件",
        checked=["核对票据"],
        attachment=("票据.jpg", b"scan"),
    )
    assert verify_chain(register) == []
    _tamper(register, update(attachment).values(content=b"another scan"))
    [fault] = verify_chain(register)
    assert fault.startswith("附件 A") and fault.endswith("内容被改动")


def test_a_failed_transaction_leaves_no_gap(register: Register, ten_events: None) -> None:
    with pytest.raises(ZeroDivisionError), register.transaction() as tx:
        tx.append(SYSTEM, AT, "warning", "W1", "note", "新生成", "新生成")
        tx.flush()
        raise ZeroDivisionError
    with register.transaction() as tx:
        assert tx.append(SYSTEM, AT, "warning", "W1", "note", "新生成", "新生成").seq == 11
    assert verify_chain(register) == []


def test_a_failure_inside_cannot_be_swallowed_outside(register: Register) -> None:
    with pytest.raises(RuntimeError), register.transaction() as outer:
        outer.append(SYSTEM, AT, "warning", "W1", "note", None, "新生成")
        try:
            with register.transaction() as inner:
                inner.append(SYSTEM, AT, "warning", "W2", "note", None, "新生成")
                raise ValueError
        except ValueError:
            pass
    with register.read() as connection:
        assert connection.execute(select(event)).all() == []


def test_the_audit_log_is_sealed_too(register: Register, office: Viewer) -> None:
    for number in range(3):
        audit.log(register, office, "view", "warning", f"W{number}", at=AT)
    assert verify_audit(register) == []
    _tamper(register, update(audit_log).where(audit_log.c.seq == 2).values(object_id="W9"))
    assert verify_audit(register) == ["操作日志第 2 号内容被改动"]
    _tamper(register, delete(audit_log).where(audit_log.c.seq == 3))
    assert verify_audit(register)[-1] == "操作日志末尾缺失：应到第 3 号，实到第 2 号"
