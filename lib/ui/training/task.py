"""A task: what is set, the pages it is worked on, questions or a table to mend, and what is told of it afterwards."""

import uuid
from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework.store.chain import Event
from lib.casework.store.register import Register
from lib.casework.training import attempts
from lib.casework.training.attempts import Go, file_of
from lib.catalog.exercises import Exercise
from lib.errors import UserError
from lib.insight.training import marking, mending, score, tuning
from lib.insight.training.sheets import fields
from lib.insight.training.task import Question, Task
from lib.ui import message, paths
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.files.download import download
from lib.ui.kept import kept
from lib.ui.state import Key, key
from lib.ui.tables import plain_table
from lib.ui.training import marks
from lib.ui.training.calendar import deadlines
from lib.ui.verbatim import verbatim
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

# A file to be mended has a few rows.
_MOST_MB = 1


@kept(256)
def _asked(
    _register: Register,
    _warehouse: Warehouse,
    _viewer: Viewer,
    _exercise: Exercise,
    _go: Go,
    _events: Sequence[Event],
    state: Key,
) -> Task:
    return marking.asked(_register, _warehouse, _viewer, _exercise, _go, _events)


@kept(256)
def _told(
    _register: Register,
    _warehouse: Warehouse,
    _viewer: Viewer,
    _exercise: Exercise,
    _go: Go,
    _events: Sequence[Event],
    state: Key,
) -> marking.Told:
    return marking.told(_register, _warehouse, _viewer, _exercise, _go, _events)


def _key(register: Register, warehouse: Warehouse, viewer: Viewer, go: Go) -> Key:
    """Whatever a task asks and tells follows from the data and from what stands in the seat's store."""
    return key(register, warehouse, viewer, viewer.person_id, go.attempt_id, go.seq, clock=False)


def working(
    register: Register, warehouse: Warehouse, viewer: Viewer, exercise: Exercise, go: Go, events: Sequence[Event]
) -> None:
    """A task while it is worked on."""
    task = _asked(register, warehouse, viewer, exercise, go, events, _key(register, warehouse, viewer, go))
    held = score.answers(events).get(1, {})
    with card("task"):
        for line in task.lines:
            st.markdown(verbatim(line))
        with st.container(horizontal=True, gap="small"):
            for place in task.places:
                st.page_link(
                    paths.BY_URL[place.url_path].file,
                    label=place.label,
                    icon=":material/open_in_new:",
                    query_params=way.address(dict(place.query)),
                    width="content",
                )
    running = marking.limits(register, warehouse, viewer, exercise, go, now(warehouse))
    if running is not None:
        deadlines(warehouse, running, go.attempt_id)
    if task.sheet is not None:
        _mending(register, warehouse, viewer, go, events, task)
    elif exercise.kind == "tune":
        _tuning(register, warehouse, viewer, exercise, go, events, task, held)
    elif task.questions:
        with card("task-answer"):
            for one in task.questions:
                _ask(one, held, go)
            sent = (register, warehouse, viewer, go, 1, task.questions)
            st.button("保存", key=f"{go.attempt_id}_save", type="primary", on_click=_save, args=sent)
            if held:
                st.caption("已保存，还可以改。")


def _ask(question: Question, held: Mapping[str, list[str]], go: Go) -> None:
    name, before = f"{go.attempt_id}_{question.name}", held.get(question.name, [])
    codes, help_text = list(question.offered), question.help or None
    if not codes:
        st.text_input(question.label, value=next(iter(before), ""), key=name, max_chars=30, help=help_text)
    elif question.several:
        st.multiselect(
            question.label,
            codes,
            default=[one for one in before if one in codes],
            key=name,
            format_func=question.offered.__getitem__,
            placeholder="没有就不选",
            help=help_text,
        )
    else:
        first = next(iter(before), None)
        st.selectbox(
            question.label,
            codes,
            index=codes.index(first) if first in codes else None,
            key=name,
            format_func=question.offered.__getitem__,
            placeholder="请选择",
            help=help_text,
        )


def _given(question: Question, go: Go) -> list[str]:
    """The values that stand in the page for a question."""
    held = st.session_state.get(f"{go.attempt_id}_{question.name}")
    if question.several:
        return [str(one) for one in held or []]
    text = str(held or "").strip()
    return [text] if text else []


def _save(
    register: Register, warehouse: Warehouse, viewer: Viewer, go: Go, item: int, questions: Sequence[Question]
) -> None:
    # What stands in the page now: a choice may be newer than the page's last run.
    answer = [f"{one.name}={value}" for one in questions for value in _given(one, go)]
    _record(register, warehouse, viewer, go, item, answer)


def _record(register: Register, warehouse: Warehouse, viewer: Viewer, go: Go, item: int, answer: list[str]) -> None:
    attempts.answer(register, viewer, go.attempt_id, item, answer, uuid.uuid4().hex, now(warehouse))


def _tuning(
    register: Register,
    warehouse: Warehouse,
    viewer: Viewer,
    exercise: Exercise,
    go: Go,
    events: Sequence[Event],
    task: Task,
    held: Mapping[str, list[str]],
) -> None:
    """A value is tried, or chosen; of a try two numbers are told."""
    tries, name = len(tuning.tries_of(events)), go.attempt_id
    with card("task-answer"):
        if task.beside is not None:
            plain_table(task.beside, f"{name}_tries", 12, "试算的结果")
        _ask(task.questions[0], held, go)
        if refused := st.session_state.pop(f"{name}_refused", None):
            message.problem(refused)
        sent = (register, warehouse, viewer, go)
        with st.container(horizontal=True):
            st.button(
                "试算",
                key=f"{name}_try",
                disabled=tries >= exercise.settings["tries"],
                on_click=_choose,
                args=(*sent, tuning.FIRST_TRY + tries, task.questions),
            )
            st.button(
                "就定这个值",
                key=f"{name}_choose",
                type="primary",
                on_click=_choose,
                args=(*sent, tuning.FINAL, task.questions),
            )
        if held:
            st.caption(f"已定：{verbatim(held[task.questions[0].name][0])}，还可以改。")


