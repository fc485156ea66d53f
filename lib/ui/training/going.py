"""One attempt: while it is worked on, its items, its hints and the handing in; after that its score and explanation."""

import uuid
from collections.abc import Sequence

import streamlit as st

from lib.access import NotVisible, Viewer
from lib.casework.store.chain import Event
from lib.casework.store.register import Register
from lib.casework.training import attempts
from lib.casework.training.attempts import Go
from lib.catalog.exercises import Exercise, exercises
from lib.errors import UserError
from lib.insight.training import score
from lib.insight.wording import number
from lib.ui import message
from lib.ui.browser import way
from lib.ui.browser.top import top
from lib.ui.card import card
from lib.ui.training import judge, read, task
from lib.ui.training.exercises import result, rule
from lib.ui.verbatim import verbatim
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse


def one_attempt(register: Register, warehouse: Warehouse, viewer: Viewer, attempt_id: str) -> None:
    """The viewer's own attempt as it stands; the page is stopped when there is none of this number."""
    way.back("exercises")
    own = [go for go in attempts.goes(register, viewer) if go.attempt_id == attempt_id]
    if not own:
        message.stop(NotVisible())
    go = own[0]
    exercise = exercises().get(go.exercise)
    if exercise is None:
        message.nothing("这个练习已经不在", "练习的文件改了名或删了，以前的作答不能再打开。")
        return
    events = attempts.events_of_attempt(register, viewer, attempt_id)
    if go.finished:
        _after(register, warehouse, viewer, exercise, go, events)
    else:
        _meanwhile(register, warehouse, viewer, exercise, go, events)


def _meanwhile(
    register: Register, warehouse: Warehouse, viewer: Viewer, exercise: Exercise, go: Go, events: Sequence[Event]
) -> None:
    with card("attempt-head"):
        st.markdown(f"#### {verbatim(exercise.title)}", anchors=False)
        st.caption(f"第 {go.number} 次 · 约 {exercise.minutes} 分钟 · {verbatim(exercise.objective)}")
        with st.expander("步骤和评分规则", key=f"{go.attempt_id}_rule"):
            rule(exercise)
        _hints(register, warehouse, viewer, exercise, go, events)
    if exercise.kind == "judge":
        judge.working(register, warehouse, viewer, go, events)
    elif exercise.kind == "read":
        read.working(register, warehouse, viewer, go, events)
    else:
        task.working(register, warehouse, viewer, exercise, go, events)
    with card("attempt-foot"):
        left = 0 if exercise.plays else len(set(range(1, len(go.items) + 1)) - set(score.answers(events)))
        st.caption("可以交卷。" if not left else f"还有 {left} 题没有保存；没有作答的按答错计。")
        st.button(
            "交卷",
            key=f"{go.attempt_id}_finish",
            type="primary" if not left else "secondary",
            on_click=_finish,
            args=(register, warehouse, viewer, go),
        )
        st.caption("交卷以后不能再改，随即给出得分和逐行讲解。")


def _hints(
    register: Register, warehouse: Warehouse, viewer: Viewer, exercise: Exercise, go: Go, events: Sequence[Event]
) -> None:
    seen = score.hints_seen(events)
    for place in seen:
        st.info(verbatim(exercise.hints[place - 1].text), icon=":material/lightbulb:")
    following = next((place for place in range(1, len(exercise.hints) + 1) if place not in seen), None)
    if following is not None:
        st.button(
            f"看提示（扣 {exercise.hints[following - 1].cost} 分）",
            key=f"{go.attempt_id}_hint_{following}",
            icon=":material/lightbulb:",
            on_click=_hint,
            args=(register, warehouse, viewer, go, following),
        )


def _hint(register: Register, warehouse: Warehouse, viewer: Viewer, go: Go, place: int) -> None:
    # Whoever asks twice for the same hint has seen it once.
    sent = f"{go.attempt_id}-hint-{place}"
    attempts.hint(register, viewer, go.attempt_id, place, sent, now(warehouse))


def _finish(register: Register, warehouse: Warehouse, viewer: Viewer, go: Go) -> None:
    try:
        attempts.finish(register, viewer, go.attempt_id, uuid.uuid4().hex, now(warehouse))
    except UserError as refused:
        message.problem(refused)


def _after(
    register: Register, warehouse: Warehouse, viewer: Viewer, exercise: Exercise, go: Go, events: Sequence[Event]
) -> None:
    found = result(register, warehouse, viewer, exercise, go)
    top(f"{go.attempt_id} {go.state}")
    with card("attempt-score"):
        st.markdown(f"#### {verbatim(exercise.title)}：{number(found.points)} 分", anchors=False)
        minutes = score.minutes_taken(events)
        took = f"用时 {minutes:.0f} 分钟" if minutes is not None and minutes >= 1 else "用时不到一分钟"
        st.caption(f"第 {go.number} 次 · {took} · 提示扣 {found.hints} 分")
        for one in found.parts:
            st.markdown(f"**{verbatim(one.title)}**　{number(round(one.reached, 1))} / {one.points} 分")
            st.caption(verbatim(one.how))
        if exercise.guessing:
            st.caption(f"得分率不到 {exercise.guessing:.0%} 的视为猜测，记 0 分；以上的按比例折算到 100 分。")
    with card("attempt-told"):
        st.markdown("**讲解**")
        st.caption(verbatim(exercise.explanation))
        if exercise.kind == "judge":
            judge.told(warehouse, viewer, go, events)
        elif exercise.kind == "read":
            read.told(register, warehouse, viewer, go, events)
        else:
            task.told(register, warehouse, viewer, exercise, go, events)
