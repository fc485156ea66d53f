"""The forms in which a motion is proposed and its next step recorded."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from lib.access import NotVisible, Viewer
from lib.access.policy import policy
from lib.casework.clock import not_now
from lib.casework.motions.limits import FIVE, limit
from lib.casework.motions.proposing import draft_of, propose
from lib.casework.motions.states import BY_HAND, OPEN_STATES, ORIGINS
from lib.casework.motions.steps import MOTION, PROBLEMS, PROPOSE, REMAINING
from lib.casework.steps import Outcome, Step, Submission
from lib.casework.store.register import Register
from lib.insight.motions.source import begins, recipients, source_state
from lib.insight.wording import moment
from lib.ui import message, paths
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.record.form import Form, Record, Wording
from lib.ui.record.outcome import Result
from lib.ui.record.panel import steps_panel
from lib.ui.verbatim import verbatim
from lib.warehouse.store import Warehouse

_HINTS = {
    "title": "一句话写明动议什么，例如：罚没收入未及时缴库的整改",
    "recipient": "姓名",
    "responsible": "姓名和职务",
    PROBLEMS: "写好一条按回车，再写下一条",
}


def panel(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series, events: pd.DataFrame) -> None:
    """What came of the last submission, and the form for what this viewer may do next with a motion."""
    state = str(row["state"])
    record = Record(register, warehouse, viewer, MOTION, str(row["motion_id"]), state, int(row["last_seq"]))
    untimely = not_now(row)
    steps = [step for step in MOTION.possible(viewer, state) if step.action not in untimely]
    waiting = source_state(register, warehouse, viewer, row.to_dict())
    moves_on = bool(steps) and steps[0].action == MOTION.usual.get(state)
    line = "" if moves_on else _who_may(state)
    steps_panel(
        record, steps, line, lambda of, step: Form(of, step, _wording(step, row, events, waiting)), usual=moves_on
    )


def _who_may(state: str) -> str:
    """One line for a viewer without the next step: who takes it, or that there is none."""
    if state not in OPEN_STATES:
        return f"这件动议{state}，没有后续步骤。"
    step = MOTION.steps[MOTION.usual[state]]
    return f"下一步是「{step.name}」，由{'、'.join(policy().holders(step.right, 'motion'))}记录。"


def _last(events: pd.DataFrame, action: str, name: str) -> list[str]:
    found = events.loc[events["action"].eq(action), "payload"]
    return list(found.iloc[-1].get(name) or []) if len(found) else []


def _wording(step: Step, row: pd.Series, events: pd.DataFrame, waiting: str) -> Wording:
    if step.action not in FIVE:
        return Wording()
    told = "" if pd.isna(row["due_at"]) else f"应在 {moment(row['due_at'])} 前完成。"
    claimed = _last(events, "claim", PROBLEMS)
    offered = {REMAINING: lambda _: {one: one for one in claimed}}
    if step.action == "report":
        remaining = _last(events, "rectify", REMAINING)
        waits = [f"尚未整改到位：{'、'.join(remaining)}"] if remaining else []
        waits += [f"来源{ORIGINS[row['origin']]}还是「{waiting}」"] if waiting else []
        told = f"{told}了结时还没有办完的：{'；'.join(waits) or '没有'}。"
    return Wording(says={"": verbatim(told)}, hints=_HINTS, offers=offered if step.action == "rectify" else {})


def proposal(register: Register, warehouse: Warehouse, viewer: Viewer, asked: str) -> None:
    """The form that proposes a motion, by hand (own) or from a source (KIND:NUMBER); afterwards the motion opens."""
    origin, _, source_id = asked.partition(":")
    held = begins(register, warehouse, viewer, origin, source_id or None)
    inside = recipients(warehouse, viewer)
    names = dict(zip(inside["org_id"], inside["org_name"], strict=True))
    if held is None or (source_id and held["org_id"] not in names):
        message.stop(NotVisible())
    offered = {held["org_id"]: names[held["org_id"]]} if source_id else names
    wording = Wording(hints=_HINTS, begins=held, offers={"org_id": lambda _: offered})
    record = Record(register, warehouse, viewer, MOTION, draft_of(origin, source_id or None), "", 0)
    with card("propose-motion"):
        st.markdown("**提出廉情动议**")
        whence = f"来自{ORIGINS[origin]}。" if origin != BY_HAND else ""
        st.caption(f"{whence}动议送单位党委（党组）书记；{limit('inquire')} 个工作日内完成书记问询，其后四步依次进行。")
        Form(
            record, PROPOSE, wording, takes=_proposing(register, viewer, inside, origin, source_id or None), then=_open
        ).draw()


def _proposing(
    register: Register, viewer: Viewer, inside: pd.DataFrame, origin: str, source_id: str | None
) -> Callable[[Submission], Outcome]:
    def taken(sent: Submission) -> Outcome:
        unit = inside[inside["org_id"] == sent.payload["org_id"]].iloc[0]
        area, domain = (None if pd.isna(unit[name]) else str(unit[name]) for name in ("area_code", "domain_code"))
        return propose(register, viewer, sent, area, domain, origin, source_id)

    return taken


def _open(result: Result) -> None:
    way.go(paths.MOTIONS, way.onward({"motion": str(result.created)}))
