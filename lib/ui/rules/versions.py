"""Taking a version of a model to its next state: save a draft, try, submit, approve, stop, restore."""

import uuid
from collections.abc import Mapping

import streamlit as st

from lib.access import Viewer
from lib.casework.record import take
from lib.casework.rules import versions
from lib.casework.rules.states import DRAFT, LIVE, REVIEW, STOPPED, TRIAL, UNDER_WAY
from lib.casework.rules.steps import DRAFTING, VERSION
from lib.casework.rules.versions import Version
from lib.casework.steps import Outcome, Step, Submission
from lib.casework.store.register import Register
from lib.errors import UserError
from lib.insight.wording import moment
from lib.rules.rule import Value
from lib.ui.record import outcome
from lib.ui.record.form import Form
from lib.ui.record.outcome import Result
from lib.ui.server import background
from lib.ui.verbatim import verbatim
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

_NEXT = {
    DRAFT: "草稿：先试运行，试运行只计数，不产生预警。",
    TRIAL: "试运行：每次运行都计数，不产生预警。保存与在用版本对比的回测报告后，可以提交复核。",
    REVIEW: "复核：由起草人、提交人以外的人审批。",
    LIVE: "发布：正在产生预警。",
    STOPPED: "停用：不再运行；曾经发布过的可以回退。",
}


def _result_key(rule_id: str) -> str:
    return f"version_result_{rule_id}"


def label(version: Version) -> str:
    """A version in a list: without its state, which may change while the list is open."""
    return f"{version.name} · {verbatim(version.author_name)} {moment(version.created_at)}"


def result(version: Version) -> None:
    """What came of the last step on this model's versions; a refusal only while the version stands as it did."""
    about, last = st.session_state.get(_result_key(version.rule_id), (None, None))
    if last is not None and (last.refused is None or about == (version.version_id, version.last_seq)):
        outcome.show(last, VERSION, True)


def _submission(*parts: object) -> str:
    """One id per form shown on one state: a second click carries the same one."""
    return st.session_state.setdefault("_".join(["version_submission", *map(str, parts)]), uuid.uuid4().hex)


def _form(register: Register, warehouse: Warehouse, viewer: Viewer, version: Version, action: str) -> Form:
    return Form(register, warehouse, viewer, "rule_version", version.version_id, action)


def _put(version: Version, step: Step, text: str, done: Outcome | UserError) -> None:
    if isinstance(done, UserError):
        last = Result(step, refused=done, text=text)
    else:
        last = Result(step, done, text=text)
        background.look_again()
    st.session_state[_result_key(version.rule_id)] = (version.version_id, version.last_seq), last


def _take(register: Register, warehouse: Warehouse, viewer: Viewer, version: Version, action: str, sent: str) -> None:
    form = _form(register, warehouse, viewer, version, action)
    step, text = VERSION.steps[action], str(form.values()["text"])
    try:
        submission = Submission(sent, now(warehouse), version.last_seq, text)
        done: Outcome | UserError = take(register, viewer, VERSION, version.version_id, action, submission)
    except UserError as refused:
        done = refused
    if not isinstance(done, UserError) and done.event is not None:
        form.done()
    _put(version, step, text, done)


def steps(register: Register, warehouse: Warehouse, viewer: Viewer, version: Version) -> None:
    """The state of a version, what came of the last step, and the form for what this viewer may do next."""
    st.markdown(f"**{version.rule_id} {version.name}** · {version.state}", width="content")
    st.caption(f"{verbatim(version.author_name)} {moment(version.created_at)} 起草。{_NEXT[version.state]}")
    possible = VERSION.possible(viewer, version.state)
    if not possible:
        st.caption(f"您的角色（{viewer.role_name}）在这一步不办理。")
        return
    names = {step.action: step.name for step in possible}
    under_way = version.state in UNDER_WAY
    # What stops or restores a model in force is chosen, never offered first.
    action = st.segmented_control(
        "办理", list(names), default=possible[0].action if under_way else None, required=under_way,
        format_func=names.__getitem__, key=f"{version.version_id}_{version.state}_step", label_visibility="collapsed",
    )  # fmt: skip
    if action is None:
        return
    step = VERSION.steps[action]
    form = _form(register, warehouse, viewer, version, step.action)
    form.begin()
    form.text(step.text_label, step.needs_text, height=80)
    st.button(
        step.name, key=f"{version.version_id}_{step.action}_submit", type="primary", on_click=_take,
        args=(register, warehouse, viewer, version, step.action, _submission(version.version_id, version.last_seq,
                                                                             step.action)),
    )  # fmt: skip


def _save(
    register: Register, warehouse: Warehouse, viewer: Viewer, base: Version, params: Mapping[str, Value], sent: str
) -> None:
    form = _form(register, warehouse, viewer, base, "draft")
    text = str(form.values()["text"])
    try:
        done: Outcome | UserError = versions.draft(
            register, viewer, base, params, submission_id=sent, at=now(warehouse), text=text
        )
    except UserError as refused:
        done = refused
    _put(base, DRAFTING, text, done)
    if not isinstance(done, UserError) and done.created:
        st.session_state["t_version"] = done.created
        form.forget_draft()
        form.done()


def save_draft(
    register: Register, warehouse: Warehouse, viewer: Viewer, base: Version, params: Mapping[str, Value],
    possible: bool,
) -> None:  # fmt: skip
    """The form that keeps these thresholds as a draft of their own; off unless they are `possible`."""
    if not viewer.may("tune", "rule_version"):
        st.caption(f"您的角色（{viewer.role_name}）可以查看影响，不能起草。")
        return
    changed = {name: value for name, value in params.items() if value != base.params[name]}
    why = "参数有误，改正后才能保存。" if changed else "参数与在用版本相同，没有可保存的改动。"
    form = _form(register, warehouse, viewer, base, "draft")
    form.begin()
    form.text(DRAFTING.text_label, True, height=80)
    st.button(
        DRAFTING.name, type="primary", key=f"{base.rule_id}_draft_submit", disabled=not (changed and possible),
        on_click=_save,
        args=(register, warehouse, viewer, base, params, _submission(base.version_id, sorted(changed.items()))),
        help=None if changed and possible else why,
    )  # fmt: skip
