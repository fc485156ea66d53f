"""The forms in which two people are sent out and the next step of a check is recorded."""

from functools import partial

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework.clock import not_now
from lib.casework.grid.next_step import next_steps, who_may
from lib.casework.grid.sending import draft_of, send_out
from lib.casework.grid.states import UNSOLVED
from lib.casework.grid.steps import GRID_CHECK, SEND, limit
from lib.casework.steps import Outcome, Step, Submission
from lib.casework.store.register import Register
from lib.insight.wording import moment
from lib.ui import message, paths
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.record.form import Form, Record, Wording
from lib.ui.record.outcome import Result
from lib.ui.record.panel import steps_panel
from lib.ui.verbatim import verbatim
from lib.warehouse.store import Warehouse


def panel(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series) -> None:
    """What came of the last submission, and the form for what this viewer may do next with a check."""
    state, end = str(row["state"]), None if pd.isna(row["end"]) else str(row["end"])
    record = Record(register, warehouse, viewer, GRID_CHECK, str(row["check_id"]), state, int(row["last_seq"]))
    steps = next_steps(viewer, state, end, not_now(row))
    moves_on = bool(steps) and steps[0].action in (GRID_CHECK.usual.get(state), "reopen")
    line = "" if moves_on else verbatim(who_may(state, str(row["org_name"])))
    if end == UNSOLVED and any(step.action == "reopen" for step in steps):
        line = "现场仍未解决：重新打开，处置单位重新处置后再核查；未解决的不能办结。"
    usual = moves_on and state in GRID_CHECK.usual
    steps_panel(record, steps, line, lambda of, step: Form(of, step, _wording(step, row)), usual=usual)


def _wording(step: Step, row: pd.Series) -> Wording:
    due = "" if pd.isna(row["due_at"]) else f"应在 {moment(row['due_at'])} 前完成。"
    told = {
        "check": f"{due}两人到场，案卷和现场都要查；只有「已解决」计入解决率。",
        "reopen": f"原因和要求送处置单位（{row['org_name']}），{limit('redo')} 个工作日内重新处置。",
        "redo": f"{due}处置后由两人再到现场核查。",
    }
    return Wording(says={"": verbatim(told.get(step.action, due))})


def sending(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series) -> None:
    """The form that sends two people out to check a dispatch; afterwards the check opens."""
    dispatch_id = str(row["key"])
    handler = f"处置人 {row['officer_label']}" if row["officer_label"] else "处置人"
    wording = Wording(
        says={"": verbatim(f"核查人、同行人两人，{handler}不能参加；{limit('check')} 个工作日内核查案卷和现场。")},
        begins={"checker": viewer.name},
        hints={"companion": "另一位同志的姓名"},
    )
    record = Record(register, warehouse, viewer, GRID_CHECK, draft_of(dispatch_id), "", 0)
    with card("send-out"):
        st.markdown("**派出线下核查**")
        if pd.isna(row["finished_at"]):
            message.nothing("还没有办结", "处置单位报办结之后，才有可核查的处置结果。")
            return
        taken = partial(_send, register, viewer, warehouse, dispatch_id)
        Form(record, SEND, wording, takes=taken, then=_open).draw()


def _send(register: Register, viewer: Viewer, warehouse: Warehouse, dispatch_id: str, sent: Submission) -> Outcome:
    return send_out(register, viewer, warehouse, sent, dispatch_id)


def _open(result: Result) -> None:
    way.go(paths.GRID, way.onward({"check": str(result.created)}))
