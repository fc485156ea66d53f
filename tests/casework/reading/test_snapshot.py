"""The copy for analytics: refreshed when something was written, by whomever, and only then."""

from datetime import datetime

import pandas as pd

from lib.access import SYSTEM, Viewer
from lib.casework.reading import visible
from lib.casework.reading.snapshot import snapshot
from lib.casework.store.chain import GENESIS
from lib.casework.store.register import Register
from tests.casework.stepping import on_warning
from tests.casework.tampering import lift

AT = datetime(2022, 9, 6, 9, 0)


def test_nothing_written_nothing_read(register: Register, concluded: str) -> None:
    first = snapshot(register)
    assert snapshot(register) is first


def test_what_another_connection_wrote_is_seen(register: Register, url: str, feed, inspector: Viewer) -> None:
    [warning_id] = feed({})
    before = snapshot(register)
    elsewhere = Register(url)
    on_warning("sign", elsewhere, inspector, warning_id, submission_id="1", at=AT)
    elsewhere.close()
    after = snapshot(register)
    assert (before.warning["state"].item(), after.warning["state"].item()) == ("新生成", "已签收")
    assert after.event["seq"].tolist() == [1, 2]
    assert before.event["seq"].tolist() == [1]


def test_an_update_of_the_facts_alone_is_seen(register: Register, feed) -> None:
    feed({})
    before = snapshot(register)
    feed({"value": 777.0}, at=AT)
    after = snapshot(register)
    assert (before.seq, after.seq) == (1, 2)
    assert after.warning["value"].item() == 777.0


def test_refreshed_step_by_step_equals_read_at_once(register: Register, url: str, feed, inspector: Viewer) -> None:
    ids = feed({"subject_id": "C1"}, {"subject_id": "C2"})
    for number, warning_id in enumerate(ids):
        snapshot(register)
        on_warning("sign", register, inspector, warning_id, submission_id=f"s{number}", at=AT)
    elsewhere = Register(url)
    pd.testing.assert_frame_equal(snapshot(register).warning, snapshot(elsewhere).warning)
    pd.testing.assert_frame_equal(snapshot(register).event, snapshot(elsewhere).event)
    elsewhere.close()


def test_text_stays_in_one_piece_however_often_something_is_recorded(register: Register, feed) -> None:
    feed({})
    for number in range(5):
        with register.transaction() as tx:
            tx.append(SYSTEM, AT, "store", "register", "note", None, None, str(number))
        events = snapshot(register).event
    assert events["text"].tolist()[1:] == ["0", "1", "2", "3", "4"]
    text = [events[name].array.__arrow_array__() for name in events if events[name].dtype == "str"]
    assert len(text) >= 8 and {one.num_chunks for one in text} == {1}


def test_an_empty_store_has_the_same_columns_and_types(register: Register, feed, concluded: str) -> None:
    full = snapshot(register)
    columns = [full.warning.dtypes, full.clue.columns.tolist()]
    with register.transaction() as tx:
        lift(tx.connection)
        for table in ("warning", "event"):
            tx.connection.exec_driver_sql(f"delete from {table}")
        tx.connection.exec_driver_sql(f"update chain set seq = 0, hash = '{GENESIS}' where name = 'event'")
    empty = snapshot(register)
    assert empty.warning.empty
    assert empty.warning.columns.tolist() == columns[0].index.tolist()
    assert empty.clue.columns.tolist() == columns[1]
    assert empty.warning["state"].dtype == columns[0]["state"]
    assert empty.warning["due_at"].dtype.kind == "M"
    assert empty.warning["due_at"].lt(AT).tolist() == []


def test_a_store_emptied_and_filled_anew_is_read_anew(register: Register, url: str, feed, inspector: Viewer) -> None:
    feed({"subject_id": "C1"}, {"subject_id": "C2"})
    assert len(snapshot(register).warning) == 2
    elsewhere = Register(url)
    elsewhere.empty()
    elsewhere.close()
    again = Register(url)
    with again.transaction() as tx:
        tx.append(SYSTEM, AT, "rule", "M05", "note", None, "在用")
    again.close()
    after = snapshot(register)
    assert after.warning.empty
    assert after.event["object_id"].tolist() == ["M05"]


def test_what_is_not_committed_is_not_shared(register: Register, feed, inspector: Viewer) -> None:
    [warning_id] = feed({})
    try:
        with register.transaction():
            on_warning("sign", register, inspector, warning_id, submission_id="1", at=AT)
            assert snapshot(register).warning["state"].item() == "已签收"
            raise KeyError
    except KeyError:
        assert snapshot(register).warning["state"].item() == "新生成"


def test_one_warning_with_its_events(register: Register, concluded: str, inspector: Viewer) -> None:
    record = visible.warning(register, inspector, None, concluded)
    assert record["evidence"] == {"branches": ["gap"], "gap": 200}
    assert (record["closed_at"], record["merged_into"]) == (None, None)
    events = visible.events_of(register, inspector, None, "warning", concluded)
    assert events["action"].tolist() == ["generate", "sign", "start", "conclude"]
    assert events["payload"].iloc[-1]["checked"] == ["核对票据"]
    assert visible.warnings(register, SYSTEM, None)["warning_id"].tolist() == [concluded]


def test_a_frame_given_out_can_be_changed_without_harm(register: Register, concluded: str, inspector: Viewer) -> None:
    mine = visible.warnings(register, inspector, None)
    mine["state"] = "改了"
    assert visible.warnings(register, inspector, None)["state"].tolist() == ["已反馈"]
