"""A task: what is set, the pages it is worked on, questions or a table to mend, and what is told of it afterwards."""

import uuid
from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework.store.chain import Event
from lib.casework.store.register import Register
from lib.casework.training import attempts
from lib.casework.training.attempts import Go
from lib.catalog.exercises import Exercise
from lib.insight.training import marking, mending, score, tuning
from lib.insight.training.task import Question, Task
from lib.ui import message, paths
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.verbatim import verbatim
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse


def working(
    register: Register, warehouse: Warehouse, viewer: Viewer, exercise: Exercise, go: Go, events: Sequence[Event]
) -> None:
    """A task while it is worked on."""
    task = marking.asked(register, warehouse, viewer, exercise, go, events)
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
    if task.sheet is not None:
        _mending(register, warehouse, viewer, go, task)
    elif exercise.kind == "tune":
        _tuning(register, warehouse, viewer, exercise, go, events, task, held)
    elif task.questions:
        with card("task-answer"):
            answer = [f"{one.name}={value}" for one in task.questions for value in _asked(one, held, go)]
            _button("保存", "save", register, warehouse, viewer, go, 1, answer)
            if held:
                st.caption("已保存，还可以改。")


def _asked(question: Question, held: Mapping[str, list[str]], go: Go) -> list[str]:
    """The values given to a question."""
    name, before = f"{go.attempt_id}_{question.name}", held.get(question.name, [])
    help_text = question.help or None
    if not question.offered:
        typed = st.text_input(question.label, value=next(iter(before), ""), key=name, max_chars=30, help=help_text)
        return [typed.strip()] if typed.strip() else []
    codes = list(question.offered)
    if question.several:
        return st.multiselect(
            question.label,
            codes,
            default=[one for one in before if one in codes],
            key=name,
            format_func=question.offered.__getitem__,
            placeholder="没有就不选",
            help=help_text,
        )
    first = next(iter(before), None)
    picked = st.selectbox(
        question.label,
        codes,
        index=codes.index(first) if first in codes else None,
        key=name,
        format_func=question.offered.__getitem__,
        placeholder="请选择",
        help=help_text,
    )
    return [] if picked is None else [picked]


def _button(
    label: str,
    name: str,
    register: Register,
    warehouse: Warehouse,
    viewer: Viewer,
    go: Go,
    item: int,
    answer: list[str],
) -> None:
    st.button(
        label,
        key=f"{go.attempt_id}_{name}",
        type="primary" if item == 1 else "secondary",
        on_click=_save,
        args=(register, warehouse, viewer, go, item, answer),
    )


def _save(register: Register, warehouse: Warehouse, viewer: Viewer, go: Go, item: int, answer: list[str]) -> None:
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
    with card("task-answer"):
        if task.beside is not None:
            st.dataframe(task.beside, hide_index=True, width="content", alt="试算的结果")
        [question] = task.questions
        [value] = _asked(question, held, go) or [""]
        wrong = tuning.fault(go, value) if value else None
        if wrong is not None:
            message.problem(wrong)
        if value and wrong is None:
            answer, tries = [f"{question.name}={value}"], len(tuning.tries_of(events))
            with st.container(horizontal=True):
                if tries < exercise.settings["tries"]:
                    _button("试算", "try", register, warehouse, viewer, go, tuning.FIRST_TRY + tries, answer)
                _button("就定这个值", "choose", register, warehouse, viewer, go, tuning.FINAL, answer)
        if held:
            st.caption(f"已定：{verbatim(held[question.name][0])}，还可以改。")


def _mending(register: Register, warehouse: Warehouse, viewer: Viewer, go: Go, task: Task) -> None:
    assert task.sheet is not None and task.beside is not None
    left, right = st.columns(2, gap="medium")
    with left, card("mend-file"):
        st.markdown("**报来的文件**　双击单元格修改")
        edited = st.data_editor(task.sheet, key=f"{go.attempt_id}_sheet", hide_index=True, num_rows="fixed")
        st.button(
            "保存并试装",
            key=f"{go.attempt_id}_load",
            type="primary",
            on_click=_load,
            args=(register, warehouse, viewer, go, edited),
        )
        found: mending.Loaded | None = st.session_state.get(f"{go.attempt_id}_loaded")
        if found is not None:
            st.markdown(f"**装入 {found.accepted} 行，共 {len(task.sheet)} 行**")
            for reason in found.reasons:
                st.markdown(f"- {verbatim(reason)}")
    with right, card("mend-ledger"):
        st.markdown("**纸质台账**")
        st.dataframe(task.beside, hide_index=True, alt="纸质台账")


def _load(register: Register, warehouse: Warehouse, viewer: Viewer, go: Go, edited: pd.DataFrame) -> None:
    rows = edited.rename(columns={title: name for name, title in mending.titles().items()}).fillna("").astype(str)
    cells = [
        f"{mending.CELL}={place}|{name}|{str(row[name])[:60]}"
        for place, row in enumerate(rows.to_dict("records"))
        for name in mending.COLUMNS
    ]
    _save(register, warehouse, viewer, go, 1, cells)
    events = attempts.events_of_attempt(register, viewer, go.attempt_id)
    mended = mending.mended(warehouse, go.items[0], events)
    st.session_state[f"{go.attempt_id}_loaded"] = mending.load(warehouse, mended)


def told(
    register: Register, warehouse: Warehouse, viewer: Viewer, exercise: Exercise, go: Go, events: Sequence[Event]
) -> None:
    """What is told of a task once it is handed in."""
    found = marking.told(register, warehouse, viewer, exercise, go, events)
    for line in found.lines:
        st.markdown(f"- {verbatim(line)}")
    if found.table is not None:
        st.dataframe(found.table, hide_index=True, alt="讲解")
