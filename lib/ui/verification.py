"""The forms in which a person records what was done with a warning, once, and without losing a word."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework import warnings
from lib.casework.chain import Event
from lib.casework.drafts import load_draft, save_draft
from lib.casework.register import Register
from lib.casework.warnings import CONCLUSIONS, WARNING, WITHDRAW_REASONS
from lib.casework.workflow import Outcome, Step
from lib.errors import UserError
from lib.insight.figures import moment
from lib.insight.next_step import next_steps, who_may
from lib.rules import Rule
from lib.ui import message
from lib.ui.card import card
from lib.ui.timeline import action_name, who
from lib.ui.uploads import MOST_MB
from lib.ui.verbatim import verbatim
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

MAX_MB = MOST_MB["record"]

_TAKE: dict[str, Callable[..., Outcome]] = {
    "sign": warnings.sign,
    "start": warnings.start_check,
    "prompt": warnings.prompt_unit,
    "conclude": warnings.conclude,
    "send_back": warnings.send_back,
    "review": warnings.review,
    "close": warnings.close,
    "withdraw": warnings.withdraw,
    "to_clue": warnings.to_clue,
}
_TEXT_LABELS = {
    "prompt": "提示内容",
    "conclude": "情况说明",
    "send_back": "需要补充什么",
    "review": "复核意见",
    "withdraw": "撤销说明",
    "to_clue": "线索情况",
}
_PROMPT = "请核实预警所列情况，并按期反馈核查结果和相关材料。"
_COMMON_CHECKS = ("调阅案卷", "现场查看", "询问当事人", "向承办人了解情况")
# What a draft holds of each form besides the text.
_FIELDS = {"conclude": ("conclusion", "checked", "work_prompt"), "withdraw": ("reason",)}


@dataclass(frozen=True)
class Result:
    """What came of the last submission: an outcome, or why it was refused."""

    step: Step
    outcome: Outcome | None = None
    refused: UserError | None = None
    text: str = ""


def _key(warning_id: str, action: str, name: str) -> str:
    return f"{warning_id}_{action}_{name}"


def _seed(register: Register, viewer: Viewer, warning_id: str, action: str) -> None:
    """Fill a form that is not on screen yet with this person's draft."""
    if _key(warning_id, action, "text") in st.session_state:
        return
    draft = load_draft(register, viewer, "warning", warning_id, action) or {}
    default = _PROMPT if action == "prompt" else ""
    st.session_state[_key(warning_id, action, "text")] = draft.get("text") or default
    for name in _FIELDS.get(action, ()):
        if draft.get(name):
            st.session_state[_key(warning_id, action, name)] = draft[name]
    st.session_state[_key(warning_id, action, "kept")] = draft.get("attachment")
    st.session_state[_key(warning_id, action, "note")] = "已恢复您上次未提交的草稿。" if draft else ""


def _values(warning_id: str, action: str) -> dict[str, Any]:
    """What the form holds now, the file apart."""
    names = ("text", *_FIELDS.get(action, ()))
    return {name: st.session_state.get(_key(warning_id, action, name)) for name in names}


def _keep_draft(register: Register, warehouse: Warehouse, viewer: Viewer, warning_id: str, action: str) -> None:
    at = now(warehouse)
    payload = {**_values(warning_id, action), "action": action}
    kept = st.session_state.get(_key(warning_id, action, "kept"))
    save_draft(register, viewer, "warning", warning_id, payload | ({"attachment": kept} if kept else {}), at, action)
    st.session_state[_key(warning_id, action, "note")] = f"草稿已保存 {at:%H:%M:%S}"


def _submit(
    register: Register, warehouse: Warehouse, viewer: Viewer, warning_id: str, action: str, submission_id: str, seq: int
) -> None:
    values = _values(warning_id, action)
    values["text"] = values["text"] or ""
    step = WARNING.steps[action]
    try:
        if action == "conclude":
            values = {**values, **_completed(warning_id, values)}
        outcome = _TAKE[action](
            register, viewer, warning_id, submission_id=submission_id, at=now(warehouse), expected_seq=seq, **values
        )
    except UserError as refused:
        st.session_state[f"{warning_id}_result"] = Result(step, refused=refused)
        return
    st.session_state[f"{warning_id}_result"] = Result(step, outcome, text=values["text"])
    st.session_state[f"{warning_id}_changed"] = True
    if outcome.event is not None:
        for name in ("text", "file", "kept", *_FIELDS.get(action, ())):
            st.session_state.pop(_key(warning_id, action, name), None)


def _completed(warning_id: str, values: dict[str, Any]) -> dict[str, Any]:
    """The conclusion form's values ready to be recorded. Raises UserError for what is missing or too large."""
    if not values["conclusion"]:
        raise UserError("请选择核查结论。", "、".join(CONCLUSIONS) + "，四选一。")
    file = st.session_state.get(_key(warning_id, "conclude", "file"))
    kept = st.session_state.get(_key(warning_id, "conclude", "kept"))
    if file is not None and file.size > MAX_MB * 1024 * 1024:
        raise UserError(f"附件「{file.name}」超过 {MAX_MB} MB。", "请压缩或拆分后再上传。")
    upload = (file.name, file.getvalue()) if file is not None else kept["attachment_id"] if kept else None
    return {"checked": values["checked"] or [], "work_prompt": bool(values["work_prompt"]), "attachment": upload}


