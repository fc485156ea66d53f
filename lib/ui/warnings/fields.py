"""The forms in which a person records what was done with a warning, once, and without losing a word."""

from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework.record import take
from lib.casework.steps import Step, Submission, Upload
from lib.casework.store.register import Register
from lib.casework.warnings.many import sign_and_start
from lib.casework.warnings.next_step import after, goes_on, moves_on, next_steps, who_may
from lib.casework.warnings.states import CHECKING, CONCLUSIONS, WITHDRAW_REASONS
from lib.casework.warnings.steps import WARNING
from lib.errors import UserError
from lib.rules import Rule
from lib.ui import paths
from lib.ui.browser import way
from lib.ui.record import outcome
from lib.ui.record.form import Form
from lib.ui.record.outcome import Result
from lib.ui.verbatim import verbatim
from lib.ui.warnings import worklist
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

MAX_MB = 10

_PROMPT = "请核实预警所列情况，并按期反馈核查结果和相关材料。"
_COMMON_CHECKS = ("调阅案卷", "现场查看", "询问当事人", "向承办人了解情况")
_BOTH = replace(WARNING.steps["sign"], action="sign_start", name="签收并开始核查", target=CHECKING)


def _form(register: Register, warehouse: Warehouse, viewer: Viewer, warning_id: str, action: str) -> Form:
    asked = tuple(one.name for one in WARNING.steps[action].asked)
    return Form(register, warehouse, viewer, "warning", warning_id, action, asked)


def _faults(form: Form, step: Step, values: dict[str, Any]) -> dict[str, str]:
    """All that is missing or too large, by field."""
    found = {}
    if step.action == "conclude":
        if not values["conclusion"]:
            found["conclusion"] = "请选择核查结论：" + "、".join(CONCLUSIONS) + "，四选一。"
        if not values["checked"]:
            found["checked"] = "请至少选择一项核查内容，也可以自行填写。"
    if step.action == "withdraw" and not values["reason"]:
        found["reason"] = "请选择撤销原因：" + "或".join(WITHDRAW_REASONS) + "。"
    if step.needs_text and not values["text"].strip():
        found["text"] = f"请填写{step.text_label}。"
    file = st.session_state.get(form.key("file"))
    if file is not None and file.size > MAX_MB * 1024 * 1024:
        found["file"] = f"附件「{file.name}」超过 {MAX_MB} MB，请压缩或拆分后再上传。"
    return found


def _submit(form: Form, step: Step, row: pd.Series, seq: int) -> None:
    values, upload = form.values(), None
    if form.refuse(_faults(form, step, values)):
        st.session_state.pop(f"{form.object_id}_result", None)
        return
    if form.action == "conclude":
        file, kept = st.session_state.get(form.key("file")), st.session_state.get(form.key("kept"))
        upload = (file.name, file.getvalue()) if file is not None else kept["attachment_id"] if kept else None
    _take(form, step, row, seq, values, upload)


def _take(
    form: Form, step: Step, row: pd.Series, seq: int, values: dict[str, Any], upload: Upload | None = None
) -> None:
    result_key = f"{form.object_id}_result"
    payload = {one.name: values[one.name] for one in step.asked}
    sent = Submission(form.submission(seq), now(form.warehouse), seq, values["text"], payload, upload)
    try:
        if step == _BOTH:
            done = sign_and_start(form.register, form.viewer, form.object_id, sent)
        else:
            done = take(form.register, form.viewer, WARNING, form.object_id, step.action, sent)
    except UserError as refused:
        st.session_state[result_key] = Result(step, refused=refused, text=values["text"])
        return
    st.session_state[f"{form.object_id}_changed"] = True
    if done.event is None:
        st.session_state[result_key] = Result(step, done, text=values["text"])
        return
    form.done()
    state = str(done.event.to_state)
    told = Result(step, done, text=values["text"], follows=after(state, done.event.actor_role), created=done.created)
    st.session_state[result_key] = told
    if step.action != "undo" and not goes_on(form.viewer, state, row["rule_id"], _handler(row, step, form.viewer)):
        _go_on(form.object_id, row, told)


def _handler(row: pd.Series, step: Step, viewer: Viewer) -> str | None:
    mine = step.action in ("sign", "sign_start", "start", "take_over", "conclude")
    return viewer.person_id if mine else None if pd.isna(row["handler_id"]) else str(row["handler_id"])


def _go_on(warning_id: str, row: pd.Series, told: Result) -> None:
    """To the next of the list one came from, when this one waits for somebody else."""
    following = worklist.next_of(warning_id)
    if following is not None:
        st.session_state[worklist.TOLD] = (warning_id, f"{row['rule_label']} {row['subject_title']}", told)
        way.go(paths.WARNING, way.onward({"id": following}))


