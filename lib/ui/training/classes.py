"""The trainer's page: opening a class, its code to be projected, who sits where, putting it off, ending it."""

from datetime import timedelta
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
from lib.casework.training.classes import Class, Taken, one_class, open_class
from lib.casework.training.states import CLEARED, ENDED, RUNNING
from lib.casework.training.steps import CLASS, ENDS_ON, EXERCISES, MOST_SEATS, OPEN, SEED, SIZE, TRAINING_CLASS
from lib.catalog.exercises import exercises
from lib.errors import UserError
from lib.insight.training import marking
from lib.insight.wording import day
from lib.ui import message, paths
from lib.ui.access import session
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.record import timeline
from lib.ui.record.form import Form, Record, Wording
from lib.ui.record.outcome import Result
from lib.ui.record.panel import steps_panel
from lib.ui.training.board import BOARD_KEY
from lib.ui.verbatim import in_html, verbatim
from lib.warehouse.clock import now
from lib.warehouse.home import home
from lib.warehouse.store import Warehouse

CLASS_KEY, OPEN_KEY, SEAT_KEY = "training", "tc_open", "tc_seat"
_LOOK_SECONDS = 10.0
# How long a class usually runs.
_USUAL = timedelta(days=7)


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
        says={"": "第一次开班要先准备练习用的业务库和练习，约需一分钟。"},
        hints={"title": "例如：新任派驻干部第一期", SIZE: f"1 至 {MOST_SEATS}", SEED: "由系统取一个"},
        begins={EXERCISES: list(exercises()), ENDS_ON: now().date() + _USUAL},
        offers={EXERCISES: lambda _: {one.name: one.title for one in exercises().values()}},
    )
    Form(record, OPEN, wording, takes=partial(_opened, register, warehouse, viewer), then=_go).draw()


def _opened(register: Register, warehouse: Warehouse, viewer: Viewer, sent: Submission) -> Outcome:
    with st.spinner("正在准备练习用的业务库和练习……"):
        base_store(home())
        for name in exercises().keys() & set(sent.payload.get(EXERCISES) or ()):
            marking.prepare(warehouse, exercises()[name])
    done = open_class(register, viewer, sent)
    session.teach_here(one_class(register, viewer, str(done.created)).code)
    return done


def _go(result: Result) -> None:
    way.go(paths.CLASSES, way.onward({CLASS_KEY: str(result.created)}))


def one(register: Register, warehouse: Warehouse, viewer: Viewer, class_id: str) -> None:
    """One class: its code, large enough for the last row, who sits where, what can be done with it."""
    try:
        held = one_class(register, viewer, class_id)
    except UserError as error:
        message.stop(error)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            f"**{verbatim(held.title)}**　{held.state}　至 {day(pd.Timestamp(held.ends_on))}　"
            f"{'、'.join(verbatim(title) for title in _titles(held))}",
            width="stretch",
        )
        if held.state != CLEARED:
            address = way.address({BOARD_KEY: held.class_id})
            st.page_link(
                paths.BOARD, label="成绩", icon=":material/leaderboard:", query_params=address, width="content"
            )
    left, right = st.columns([3, 2])
    with left:
        _code(held)
        _seats(register, warehouse, viewer, class_id)
    with right, card("class-steps"):
        _steps(register, warehouse, viewer, held)


def _titles(held: Class) -> list[str]:
    known = exercises()
    return [known[name].title if name in known else name for name in held.exercises]


def _code(held: Class) -> None:
    with card("class-code"):
        if not held.running:
            st.markdown("**不再入座**")
            st.caption("班级已结束或过了结束日期；成绩仍可查看，要继续请延期。")
            return
        st.html(f'<div class="told">班级码</div><div class="code">{held.code}</div>')
        st.caption("打开本站填班级码和姓名入座；第一次入座后各有座位口令，换浏览器或改天再来时用。")


