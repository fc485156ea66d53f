"""Taking a version of a model to its next state: save a draft, try, submit, approve, stop, restore."""

from collections.abc import Mapping
from functools import partial

import streamlit as st

from lib.access import Viewer
from lib.casework.rules import versions
from lib.casework.rules.states import DRAFT, LIVE, REVIEW, STOPPED, TRIAL, UNDER_WAY
from lib.casework.rules.steps import DRAFTING, VERSION
from lib.casework.rules.versions import Version
from lib.casework.steps import Outcome, Step, Submission
from lib.casework.store.register import Register
from lib.insight.wording import moment
from lib.rules.rule import Value
from lib.ui.record.form import Form, Record, Wording
from lib.ui.record.outcome import Result
from lib.ui.record.panel import steps_panel
from lib.ui.server import background
from lib.ui.verbatim import verbatim
from lib.warehouse.store import Warehouse

_NEXT = {
    DRAFT: "草稿：先试运行，试运行只计数，不产生预警。",
    TRIAL: "试运行：每次运行都计数，不产生预警。保存与在用版本对比的回测报告后，可以提交复核。",
    REVIEW: "复核：由起草人、提交人以外的人审批。",
    LIVE: "发布：正在产生预警。",
    STOPPED: "停用：不再运行；曾经发布过的可以回退。",
}


def label(version: Version) -> str:
    """A version in a list: without its state, which may change while the list is open."""
    return f"{version.name} · {verbatim(version.author_name)} {moment(version.created_at)}"


def _record(register: Register, warehouse: Warehouse, viewer: Viewer, version: Version) -> Record:
    return Record(register, warehouse, viewer, VERSION, version.version_id, version.state, version.last_seq)


def steps(register: Register, warehouse: Warehouse, viewer: Viewer, version: Version) -> None:
    """The state of a version, what came of the last step, and the form for what this viewer may do next."""
    st.markdown(f"**{version.rule_id} {version.name}** · {version.state}", width="content")
    st.caption(f"{verbatim(version.author_name)} {moment(version.created_at)} 起草。{_NEXT[version.state]}")
    possible = VERSION.possible(viewer, version.state)
    line = "" if possible else f"您的角色（{viewer.role_name}）在这一步不办理。"
    # What stops or restores a model in force is chosen, never offered first.
    usual = version.state in UNDER_WAY
    steps_panel(_record(register, warehouse, viewer, version), possible, line, _form, usual)


def _form(record: Record, step: Step) -> Form:
    return Form(record, step, then=lambda _: background.look_again())


def save_version(
    register: Register, warehouse: Warehouse, viewer: Viewer, base: Version, params: Mapping[str, Value], possible: bool
) -> None:
    """The form that keeps these thresholds as a draft of their own; off unless they are `possible`."""
    if not viewer.may("tune", "rule_version"):
        st.caption(f"您的角色（{viewer.role_name}）可以查看影响，不能起草。")
        return
    changed = any(value != base.params[name] for name, value in params.items())
    why = "参数有误，改正后才能保存。" if changed else "参数与在用版本相同，没有可保存的改动。"

    def taken(sent: Submission) -> Outcome:
        return versions.save_version(
            register, viewer, base, params, submission_id=sent.submission_id, at=sent.at, text=sent.text
        )

    record = _record(register, warehouse, viewer, base)
    shut = Wording(shut="" if changed and possible else why)
    Form(record, DRAFTING, shut, takes=taken, then=partial(_look_at, record)).draw()


def _look_at(base: Record, result: Result) -> None:
    """The new draft is the version looked at, and what came of saving it is told there."""
    st.session_state["t_version"] = result.created
    st.session_state[f"{result.created}_result"] = st.session_state.pop(base.key("result"))
    background.look_again()