@st.fragment
def panel(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series, rule: Rule | None) -> None:
    """What came of the last submission, and the form for what this viewer may do next."""
    warning_id = str(row["warning_id"])
    if st.session_state.pop(f"{warning_id}_changed", False):
        st.rerun()
    handler = None if pd.isna(row["handler_id"]) else str(row["handler_id"])
    conclusion = None if pd.isna(row["conclusion"]) else str(row["conclusion"])
    steps = next_steps(viewer, row["state"], row["rule_id"], handler, conclusion)
    last: Result | None = st.session_state.get(f"{warning_id}_result")
    if last is not None and last.recorded:
        outcome.show(last, WARNING, True)
        _take_back(register, warehouse, viewer, row, last)
    elif last is not None and last.step not in (*steps, _BOTH):
        outcome.show(last, WARNING, False)
        last = None
    if not steps:
        st.caption(who_may(viewer, row["state"], row["rule_id"]))
        return
    usual = moves_on(steps, row["state"])
    if steps[0].action == "take_over":
        st.caption(f"由 {verbatim(row['handler_name'])} 经办。确需由您办理的，先接手；对方会看到理由。")
    elif not usual:
        st.caption(who_may(viewer, row["state"], row["rule_id"]))
    names = {step.action: step.name for step in steps}
    # What does not move the work on is chosen, never offered first.
    action = st.segmented_control(
        "办理", list(names), default=steps[0].action if usual else None, required=usual,
        format_func=names.__getitem__, key=f"{warning_id}_{row['state']}_step", label_visibility="collapsed",
    )  # fmt: skip
    if action is not None:
        _draw(_form(register, warehouse, viewer, warning_id, action), row, rule, last)


def _take_back(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series, last: Result) -> None:
    """One way back from a step just taken, as long as nothing else has happened."""
    done = last.outcome.event if last.outcome is not None else None
    if done is None or last.step.action not in ("sign", "start", "sign_start") or done.seq != int(row["last_seq"]):
        return
    step = WARNING.steps["undo"]
    form = _form(register, warehouse, viewer, str(row["warning_id"]), "undo")
    st.button(
        f"撤回{last.step.name}", key=form.key("submit"), type="tertiary", icon=":material/undo:",
        on_click=partial(_undo, form, step, row, last.step.action == "sign_start"),
    )  # fmt: skip


def _undo(form: Form, step: Step, row: pd.Series, both: bool) -> None:
    seq = int(row["last_seq"])
    _take(form, step, row, seq, {"text": ""})
    last: Result = st.session_state[f"{form.object_id}_result"]
    if both and last.recorded and last.outcome is not None and last.outcome.event_seq is not None:
        _take(form, step, row, last.outcome.event_seq, {"text": ""})


def _draw(form: Form, row: pd.Series, rule: Rule | None, last: Result | None) -> None:
    step, seq = WARNING.steps[form.action], int(row["last_seq"])
    form.begin(_PROMPT if form.action == "prompt" else "")
    form.submission(seq)
    if form.action == "prompt":
        to = verbatim(row["org_name"] or "—")
        st.caption(f"收件单位：{to}。只写入待发箱，由浙政钉管理员发送；本系统不直接发送。")
    if form.action == "conclude":
        _conclusion(form, rule)
    if form.action == "withdraw":
        st.segmented_control(
            "撤销原因（必填）", WITHDRAW_REASONS, key=form.key("reason"), on_change=form.keeper("reason")
        )  # fmt: skip
        form.fault("reason")
        st.caption("撤销后不计入单位和人员的预警数，但仍计入模型的误报率。")
    form.text(step.text_label, step.needs_text, 130 if step.needs_text else 64)
    if form.action == "conclude":
        _attachment(form)
    refused = None
    if last is not None and last.step in (step, _BOTH):
        refused = last.refused
        if not last.recorded and last.refused is None:
            outcome.show(last, WARNING, True)
    submit = partial(_submit, form, step, row, seq)
    buttons = {_verb(step): submit}
    if form.action == "sign":
        buttons = {_BOTH.name: partial(_submit, form, _BOTH, row, seq), **buttons}
    form.foot(buttons, {one.name: one.label for one in step.fields} | {"file": "附件"}, refused)


def _verb(step: Step) -> str:
    return "提交核查结论" if step.action == "conclude" else "写入待发箱" if step.action == "prompt" else step.name


def _conclusion(form: Form, rule: Rule | None) -> None:
    st.segmented_control(
        "核查结论（必填）", CONCLUSIONS, key=form.key("conclusion"), on_change=form.keeper("conclusion")
    )  # fmt: skip
    form.fault("conclusion")
    offered = list(dict.fromkeys([*(rule.offline_check if rule else ()), *_COMMON_CHECKS]))
    key = form.key("checked")
    offered += [item for item in st.session_state.get(key, []) if item not in offered]
    st.multiselect(
        "核查了什么（必填）", offered, key=key, placeholder="可多选，也可自行填写", accept_new_options=True,
        select_all=False, help="至少一项；选项来自模型的线下核查要点。", on_change=form.keeper("checked"),
    )  # fmt: skip
    form.fault("checked")


def _attachment(form: Form) -> None:
    kept = st.session_state.get(form.key("kept"))
    st.file_uploader(
        f"附件（可不填，不超过 {MAX_MB} MB）", key=form.key("file"), max_upload_size=MAX_MB,
        help="案卷照片、笔录、回单等，一个文件；多个请打包。附件随提交保存，不进草稿。",
    )  # fmt: skip
    form.fault("file")
    if kept:
        st.caption(f"草稿中已有附件 {verbatim(kept['name'])}，不另选文件时随结论一并提交。")
    st.checkbox(
        "同时发工作提示",
        key=form.key("work_prompt"),
        on_change=form.keeper("work_prompt"),
        help="不属实的，也可以就发现的问题发工作提示。",
    )
