"""The pages of a class: the trainer's, and what a trainee's session shows and opens."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from streamlit.testing.v1 import AppTest

from lib.casework.store.register import Register, close_beside, open_register
from lib.casework.training import seats
from lib.casework.training.classes import Class
from lib.casework.training.states import WORKING
from lib.casework.training.steps import CLASS
from lib.ui.access import session
from lib.warehouse.clock import now
from lib.warehouse.demo.plants.truth import TRUTH_SCHEMA
from lib.warehouse.home import truth_path
from lib.warehouse.store import Warehouse
from tests.casework.training.conftest import a_class
from tests.pages.opening import APP, links, open_page, words

CLASSES, BOARD, EXERCISES = (f"pages/training/{name}.py" for name in ("classes", "board", "exercises"))
WORKBENCH = "pages/warnings/workbench.py"


@pytest.fixture
def held(home: Path, city: tuple[Register, Warehouse], monkeypatch: pytest.MonkeyPatch) -> Class:
    """A class on the handmade city, in which nothing was planted."""
    pq.write_table(TRUTH_SCHEMA.empty_table(), truth_path(home))
    monkeypatch.setattr(seats, "_wrong", {})
    return a_class(city[0])


def _comes(code: str, name: str, word: str = "") -> AppTest:
    app = AppTest.from_file(APP, default_timeout=120)
    app.query_params["class"] = code
    app.run()
    fields = {one.label: one for one in app.text_input}
    fields["姓名"].input(name)
    if word:
        fields["座位口令"].input(word)
    next(one for one in app.button if one.label == "入座").click().run()
    assert not app.exception
    return app


def test_the_trainer_opens_a_class_projects_its_code_and_sees_who_comes(held: Class, home: Path):
    app = open_page(CLASSES)
    assert any("第一期" in label for label, _, _ in links(app)) and "0 / 3 人" in words(app)
    _comes(held.code, "张三")
    one = open_page(CLASSES, training=held.class_id)
    assert held.code in words(one) and "张三" in words(one) and "已入座 1 / 3 人" in words(one)
    assert seats.teacher_word(home, held.code) in words(one)
    looks_on = open_page(CLASSES, "demo-leader", training=held.class_id)
    assert held.code in words(looks_on) and seats.teacher_word(home, held.code) not in words(looks_on)
    assert not [one for one in looks_on.button if one.label in ("换口令", "重置座位", "结束")]
    board = open_page(BOARD, board=held.class_id)
    assert "还没有人交卷" in words(board)
    for person in ("demo-inspector", "demo-town"):
        assert "您的角色不查看班级和成绩" in words(open_page(CLASSES, person))


def test_a_seat_whose_work_is_lost_is_told_to_both(held: Class, home: Path):
    app = _comes(held.code, "张三")
    close_beside(home / "training")
    (home / "training" / held.code / "01" / "casework.sqlite").unlink()
    app.run()
    assert "01 号座位的练习记录不在了。" in words(app) and not app.exception
    one = open_page(CLASSES, training=held.class_id)
    assert "01 号座位的练习记录不在了。 重置这些座位后可以重新练习。" in words(one).replace("**", "")


def test_without_classes_the_pages_say_what_to_do(home: Path):
    assert "还没有班级" in words(open_page(CLASSES)) and "还没有班级" in words(open_page(BOARD))


def test_a_trainee_sits_down_stays_and_leaves(held: Class):
    app = _comes(held.code, "张三")
    viewer = app.session_state["viewer"]
    assert (viewer.person_id, viewer.role, viewer.name) == (f"T-{held.code}-01", "trainee", "张三")
    assert app.query_params["class"] == held.code
    app.query_params["as"] = "demo-office"
    app.run()
    assert app.session_state["viewer"] == viewer
    refused = AppTest.from_file(APP, default_timeout=120)
    refused.query_params["class"] = held.code
    refused.run()
    {one.label: one for one in refused.text_input}["姓名"].input("张三")
    next(one for one in refused.button if one.label == "入座").click().run()
    assert "已经入座" in words(refused) and "viewer" not in refused.session_state
    next(one for one in app.button if one.label == "离开座位").click().run()
    assert "trainee" not in app.session_state and app.session_state["viewer"].person_id.startswith("demo-")


def test_a_trainee_opens_the_exercises_alone_until_one_names_a_page_and_a_role(held: Class, home: Path):
    app = _comes(held.code, "张三")
    app.switch_page(WORKBENCH).run()
    assert "这一页现在不开放" in words(app) and not app.exception
    trainee = app.session_state["trainee"]
    own = seats.seat_register(home, trainee.seat)
    payload = {"exercise": "x", "plays": ["inspector", "office"], "pages": ["workbench", "classes"]}
    with own.transaction() as tx:
        tx.append(trainee, now(), "attempt", "A1", "start", None, WORKING, "", payload)
    app.run()
    played = app.session_state["viewer"]
    assert (played.role, played.person_id, played.seat) == ("inspector", f"{trainee.person_id}:inspector", trainee.seat)
    assert "这一页现在不开放" not in words(app)
    switch = next(one for one in app.selectbox if one.label == "扮演")
    assert switch.options == ["派驻组", "监督室"]
    switch.set_value("office").run()
    assert app.session_state["viewer"].role == "office" and session.PERSONA_KEY not in app.session_state
    app.switch_page(CLASSES).run()
    assert "这一页现在不开放" in words(app)
    with own.transaction() as tx:
        tx.append(trainee, now(), "attempt", "A1", "finish", WORKING, "已交卷")
    app.switch_page(WORKBENCH).run()
    assert app.session_state["viewer"] == trainee and "这一页现在不开放" in words(app)


def test_a_class_that_ended_lets_its_trainees_out(held: Class, home: Path):
    from lib.casework.reading.visible import objects
    from lib.casework.record import take
    from lib.casework.steps import Submission
    from tests.casework.training.conftest import OFFICE

    app, register = _comes(held.code, "张三"), open_register(home)
    seq = int(objects(register, OFFICE, None, "training_class")["last_seq"].iloc[0])
    take(register, OFFICE, CLASS, held.class_id, "end", Submission("end", now(), seq))
    app.run()
    assert "班级已结束" in words(app) and "trainee" not in app.session_state


def test_from_elsewhere_a_running_class_leaves_the_entrance_alone(
    held: Class, home: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(session, "_is_local", lambda: False)
    app = AppTest.from_file(APP, default_timeout=120)
    app.query_params["as"] = "demo-office"
    app.run()
    assert "viewer" not in app.session_state and "其他身份暂不开放" in words(app)
    fields = {one.key or one.label: one for one in app.text_input}
    fields["teacher_code"].input(held.code)
    fields["教员口令"].input(seats.teacher_word(home, held.code))
    next(one for one in app.button if one.label == "进入").click().run()
    assert app.session_state["viewer"].person_id.startswith("demo-")
