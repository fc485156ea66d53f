"""The forms of a look-back: planning, its steps, scoring a file, adjudicating, the unit's reply, the answer to it."""

from collections.abc import Callable
from functools import partial

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.access.policy import policy
from lib.access.scope import of_unit
from lib.casework.clock import PAUSE, RESUME
from lib.casework.reviews.assigning import give_out, reviewers
from lib.casework.reviews.drawing import DRAFT, draw_files, plan
from lib.casework.reviews.scoring import settings, sheets
from lib.casework.reviews.sheets import progress
from lib.casework.reviews.states import DIFFERING, DISPUTED, OPEN_STATES, STRATA, WAITING
from lib.casework.reviews.steps import (
    ANSWER,
    ASSIGN_SHEETS,
    DEDUCTIONS,
    DRAW,
    LOOKBACK,
    PLAN,
    REVIEW_CASE,
    REVIEW_SHEET,
    limit,
)
from lib.casework.steps import Outcome, Step, Submission
from lib.casework.store.register import Register
from lib.catalog.lists import domain_names
from lib.insight.warnings.names import places
from lib.insight.wording import moment
from lib.ui import paths
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.record.form import Form, Record, Wording
from lib.ui.record.outcome import Result
from lib.ui.record.panel import steps_panel
from lib.ui.verbatim import verbatim
from lib.warehouse.store import Warehouse


def planning(register: Register, warehouse: Warehouse, viewer: Viewer, asked: str) -> None:
    """The form that plans a look-back, begun for what is asked (COUNTY:DOMAIN, either may be left out, or anything
    else); afterwards it opens, with what would be drawn."""
    held = settings()
    county, _, domain = asked.partition(":")
    begins = {
        "error": held.error_points,
        "expected": held.expected_share,
        "double_share": held.double_share,
        "by": ["band"],
        "area_code": viewer.area_code or (county if county in _counties(warehouse, viewer) else None),
        "domain_code": domain if domain in _domains(viewer) else None,
        "from_day": (warehouse.as_of.replace(month=1, day=1)).isoformat(),
        "to_day": warehouse.as_of.isoformat(),
    }
    wording = Wording(
        hints={"title": "例如：三季度处罚案卷评查", "area_code": "权限范围内全部", "domain_code": "权限范围内全部"},
        begins=begins,
        offers={
            "area_code": lambda _: _counties(warehouse, viewer),
            "domain_code": lambda _: _domains(viewer),
            "by": lambda _: STRATA,
        },
        says={"": "先拟定范围和误差，再看要抽多少件；种子在拟定时定下，抽样后不能改。"},
        button="拟定",
    )
    record = Record(register, warehouse, viewer, LOOKBACK, DRAFT, "", 0)
    with card("plan-lookback"):
        st.markdown("**拟定回头看**")
        st.caption("从已结案件中分层随机抽取，交给没有办过、不须回避的人评查；每件两人各评各的，评完才互相看得到。")
        taken: Callable[[Submission], Outcome] = partial(plan, register, viewer)
        Form(record, PLAN, wording, takes=taken, then=_open).draw()


def _open(result: Result) -> None:
    way.go(paths.LOOKBACK, way.onward({"lookback": str(result.created)}))


def _counties(warehouse: Warehouse, viewer: Viewer) -> dict[str, str]:
    _, areas = places(warehouse)
    county = areas[areas["area_code"].str.len().eq(6) & ~areas["area_code"].str.endswith("00")]
    names = dict(zip(county["area_code"], county["area_label"], strict=True))
    return {code: name for code, name in names.items() if viewer.area_code in (None, code)}


def _domains(viewer: Viewer) -> dict[str, str]:
    return {code: name for code, name in domain_names().items() if viewer.domains is None or code in viewer.domains}


def panel(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series) -> None:
    """What came of the last submission, and the form for what this viewer may do next with a look-back."""
    state, number = str(row["state"]), str(row["lookback_id"])
    record = Record(register, warehouse, viewer, LOOKBACK, number, state, int(row["last_seq"]))
    ruled_out = RESUME if pd.isna(row["paused_at"]) else PAUSE
    steps = [step for step in LOOKBACK.possible(viewer, state) if step.action != ruled_out]
    moves_on = bool(steps) and steps[0].action == LOOKBACK.usual.get(state)
    line = "" if moves_on else _who_may(state)

    def made(of: Record, step: Step) -> Form:
        takes: Callable[[Submission], Outcome] | None = None
        if step.action == DRAW:
            takes = partial(_draw, register, viewer, warehouse, number)
        elif step.action == ASSIGN_SHEETS:
            takes = partial(give_out, register, viewer, number)
        return Form(of, step, _wording(register, warehouse, viewer, step, row), takes=takes)

    steps_panel(record, steps, line, made, usual=moves_on)


def _draw(register: Register, viewer: Viewer, warehouse: Warehouse, number: str, sent: Submission) -> Outcome:
    return draw_files(register, viewer, warehouse, number, sent)


