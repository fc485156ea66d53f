"""Reading one warning: what is asked of it, and what was right."""

import uuid
from collections.abc import Sequence

import streamlit as st

from lib.access import Viewer
from lib.casework.store.chain import Event
from lib.casework.store.register import Register
from lib.casework.training import attempts
from lib.casework.training.attempts import Go
from lib.insight.training import reading, score
from lib.ui import paths
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.kept import kept
from lib.ui.state import Key, key
from lib.ui.training import marks
from lib.ui.training.calendar import calendar
from lib.ui.verbatim import verbatim
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse


@kept(256)
def _asked(_warehouse: Warehouse, _viewer: Viewer, _go: Go, state: Key) -> reading.Asked:
    return reading.asked(_warehouse, _viewer, _go)


def _key(warehouse: Warehouse, viewer: Viewer, go: Go) -> Key:
    return key(None, warehouse, viewer, viewer.person_id, go.attempt_id, clock=False)


def working(register: Register, warehouse: Warehouse, viewer: Viewer, go: Go, events: Sequence[Event]) -> None:
    """The warning and what is asked of it."""
    item = _asked(warehouse, viewer, go, _key(warehouse, viewer, go))
    held = score.answers(events).get(1, {})
    name = go.attempt_id
    with card("read-warning"):
        st.markdown(f"**模型 {verbatim(item.rule.title)} 的一条预警**")
        st.page_link(
            paths.WARNING,
            label="打开预警",
            icon=":material/flag:",
            query_params=way.address({"id": item.warning_id}),
            width="content",
        )
    left, right = st.columns([1.9, 1], gap="medium")
    with left, card("read-rows"):
        st.markdown("**来源数据**　勾出这条预警由哪几行得出")
        marks.mark(item.tables, held.get(score.ROW, []), name)
    with left:
        calendar(warehouse, item.rule, item.tables, name)
    with right, card("read-answer"):
        _several("命中了哪种情形", item.branches, held.get(score.BRANCH, []), f"{name}_branch")
        st.text_input(
            f"数值（{item.rule.value_title}）",
            value=next(iter(held.get(score.VALUE, [])), ""),
            key=f"{name}_value",
            max_chars=30,
            help="照预警第一句里的数填写，不写单位；百分数写成小数。",
        )
        _several("这个模型可能的误报", _same(item.excuses), held.get(score.EXCUSE, []), f"{name}_excuse")
        st.button(
            "保存",
            key=f"{name}_save",
            type="primary",
            on_click=_save,
            args=(register, warehouse, viewer, go, item, held.get(score.ROW, [])),
        )
        if held:
            st.caption("已保存，还可以改。")


def _same(texts: Sequence[str]) -> dict[str, str]:
    return {text: text for text in texts}


def _several(label: str, offered: dict[str, str], held: Sequence[str], name: str) -> None:
    st.markdown(f"{label}（可多选）")
    for place, (code, text) in enumerate(offered.items()):
        st.checkbox(verbatim(text), value=code in held, key=f"{name}_{place}")


def _ticked(offered: dict[str, str], name: str) -> list[str]:
    return [code for place, code in enumerate(offered) if st.session_state.get(f"{name}_{place}")]


def _save(
    register: Register, warehouse: Warehouse, viewer: Viewer, go: Go, item: reading.Asked, held: Sequence[str]
) -> None:
    # What stands in the page now: a tick may be newer than the page's last run.
    name = go.attempt_id
    answer = [f"{score.BRANCH}={one}" for one in _ticked(item.branches, f"{name}_branch")]
    answer += [f"{score.ROW}={one}" for one in marks.marked(item.tables, held, name)]
    answer += [f"{score.EXCUSE}={one}" for one in _ticked(_same(item.excuses), f"{name}_excuse")]
    if value := str(st.session_state.get(f"{name}_value", "")).strip():
        answer.append(f"{score.VALUE}={value}")
    attempts.answer(register, viewer, go.attempt_id, 1, answer, uuid.uuid4().hex, now(warehouse))


def told(register: Register, warehouse: Warehouse, viewer: Viewer, go: Go, events: Sequence[Event]) -> None:
    """What was right, and what was overlooked."""
    item = _asked(warehouse, viewer, go, _key(warehouse, viewer, go))
    found = reading.told(register, warehouse, viewer, go, events)
    st.markdown(f"**命中的情形**　{verbatim(found.branches)}")
    st.markdown(f"**数值**　{verbatim(found.value)}")
    st.markdown("**可能的误报**\n" + "\n".join(f"- {verbatim(text)}" for text in found.excuses))
    for text in found.feedback:
        st.markdown(f"- {verbatim(text)}")
    marks.told(item.tables, found.deciding, found.missed, found.wrong, f"{go.attempt_id}_told")
