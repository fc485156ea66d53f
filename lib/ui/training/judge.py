"""Judging, item by item: what is shown of a subject, the answer, and what is told of it afterwards."""

import uuid
from collections.abc import Sequence
from datetime import date

import streamlit as st

from lib.access import Viewer
from lib.casework.store.chain import Event
from lib.casework.store.register import Register
from lib.casework.training import attempts
from lib.casework.training.attempts import Go
from lib.insight.training import judging, score
from lib.insight.wording import day, quantity
from lib.rules import Rule
from lib.ui.browser.top import top
from lib.ui.card import card
from lib.ui.kept import kept
from lib.ui.state import Key, key
from lib.ui.training import marks
from lib.ui.training.calendar import calendar
from lib.ui.training.exercises import ITEM_KEY
from lib.ui.verbatim import in_html, verbatim
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

_VERDICTS = {score.GUILTY: "违规", score.INNOCENT: "另有缘故"}


@kept(512)
def _shown(_warehouse: Warehouse, _viewer: Viewer, _go: Go, number: int, state: Key) -> judging.Shown:
    return judging.shown(_warehouse, _viewer, _go, number)


@kept(512)
def _told(
    _warehouse: Warehouse, _viewer: Viewer, _go: Go, number: int, _events: Sequence[Event], state: Key
) -> judging.Told:
    return judging.told(_warehouse, _viewer, _go, number, _events)


def _key(warehouse: Warehouse, viewer: Viewer, go: Go) -> Key:
    about = (viewer.person_id, go.attempt_id, go.state)
    return key(None, warehouse, viewer, *about, clock=False)


def _picked(go: Go, marks_of: dict[int, str], first: int = 1) -> int:
    """The item that is looked at, by its number, at first that one; `marks_of` are put behind the numbers."""
    numbers = list(range(1, len(go.items) + 1))
    asked = st.query_params.get(ITEM_KEY, "")
    begins = int(asked) if asked.isdigit() and int(asked) in numbers else first
    name = f"{go.attempt_id}_{go.state}_item"
    wanted = st.session_state.pop(f"{name}_next", None)
    if wanted is not None:
        st.session_state[name] = wanted
    st.session_state.setdefault(name, begins)
    picked = st.segmented_control(
        "题",
        numbers,
        key=name,
        format_func=lambda number: f"{number}{marks_of.get(number, '')}",
        label_visibility="collapsed",
        required=True,
    )
    return int(picked or begins)


def working(register: Register, warehouse: Warehouse, viewer: Viewer, go: Go, events: Sequence[Event]) -> None:
    """An item while it is worked on."""
    given = score.answers(events)
    with card("judge-items"):
        # Whoever comes back goes on where nothing is saved yet.
        unsaved = (number for number in range(1, len(go.items) + 1) if number not in given)
        number = _picked(go, dict.fromkeys(given, " ✓"), next(unsaved, 1))
    top(f"{go.attempt_id} {number}")
    item = _shown(warehouse, viewer, go, number, _key(warehouse, viewer, go))
    held = given.get(number, {})
    name = f"{go.attempt_id}_{number}"
    left, right = st.columns([1.9, 1], gap="medium")
    with left, card("judge-rows"):
        st.markdown("**来源数据**　勾出决定结论的行")
        st.caption("名称和编号换成了方括号里的数，同一个数是同一个人、同一件事。")
        marks.mark(item.tables, held.get(score.ROW, []), name)
    with left:
        calendar(warehouse, item.rule, item.tables, name)
    with right, card("judge-answer"):
        st.markdown(f"**第 {number} 题　{verbatim(item.rule.title)}**")
        _about(item.rule)
        said = held.get(score.VERDICT, [None])[0]
        verdict = st.radio(
            "结论",
            list(_VERDICTS),
            index=list(_VERDICTS).index(said) if said in _VERDICTS else None,
            format_func=_VERDICTS.__getitem__,
            horizontal=True,
            key=f"{name}_verdict",
        )
        st.markdown("线下应当核查的（可多选）")
        for place, text in enumerate(item.checks):
            st.checkbox(verbatim(text), value=text in held.get(score.CHECK, []), key=f"{name}_check_{place}")
        st.button(
            "保存这题" if number == len(go.items) else "保存，下一题",
            key=f"{name}_save",
            type="primary",
            disabled=verdict is None,
            help="先选结论。" if verdict is None else None,
            on_click=_save,
            args=(register, warehouse, viewer, go, number, item, held.get(score.ROW, [])),
        )
        if held:
            st.caption(f"已保存：{_VERDICTS.get(str(said), '未选结论')}，标 {len(held.get(score.ROW, []))} 行。")