def _who_may(state: str) -> str:
    if state not in OPEN_STATES:
        return f"这次回头看{state}，没有后续步骤。"
    step = LOOKBACK.steps[LOOKBACK.usual[state]]
    return f"下一步是「{step.name}」，由{'、'.join(policy().holders(step.right, 'lookback'))}办理。"


def _wording(register: Register, warehouse: Warehouse, viewer: Viewer, step: Step, row: pd.Series) -> Wording:
    due = "" if pd.isna(row["due_at"]) else f"应在 {moment(row['due_at'])} 前完成。"
    told = {
        DRAW: f"{due}抽样只此一次：案件、所在层、被抽中的概率、种子 {row['seed']} 和数据代号一并存下，不能改动。",
        ASSIGN_SHEETS: f"{due}办过的、与当事人有登记关系的、看不到这件的自动避开；每人件数大致相等，"
        f"{limit('score')} 个工作日内评完。再次分派时，回避退回的另派；去掉谁，谁手里没交的就收回另派。",
        "gather": f"{due}各件都评完后汇总；等次不同、否决项不同或相差超过 {settings().differ_points:g} 分的，"
        "由第三人裁决。",
        "report": f"{due}待裁决的都裁决后才能报告；报告后结果计入指标「评查优良率」。",
        "tell": f"{due}各单位只看到本单位的评查件，{limit('reply')} 个工作日内回复。",
    }
    says = {"": verbatim(told.get(step.action, due))}
    if step.action != ASSIGN_SHEETS:
        return Wording(says=says)
    number = str(row["lookback_id"])
    able = reviewers(register, viewer, number)
    # Whoever is left out has what is not handed in taken back.
    begins = {"people": progress(register, viewer, warehouse, number)["reviewer_id"].tolist()}
    return Wording(says=says, offers={"people": lambda _: able}, begins=begins)


def sheet_form(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series) -> None:
    """The form in which one's own sheet is filled in."""
    state = str(row["state"])
    record = Record(register, warehouse, viewer, REVIEW_SHEET, str(row["sheet_id"]), state, int(row["last_seq"]))
    steps = REVIEW_SHEET.possible(viewer, state)
    line = "" if steps else f"这份评分表{state}。"
    due = "" if pd.isna(row["due_at"]) else f"应在 {moment(row['due_at'])} 前交。"
    offered = _items(str(row["review_type"]))
    wording = Wording(
        says={"": f"{due}满分 100，选中的扣分项各扣其分；选中否决项的直接评为不合格。交后不能改。"},
        offers={DEDUCTIONS: lambda _: offered},
    )
    steps_panel(
        record, steps, line, lambda of, step: Form(of, step, wording if step.action == "hand_in" else Wording())
    )


def _items(review_type: str) -> dict[str, str]:
    return {item.id: item.told for item in sheets()[review_type].items.values()}


# What is not for those who made the result.
_BY_OTHERS = ("adjudicate", ANSWER)


def _objection(viewer: Viewer) -> str:
    if of_unit(viewer):
        return "异议已提交，等市纪委监督室或县纪委答复维持还是更正。"
    return f"单位有异议，由{'、'.join(policy().holders('review', 'review_case'))}答复。"


def file_panel(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series, scored_by: list[str]) -> None:
    """What this viewer may do next with a drawn file: adjudicate what others have scored, set aside, reply."""
    state = str(row["state"])
    record = Record(register, warehouse, viewer, REVIEW_CASE, str(row["review_case_id"]), state, int(row["last_seq"]))
    mine = viewer.person_id in scored_by
    steps = [step for step in REVIEW_CASE.possible(viewer, state) if not (mine and step.action in _BY_OTHERS)]
    offered = _items(str(row["review_type"]))
    due = "" if pd.isna(row["due_at"]) else f"应在 {moment(row['due_at'])} 前完成。"
    told = {
        "adjudicate": f"{due}评过这一件的、办过这件案件的不能裁决；以裁决为准。",
        "reply": f"{due}认可的写明怎样整改；有异议的写明理由和依据，{limit(ANSWER)} 个工作日内答复。",
        ANSWER: f"{due}维持或更正都写明理由，单位看得到。评过、裁决过这一件的不能答复；"
        "更正后以更正的为准，计入报告和指标。",
    }
    waits = {WAITING: "等评查人交评分表；两份都交后在这里对照。", DISPUTED: _objection(viewer)}
    moves_on = bool(steps) and steps[0].action == REVIEW_CASE.usual.get(state)
    line = "" if moves_on else waits.get(state) or f"这一件{state}。"
    if mine and state == DIFFERING:
        line = "两份评分不同，等第三人裁决；您评过这一件，不能裁决。"
    if mine and state == DISPUTED:
        line = "单位有异议，等没有评过、没有裁决的人答复；您评过或裁决过这一件，不能答复。"

    def made(of: Record, step: Step) -> Form:
        return Form(of, step, Wording(says={"": told.get(step.action, "")}, offers={DEDUCTIONS: lambda _: offered}))

    steps_panel(record, steps, line, made, usual=moves_on)
