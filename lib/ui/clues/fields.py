"""The forms in which a clue is registered and its next step recorded."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.access.policy import policy
from lib.casework.clues.next_step import next_steps, who_may
from lib.casework.clues.registration import register_by_hand
from lib.casework.clues.states import MERGED, ORIGINS_BY_HAND
from lib.casework.clues.steps import CLUE, REGISTER
from lib.casework.deadlines import opinion, settings
from lib.casework.drafts import UNREGISTERED
from lib.casework.steps import Outcome, Step, Submission
from lib.casework.store.register import Register
from lib.insight.clues.alike import alike
from lib.insight.clues.source import people, units
from lib.insight.wording import moment
from lib.ui import message, paths
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.record.form import Form, Record, Wording
from lib.ui.record.outcome import Result
from lib.ui.record.panel import steps_panel
from lib.ui.verbatim import verbatim
from lib.warehouse.store import Warehouse

# As many clues are offered to be put together, and shown as likely the same.
_MOST, _SHOWN = 60, 5


def panel(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series, clues: pd.DataFrame) -> None:
    """What came of the last submission, and the form for what this viewer may do next with one of their clues."""
    state = str(row["state"])
    record = Record(register, warehouse, viewer, CLUE, str(row["clue_id"]), state, int(row["last_seq"]))
    steps = next_steps(viewer, state, None if pd.isna(row["disposition"]) else str(row["disposition"]))
    usual = viewer.may("record", "clue") and bool(steps)
    line = "" if usual else who_may(viewer, state)
    steps_panel(record, steps, line, lambda of, step: Form(of, step, _wording(viewer, step, row, clues)), usual)


def _others(viewer: Viewer, clues: pd.DataFrame, row: pd.Series) -> dict[str, str]:
    """The clues that one may be put into or linked with: first those that may be about the same, then the newest."""
    same = alike_to(viewer, clues, row)["clue_id"].tolist()
    rest = clues[clues["clue_id"].ne(row["clue_id"]) & clues["state"].ne(MERGED)]
    newest = rest.sort_values("received_at", ascending=False, kind="stable")["clue_id"].tolist()
    known = clues.set_index("clue_id")
    return {
        one: f"{known.at[one, 'number']} {known.at[one, 'matter']}"
        for one in list(dict.fromkeys(same + newest))[:_MOST]
    }


def alike_to(viewer: Viewer, clues: pd.DataFrame, row: pd.Series) -> pd.DataFrame:
    """The clues that may be about the same as one of them; `clues` are the viewer's."""
    whose = {name: "" if pd.isna(row[name]) else str(row[name]) for name in ("officer_id", "org_id", "rule_id")}
    return alike(viewer, clues, but=str(row["clue_id"]), **whose)


def same_matter(found: pd.DataFrame) -> None:
    """The clues that may be about one matter, each a link, with why."""
    if found.empty:
        return
    with card("alike"):
        st.markdown(f"**可能是同一件事** {len(found)} 条")
        st.caption("确是同一件事的，用「并案」；只是有关的，用「关联」。")
        for one in found.head(_SHOWN).to_dict("records"):
            label = f"{one['number']} {one['matter']} · {one['state']} · {one['why']}"
            st.page_link(paths.CLUES, label=verbatim(label), query_params=way.onward({"clue": one["clue_id"]}))
        if len(found) > _SHOWN:
            st.caption(f"另有 {len(found) - _SHOWN} 条，见线索清单。")


def _wording(viewer: Viewer, step: Step, row: pd.Series, clues: pd.DataFrame) -> Wording:
    if step.action in ("merge", "link"):
        names = _others(viewer, clues, row)
        return Wording(offers={"into": lambda _: names, "other": lambda _: names})

    proposed = None if pd.isna(row["proposed"]) else row["proposed"]
    if step.action == "assess":
        due = f"处置意见应在 {moment(row['due_at'])} 前提出（收到之日起{opinion()}，监督执纪工作规则，待核）。"
        return Wording(says={"": due})
    if step.action == "approve" and proposed:
        other = "审批人不能是提出研判意见的人。" if settings()["clue"]["approve_by_another_person"] else ""
        return Wording(says={"": f"研判建议：{verbatim(proposed)}。{other}"})
    return Wording(begins={"disposition": proposed}) if step.action == "dispose" else Wording()


def registration(register: Register, warehouse: Warehouse, viewer: Viewer, clues: pd.DataFrame) -> None:
    """The form that registers a clue that no model raised, with those of the viewer's clues that may be about the same;
    afterwards the clue opens."""
    if not viewer.may("record", "clue"):
        why = f"线索由{'、'.join(policy().holders('record', 'clue'))}登记。"
        message.nothing("您的角色不办理线索", why)
        return
    inside = units(warehouse, viewer)
    names = dict(zip(inside["org_id"], inside["org_name"], strict=True))
    wording = Wording(
        hints={"title": "一句话写明什么问题，例如：罚款未缴入国库即结案", "officer_id": "姓名已脱敏，输入编号查找"},
        offers={
            "origin": lambda _: ORIGINS_BY_HAND,
            "org_id": lambda _: names,
            "officer_id": lambda held: people(warehouse, viewer, held["org_id"]) if held["org_id"] else {},
        },
    )
    record = Record(register, warehouse, viewer, CLUE, UNREGISTERED, "", 0)
    with card("register-clue"):
        st.markdown("**登记线索**")
        st.caption(f"登记之日起{opinion()}内提出处置意见。模型预警转来的线索，请在预警里用「转线索」。")
        form = Form(record, REGISTER, wording, takes=_registering(register, viewer, inside), then=_open)
        form.draw()
    whose = {name: st.session_state.get(form.key(name)) or "" for name in ("officer_id", "org_id")}
    same_matter(alike(viewer, clues, **whose))


def _registering(register: Register, viewer: Viewer, inside: pd.DataFrame) -> Callable[[Submission], Outcome]:
    def taken(sent: Submission) -> Outcome:
        unit = inside[inside["org_id"] == sent.payload["org_id"]].iloc[0]
        domain = None if pd.isna(unit["domain_code"]) else unit["domain_code"]
        return register_by_hand(register, viewer, sent, unit["area_code"], domain)

    return taken


def _open(result: Result) -> None:
    way.go(paths.CLUES, way.onward({"clue": str(result.created)}))