@st.fragment
def panel(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series, rule: Rule | None) -> None:
    """What came of the last submission, and the form for what this viewer may do next."""
    warning_id = str(row["warning_id"])
    if st.session_state.pop(f"{warning_id}_changed", False):
        st.rerun()
    steps = next_steps(viewer, row["state"], row["rule_id"])
    _result(warning_id, steps)
    if not steps:
        st.caption(who_may(viewer, row["state"], row["rule_id"]))
        return
    names = {step.action: step.name for step in steps}
    action = st.segmented_control(
        "办理", list(names), default=steps[0].action, required=True, format_func=names.__getitem__,
        key=f"{warning_id}_{row['state']}_step", label_visibility="collapsed",
    )  # fmt: skip
    _form(register, warehouse, viewer, row, rule, WARNING.steps[action or steps[0].action])


def _form(
    register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series, rule: Rule | None, step: Step
) -> None:
    warning_id, action, seq = str(row["warning_id"]), step.action, int(row["last_seq"])
    _seed(register, viewer, warning_id, action)
    # One id per form shown on one state of the warning: a second click carries the same one.
    submission = st.session_state.setdefault(f"{warning_id}_{action}_{seq}_submission", uuid.uuid4().hex)
    keep = partial(_keep_draft, register, warehouse, viewer, warning_id, action)
    if action == "prompt":
        to = verbatim(row["org_name"] or "—")
        st.caption(f"收件单位：{to}。只写入待发箱，由浙政钉管理员发送；本系统不直接发送。")
    if action == "conclude":
        _conclusion(warning_id, rule, keep)
    if action == "withdraw":
        st.segmented_control("撤销原因", WITHDRAW_REASONS, key=_key(warning_id, action, "reason"), on_change=keep)
        st.caption("撤销后不计入单位和人员的预警数，但仍计入模型的误报率。")
    label = _TEXT_LABELS.get(action, "备注")
    st.text_area(
        f"{label}（{'必填' if step.needs_text else '可不填'}）", key=_key(warning_id, action, "text"),
        height=130 if step.needs_text else 80, max_chars=4000, on_change=keep,
    )  # fmt: skip
    if action == "conclude":
        _attachment(warning_id)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            _verb(step), key=f"{warning_id}_{action}_submit", type="primary", on_click=_submit,
            args=(register, warehouse, viewer, warning_id, action, submission, seq),
        )  # fmt: skip
        st.caption(
            st.session_state.get(_key(warning_id, action, "note")) or "填写的内容会自动存为草稿。", width="content"
        )


def _verb(step: Step) -> str:
    return "提交核查结论" if step.action == "conclude" else "写入待发箱" if step.action == "prompt" else step.name


def _conclusion(warning_id: str, rule: Rule | None, keep: Callable[[], None]) -> None:
    st.segmented_control("核查结论", CONCLUSIONS, key=_key(warning_id, "conclude", "conclusion"), on_change=keep)
    offered = list(dict.fromkeys([*(rule.offline_check if rule else ()), *_COMMON_CHECKS]))
    key = _key(warning_id, "conclude", "checked")
    offered += [item for item in st.session_state.get(key, []) if item not in offered]
    st.multiselect(
        "核查了什么", offered, key=key, placeholder="可多选，也可自行填写", accept_new_options=True, select_all=False,
        help="至少一项；选项来自模型的线下核查要点。", on_change=keep,
    )  # fmt: skip


def _attachment(warning_id: str) -> None:
    kept = st.session_state.get(_key(warning_id, "conclude", "kept"))
    st.file_uploader(
        f"附件（不超过 {MAX_MB} MB）", key=_key(warning_id, "conclude", "file"), max_upload_size=MAX_MB,
        help="案卷照片、笔录、回单等，一个文件；多个请打包。",
    )  # fmt: skip
    if kept:
        st.caption(f"草稿中已有附件 {verbatim(kept['name'])}，不另选文件时随结论一并提交。")
    st.checkbox(
        "同时发工作提示",
        key=_key(warning_id, "conclude", "work_prompt"),
        help="不属实的，也可以就发现的问题发工作提示。",
    )


def _result(warning_id: str, steps: list[Step]) -> None:
    """What the last submission came to; it stays until the next one."""
    result: Result | None = st.session_state.get(f"{warning_id}_result")
    if result is None:
        return
    outcome = result.outcome
    if result.refused is not None or outcome is None:
        message.problem(result.refused or UserError("没有记录。"))
    elif outcome.event is not None:
        told = f"{result.step.name} · {moment(outcome.event.at)} · 第 {outcome.event.seq} 号事件"
        if outcome.recorded:
            extra = f"　线索 {outcome.created}" if outcome.created else ""
            st.success(f"**已保存** {told}{extra}", icon=":material/check_circle:")
        else:
            st.info(f"**这次提交已经记录过，没有重复记录。** {told}", icon=":material/info:")
    else:
        _conflict(result, outcome.conflict, steps)


def _conflict(result: Result, meanwhile: tuple[Event, ...], steps: list[Step]) -> None:
    """What others did while the form was open, and what becomes of this person's words."""
    with card("overtaken"):
        st.markdown(f"**没有记录：您打开表单之后，这条预警已被处理，{result.step.name}未提交。**")
        for event in meanwhile:
            st.markdown(
                f"- {moment(event.at)} {verbatim(who(event.actor_name, event.actor_role))} "
                f"**{action_name(WARNING, event.action)}** → {event.to_state}（第 {event.seq} 号事件）"
            )
            if event.text:
                st.text(event.text)
        if result.step in steps:
            st.caption("您填写的内容仍在下面的表单里，也已存为草稿。核对之后可以再次提交。")
        else:
            st.caption(f"现在不能再{result.step.name}。您填写的内容已存为草稿：")
            if result.text:
                st.text(result.text)
