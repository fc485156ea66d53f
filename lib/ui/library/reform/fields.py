"""The forms in which a task is issued and its next step recorded."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.access.policy import policy
from lib.casework.drafts import unregistered
from lib.casework.reform.course import MILESTONES, REPLAN
from lib.casework.reform.issuing import issue
from lib.casework.reform.plan import EXAMPLE
from lib.casework.reform.states import OPEN_STATES
from lib.casework.reform.steps import ISSUE, REFORM_TASK, TASK
from lib.casework.steps import Outcome, Step, Submission
from lib.casework.store.register import Register
from lib.insight.library.reform import units
from lib.insight.wording import day
from lib.ui import paths
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.record.form import Form, Record, Wording
from lib.ui.record.outcome import Result
from lib.ui.record.panel import steps_panel
from lib.ui.verbatim import verbatim
from lib.warehouse.store import Warehouse

_LINES = f"一行一个节点：日期 累计完成 名称，例如 {EXAMPLE}。最后一个是 100%，它的日期就是完成时限。"
_HINTS = {"title": "一句话写明任务，例如：赋权事项划转落地", "responsible": "职务，例如：分管副局长"}


def panel(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series) -> None:
    """What came of the last submission, and the form for what this viewer may do next with a task."""
    state = str(row["state"])
    record = Record(register, warehouse, viewer, TASK, str(row["task_id"]), state, int(row["last_seq"]))
    steps = TASK.possible(viewer, state)
    moves_on = bool(steps) and steps[0].action == TASK.usual.get(state)
    line = "" if moves_on else _who_may(state)
    steps_panel(record, steps, line, lambda of, step: Form(of, step, _wording(step, row)), usual=moves_on)


def _who_may(state: str) -> str:
    """One line for a viewer without the next step: who takes it, or that there is none."""
    if state not in OPEN_STATES:
        return f"这项任务{state}，没有后续步骤。"
    step = TASK.steps[TASK.usual[state]]
    return f"下一步是「{step.name}」，由{'、'.join(policy().holders(step.right, REFORM_TASK))}记录。"


def _wording(step: Step, row: pd.Series) -> Wording:
    if step.action == "report":
        before = (
            "还没有报告过进展。"
            if pd.isna(row["progress_on"])
            else (f"上次：截至 {day(row['progress_on'])} 完成 {row['progress']}%。")
        )
        told = f"{before}填 100 即报告全部完成，转入验收；补报过去日期的，不改变当时的偏差。"
        return Wording(says={"": verbatim(told)})
    if step.action == "verify":
        return Wording(says={"": "核实的进度从核实截至的日期起代替单位报告的。"})
    if step.action == REPLAN:
        return Wording(
            says={"": "已经过去的节点照原样保留，只改以后的。", MILESTONES: _LINES},
            begins={MILESTONES: row[MILESTONES]},
        )
    return Wording()


def issuing(register: Register, warehouse: Warehouse, viewer: Viewer) -> None:
    """The form that issues a task; afterwards the task opens."""
    inside = units(warehouse, viewer)
    names = dict(zip(inside["org_id"], inside["org_name"], strict=True))
    wording = Wording(says={MILESTONES: _LINES}, hints=_HINTS, offers={"org_id": lambda _: names})
    record = Record(register, warehouse, viewer, TASK, unregistered(""), "", 0)
    with card("issue-task"):
        st.markdown("**下达改革任务**")
        st.caption("下达后责任单位的联络员可以看到并报告进展；计划在节点之间按日均匀推进。")
        Form(record, ISSUE, wording, takes=_issued(register, viewer, inside), then=_open).draw()


def _issued(register: Register, viewer: Viewer, inside: pd.DataFrame) -> Callable[[Submission], Outcome]:
    def taken(sent: Submission) -> Outcome:
        unit = inside[inside["org_id"] == sent.payload["org_id"]].iloc[0]
        area, domain = (None if pd.isna(unit[name]) else str(unit[name]) for name in ("area_code", "domain_code"))
        return issue(register, viewer, sent, area, domain)

    return taken


def _open(result: Result) -> None:
    way.go(paths.REFORM, way.onward({"task": str(result.created)}))
