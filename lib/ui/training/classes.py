"""The trainer's page: opening a class, its code to be projected, who sits where, putting it off, ending it."""

from functools import partial

import pandas as pd
import streamlit as st

from lib.access import Seat, Viewer
from lib.casework.drafts import UNREGISTERED
from lib.casework.reading.visible import objects
from lib.casework.record import take
from lib.casework.steps import Outcome, Submission
from lib.casework.store.register import Register
from lib.casework.training import seats
from lib.casework.training.base import base_store
from lib.casework.training.classes import Class, one_class, open_class
from lib.casework.training.states import CLEARED, RUNNING
from lib.casework.training.steps import CLASS, MOST_SEATS, OPEN, TRAINING_CLASS
from lib.errors import UserError
from lib.insight.wording import day
from lib.ui import message, paths
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.record import timeline
from lib.ui.record.form import Form, Record, Wording
from lib.ui.record.outcome import Result
from lib.ui.record.panel import steps_panel
from lib.ui.verbatim import verbatim
from lib.warehouse.clock import now
from lib.warehouse.home import home
from lib.warehouse.store import Warehouse

CLASS_KEY, OPEN_KEY = "training", "tc_open"


def listed(register: Register, warehouse: Warehouse, viewer: Viewer) -> None:
    """The classes, those that run first, and the form that opens one."""
    frame = objects(register, viewer, warehouse, TRAINING_CLASS)
    if viewer.may("record", TRAINING_CLASS):
        with st.expander("开班", expanded=frame.empty, key=OPEN_KEY, icon=":material/add:"):
            _opening(register, warehouse, viewer)
    if frame.empty:
        message.nothing("还没有班级", "监督室在这里开班；学员用班级码入座，各在自己的业务库里练习。")
        return
    order = frame.assign(last=frame["state"].ne(RUNNING)).sort_values(["last", "opened_at"], ascending=[True, False])
    with card("classes"):
        for row in order.to_dict("records"):
            _row(row)


def _row(row: dict) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.page_link(
            paths.CLASSES,
            label=verbatim(str(row["title"])),
            query_params=way.address({CLASS_KEY: row["class_id"]}),
            width="stretch",
        )
        st.caption(f"{row['taken']} / {row['size']} 人　至 {day(row['ends_on'])}　{row['state']}", width="content")


def _opening(register: Register, warehouse: Warehouse, viewer: Viewer) -> None:
    record = Record(register, warehouse, viewer, CLASS, UNREGISTERED, "", 0)
    wording = Wording(
        says={"": f"学员不超过 {MOST_SEATS} 人。第一次开班要先准备练习用的业务库，约需半分钟。"},
        hints={"title": "例如：新任派驻干部第一期"},
    )
    Form(record, OPEN, wording, takes=partial(_opened, register, viewer), then=_go).draw()


def _opened(register: Register, viewer: Viewer, sent: Submission) -> Outcome:
    with st.spinner("正在准备练习用的业务库……"):
        base_store(home())
    return open_class(register, viewer, sent)


def _go(result: Result) -> None:
    way.go(paths.CLASSES, way.onward({CLASS_KEY: str(result.created)}))


def one(register: Register, warehouse: Warehouse, viewer: Viewer, class_id: str) -> None:
    """One class: its code, large enough for the last row, who sits where, what can be done with it."""
    try:
        held = one_class(register, viewer, class_id)
    except UserError as error:
        message.stop(error)
    st.markdown(f"**{verbatim(held.title)}**　{held.state}　至 {day(pd.Timestamp(held.ends_on))}")
    left, right = st.columns([3, 2])
    with left:
        _code(held)
        _seats(register, warehouse, viewer, held)
    with right, card("class-steps"):
        _steps(register, warehouse, viewer, held)


def _code(held: Class) -> None:
    with card("class-code"):
        if not held.running:
            st.markdown("**不再入座**")
            st.caption("班级已结束或过了结束日期；成绩仍可查看，要继续请延期。")
            return
        st.caption("班级码")
        st.html(f'<div class="code">{held.code}</div>')
        st.caption(f"打开本站，在「训练」里填班级码和姓名入座；已入座 {len(held.taken)} / {held.size} 人。")


def _seats(register: Register, warehouse: Warehouse, viewer: Viewer, held: Class) -> None:
    with card("class-seats"):
        st.markdown("**座位**")
        if not held.taken:
            st.caption("还没有人入座。")
        teaches = viewer.may("record", TRAINING_CLASS) and held.state != CLEARED
        for taken in held.taken:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                begun = f"　重置 {taken.resets} 次" if taken.resets else ""
                st.markdown(f"{taken.number:02d}　{verbatim(taken.name)}", width="stretch")
                st.caption(f"{taken.at:%m-%d %H:%M} 入座{begun}", width="content")
                if teaches:
                    _of_seat(register, warehouse, viewer, held, taken.number)


def _of_seat(register: Register, warehouse: Warehouse, viewer: Viewer, held: Class, number: int) -> None:
    taken = held.seat(number)
    assert taken is not None
    with st.popover("口令、重置", type="tertiary"):
        st.markdown(f"口令 **{seats.word_of(home(), Seat(held.code, number), taken)}**")
        at, about = now(warehouse), (held.class_id, number)
        st.button(
            "换口令",
            key=f"word_{number}",
            help="原来登录的浏览器随即退出。",
            on_click=lambda: seats.new_word(register, viewer, *about, at),
        )
        st.button(
            "重置座位",
            key=f"reset_{number}",
            help="从头开始：业务库回到初始状态，以前的作答和成绩保留，取最好的一次。",
            on_click=lambda: seats.reset_seat(register, home(), viewer, *about, at),
        )


def _steps(register: Register, warehouse: Warehouse, viewer: Viewer, held: Class) -> None:
    frame = objects(register, viewer, warehouse, TRAINING_CLASS)
    row = frame[frame["class_id"].eq(held.class_id)].iloc[0]
    record = Record(register, warehouse, viewer, CLASS, held.class_id, held.state, int(row["last_seq"]))
    steps = CLASS.possible(viewer, held.state)
    line = "本班的练习记录已经删除。" if held.state == CLEARED else ("" if steps else "由监督室管理。")
    steps_panel(record, steps, line, lambda of, step: Form(of, step, takes=partial(_taken, of, step.action)), False)
    told = timeline.events(register, warehouse, viewer, CLASS, held.class_id)
    timeline.timeline(register, warehouse, viewer, CLASS, held.class_id, told)


def _taken(record: Record, action: str, sent: Submission) -> Outcome:
    done = take(record.register, record.viewer, CLASS, record.object_id, action, sent)
    if action == "clear" and done.recorded:
        seats.delete_stores(record.register, home(), record.viewer, record.object_id)
    return done
