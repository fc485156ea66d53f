"""What a submission came to: recorded, recorded before, refused, or overtaken by somebody else."""

from dataclasses import dataclass

import streamlit as st

from lib.access.masking import mask_free_text
from lib.casework.reading.visible import called
from lib.casework.steps import Outcome, Step, Workflow
from lib.casework.store.chain import Event
from lib.errors import UserError
from lib.insight.wording import moment
from lib.ui import message
from lib.ui.card import card
from lib.ui.record.timeline import who
from lib.ui.verbatim import verbatim


@dataclass(frozen=True)
class Result:
    """What came of the last submission: an outcome, or why it was refused; `text` is what the person wrote, `follows`
    what comes next, `created` the number of a clue that came of it."""

    step: Step
    outcome: Outcome | None = None
    refused: UserError | None = None
    text: str = ""
    follows: str = ""
    created: str | None = None

    @property
    def recorded(self) -> bool:
        """Whether it stands in the register, by this submission or by the same one before."""
        return self.outcome is not None and self.outcome.event is not None


def show(result: Result | None, workflow: Workflow, still_possible: bool, about: str = "") -> None:
    """The result in words; `still_possible`: the step can be taken again from the present state; `about`: what it was
    taken on, when that is not the page's."""
    if result is None:
        return
    outcome = result.outcome
    if outcome is None:
        message.problem(result.refused or UserError("没有记录。"))
    elif outcome.event is None:
        _overtaken(result, workflow, outcome.conflict, still_possible)
    else:
        told = f"{result.step.name} · {moment(outcome.event.at)} · 第 {outcome.event.seq} 号事件"
        told = f"{verbatim(about)} · {told}" if about else told
        told += f"　**{result.follows}**" if result.follows else ""
        if outcome.recorded:
            st.success(f"**已保存** {told}", icon=":material/check_circle:")
        else:
            st.info(f"**这次提交已经记录过，没有重复记录。** {told}", icon=":material/info:")


def _overtaken(result: Result, workflow: Workflow, meanwhile: tuple[Event, ...], still_possible: bool) -> None:
    with card("overtaken"):
        st.markdown(f"**没有记录：您打开表单之后，这条{workflow.name}已被处理，{result.step.name}未提交。**")
        for event in meanwhile:
            told = f"**{called(workflow.object_type, event.action)}** → {event.to_state}（第 {event.seq} 号事件）"
            st.markdown(f"- {moment(event.at)} {verbatim(who(event.actor_name, event.actor_role))} {told}")
            if event.text:
                st.text(mask_free_text(event.text))
        if still_possible:
            st.caption("您填写的内容仍在下面的表单里，也已保存。核对之后可以再次提交。")
            return
        st.caption(f"现在不能再{result.step.name}。您填写的内容已保存：")
        if result.text:
            st.text(result.text)
