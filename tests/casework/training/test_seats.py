"""Classes and their seats: who comes in, in which store they work, how it ends."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lib.access import Forbidden, Seat, Viewer
from lib.casework.accounts import signed_in
from lib.casework.demo.build import _clear_casework
from lib.casework.reading.visible import objects
from lib.casework.record import take
from lib.casework.steps import Submission
from lib.casework.store.register import Register, open_register
from lib.casework.store.schema import event, warning
from lib.casework.training import seats
from lib.casework.training.classes import held_class, one_class, open_class
from lib.casework.training.states import CLEARED, ENDED
from lib.casework.training.steps import CLASS
from lib.casework.warnings.steps import WARNING
from lib.errors import UserError
from lib.warehouse.clock import now
from lib.warehouse.home import checkpoints_path, register_path, training_path
from lib.warehouse.store import open_warehouse
from tests.casework.training.conftest import OFFICE, a_class, yesterday
from tests.cities import handmade


def _sits(home: Path, city: Register, code: str, name: str, word: str = "") -> Viewer:
    return seats.sit_down(home, city, code, name, word, now())


def _word(home: Path, city: Register, seat: Seat) -> str:
    held = held_class(city, seat.class_code)
    assert held is not None
    taken = held.seat(seat.number)
    assert taken is not None
    return seats.word_of(home, seat, taken)


def test_whoever_comes_first_sits_first_and_comes_back_by_name_and_word(home: Path, city: Register):
    held = a_class(city)
    first, second = _sits(home, city, held.code, "张三"), _sits(home, city, f" {held.code.lower()} ", " 李  四 ")
    assert (first.person_id, second.person_id) == (f"T-{held.code}-01", f"T-{held.code}-02")
    assert (first.role, first.seat, second.name) == ("trainee", Seat(held.code, 1), "李 四")
    assert seats.trainee(city, first.person_id) == first
    word = _word(home, city, first.seat)
    assert word != _word(home, city, second.seat)
    assert _sits(home, city, held.code, "张三", f" {word.lower()} ") == first
    with pytest.raises(UserError, match="已经入座"):
        _sits(home, city, held.code, "张三")
    with pytest.raises(UserError, match="口令不对"):
        _sits(home, city, held.code, "张三", _word(home, city, second.seat))
    assert [(one.number, one.name) for one in one_class(city, OFFICE, held.class_id).taken] == [
        (1, "张三"),
        (2, "李 四"),
    ]


def test_a_seat_is_shut_for_a_while_after_many_wrong_words(home: Path, city: Register):
    held = a_class(city)
    came = _sits(home, city, held.code, "张三")
    for _ in range(seats.MOST_WRONG):
        with pytest.raises(UserError, match="口令不对"):
            _sits(home, city, held.code, "张三", "2222")
    with pytest.raises(UserError, match="锁住"):
        _sits(home, city, held.code, "张三", _word(home, city, came.seat))


def test_another_word_signs_out_whoever_sat_there(home: Path, city: Register):
    held = a_class(city)
    came = _sits(home, city, held.code, "张三")
    key, before = signed_in.secret(home), _word(home, city, came.seat)
    token = signed_in.begin(city, key, came.person_id, now())
    assert signed_in.whose(city, key, token, now()) == came.person_id
    assert signed_in.whose(city, key, f"{token}x", now()) == ""
    assert signed_in.whose(city, key, token, now() + signed_in.LONGEST * 2) == ""
    seats.new_word(city, OFFICE, held.class_id, 1, now())
    assert signed_in.whose(city, key, token, now()) == ""
    with pytest.raises(UserError, match="口令不对"):
        _sits(home, city, held.code, "张三", before)
    assert _sits(home, city, held.code, "张三", _word(home, city, came.seat)) == came


def test_a_class_that_is_full_over_or_not_there_lets_nobody_in(
    home: Path, city: Register, monkeypatch: pytest.MonkeyPatch
):
    held = a_class(city, size=1)
    came = _sits(home, city, held.code, "张三")
    with pytest.raises(UserError, match="坐满"):
        _sits(home, city, held.code, "李四")
    for name in ("", " ", "长" * 21, "甲\u202e乙"):
        with pytest.raises(UserError, match="请填写姓名"):
            _sits(home, city, held.code, name)
    seq = int(objects(city, OFFICE, None, "training_class")["last_seq"].iloc[0])
    take(city, OFFICE, CLASS, held.class_id, "end", Submission("end", now(), seq))
    assert seats.trainee(city, came.person_id) is None
    with pytest.raises(UserError, match="已经结束"):
        _sits(home, city, held.code, "张三", _word(home, city, came.seat))
    seq = int(objects(city, OFFICE, None, "training_class")["last_seq"].iloc[0])
    wrong = Submission("more", now(), seq, payload={"ends_on": yesterday()})
    with pytest.raises(UserError, match="结束日期"):
        take(city, OFFICE, CLASS, held.class_id, "extend", wrong)
    take(city, OFFICE, CLASS, held.class_id, "extend", replace(wrong, payload={"ends_on": now().date()}))
    assert seats.trainee(city, came.person_id) == came
    monkeypatch.setattr("lib.casework.training.classes.now", lambda: now().replace(year=now().year + 1))
    assert seats.trainee(city, came.person_id) is None


@pytest.mark.parametrize(
    "code", ["", "..", "../../x", "AAAAA", "AAAAAA/", "ＡＡＡＡＡＡ", "A\0AAAA", "%2e%2e%2f", "222222", "' or 1=1"]
)
def test_what_is_no_class_code_leads_nowhere(home: Path, city: Register, code: str):
    a_class(city)
    with pytest.raises(UserError, match="没有这个班级码"):
        _sits(home, city, code, "张三")
    assert not training_path(home).exists()
    if code != "222222":
        with pytest.raises(ValueError, match="no seat"):
            seats.seat_folder(home, Seat(code, 1))
    with pytest.raises(ValueError, match="no seat"):
        seats.seat_folder(home, Seat("222222", 0))
    assert seats.trainee(city, f"T-{code}-01") is None


def test_seats_work_apart_and_leave_the_city_as_it_was(home: Path, city: Register):
    held, warehouse = a_class(city), open_warehouse(home)
    one, two = (_sits(home, city, held.code, name) for name in ("张三", "李四"))
    ends = register_path(home).read_bytes()
    own, other = seats.seat_register(home, one.seat), seats.seat_register(home, two.seat)
    found = objects(own, OFFICE, warehouse, "warning")
    raised = objects(city, OFFICE, warehouse, "warning")
    assert set(found["warning_id"]) == set(raised.loc[raised["origin"].eq("model"), "warning_id"])
    assert len(found) and found["state"].eq("新生成").all()
    row = found.iloc[0]
    at = row["first_seen_at"]
    take(own, one, WARNING, row["warning_id"], "sign", Submission("s1", at))
    counts = [_events(register) for register in (own, other)]
    assert counts[0] == counts[1] + 1
    assert seats.seat_register(home, one.seat) is own
    assert register_path(home).read_bytes() == ends and not checkpoints_path(home).exists()
    assert {path.name for path in training_path(home).iterdir()} == {held.code, "base-1.sqlite", "base.lock"}


def _events(register: Register) -> int:
    with register.read() as connection:
        return connection.execute(select(func.count()).select_from(event)).scalar_one()


def test_a_seat_begun_anew_keeps_what_was_done_before_beside_it(home: Path, city: Register):
    held = a_class(city)
    came = _sits(home, city, held.code, "张三")
    own = seats.seat_register(home, came.seat)
    with own.read() as connection:
        row = connection.execute(select(warning)).first()
    take(own, came, WARNING, row.warning_id, "sign", Submission("s1", row.first_seen_at))
    done = _events(own)
    for _ in range(2):
        seats.reset_seat(city, home, OFFICE, held.class_id, 1, now())
        assert _events(seats.seat_register(home, came.seat)) == done - 1
    assert [_events(one) for one in seats.worked_in(home, came.seat)] == [done, done - 1, done - 1]
    assert one_class(city, OFFICE, held.class_id).taken[0].resets == 2
    assert seats.trainee(city, came.person_id) == came
    with pytest.raises(UserError, match="还没有人"):
        seats.reset_seat(city, home, OFFICE, held.class_id, 2, now())


def test_what_trainees_did_is_deleted_only_with_the_class_and_by_who_may(home: Path, city: Register):
    held = a_class(city)
    came = _sits(home, city, held.code, "张三")
    seats.seat_register(home, came.seat)
    with pytest.raises(UserError, match="还没有清除"):
        seats.delete_stores(city, home, OFFICE, held.class_id)
    for number, (action, payload, text) in enumerate((("end", {}, ""), ("clear", {"sure": True}, "已导出"))):
        seq = int(objects(city, OFFICE, None, "training_class")["last_seq"].iloc[0])
        take(city, OFFICE, CLASS, held.class_id, action, Submission(f"c{number}", now(), seq, text, payload))
        assert one_class(city, OFFICE, held.class_id).state == (ENDED, CLEARED)[number]
    seats.delete_stores(city, home, OFFICE, held.class_id)
    assert not seats.seat_folder(home, came.seat).exists() and seats.worked_in(home, came.seat) == []
    for role in ("leader", "inspector", "trainee"):
        with pytest.raises(Forbidden):
            seats.delete_stores(city, home, Viewer("x", "某", role), held.class_id)
        with pytest.raises(Forbidden):
            open_class(city, Viewer("x", "某", role), Submission("n", now()))


def test_a_city_built_anew_takes_its_classes_along(home: Path, city: Register):
    came = _sits(home, city, a_class(city).code, "张三")
    seats.seat_register(home, came.seat)
    assert training_path(home).exists()
    _clear_casework(home)
    assert not training_path(home).exists()


def test_classes_are_for_synthetic_cities_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COCKPIT_HOME", str(tmp_path))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    handmade.put(tmp_path, synthetic=False)
    with pytest.raises(UserError, match="合成城市"):
        a_class(open_register(tmp_path))


@pytest.mark.parametrize(("size", "days"), [(0, 3), (61, 3), (3, -1), (3, 400)])
def test_a_class_has_seats_and_an_end(home: Path, city: Register, size: int, days: int):
    with pytest.raises(UserError, match=r"人数|结束日期"):
        a_class(city, size=size, days=days)


def test_the_teacher_comes_in_by_a_word_of_the_class(home: Path, city: Register):
    held = a_class(city)
    seats.require_teacher(home, held.code, seats.teacher_word(home, held.code).lower())
    with pytest.raises(UserError, match="教员口令不对"):
        seats.require_teacher(home, held.code, "22222222")
    assert seats.teaches(city, seats.teacher_id(held.code))
    assert not seats.teaches(city, seats.teacher_id("222222")) and not seats.teaches(city, f"T-{held.code}-01")
    assert seats.trainee(city, seats.teacher_id(held.code)) is None
