"""The form in which the next step on a clue is recorded: once, and without losing a word."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework import clues
from lib.casework.clues import CLUE, DISPOSITIONS, FORMS
from lib.casework.drafts import load_draft, save_draft
from lib.casework.register import Register
from lib.casework.workflow import Outcome, Step
from lib.errors import UserError
from lib.insight.clue_step import next_steps, who_may
from lib.insight.figures import moment
from lib.ui import outcome
from lib.ui.outcome import Result
from lib.ui.verbatim import verbatim
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

_TAKE: dict[str, Callable[..., Outcome]] = {
    "assess": clues.assess,
    "reject": clues.reject,
    "approve": clues.approve,
    "undertake": clues.undertake,
    "dispose": clues.dispose,
    "reopen": clues.reopen,
    "file_case": clues.file_case,
    "report": clues.report,
    "archive": clues.archive,
}
_TEXT_LABELS = {"assess": "研判意见", "dispose": "处置情况", "report": "处理结果", "reject": "退回理由"}
# What each form holds besides the text.
_FIELDS = {"assess": ("disposition",), "dispose": ("disposition",), "report": ("form", "people_cnt")}


def _key(clue_id: str, action: str, name: str) -> str:
    return f"{clue_id}_{action}_{name}"


def _values(clue_id: str, action: str) -> dict[str, Any]:
    names = ("text", *_FIELDS.get(action, ()))
    return {name: st.session_state.get(_key(clue_id, action, name)) for name in names}


def _seed(register: Register, viewer: Viewer, row: pd.Series, action: str) -> None:
    """Fill a form that is not on screen yet with this person's draft, or with what was proposed."""
    clue_id = str(row["clue_id"])
    if _key(clue_id, action, "text") in st.session_state:
        return
    draft = load_draft(register, viewer, "clue", clue_id, action) or {}
    st.session_state[_key(clue_id, action, "text")] = draft.get("text") or ""
    proposed = {"disposition": row["proposed"]} if action == "dispose" and not pd.isna(row["proposed"]) else {}
    for name in _FIELDS.get(action, ()):
        value = draft.get(name) or proposed.get(name)
        if value:
            st.session_state[_key(clue_id, action, name)] = value
    st.session_state[_key(clue_id, action, "note")] = "已恢复您上次未提交的草稿。" if draft else ""


def _keep_draft(register: Register, warehouse: Warehouse, viewer: Viewer, clue_id: str, action: str) -> None:
    at = now(warehouse)
    save_draft(register, viewer, "clue", clue_id, {**_values(clue_id, action), "action": action}, at, action)
    st.session_state[_key(clue_id, action, "note")] = f"草稿已保存 {at:%H:%M:%S}"


def _submit(
    register: Register, warehouse: Warehouse, viewer: Viewer, clue_id: str, action: str, submission_id: str, seq: int
) -> None:
    values = _values(clue_id, action)
    values["text"] = values["text"] or ""
    step = CLUE.steps[action]
    try:
        if "disposition" in values and not values["disposition"]:
            raise UserError("请选择处置方式。", "、".join(DISPOSITIONS) + "，四选一。")
        done = _TAKE[action](
            register, viewer, clue_id, submission_id=submission_id, at=now(warehouse), expected_seq=seq, **values
        )
    except UserError as refused:
        st.session_state[f"{clue_id}_result"] = Result(step, refused=refused, text=values["text"])
        return
    st.session_state[f"{clue_id}_result"] = Result(step, done, text=values["text"])
    if done.event is not None:
        for name in ("text", *_FIELDS.get(action, ())):
            st.session_state.pop(_key(clue_id, action, name), None)


def panel(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series) -> None:
    """What came of the last submission, and the form for what this viewer may do next with a clue."""
    clue_id, state = str(row["clue_id"]), str(row["state"])
    steps = next_steps(viewer, state, None if pd.isna(row["disposition"]) else str(row["disposition"]))
    last: Result | None = st.session_state.get(f"{clue_id}_result")
    outcome.show(last, CLUE, last is not None and last.step in steps)
    if not steps:
        st.caption(who_may(viewer, state))
        return
    names = {step.action: step.name for step in steps}
    action = st.segmented_control(
        "办理", list(names), default=steps[0].action, required=True, format_func=names.__getitem__,
        key=f"{clue_id}_{state}_step", label_visibility="collapsed",
    )  # fmt: skip
    _form(register, warehouse, viewer, row, CLUE.steps[action or steps[0].action])


def _form(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series, step: Step) -> None:
    clue_id, action, seq = str(row["clue_id"]), step.action, int(row["last_seq"])
    _seed(register, viewer, row, action)
    # One id per form shown on one state of the clue: a second click carries the same one.
    submission = st.session_state.setdefault(f"{clue_id}_{action}_{seq}_submission", uuid.uuid4().hex)
    keep = partial(_keep_draft, register, warehouse, viewer, clue_id, action)
    if action == "assess":
        st.caption(f"处置意见应在 {moment(row['due_at'])} 前提出（收到之日起一个月，监督执纪工作规则，待核）。")
    if action == "approve" and not pd.isna(row["proposed"]):
        st.caption(f"研判建议：{verbatim(row['proposed'])}。审批人不能是提出研判意见的人。")
    if "disposition" in _FIELDS.get(action, ()):
        st.segmented_control(
            "处置方式", DISPOSITIONS, key=_key(clue_id, action, "disposition"), on_change=keep,
            help="暂存待查计入已处置，不计入已了结。",
        )  # fmt: skip
    if action == "report":
        st.segmented_control("处理结果", FORMS, key=_key(clue_id, action, "form"), on_change=keep)
        st.number_input("处理人数", 0, 999, key=_key(clue_id, action, "people_cnt"), on_change=keep)
    label = _TEXT_LABELS.get(action, "说明")
    st.text_area(
        f"{label}（必填）" if step.needs_text else f"{label}（可不填）", key=_key(clue_id, action, "text"),
        height=120 if step.needs_text else 80, max_chars=4000, on_change=keep,
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            step.name, key=_key(clue_id, action, "submit"), type="primary", on_click=_submit,
            args=(register, warehouse, viewer, clue_id, action, submission, seq),
        )  # fmt: skip
        st.caption(st.session_state.get(_key(clue_id, action, "note")) or "填写的内容会自动存为草稿。", width="content")
