"""The one form: every kind of field kept, restored, checked and sent; a second click; fields that are not asked for."""

import json
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.access.personas import personas
from lib.casework.drafts import UNREGISTERED, load_draft
from lib.casework.store.register import open_register
from tests.pages.opening import box, words

OFFICE = next(viewer for viewer in personas(True) if viewer.person_id == "demo-office")


def page() -> None:
    """A form with a field of every kind; what it sends stands in the session."""
    from datetime import datetime

    import streamlit as st

    from lib.access.personas import personas
    from lib.casework.drafts import UNREGISTERED, discard
    from lib.casework.steps import FILE, Field, Outcome, Step, Workflow, words
    from lib.casework.store.chain import Event
    from lib.casework.store.register import open_register
    from lib.ui.browser import way
    from lib.ui.paths import FIRST
    from lib.ui.record.form import Form, Record, Wording
    from lib.warehouse.store import open_warehouse

    way.arrive(st.query_params.get("page", "clues"), FIRST)
    step = Step(
        "open",
        "登记",
        "record",
        frozenset(),
        "登记",
        (
            Field("kind", "种类", "choice", required=True, choices=("来信", "来访")),
            Field("letter", "信件编号", "text", required=True, when=lambda values: values["kind"] == "来信"),
            Field("many", "事项", "choice", choices=tuple("甲乙丙丁戊己庚辛")),
            Field("unit", "单位", "choice"),
            Field("who", "人员", "choice"),
            Field("seen", "看了什么", "choices", choices=("账", "票")),
            Field("urgent", "加急", "flag"),
            Field("count", "件数", "number"),
            Field("on", "日期", "day", required=True),
            words("情况", required=True),
            Field(FILE, "附件", "file", required=True),
        ),
    )
    viewer = next(one for one in personas(True) if one.person_id == "demo-office")

    def taken(sent):
        known = any(one.submission_id == sent.submission_id for one in st.session_state.setdefault("sent", []))
        st.session_state["sent"].append(sent)
        with record.register.transaction() as tx:
            discard(tx, viewer, "clue", UNREGISTERED, "open")
        values = dict.fromkeys(Event.__dataclass_fields__)
        values |= {"seq": 7, "at": datetime(2022, 9, 6, 9), "payload": {FILE: {"attachment_id": "A1"}}}
        event = Event(**values)
        return Outcome(recorded=not known, duplicate=known, event=event)

    offers = {"unit": lambda _: {"O1": "示范队"}, "who": lambda held: {"P1": "张*"} if held["unit"] == "O1" else {}}
    workflow = Workflow("clue", "线索", {}, step)
    record = Record(open_register(), open_warehouse(), viewer, workflow, UNREGISTERED, "", 0)
    form = Form(record, step, Wording(offers=offers), takes=taken)
    form.draw()
    st.button("twice", on_click=lambda: (form.submit(), form.submit()))


def opened() -> AppTest:
    return AppTest.from_function(page, default_timeout=60).run()


def filled(app: AppTest) -> AppTest:
    app.session_state["new_open_text"] = "核对了票据"
    app.segmented_control(key="new_open_kind").set_value("来信").run()
    app.text_input(key="new_open_letter").set_value("L-1").run()
    app.selectbox(key="new_open_many").set_value("庚").run()
    assert app.selectbox(key="new_open_who").disabled and app.selectbox(key="new_open_who").placeholder == "先选单位"
    app.selectbox(key="new_open_unit").set_value("O1").run()
    app.selectbox(key="new_open_who").set_value("P1").run()
    app.multiselect(key="new_open_seen").set_value(["票"]).run()
    app.checkbox(key="new_open_urgent").check().run()
    app.number_input(key="new_open_count").set_value(3).run()
    app.date_input(key="new_open_on").set_value(date(2022, 9, 5)).run()
    return app


