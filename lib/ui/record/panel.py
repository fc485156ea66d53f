"""What a viewer may do next with a record: what came of the last step, which step, and its form."""

from collections.abc import Callable

import streamlit as st

from lib.casework.handling import binds, whose, with_another
from lib.casework.steps import Step
from lib.ui.record import outcome
from lib.ui.record.following import before_closing
from lib.ui.record.form import Form, Record, last
from lib.ui.verbatim import verbatim
from lib.warehouse.clock import now


@st.fragment
def steps_panel(
    record: Record,
    steps: list[Step],
    line: str = "",
    made: Callable[[Record, Step], Form] = Form,
    usual: bool = True,
    way_back: Callable[[Record], None] | None = None,
) -> None:
    """The steps that can be taken, the usual one first; `made` is the form of a step.

    line: why there is no step, or what is special about them. What is not `usual` is chosen, never offered first.
    way_back: offers to undo what was told.
    """
    if st.session_state.pop(record.key("changed"), False):
        st.rerun()
    steps, line, usual = _own(record, steps, line, usual)
    told(record, steps)
    if way_back is not None:
        way_back(record)
    if line:
        st.caption(line)
    step = choice(record, steps, usual) if steps else None
    if step is not None:
        before_closing(record, step)
        made(record, step).draw()


def _own(record: Record, steps: list[Step], line: str, usual: bool) -> tuple[list[Step], str, bool]:
    """Without the steps that are another's work, once the object was handed to somebody; whose it is is said then."""
    flow = record.workflow
    if not any(binds(flow, step) for step in steps):
        return steps, line, usual
    held = with_another(record.register, record.viewer, flow.object_type, record.object_id, now(record.warehouse))
    if held is None:
        return steps, line, usual
    left = [step for step in steps if not binds(flow, step)]
    moves_on = usual and bool(left) and left[0].action == flow.usual.get(record.state)
    return left, f"已交办 {verbatim(held[1])}，{whose(flow, verbatim(held[1]))}", moves_on


def told(record: Record, steps: list[Step]) -> None:
    """What came of the last submission, where no form below can say it."""
    result = last(record)
    if result is None:
        return
    step = result.step
    # Two steps in one are offered with the first of them.
    offered = step in steps or (step.action not in record.workflow.steps and record.state in step.sources)
    if result.recorded or not offered:
        outcome.show(result, record.workflow, offered)


def choice(record: Record, steps: list[Step], usual: bool = True) -> Step | None:
    """The step chosen, kept for this viewer as long as the state lasts: another role has other steps. No choice where
    there is a single step at all."""
    if len(record.workflow.steps) == 1:
        return steps[0]
    names, key = {step.action: step for step in steps}, record.key(f"{record.viewer.person_id}_{record.state}_step")
    if st.session_state.pop(record.key("taken"), False) and key in st.session_state:
        # What was chosen is done: a second click would do it once more.
        st.session_state[key] = steps[0].action if usual else None
    action = st.segmented_control(
        "办理",
        list(names),
        default=steps[0].action if usual else None,
        required=usual,
        format_func=lambda one: names[one].name,
        key=key,
        label_visibility="collapsed",
    )
    return None if action is None else names[action]
