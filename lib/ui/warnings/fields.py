"""The forms in which a person records what was done with a warning, and what follows."""

from dataclasses import replace
from functools import partial

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework.clock import ASSIGN, REMIND
from lib.casework.deputies.naming import principals
from lib.casework.prompts.steps import reply_within
from lib.casework.steps import Step
from lib.casework.store.chain import Event
from lib.casework.store.register import Register
from lib.casework.warnings.many import sign_and_start
from lib.casework.warnings.next_step import after, goes_on, moves_on, next_steps, who_may
from lib.casework.warnings.states import CHECKING
from lib.casework.warnings.steps import PROMPT, UNDOABLE, WARNING, WORK_PROMPT
from lib.insight.names import noun
from lib.rules import Rule
from lib.ui.record import worklist
from lib.ui.record.form import Form, Record, Wording, last
from lib.ui.record.outcome import Result
from lib.ui.record.panel import steps_panel
from lib.ui.verbatim import verbatim
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

# A title of one of these is a person's or says nothing: the one who writes says what is meant.
_NAMES_SOMEBODY = ("officer", "org", "enterprise")
_COMMON_CHECKS = ("调阅案卷", "现场查看", "询问当事人", "向承办人了解情况")
_BOTH = replace(WARNING.steps["sign"], action="sign_start", name="签收并开始核查", target=CHECKING)
# Who takes one of these is the handler.
_HANDLING = ("sign", "sign_start", "start", "take_over", "conclude")


def panel(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series, rule: Rule | None) -> None:
    """What came of the last submission, and the form for what this viewer may do next."""
    state = str(row["state"])
    record = Record(register, warehouse, viewer, WARNING, str(row["warning_id"]), state, int(row["last_seq"]))
    handler = None if pd.isna(row["handler_id"]) else str(row["handler_id"])
    standing_in = handler not in (None, viewer.person_id) and handler in _principals(record)
    handler = viewer.person_id if standing_in else handler
    conclusion = None if pd.isna(row["conclusion"]) else str(row["conclusion"])
    steps = next_steps(viewer, state, row["rule_id"], handler, conclusion)
    usual = moves_on(steps, state)
    line = "" if usual else who_may(viewer, state, row["rule_id"])
    if standing_in:
        line = f"您代 {verbatim(row['handler_name'])} 办理，记录会写明。"
    elif steps and steps[0].action == "take_over":
        line = f"由 {verbatim(row['handler_name'])} 经办。确需由您办理的，先接手；对方会看到理由。"
    steps_panel(record, steps, line, partial(_form, row, rule), usual, partial(_take_back, row))


def _principals(record: Record) -> dict[str, str]:
    if not record.viewer.may("view", "deputy"):
        return {}
    return principals(record.register, record.viewer, now(record.warehouse))


def _form(row: pd.Series, rule: Rule | None, record: Record, step: Step) -> Form:
    first = None
    if step.action == "sign":
        first = _BOTH, partial(sign_and_start, record.register, record.viewer, record.object_id)
    return Form(record, step, _wording(step, row, rule), first=first, then=partial(_go_on, record, row))


def _wording(step: Step, row: pd.Series, rule: Rule | None) -> Wording:
    words = Wording(follows=_follows)
    if step.action == "prompt":
        to = (
            f"收件单位：{verbatim(row['org_name'] or '—')}。单位联络员在本系统看到并回复，只看到下面写的内容，"
            f"{reply_within(str(row['level']))} 个工作日内回复。"
            "另发一条消息提醒，只有一句提示和链接，不写内容。"
        )
        return replace(words, says={"": to}, begins={"text": _asked(row)}, button="发送提示")
    if step.action == "conclude":
        checks = dict.fromkeys([*(rule.offline_check if rule else ()), *_COMMON_CHECKS])
        return replace(
            words,
            offers={"checked": lambda _: {one: one for one in checks}},
            begins={"work_prompt_text": WORK_PROMPT},
            button="提交核查结论",
        )
    if step.action == "withdraw":
        return replace(words, says={"reason": "撤销后不计入单位和人员的预警数，但仍计入模型的误报率。"})
    return words


def _asked(row: pd.Series) -> str:
    """What the unit is asked at first: by the matter's own name, unless that would name a person."""
    if row["subject_type"] in _NAMES_SOMEBODY:
        return PROMPT
    return f"请核实{noun(row['subject_type'])} {row['subject_title']} 的办理情况，并按期反馈核实结果和相关材料。"


def _follows(event: Event) -> str:
    return after(str(event.to_state), event.actor_role)


def _go_on(record: Record, row: pd.Series, result: Result) -> None:
    """To the next of the list one came from, when this one waits for somebody else."""
    event = result.outcome.event if result.outcome is not None else None
    if event is None or result.step.action in ("undo", REMIND):
        return
    mine, handler = result.step.action in _HANDLING, None if pd.isna(row["handler_id"]) else str(row["handler_id"])
    handed = result.step.action == ASSIGN
    if not handed and goes_on(
        record.viewer, str(event.to_state), row["rule_id"], record.viewer.person_id if mine else handler
    ):
        return
    worklist.go_on(WARNING, record.object_id, f"{row['rule_label']} {row['subject_title']}", result)


def _take_back(row: pd.Series, record: Record) -> None:
    """One way back from a step just taken, as long as nothing else has happened."""
    told = last(record)
    done = told.outcome.event if told is not None and told.outcome is not None else None
    if told is None or done is None or done.seq != record.seq or told.step.action not in (*UNDOABLE, _BOTH.action):
        return
    form = Form(record, WARNING.steps["undo"], Wording(follows=_follows), then=partial(_go_on, record, row))
    st.button(
        f"撤回{told.step.name}",
        key=form.key("submit"),
        type="tertiary",
        icon=":material/undo:",
        on_click=partial(_undo, form, told.step == _BOTH),
    )


def _undo(form: Form, both: bool) -> None:
    form.submit()
    told = last(form.record)
    if both and told is not None and told.outcome is not None and told.outcome.event_seq is not None:
        replace(form, record=replace(form.record, seq=told.outcome.event_seq)).submit()