EXPECTED = {
    "kind": "来信",
    "letter": "L-1",
    "many": "庚",
    "unit": "O1",
    "who": "P1",
    "seen": ["票"],
    "urgent": True,
    "count": 3,
    "on": date(2022, 9, 5),
}


def test_every_kind_of_field_is_kept_and_restored_in_another_session(home: Path) -> None:
    filled(opened())
    kept = load_draft(open_register(home), OFFICE, "clue", UNREGISTERED, "open")
    assert kept == json.loads(json.dumps({**EXPECTED, "text": "核对了票据", "action": "open"}, default=str))
    again = opened()
    assert box(again, "情况")["note"] == "已恢复您上次未提交的内容。"
    again.file_uploader(key="new_open_attachment").upload("单.pdf", b"%PDF").run()
    again.button(key="new_open_submit").click().run()
    [sent] = again.session_state["sent"]
    assert (sent.payload, sent.text, sent.attachment) == (EXPECTED, "核对了票据", ("单.pdf", b"%PDF"))


def test_a_draft_that_names_what_is_gone_opens_without_it(home: Path) -> None:
    from lib.casework.drafts import save_draft
    from lib.warehouse.clock import now

    old = {"kind": "来电", "unit": "O9", "who": "P9", "seen": ["票", "人"], "many": "壬", "letter": "L-1", "text": "甲"}
    save_draft(open_register(home), OFFICE, "clue", UNREGISTERED, old, now(), "open")
    app = opened()
    assert not app.exception
    assert app.segmented_control(key="new_open_kind").value is None
    assert app.multiselect(key="new_open_seen").value == ["票"]
    assert not [one for one in app.text_input if one.key == "new_open_letter"]


def test_all_faults_are_told_at_once_and_only_of_what_is_asked(home: Path) -> None:
    app = opened()
    app.button(key="new_open_submit").click().run()
    assert "还不能提交：种类、日期、情况、附件" in words(app)
    app.segmented_control(key="new_open_kind").set_value("来信").run()
    app.button(key="new_open_submit").click().run()
    assert "还不能提交：信件编号、日期、情况、附件" in words(app) and "请填写信件编号。" in words(app)
    assert "sent" not in app.session_state


def test_what_is_no_longer_asked_for_is_not_sent(home: Path) -> None:
    app = filled(opened())
    app.segmented_control(key="new_open_kind").set_value("来访").run()
    app.file_uploader(key="new_open_attachment").upload("单.pdf", b"%PDF").run()
    app.button(key="new_open_submit").click().run()
    [sent] = app.session_state["sent"]
    assert sent.payload == {**EXPECTED, "kind": "来访", "letter": ""}


@pytest.mark.parametrize("content", [b"", b"0" * (10 * 1024 * 1024 + 1)], ids=["empty", "large"])
def test_a_file_that_cannot_be_kept_is_refused_at_its_field(home: Path, content: bytes) -> None:
    app = filled(opened())
    app.file_uploader(key="new_open_attachment").upload("单.pdf", content).run()
    app.button(key="new_open_submit").click().run()
    assert "还不能提交：附件" in words(app) and "sent" not in app.session_state


def test_a_second_click_sends_the_same_again_and_the_next_form_does_not(home: Path) -> None:
    app = filled(opened())
    app.file_uploader(key="new_open_attachment").upload("单.pdf", b"%PDF").run()
    next(one for one in app.button if one.label == "twice").click().run()
    first, second = app.session_state["sent"]
    assert (second.submission_id, second.payload, second.text) == (first.submission_id, EXPECTED, "核对了票据")
    assert second.attachment == "A1"
    assert "这次提交已经记录过" in "".join(one.value for one in app.info)
    assert not app.file_uploader[0].value
    filled(app).file_uploader[0].upload("单.pdf", b"%PDF").run()
    app.button(key="new_open_submit").click().run()
    assert app.session_state["sent"][2].submission_id != first.submission_id
    assert "**已保存** 登记" in words(app)
    app.query_params["page"] = "models"
    app.run()
    assert "已保存" not in words(app)