def _choose(
    register: Register, warehouse: Warehouse, viewer: Viewer, go: Go, item: int, questions: Sequence[Question]
) -> None:
    refused = tuning.fault(go, next(iter(_given(questions[0], go)), ""))
    if refused is not None:
        st.session_state[f"{go.attempt_id}_refused"] = refused
    else:
        _save(register, warehouse, viewer, go, item, questions)


@kept(256)
def _loaded(
    _register: Register, _warehouse: Warehouse, _viewer: Viewer, _go: Go, _events: Sequence[Event], state: Key
) -> mending.Loaded:
    item = _go.items[0]
    return mending.load(_warehouse, item, *mending.handed(_register, _warehouse, item, _events))


def _mending(
    register: Register, warehouse: Warehouse, viewer: Viewer, go: Go, events: Sequence[Event], task: Task
) -> None:
    assert task.sheet is not None and task.beside is not None
    left, right = st.columns(2, gap="medium")
    with left, card("mend-file"):
        st.markdown("**报来的文件**　双击单元格修改")
        # Saved changes stand in the sheet itself: the table they were made in is another one from then on.
        name = f"{go.attempt_id}_sheet_{go.seq}"
        st.data_editor(task.sheet, key=name, hide_index=True, num_rows="fixed")
        sent = (register, warehouse, viewer, go)
        st.button(
            "保存并试装",
            key=f"{go.attempt_id}_load",
            type="primary",
            on_click=_save_sheet,
            args=(*sent, task.sheet, name),
        )
        _tried(register, warehouse, viewer, go, events, len(task.sheet))
    with right:
        with card("mend-ledger"):
            st.markdown("**纸质台账**")
            plain_table(task.beside, f"{go.attempt_id}_ledger", 12, "纸质台账")
        with card("mend-upload"):
            _own_file(register, warehouse, viewer, go, events)


def _tried(
    register: Register, warehouse: Warehouse, viewer: Viewer, go: Go, events: Sequence[Event], rows: int
) -> None:
    """What became of what was last tried."""
    if not score.answers(events):
        return
    uploaded = file_of(register, events)
    found = _loaded(register, warehouse, viewer, go, events, _key(register, warehouse, viewer, go))
    about = "上面的表" if uploaded is None else f"您上传的「{verbatim(uploaded[0])}」"
    st.markdown(f"**{about}：装入 {len(found.rows)} 行**，台账共 {rows} 行。交卷时交的就是这一份。")
    for reason in found.reasons:
        st.markdown(f"- {verbatim(reason)}")


def _own_file(register: Register, warehouse: Warehouse, viewer: Viewer, go: Go, events: Sequence[Event]) -> None:
    """The file to be mended with one's own program, and the way back in."""
    item, name = go.items[0], f"{go.attempt_id}_upload_{go.seq}"
    st.markdown("**用自己的表格软件改**")
    st.caption("下载的是报来的原文件；改好后上传，存成 csv 或 xlsx 都可以。列名不要改，行可以换顺序。")
    download(
        viewer,
        "record",
        "attempt",
        "下载坏文件",
        lambda: mending.in_a_file(item, mending.bad_rows(warehouse, item)),
        f"{mending.title(item)}.csv",
        icon=":material/download:",
        mime="text/csv",
        key=f"{name}_download",
    )
    file = st.file_uploader("改好的文件", list(mending.ENDINGS), key=name, max_upload_size=_MOST_MB)
    sent = (register, warehouse, viewer, go, name)
    st.button("试装上传的文件", key=f"{name}_load", disabled=file is None, on_click=_save_file, args=sent)
    if refused := st.session_state.pop(f"{go.attempt_id}_refused", None):
        message.problem(refused)


def _save_sheet(
    register: Register, warehouse: Warehouse, viewer: Viewer, go: Go, sheet: pd.DataFrame, name: str
) -> None:
    # What stands in the page now: a cell may be newer than the page's last run.
    rows, known = sheet.to_dict("records"), fields(go.items[0]["dataset"])
    names = {one.title: column for column, one in known.items()}
    for place, cells in marks.edits(name).items():
        rows[place].update({title: "" if value is None else str(value) for title, value in cells.items()})
    answer = [
        f"{mending.CELL}={place}|{names[str(title)]}|{str(value)[:60]}"
        for place, row in enumerate(rows)
        for title, value in row.items()
    ]
    _record(register, warehouse, viewer, go, 1, answer)


def _save_file(register: Register, warehouse: Warehouse, viewer: Viewer, go: Go, name: str) -> None:
    file = st.session_state.get(name)
    if file is None:
        return
    sent, at = uuid.uuid4().hex, now(warehouse)
    try:
        attempts.answer(register, viewer, go.attempt_id, 1, [], sent, at, (file.name, file.getvalue()))
    except UserError as refused:
        st.session_state[f"{go.attempt_id}_refused"] = refused


def told(
    register: Register, warehouse: Warehouse, viewer: Viewer, exercise: Exercise, go: Go, events: Sequence[Event]
) -> None:
    """What is told of a task once it is handed in."""
    found = _told(register, warehouse, viewer, exercise, go, events, _key(register, warehouse, viewer, go))
    for line in found.lines:
        st.markdown(f"- {verbatim(line)}")
    if found.table is not None:
        plain_table(found.table, f"{go.attempt_id}_told", 12, "讲解")