@st.fragment(run_every=_LOOK_SECONDS)
def _seats(register: Register, warehouse: Warehouse, viewer: Viewer, class_id: str) -> None:
    """Who sits where, looked at anew by itself."""
    held = one_class(register, viewer, class_id)
    with card("class-seats"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**座位**　已入座 {len(held.taken)} / {held.size} 人", width="stretch")
            if viewer.may("record", TRAINING_CLASS) and held.running:
                with st.popover("教员口令", type="tertiary", width="content"):
                    st.markdown(f"**{seats.teacher_word(home(), held.code)}**")
                    st.caption("开班期间，别的机器上只能入座或凭这个口令以教员进入；不要给学员。")
        if not held.taken:
            st.caption("还没有人入座。")
            return
        told = [_told(taken) for taken in held.taken]
        st.html(f'<div class="seats">{"".join(told)}</div>')
        if gone := seats.lost(home(), held):
            numbers = "、".join(f"{number:02d}" for number in gone)
            message.problem(UserError(f"{numbers} 号座位的练习记录不在了。", "重置这些座位后可以重新练习。"))
        if before := seats.lost_before(home(), held):
            numbers = "、".join(f"{number:02d}（{name}）" for number, name in before)
            message.problem(UserError(f"座位重置前的练习记录不在了：{numbers}。", "成绩只算还在的；请从备份恢复。"))
        if viewer.may("record", TRAINING_CLASS) and held.state != CLEARED:
            _of_seat(register, warehouse, viewer, held)


def _told(taken: Taken) -> str:
    begun = f" · 重置 {taken.resets} 次" if taken.resets else ""
    return f"<div><b>{taken.number:02d}</b> {in_html(taken.name)} <small>{taken.at:%m-%d %H:%M}{begun}</small></div>"


def _of_seat(register: Register, warehouse: Warehouse, viewer: Viewer, held: Class) -> None:
    """What the teacher does for one seat."""
    names = {taken.number: f"{taken.number:02d}　{taken.name}" for taken in held.taken}
    number = st.selectbox(
        "管理座位", list(names), index=None, format_func=names.__getitem__, key=SEAT_KEY, placeholder="选一个座位"
    )
    taken = None if number is None else held.seat(number)
    if taken is None:
        return
    at = now(warehouse)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"口令 **{seats.word_of(home(), Seat(held.code, taken.number), taken)}**", width="stretch")
        st.button(
            "换口令",
            help="原来登录的浏览器随即退出。",
            on_click=seats.new_word,
            args=(register, viewer, held.class_id, taken.number, at),
        )
        st.button(
            "重置座位",
            help="业务库回到初始状态；以前的作答和成绩保留，取最好的一次。",
            on_click=seats.reset_seat,
            args=(register, home(), viewer, held.class_id, taken.number, at),
        )


def _steps(register: Register, warehouse: Warehouse, viewer: Viewer, held: Class) -> None:
    frame = objects(register, viewer, warehouse, TRAINING_CLASS)
    row = frame[frame["class_id"].eq(held.class_id)].iloc[0]
    record = Record(register, warehouse, viewer, CLASS, held.class_id, held.state, int(row["last_seq"]))
    steps = CLASS.possible(viewer, held.state)
    line = "" if steps else "由监督室管理。"
    if held.state == CLEARED:
        line = "本班的练习记录已经删除。"
        if viewer.may("record", TRAINING_CLASS):
            # What a crash left of them.
            seats.delete_stores(register, home(), viewer, held.class_id)
    elif held.state == ENDED:
        line = f"本班的练习记录占 {seats.room_taken(register, home(), viewer, held.class_id) / 1e6:,.1f} MB。{line}"
    steps_panel(record, steps, line, lambda of, step: Form(of, step, takes=partial(_taken, of, step.action)), False)
    told = timeline.events(register, warehouse, viewer, CLASS, held.class_id)
    timeline.timeline(register, warehouse, viewer, CLASS, held.class_id, told)


def _taken(record: Record, action: str, sent: Submission) -> Outcome:
    done = take(record.register, record.viewer, CLASS, record.object_id, action, sent)
    if action == "clear" and done.recorded:
        seats.delete_stores(record.register, home(), record.viewer, record.object_id)
    return done
