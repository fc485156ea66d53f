"""The forms in which a notice is drafted and its next step recorded."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from lib.access import NotVisible, Viewer
from lib.casework.clock import not_now
from lib.casework.notices.drafting import draft_notice, draft_of
from lib.casework.notices.next_step import next_steps, who_may
from lib.casework.notices.states import NOTICE_NAME, ORIGINS
from lib.casework.notices.steps import CONTENT, DRAFT, NOTICE, workdays
from lib.casework.steps import Outcome, Step, Submission
from lib.casework.store.register import Register
from lib.insight.notices.source import addressees, begins
from lib.insight.wording import moment
from lib.ui import message, paths
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.record.extension import extending
from lib.ui.record.form import Form, Record, Wording
from lib.ui.record.outcome import Result
from lib.ui.record.panel import steps_panel
from lib.ui.verbatim import verbatim
from lib.warehouse.store import Warehouse

_HINTS = {
    "title": "例如：关于罚没款未及时缴库问题",
    "feedback": "例如：书面整改报告，附佐证材料",
    "contact": "姓名和办公电话",
    "annex": "例如：1. 问题清单",
    "copies": "例如：市司法局",
}


def _term() -> str:
    return f"整改期限自送达之日起算：一般 {workdays(False)} 个工作日，复杂事项 {workdays(True)} 个工作日。"


def panel(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series, events: pd.DataFrame) -> None:
    """What came of the last submission, and the form for what this viewer may do next with a notice."""
    state = str(row["state"])
    record = Record(register, warehouse, viewer, NOTICE, str(row["notice_id"]), state, int(row["last_seq"]))
    written = events[events["action"].isin([DRAFT.action, "revise"])]
    extended = not pd.isna(row["extended_at"])
    steps = next_steps(viewer, state, set(written["actor_id"]), str(row["group_key"]), extended, not_now(row))
    drafter = "" if pd.isna(row["drafter_name"]) else str(row["drafter_name"])
    moves_on = bool(steps) and steps[0].action == NOTICE.usual.get(state)
    line = "" if moves_on else verbatim(who_may(viewer, state, str(row["org_name"]), drafter))
    steps_panel(record, steps, line, lambda of, step: Form(of, step, _wording(step, row)), usual=moves_on)


def _wording(step: Step, row: pd.Series) -> Wording:
    if step.action == "revise":
        held = {one.name: row[one.name] for one in CONTENT if one.name != "org_id"}
        held = {name: value for name, value in held.items() if value is not None and not pd.isna(value)}
        return Wording(
            says={"": "在上一稿的基础上修改；提交后重新审核。", "complex": _term()}, hints=_HINTS, begins=held
        )
    if step.action == "sign":
        return Wording(says={"": "签发即编号：文号按年连续，由系统给出。"})
    if step.action == "deliver":
        term = f"送达之日起 {row['days']} 个工作日内反馈。送达后单位联络员可以看到这份通知书，看不到此前的办理。"
        return Wording(says={"": term})
    if step.action in ("receipt", "rectify", "feed_back") and not pd.isna(row["due_at"]):
        return Wording(says={"": f"应在 {moment(row['due_at'])} 前反馈整改情况。"})
    return extending(step, row)


def drafting(register: Register, warehouse: Warehouse, viewer: Viewer, asked: str, frame: pd.DataFrame) -> None:
    """The form that drafts a notice, by hand (own) or from a source (KIND:NUMBER); afterwards the notice opens.

    `frame` are the viewer's notices: what has come of the source already is said.
    """
    origin, _, source_id = asked.partition(":")
    held = begins(register, warehouse, viewer, origin, source_id or None)
    if held is None:
        message.stop(NotVisible())
    inside = addressees(warehouse, viewer)
    names = dict(zip(inside["org_id"], inside["org_name"], strict=True))
    if source_id and held.get("org_id") not in names:
        message.nothing("来源没有涉及您范围内的单位", f"请从{NOTICE_NAME}列表自行拟制，并选择主送单位。")
        return
    offered = {held["org_id"]: names[held["org_id"]]} if source_id else names
    wording = Wording(says={"complex": _term()}, hints=_HINTS, begins=held, offers={"org_id": lambda _: offered})
    record = Record(register, warehouse, viewer, NOTICE, draft_of(origin, source_id or None), "", 0)
    with card("draft-notice"):
        st.markdown(f"**拟制{NOTICE_NAME}**")
        told = _drafted_from(origin, "facts" in held) if source_id else "自行拟制。"
        st.caption(f"{told}提交后由另一人审核，领导签发；正文不写证件号、手机号等个人信息。")
        for earlier in frame[frame["source_id"].eq(source_id)].to_dict("records") if source_id else ():
            st.page_link(
                paths.NOTICES,
                label=verbatim(f"同一来源已有：{earlier['title']}（{earlier['state']}）"),
                icon=":material/info:",
                query_params=way.address({"notice": earlier["notice_id"]}),
                width="content",
            )
        taken = _drafting(register, viewer, inside, origin, source_id or None)
        Form(record, DRAFT, wording, takes=taken, then=_open).draw()


def _drafted_from(origin: str, known: bool) -> str:
    if known:
        return f"由{ORIGINS[origin]}拟制，事实已填好，请核对修改。"
    return f"由{ORIGINS[origin]}拟制。来信来电的内容不填入：请写查明的事实，不写从何处得知。"


def _drafting(
    register: Register, viewer: Viewer, inside: pd.DataFrame, origin: str, source_id: str | None
) -> Callable[[Submission], Outcome]:
    def taken(sent: Submission) -> Outcome:
        unit = inside[inside["org_id"] == sent.payload["org_id"]].iloc[0]
        area, domain = (None if pd.isna(unit[name]) else unit[name] for name in ("area_code", "domain_code"))
        return draft_notice(register, viewer, sent, area, domain, origin, source_id)

    return taken


def _open(result: Result) -> None:
    way.go(paths.NOTICES, way.onward({"notice": str(result.created)}))
