"""Running a rule again updates and never duplicates, and loses nothing that people wrote."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pandas as pd
import pytest
from sqlalchemy import func, select

from lib.access import Viewer
from lib.casework.reading.snapshot import snapshot
from lib.casework.store.register import Register
from lib.casework.store.schema import event, signal, warning
from lib.casework.store.verify import verify_chain
from lib.casework.warnings.ingest import ingest, retire
from lib.errors import UserError
from tests.casework.conftest import MONDAY, RULE, candidates
from tests.casework.stepping import on_warning

LATER = MONDAY + timedelta(days=1)
M16 = SimpleNamespace(id="M16", title="网格超期·虚假办结")


def _actions(register: Register, warning_id: str) -> list[str]:
    with register.read() as connection:
        rows = connection.execute(select(event.c.action).where(event.c.object_id == warning_id).order_by(event.c.seq))
        return list(rows.scalars())


def _rows(register: Register) -> pd.DataFrame:
    return snapshot(register).warning.set_index("warning_id")


def test_the_same_run_twice_gives_the_same_warnings(register: Register, feed, inspector: Viewer) -> None:
    ids = feed({"subject_id": "C1"}, {"subject_id": "C2", "level": "red"})
    on_warning("sign", register, inspector, ids[0], submission_id="s", at=MONDAY)
    feed({"subject_id": "C1", "value": 350.0, "signal_count": 2}, {"subject_id": "C2", "level": "red"}, at=LATER)
    rows = _rows(register)
    assert sorted(rows.index) == sorted(ids)
    first = rows.loc[ids[0]]
    assert (first["state"], first["value"], first["signal_count"]) == ("已签收", 350.0, 2)
    assert (first["first_seen_at"], first["last_seen_at"]) == (MONDAY, LATER)
    assert _actions(register, ids[0]) == ["generate", "sign"]
    assert _actions(register, ids[1]) == ["generate"]


def test_a_warning_that_no_longer_fires_stays_and_may_fire_again(register: Register, feed, inspector: Viewer) -> None:
    [warning_id] = feed({})
    on_warning("sign", register, inspector, warning_id, submission_id="s", at=MONDAY)
    feed(at=LATER)
    gone = _rows(register).loc[warning_id]
    assert (bool(gone["firing"]), gone["state"], gone["last_seen_at"]) == (False, "已签收", MONDAY)
    feed(at=LATER + timedelta(hours=1))
    assert _actions(register, warning_id) == ["generate", "sign", "gone"]
    feed({}, at=LATER + timedelta(days=1))
    again = _rows(register).loc[warning_id]
    assert (bool(again["firing"]), again["state"]) == (True, "已签收")
    assert _actions(register, warning_id) == ["generate", "sign", "gone", "again"]


def test_a_partial_feed_silences_nothing(register: Register, feed) -> None:
    [first] = feed({"subject_id": "C1"})
    ingest(register, RULE, "h", None, candidates({"subject_id": "C2"}), LATER, "2", complete=False)
    rows = _rows(register)
    assert len(rows) == 2 and rows["firing"].all()
    assert rows.loc[first, "last_seen_at"] == MONDAY


def test_a_level_rises_with_an_event_and_never_falls(register: Register, feed) -> None:
    [warning_id] = feed({"level": "orange"})
    feed({"level": "red"}, at=LATER)
    feed({"level": "yellow"}, at=LATER + timedelta(days=1))
    row = _rows(register).loc[warning_id]
    assert (row["level"], row["fired_level"]) == ("red", "yellow")
    assert _actions(register, warning_id) == ["generate", "raise"]
    feed({"level": "red"}, at=LATER + timedelta(days=2))
    assert _actions(register, warning_id) == ["generate", "raise"]


def test_a_closed_warning_that_gets_worse_is_opened_again(
    register: Register, concluded: str, feed, office: Viewer
) -> None:
    on_warning("review", register, office, concluded, submission_id="r", at=LATER)
    on_warning("close", register, office, concluded, submission_id="e", at=LATER)
    feed({}, at=LATER + timedelta(days=1))
    assert _rows(register).loc[concluded, "state"] == "已办结"
    feed({"level": "red"}, at=LATER + timedelta(days=2))
    row = _rows(register).loc[concluded]
    assert (row["state"], row["level"]) == ("新生成", "red")
    assert pd.isna(row["signed_at"]) and pd.isna(row["conclusion"]) and pd.isna(row["closed_at"])
    assert row["sign_due_at"] == LATER + timedelta(days=3)
    assert _actions(register, concluded)[-3:] == ["review", "close", "reopen"]


def _closed(register: Register, office: Viewer, warning_id: str) -> None:
    on_warning("review", register, office, warning_id, submission_id=f"r-{warning_id}", at=LATER)
    on_warning("close", register, office, warning_id, submission_id=f"e-{warning_id}", at=LATER)


NEW_FACTS = {"occurred_on": date(2022, 9, 20), "level": "orange", "value": 300.0}


def test_new_facts_after_closing_open_a_new_warning_that_names_the_old_one(
    register: Register, concluded: str, feed, office: Viewer
) -> None:
    _closed(register, office, concluded)
    before = _rows(register).loc[concluded]
    feed(NEW_FACTS, at=LATER + timedelta(days=1))
    rows = _rows(register)
    (new,) = set(rows.index) - {concluded}
    row, old = rows.loc[new], rows.loc[concluded]
    assert (row["follows"], row["state"], row["level"], row["occurred_on"]) == (
        concluded,
        "新生成",
        "orange",
        pd.Timestamp(2022, 9, 20),
    )
    assert pd.isna(old["follows"]) and not old["firing"] and row["firing"]
    kept = ["state", "conclusion", "closed_at", "level", "value", "evidence", "occurred_on"]
    assert old[kept].equals(before[kept])
    assert verify_chain(register) == []
    # The same again changes nothing, with later facts as well while the new one is open.
    events = len(snapshot(register).event)
    feed(NEW_FACTS, at=LATER + timedelta(days=2))
    feed({**NEW_FACTS, "occurred_on": date(2022, 9, 21)}, at=LATER + timedelta(days=3))
    rows = _rows(register)
    assert sorted(rows.index) == sorted([concluded, new])
    assert rows.loc[new, "occurred_on"] == pd.Timestamp(2022, 9, 21)
    assert set(snapshot(register).event["action"].iloc[events:]) == {"ingest"}


def test_a_third_time_follows_the_second(register: Register, concluded: str, feed, office: Viewer) -> None:
    _closed(register, office, concluded)
    feed(NEW_FACTS, at=LATER + timedelta(days=1))
    (second,) = set(_rows(register).index) - {concluded}
    on_warning(
        "withdraw",
        register,
        office,
        second,
        submission_id="w",
        at=LATER + timedelta(days=2),
        reason="误报",
        text="资料有误。",
    )
    feed({**NEW_FACTS, "occurred_on": date(2022, 9, 30)}, at=LATER + timedelta(days=3))
    rows = _rows(register)
    (third,) = set(rows.index) - {concluded, second}
    assert rows.loc[third, "follows"] == second
    assert rows["firing"].to_dict() == {concluded: False, second: False, third: True}


@pytest.mark.parametrize("facts", [{}, {"value": 900.0}, {"occurred_on": date(2022, 8, 31)}])
def test_the_facts_a_warning_was_closed_on_open_nothing(
    register: Register, concluded: str, feed, office: Viewer, facts: dict
) -> None:
    _closed(register, office, concluded)
    feed(facts, at=LATER + timedelta(days=1))
    assert list(_rows(register).index) == [concluded]
    assert _rows(register).loc[concluded, "state"] == "已办结"


def test_a_warning_merged_into_a_closed_one_is_followed_as_well(
    register: Register, concluded: str, feed, office: Viewer
) -> None:
    month = {"period": "2022-09", "occurred_on": date(2022, 9, 3)}
    feed({}, month)
    (merged,) = set(_rows(register).index) - {concluded}
    feed({}, {**month, "occurred_on": date(2022, 9, 4)}, at=LATER)
    assert len(_rows(register)) == 2
    _closed(register, office, concluded)
    feed({}, {**month, "occurred_on": date(2022, 9, 20)}, at=LATER + timedelta(days=1))
    rows = _rows(register)
    (new,) = set(rows.index) - {concluded, merged}
    assert (rows.loc[new, "follows"], rows.loc[new, "state"]) == (merged, "新生成")


def test_a_later_period_is_merged_into_the_open_one(register: Register, feed, office: Viewer) -> None:
    group = {"subject_type": "officer", "subject_id": "P001"}
    june, july = feed(
        {**group, "period": "2022-06", "occurred_on": date(2022, 6, 30)},
        {**group, "period": "2022-07", "occurred_on": date(2022, 7, 30), "level": "orange"},
        rule=M16,
    )
    rows = _rows(register)
    assert rows.loc[july, ["state", "merged_into"]].tolist() == ["合并", june]
    # The open one takes over the heavier level.
    assert rows.loc[june, ["state", "level"]].tolist() == ["新生成", "orange"]
    on_warning("withdraw", register, office, june, submission_id="w", at=MONDAY, reason="误报", text="已核。")
    _, _, august = feed(
        {**group, "period": "2022-06", "occurred_on": date(2022, 6, 30)},
        {**group, "period": "2022-07", "occurred_on": date(2022, 7, 30), "level": "orange"},
        {**group, "period": "2022-08", "occurred_on": date(2022, 8, 30)},
        at=LATER,
        rule=M16,
    )
    assert _rows(register).loc[august, "state"] == "新生成"


def _months(*days: date, level: str = "yellow") -> list[dict]:
    return [
        {"subject_type": "officer", "subject_id": "P001", "period": f"{day:%Y-%m}", "occurred_on": day, "level": level}
        for day in days
    ]


def test_the_third_yellow_within_90_days_is_orange(register: Register, feed) -> None:
    days = (date(2022, 6, 10), date(2022, 7, 20), date(2022, 9, 8))
    first, second, third = feed(*_months(*days), rule=M16)
    levels = _rows(register)["level"]
    assert levels.loc[[first, second, third]].tolist() == ["orange", "yellow", "orange"]
    assert _actions(register, third) == ["generate", "merge", "raise"]
    assert _actions(register, first) == ["generate", "raise"]


def test_a_third_yellow_after_91_days_stays_yellow(register: Register, feed) -> None:
    ids = feed(*_months(date(2022, 6, 8), date(2022, 7, 20), date(2022, 9, 7)), rule=M16)
    assert _rows(register).loc[ids, "level"].tolist() == ["yellow"] * 3


def test_a_withdrawn_yellow_does_not_count_towards_the_third(register: Register, feed, office: Viewer) -> None:
    days = _months(date(2022, 6, 10), date(2022, 7, 20), date(2022, 9, 8))
    [first] = feed(days[0], rule=M16)
    on_warning("withdraw", register, office, first, submission_id="w", at=MONDAY, reason="误报", text="已核。")
    ids = feed(*days, at=LATER, rule=M16)
    assert _rows(register).loc[ids, "level"].tolist() == ["yellow"] * 3


def test_the_third_yellow_is_raised_once(register: Register, feed) -> None:
    days = _months(date(2022, 6, 10), date(2022, 7, 20), date(2022, 9, 8))
    *_, third = feed(*days, rule=M16)
    feed(*days, at=LATER, rule=M16)
    assert _actions(register, third) == ["generate", "merge", "raise"]
    assert _rows(register).loc[third, "level"] == "orange"


def test_another_rule_or_origin_is_left_alone(register: Register, feed) -> None:
    [other] = feed({}, rule=M16)
    frame = candidates({"subject_id": "R1", "subject_type": "sunshine_record"})
    ingest(register, RULE, "h", None, frame, MONDAY, "M05-1", origin="external_platform")
    feed(at=LATER)
    rows = _rows(register)
    assert rows["firing"].all()
    assert sorted(rows["origin"]) == ["external_platform", "model"]
    assert rows.loc[other, "rule_id"] == "M16"


def test_the_warnings_of_a_withdrawn_rule_stay_without_firing(register: Register, concluded: str, feed) -> None:
    assert retire(register, "M05", LATER) == 1
    assert retire(register, "M05", LATER) == 0
    row = _rows(register).loc[concluded]
    assert (bool(row["firing"]), row["state"], row["conclusion"]) == (False, "已反馈", "属实")
    with register.read() as connection:
        last = connection.execute(select(event).order_by(event.c.seq.desc()).limit(1)).one()
    assert (last.action, last.text, last.to_state) == ("gone", "模型已停用，不再命中", "已反馈")


def test_two_candidates_for_one_warning_are_refused_and_nothing_is_written(register: Register, feed) -> None:
    with pytest.raises(UserError, match="同一对象给出了两条预警"):
        feed({}, {"value": 3.0})
    assert snapshot(register).seq == 0


def test_signals_are_replaced_per_rule(register: Register) -> None:
    def rows(*subjects: str) -> pd.DataFrame:
        return candidates(*({"subject_id": subject} for subject in subjects)).drop(columns=["period", "signal_count"])

    ingest(register, RULE, "h", rows("C1", "C2"), candidates(), MONDAY, "1")
    ingest(register, M16, "h", rows("D1"), candidates(), MONDAY, "2")
    ingest(register, RULE, "h", rows("C2", "C3"), candidates(), MONDAY, "3")
    ingest(register, RULE, "h", None, candidates(), MONDAY, "4")
    with register.read() as connection:
        stored = connection.execute(select(signal.c.rule_id, signal.c.subject_id, signal.c.occurred_on)).all()
    assert sorted(tuple(row) for row in stored) == [
        ("M05", "C2", date(2022, 9, 1)),
        ("M05", "C3", date(2022, 9, 1)),
        ("M16", "D1", date(2022, 9, 1)),
    ]


def test_many_new_warnings_are_chained_in_one_go(register: Register, feed) -> None:
    ids = feed(*({"subject_id": f"C{number}"} for number in range(500)))
    assert len(set(ids)) == 500
    assert verify_chain(register) == []
    with register.read() as connection:
        assert connection.execute(select(func.count()).select_from(warning)).scalar_one() == 500
        assert connection.execute(select(func.max(event.c.seq))).scalar_one() == 500


def test_missing_facts_are_stored_as_missing(register: Register, feed) -> None:
    [warning_id] = feed({"officer_id": None, "threshold": float("nan"), "occurred_on": None, "domain_code": None})
    with register.read() as connection:
        row = connection.execute(select(warning).where(warning.c.warning_id == warning_id)).one()
    assert (row.officer_id, row.threshold, row.occurred_on, row.domain_code) == (None, None, None, None)
    assert row.first_seen_at == datetime(2022, 9, 5, 9, 0)
