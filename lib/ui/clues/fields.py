"""The forms in which a clue is registered and its next step recorded: once, and without losing a word."""

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.access.policy import policy
from lib.casework.clues.next_step import next_steps, who_may
from lib.casework.clues.registration import register_clue
from lib.casework.clues.states import ORIGINS_BY_HAND
from lib.casework.clues.steps import CLUE, REGISTER, SOURCE_NUMBERS
from lib.casework.drafts import UNREGISTERED
from lib.casework.record import take
from lib.casework.steps import Step, Submission
from lib.casework.store.register import Register
from lib.errors import UserError
from lib.insight.clues.source import people, units
from lib.insight.wording import moment
from lib.ui import message, paths
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.record import outcome
from lib.ui.record.form import Form
from lib.ui.record.outcome import Result
from lib.ui.verbatim import verbatim
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse


def _form(register: Register, warehouse: Warehouse, viewer: Viewer, clue_id: str, action: str) -> Form:
    asked = tuple(one.name for one in CLUE.steps[action].asked)
    return Form(register, warehouse, viewer, "clue", clue_id, action, asked)


def _faults(step: Step, values: dict[str, Any]) -> dict[str, str]:
    found = {}
    for one in step.asked:
        if one.choices and one.required and not values[one.name]:
            found[one.name] = f"请选择{one.label}：" + "、".join(one.choices) + "，四选一。"
    if step.needs_text and not values["text"].strip():
        found["text"] = f"请填写{step.text_label}。"
    return found


def _submit(form: Form, step: Step, seq: int) -> None:
    values, result_key = form.values(), f"{form.object_id}_result"
    if form.refuse(_faults(step, values)):
        st.session_state.pop(result_key, None)
        return
    try:
        payload = {one.name: values[one.name] for one in step.asked}
        sent = Submission(form.submission(seq), now(form.warehouse), seq, values["text"], payload)
        done = take(form.register, form.viewer, CLUE, form.object_id, form.action, sent)
    except UserError as refused:
        st.session_state[result_key] = Result(step, refused=refused, text=values["text"])
        return
    st.session_state[result_key] = Result(step, done, text=values["text"])
    if done.event is not None:
        form.done()


def panel(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series) -> None:
    """What came of the last submission, and the form for what this viewer may do next with a clue."""
    clue_id, state = str(row["clue_id"]), str(row["state"])
    steps = next_steps(viewer, state, None if pd.isna(row["disposition"]) else str(row["disposition"]))
    last: Result | None = st.session_state.get(f"{clue_id}_result")
    if last is not None and (last.recorded or last.step not in steps):
        outcome.show(last, CLUE, last.step in steps)
        last = None
    if not steps:
        st.caption(who_may(viewer, state))
        return
    names = {step.action: step.name for step in steps}
    action = st.segmented_control(
        "办理", list(names), default=steps[0].action, required=True, format_func=names.__getitem__,
        key=f"{clue_id}_{state}_step", label_visibility="collapsed",
    )  # fmt: skip
    _draw(_form(register, warehouse, viewer, clue_id, action or steps[0].action), row, last)


def _draw(form: Form, row: pd.Series, last: Result | None) -> None:
    step, seq = CLUE.steps[form.action], int(row["last_seq"])
    proposed = {"disposition": row["proposed"]} if form.action == "dispose" and not pd.isna(row["proposed"]) else {}
    form.begin(**proposed)
    form.submission(seq)
    if form.action == "assess":
        st.caption(f"处置意见应在 {moment(row['due_at'])} 前提出（收到之日起一个月，监督执纪工作规则，待核）。")
    if form.action == "approve" and not pd.isna(row["proposed"]):
        st.caption(f"研判建议：{verbatim(row['proposed'])}。审批人不能是提出研判意见的人。")
    for one in step.asked:
        key, keep = form.key(one.name), form.keeper(one.name)
        if one.kind == "number":
            st.number_input(one.label, 0, 999, key=key, on_change=keep)
            continue
        wanted = "必填" if one.required else "可不选"
        st.segmented_control(f"{one.label}（{wanted}）", one.choices, key=key, on_change=keep, help=one.help or None)
        form.fault(one.name)
    form.text(step.text_label, step.needs_text, 120 if step.needs_text else 64)
    refused = None
    if last is not None and last.step == step:
        refused = last.refused
        if refused is None:
            outcome.show(last, CLUE, True)
    names = {one.name: one.label for one in step.fields}
    form.foot({step.name: partial(_submit, form, step, seq)}, names, refused)


