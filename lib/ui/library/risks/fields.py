"""The forms in which a risk is entered and its next step recorded."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.access.policy import policy
from lib.casework.drafts import unregistered
from lib.casework.risks.entering import enter_risk
from lib.casework.risks.states import CALLED, OPEN_STATES
from lib.casework.risks.steps import ENTER, LEVEL, REGISTERED, RISK, WRITTEN
from lib.casework.steps import Outcome, Step, Submission
from lib.casework.store.register import Register
from lib.catalog.steps import points
from lib.insight.library.risks import units
from lib.ui import paths
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.record.form import Form, Record, Wording
from lib.ui.record.outcome import Result
from lib.ui.record.panel import steps_panel
from lib.warehouse.store import Warehouse

_HINTS = {"title": "一句话写明风险，例如：撤案由承办人自行决定", "owner": "岗位，例如：法制科科长"}


def panel(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series) -> None:
    """What came of the last submission, and the form for what this viewer may do next with a risk."""
    state = str(row["state"])
    record = Record(register, warehouse, viewer, REGISTERED, str(row["risk_id"]), state, int(row["last_seq"]))
    steps = REGISTERED.possible(viewer, state)
    line = ""
    if state not in OPEN_STATES:
        line = f"这项风险{state}，没有后续步骤。"
    elif not steps:
        line = f"由{'、'.join(policy().holders('review', RISK))}复核。"
    steps_panel(record, steps, line, lambda of, step: Form(of, step, _wording(step, row)), usual=state == CALLED)


def _wording(step: Step, row: pd.Series) -> Wording:
    if step.action == "revise":
        begins = {name: row[name] for name in WRITTEN}
        return Wording(says={"": "在现行文本上修改；以前的各版都保留。"}, hints=_HINTS, begins=begins)
    if step.action == "review":
        return Wording(says={"": "请对照左侧的运行证据，判断控制是否有效。"}, begins={LEVEL: row[LEVEL]})
    return Wording()


def entering(register: Register, warehouse: Warehouse, viewer: Viewer) -> None:
    """The form that enters a risk; afterwards the risk opens."""
    inside = units(warehouse, viewer)
    names = dict(zip(inside["org_id"], inside["org_name"], strict=True))
    offered = {point: point for point in points()}
    wording = Wording(hints=_HINTS, offers={"org_id": lambda _: names, "point": lambda _: offered})
    record = Record(register, warehouse, viewer, REGISTERED, unregistered(""), "", 0)
    with card("enter-risk"):
        st.markdown("**登记廉政风险**")
        st.caption("按行权环节的风险点登记；到复核日期前进入待办，运行证据从数据中来。")
        Form(record, ENTER, wording, takes=_entered(register, viewer, inside), then=_open).draw()


def _entered(register: Register, viewer: Viewer, inside: pd.DataFrame) -> Callable[[Submission], Outcome]:
    def taken(sent: Submission) -> Outcome:
        unit = inside[inside["org_id"] == sent.payload["org_id"]].iloc[0]
        area, domain = (None if pd.isna(unit[name]) else str(unit[name]) for name in ("area_code", "domain_code"))
        return enter_risk(register, viewer, sent, area, domain)

    return taken


def _open(result: Result) -> None:
    way.go(paths.RISKS, way.onward({"risk": str(result.created)}))
