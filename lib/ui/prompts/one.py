"""One prompt: what is asked, until when, what comes next, what has been done."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.access.policy import policy
from lib.access.scope import of_unit
from lib.casework.clock import not_now
from lib.casework.prompts.states import ACCEPTED, ASKED, CLOSED, RETURNED, VISITED, VISITING, WITH_UNIT, WITHDRAWN
from lib.casework.prompts.steps import PROMPT
from lib.casework.steps import Step
from lib.casework.store.chain import Event
from lib.casework.store.register import Register
from lib.insight.wording import moment, number, plain
from lib.ui import paths
from lib.ui.browser import way
from lib.ui.browser.width import on_phone
from lib.ui.card import card
from lib.ui.files.check_sheet import check_sheet_button
from lib.ui.record import timeline
from lib.ui.record.extension import applied, extending
from lib.ui.record.form import Form, Record, Wording
from lib.ui.record.panel import steps_panel
from lib.ui.state import visible_warnings
from lib.ui.verbatim import verbatim
from lib.warehouse.store import Warehouse

_CHECKS = ("调阅案卷", "核对票据或台账", "询问当事人", "询问承办人", "现场查看", "核对系统记录")
_AFTER = {
    ASKED: "待单位核实回复",
    "已回复": "已回复，待采纳、退回或现场核查",
    RETURNED: "已退回，待单位重新回复",
    ACCEPTED: "已采纳，待办结",
    VISITING: "待到现场并记录",
    VISITED: "已现场核查，待办结",
    CLOSED: "已办结",
    WITHDRAWN: "已撤回，单位不再回复",
}


def one(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series) -> None:
    """The prompt, its steps and its way."""
    events = timeline.events(register, warehouse, viewer, PROMPT, str(row["prompt_id"]))
    if on_phone():
        facts, deeds = st.container(), st.container()
    else:
        facts, deeds = st.columns([1.2, 1], gap="medium")
    with facts, card("prompt-facts"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"##### {verbatim(row['title'])}", anchors=False, width="content")
            st.badge(row["state"], color="gray")
        st.caption(f"{verbatim(row['purpose'])} {row['number']} · {moment(row['opened_at'])} 发出")
        if row["asked"].strip(" 。\n") != row["title"]:
            st.text(row["asked"])
        st.table({title: verbatim(value) for title, value in _facts(viewer, row, events).items()}, border="horizontal")
        _links(register, warehouse, viewer, row)
    with deeds:
        with card("prompt-steps"):
            st.markdown("**办理**")
            record = Record(
                register, warehouse, viewer, PROMPT, str(row["prompt_id"]), str(row["state"]), int(row["last_seq"])
            )
            untimely = not_now(row)
            steps = [step for step in PROMPT.possible(viewer, record.state) if step.action not in untimely]
            usual = bool(steps) and steps[0].action == PROMPT.usual.get(record.state)
            line = _line(viewer, row, usual)
            steps_panel(record, steps, line, lambda of, step: Form(of, step, _wording(step, row)), usual)
        with card("prompt-events"):
            timeline.timeline(register, warehouse, viewer, PROMPT, record.object_id, events)


def _line(viewer: Viewer, row: pd.Series, usual: bool) -> str:
    """What it waits for, where the next step is somebody else's."""
    action = PROMPT.usual.get(str(row["state"]))
    if usual or action is None:
        return "" if action else f"这件工作提示已经{row['state']}，没有后续步骤。"
    step = PROMPT.steps[action]
    if row["state"] in WITH_UNIT:
        due = "" if pd.isna(row["due_at"]) else f"，应在 {moment(row['due_at'])} 前"
        return f"等 {verbatim(row['org_name'])} {step.name}{due}。"
    if of_unit(viewer):
        return "已收到本单位的回复，由发送单位处理；需要补充时会退回。"
    return f"下一步是「{step.name}」，由{'、'.join(policy().holders(step.right, 'prompt'))}办理。"


def _wording(step: Step, row: pd.Series) -> Wording:
    if step.action == "reply":
        late = f"，已{row['due_words']}" if row["overdue"] else ""
        due = "计时已暂停。" if pd.isna(row["due_at"]) else f"请在 {moment(row['due_at'])} 前回复{late}。"
        return Wording(
            says={"": f"{due}只有发送单位和本单位看得到回复和附件。"},
            offers={"verified": lambda _: {check: check for check in _CHECKS}},
            button="提交回复",
            follows=_follows,
        )
    if step.action == "visit":
        told = "现场核查须两人同行；核查人不能是本件的经办人。单位看不到由谁去、何时去。"
        return Wording(says={"": told}, button="安排现场核查", follows=_follows)
    return replace(extending(step, row), follows=_follows)


def _follows(event: Event) -> str:
    return _AFTER.get(str(event.to_state), str(event.to_state))


def _facts(viewer: Viewer, row: pd.Series, events: pd.DataFrame) -> dict[str, str]:
    facts = {"收件单位": row["org_name"], "发送人": plain(row["opener_name"])}
    if row["open"] and (not pd.isna(row["due_at"]) or not pd.isna(row["paused_at"])):
        facts[f"{'回复' if row['state'] in WITH_UNIT else '处理'}期限"] = _due(row)
    if not pd.isna(row["replied_at"]):
        late = "（超过回复期限）" if row["replied_late"] is True else ""
        facts["单位回复"] = f"{row['found']}，{moment(row['replied_at'])}{late}"
    facts |= applied(row, events)
    if row["state"] == RETURNED:
        facts["退回理由"] = plain(events.loc[events["action"].eq("send_back"), "text"].iloc[-1])
    if not of_unit(viewer):
        facts["等谁"] = plain(row["waits_for"])
        facts["区域"] = row["area_label"]
    return facts


def _due(row: pd.Series) -> str:
    """What is due, and what moved it: workdays put off and workdays it stood still count apart."""
    apart = [
        f"{name} {number(row[key])} 工作日" for key, name in (("extended", "延期"), ("paused", "暂停")) if row[key]
    ]
    if not pd.isna(row["paused_at"]):
        return "；".join([f"{moment(row['paused_at'])} 起暂停计时", *apart])
    provisional = "（暂定：次年放假安排公布后重算）" if row["provisional"] else ""
    return "；".join([f"{moment(row['due_at'])}{provisional}，{row['due_words']}", *apart])


def _links(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series) -> None:
    """Back to the warning it comes of, its sheet to take along, and on to a notice, for those who may."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if not pd.isna(row["warning_id"]) and viewer.may("view", "warning"):
            _link(paths.WARNING, "来源预警", "flag", {"id": str(row["warning_id"])})
            warnings = visible_warnings(register, warehouse, viewer, spot_checks=True)
            for number in warnings.index[warnings["warning_id"].eq(row["warning_id"])]:
                check_sheet_button(register, warehouse, viewer, warnings.loc[number])
        if not pd.isna(row["org_id"]) and viewer.may("draft", "notice"):
            _link(paths.NOTICES, "拟制执法监督通知书", "description", {"draft": f"prompt:{row['prompt_id']}"})


def _link(page: str, label: str, icon: str, query: way.Query) -> None:
    st.page_link(page, label=label, icon=f":material/{icon}:", query_params=way.address(query), width="content")