def registration(register: Register, warehouse: Warehouse, viewer: Viewer) -> None:
    """The form that registers a clue that no model raised; afterwards the clue opens."""
    if not viewer.may("record", "clue"):
        why = f"线索由{'、'.join(policy().holders('record', 'clue'))}登记。"
        message.nothing("您的角色不办理线索", why)
        return
    asked = tuple(one.name for one in REGISTER.asked)
    form = Form(register, warehouse, viewer, "clue", UNREGISTERED, REGISTER.action, asked)
    form.begin()
    form.submission(0)
    inside = units(warehouse, viewer)
    names = dict(zip(inside["org_id"], inside["org_name"], strict=True))
    with card("register-clue"):
        st.markdown("**登记线索**")
        st.caption("登记之日起一个月内提出处置意见。模型预警转来的线索，请在预警里用「转线索」。")
        origin = st.segmented_control(
            "来源（必填）", list(ORIGINS_BY_HAND), format_func=ORIGINS_BY_HAND.__getitem__, key=form.key("origin"),
            on_change=form.keeper("origin"),
        )  # fmt: skip
        form.fault("origin")
        if origin in SOURCE_NUMBERS:
            st.text_input(
                f"{SOURCE_NUMBERS[origin]}（必填）", key=form.key("source_key"), max_chars=64,
                on_change=form.keeper("source_key"), help="同一来源编号只登记一条线索。",
            )  # fmt: skip
            form.fault("source_key")
        st.text_input(
            "标题（必填）", key=form.key("title"), max_chars=60, on_change=form.keeper("title"),
            placeholder="一句话写明什么问题，例如：罚款未缴入国库即结案",
        )  # fmt: skip
        form.fault("title")
        left, right = st.columns(2)
        with left:
            org_id = st.selectbox(
                "涉及单位（必填）", list(names), index=None, format_func=names.__getitem__, key=form.key("org_id"),
                placeholder="输入几个字查找", on_change=form.keeper("org_id"),
            )  # fmt: skip
            form.fault("org_id")
        there = people(warehouse, viewer, org_id) if org_id else {}
        if st.session_state.get(form.key("officer_id")) not in there:
            st.session_state.pop(form.key("officer_id"), None)
        right.selectbox(
            "涉及人员（可不填）", list(there), index=None, format_func=there.__getitem__, key=form.key("officer_id"),
            placeholder="先选单位" if not org_id else "姓名已脱敏，输入编号查找", disabled=not org_id,
            on_change=form.keeper("officer_id"),
        )  # fmt: skip
        form.text(REGISTER.text_label, REGISTER.needs_text)
        refused = st.session_state.pop(form.key("refused"), None)
        names = {one.name: one.label for one in REGISTER.fields}
        form.foot({REGISTER.name: partial(_register, form, inside)}, names, refused)


def _register(form: Form, inside: pd.DataFrame) -> None:
    values = form.values()
    unit = inside[inside["org_id"] == values["org_id"]]
    values["org_id"] = None if unit.empty else values["org_id"]
    given = {one.name: values[one.name] for one in REGISTER.asked}
    if form.refuse({name: fault.message for name, fault in REGISTER.faults(given, values["text"]).items()}):
        return
    submission = form.submission(0)
    row = unit.iloc[0]
    try:
        done = register_clue(
            form.register, form.viewer, values["origin"], (values["source_key"] or "").strip() or submission,
            submission_id=submission, at=now(form.warehouse), title=values["title"], detail=values["text"].strip(),
            officer_id=values["officer_id"], org_id=values["org_id"], area_code=row["area_code"],
            domain_code=None if pd.isna(row["domain_code"]) else row["domain_code"],
        )  # fmt: skip
    except UserError as refused:
        st.session_state[form.key("refused")] = refused
        return
    if done.duplicate and done.event is not None and done.event.submission_id != submission:
        known = f"来源编号「{verbatim(values['source_key'])}」已经登记过线索（{moment(done.event.at)}）。"
        st.session_state[form.key("refused")] = UserError(known, "请核对编号，或在线索清单中打开那一条。")
        return
    form.forget_draft()
    form.done()
    st.session_state.pop(f"{UNREGISTERED}_register_0_submission", None)
    way.go(paths.CLUES, way.onward({"clue": str(done.created)}))
