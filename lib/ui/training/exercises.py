"""The exercises of a class: what each trains, how long it takes, the best score; and one of them with its rule."""

import uuid

import streamlit as st

from lib.access import Viewer
from lib.casework.store.register import Register
from lib.casework.training import attempts
from lib.casework.training.answering import ATTEMPT
from lib.casework.training.attempts import Go
from lib.casework.training.classes import held_class
from lib.catalog.exercises import Exercise, exercises
from lib.errors import UserError
from lib.insight.training import marking
from lib.insight.training.score import Score
from lib.insight.wording import number
from lib.ui import message, paths
from lib.ui.access import session
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.kept import kept
from lib.ui.state import Key, key
from lib.ui.verbatim import verbatim
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

ATTEMPT_KEY, ITEM_KEY = "attempt", "x_item"


def result(register: Register, warehouse: Warehouse, viewer: Viewer, exercise: Exercise, go: Go) -> Score:
    """What a go scored that is handed in, worked out once."""
    about = (viewer.person_id, go.attempt_id, go.seq)
    return _result(register, warehouse, viewer, exercise, go, key(None, warehouse, viewer, *about, clock=False))


@kept(512)
def _result(
    _register: Register, _warehouse: Warehouse, _viewer: Viewer, _exercise: Exercise, _go: Go, state: Key
) -> Score:
    return marking.result(_register, _warehouse, _viewer, _exercise, _go)


def all_exercises(register: Register, warehouse: Warehouse, viewer: Viewer) -> None:
    """Every exercise of the trainee's class; all there are for whoever sits in none."""
    own = attempts.goes(register, viewer) if viewer.may("view", ATTEMPT) else []
    held = None if viewer.seat is None else held_class(session.city_register(), viewer.seat.class_code)
    found = [one for one in exercises().values() if held is None or one.name in held.exercises]
    if not found:
        message.nothing("这个班没有练习", "请教员在班级里选练习。")
        return
    for exercise in found:
        with card(f"exercise-{exercise.name}"):
            _one(register, warehouse, viewer, exercise, own)


def _one(register: Register, warehouse: Warehouse, viewer: Viewer, exercise: Exercise, own: list[Go]) -> None:
    mine = [go for go in own if go.exercise == exercise.name]
    left, right = st.columns([3, 1], vertical_alignment="center")
    with left:
        st.markdown(f"**{verbatim(exercise.title)}**")
        st.markdown(verbatim(exercise.objective))
        st.caption(f"约 {exercise.minutes} 分钟 · {_best(register, warehouse, viewer, exercise, mine)}")
    with right:
        _begin(register, warehouse, viewer, exercise, own)
    with st.expander("步骤、评分规则和以前的作答", key=f"about_{exercise.name}"):
        rule(exercise)
        for go in mine:
            if go.finished:
                points = result(register, warehouse, viewer, exercise, go).points
                _link(f"第 {go.number} 次：{number(points)} 分，看讲解", ":material/menu_book:", go)


def _best(register: Register, warehouse: Warehouse, viewer: Viewer, exercise: Exercise, mine: list[Go]) -> str:
    points = [result(register, warehouse, viewer, exercise, go).points for go in mine if go.finished]
    return f"做过 {len(points)} 次，最好 {number(max(points))} 分" if points else "还没有做过"


def rule(exercise: Exercise) -> None:
    """How it goes, and by which rule it is scored."""
    st.markdown("\n".join(f"1. {verbatim(text)}" for text in exercise.steps))
    for part in exercise.scoring:
        st.markdown(f"**{verbatim(part.title)}　{part.points} 分**　{verbatim(part.how)}")
    if exercise.guessing:
        st.caption(f"得分率不到 {exercise.guessing:.0%} 的视为猜测，记 0 分；以上的按比例折算到 100 分。")
    costs = "、".join(f"{one.cost} 分" for one in exercise.hints)
    st.caption(f"提示 {len(exercise.hints)} 条，依次扣 {costs}。" if costs else "没有提示。")


def _begin(register: Register, warehouse: Warehouse, viewer: Viewer, exercise: Exercise, own: list[Go]) -> None:
    if not viewer.may("record", ATTEMPT):
        st.caption("学员在座位上做。")
        return
    in_hand = next((go for go in own if not go.finished), None)
    if in_hand is not None:
        if in_hand.exercise == exercise.name:
            _link("继续作答", ":material/edit:", in_hand)
        else:
            st.caption("另一个练习没有交卷。")
        return
    done = any(go.exercise == exercise.name for go in own)
    label = "换一批题再做" if done else "开始"
    st.button(
        label,
        key=f"begin_{exercise.name}",
        type="primary",
        on_click=_start,
        args=(register, warehouse, viewer, exercise),
    )
    if refused := st.session_state.pop(f"refused_{exercise.name}", None):
        message.problem(refused)


def _start(register: Register, warehouse: Warehouse, viewer: Viewer, exercise: Exercise) -> None:
    held = None if viewer.seat is None else held_class(session.city_register(), viewer.seat.class_code)
    if held is None or viewer.seat is None:
        return
    own = attempts.goes(register, viewer)
    number = 1 + sum(go.exercise == exercise.name for go in own)
    taken = held.seat(viewer.seat.number)
    begun = 0 if taken is None else taken.resets
    drawn_from = attempts.seed_of(held.seed, exercise.name, viewer.seat.number, number, begun)
    try:
        items = marking.drawn(register, warehouse, viewer, exercise, drawn_from, own)
        sent = uuid.uuid4().hex
        started = attempts.start(register, viewer, exercise, drawn_from, items, sent, now(warehouse))
    except UserError as refused:
        st.session_state[f"refused_{exercise.name}"] = refused
        return
    if started.created is not None:
        st.query_params[ATTEMPT_KEY] = started.created


def _link(label: str, icon: str, go: Go) -> None:
    st.page_link(
        paths.EXERCISES, label=label, icon=icon, query_params=way.address({ATTEMPT_KEY: go.attempt_id}), width="content"
    )