def _save(
    register: Register,
    warehouse: Warehouse,
    viewer: Viewer,
    go: Go,
    number: int,
    item: judging.Shown,
    held: Sequence[str],
) -> None:
    # What stands in the page now: a tick may be newer than the page's last run.
    name = f"{go.attempt_id}_{number}"
    verdict = st.session_state.get(f"{name}_verdict")
    answer = [f"{score.VERDICT}={verdict}"] if verdict else []
    answer += [f"{score.ROW}={row}" for row in marks.marked(item.tables, held, name)]
    ticked = [text for place, text in enumerate(item.checks) if st.session_state.get(f"{name}_check_{place}")]
    answer += [f"{score.CHECK}={text}" for text in ticked]
    attempts.answer(register, viewer, go.attempt_id, number, answer, uuid.uuid4().hex, now(warehouse))
    if number < len(go.items):
        st.session_state[f"{go.attempt_id}_{go.state}_item_next"] = number + 1


def _about(rule: Rule) -> None:
    """What the model looks for, and how it errs; nothing of what it says of the subject."""
    st.markdown(verbatim(rule.rationale))
    with st.expander("阈值、法律依据、可能的误报", key=f"about_{rule.id}"):
        for one in rule.parameters:
            held = day(one.default) if isinstance(one.default, date) else quantity(one.default, one.unit)
            st.markdown(f"- {verbatim(one.meaning)}：{verbatim(held)}")
        st.markdown("法律依据：" + "、".join(verbatim(law.article) for law in rule.law))
        st.markdown("可能的误报：\n" + "\n".join(f"- {verbatim(text)}" for text in rule.false_positives))
        st.caption(f"等级口径：{verbatim(rule.level_logic)}")


def told(warehouse: Warehouse, viewer: Viewer, go: Go, events: Sequence[Event]) -> None:
    """An item after the handing in: what was planted and why, what was overlooked."""
    state = _key(warehouse, viewer, go)
    rights = judging.rights(warehouse, viewer, go, events)
    number = _picked(go, {place: " ✓" if right else " ✗" for place, right in rights.items()})
    item = _told(warehouse, viewer, go, number, events, state)
    said = "没有作答" if item.verdict is None else f"您判「{_VERDICTS[item.verdict]}」"
    right = _VERDICTS[score.GUILTY if item.guilty else score.INNOCENT]
    st.markdown(
        f"**第 {number} 题　{verbatim(item.rule.title)}：应为「{right}」，{said}，{'对' if item.right else '错'}**"
    )
    st.markdown(verbatim(item.planted))
    if item.facts:
        cells = (f'<div><div class="told">{in_html(title)}</div>{in_html(value)}</div>' for title, value in item.facts)
        st.html(f'<div class="facts">{"".join(cells)}</div>')
    for text in item.feedback:
        st.markdown(f"- {verbatim(text)}")
    deciding = set(item.deciding)
    marks.told(item.tables, deciding, item.missed, item.wrong, f"{go.attempt_id}_{number}_told")
    st.markdown("**线下核查**")
    for text, (needed, chosen) in item.checks.items():
        if needed or chosen:
            words = {(True, True): "应当核查，您选了", (True, False): "应当核查，您没有选"}
            st.markdown(f"- {verbatim(text)}（{words.get((needed, chosen), '不是这个模型的，您选了')}）")
