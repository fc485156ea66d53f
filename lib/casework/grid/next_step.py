"""What a viewer may do next with a field check, and with whom it lies."""

from lib.access import Viewer
from lib.access.policy import policy
from lib.casework.grid.states import FED_BACK, OPEN_STATES, REOPENED, UNSOLVED
from lib.casework.grid.steps import GRID_CHECK
from lib.casework.steps import Step


def next_steps(viewer: Viewer, state: str, end: str | None, untimely: set[str]) -> list[Step]:
    """The steps this viewer may take now, the usual one first; what is not solved is opened again, not closed.

    untimely: the steps about the time that cannot be taken now (clock.not_now).
    """
    steps = GRID_CHECK.possible(viewer, state)
    ruled_out = {*untimely, *(("close",) if end == UNSOLVED else ())}
    steps = [step for step in steps if step.action not in ruled_out]
    reopens = end == UNSOLVED and state == FED_BACK
    return sorted(steps, key=lambda step: not (reopens and step.action == "reopen"))


def waits_for(state: str, unit: str) -> str:
    """With whom a check lies: the unit, or the roles that take the next step; empty when it ended."""
    if state not in OPEN_STATES:
        return ""
    step = GRID_CHECK.steps[GRID_CHECK.usual[state]]
    return unit if state == REOPENED else "、".join(policy().holders(step.right, "grid_check"))


def who_may(state: str, unit: str) -> str:
    """One line for a viewer without a step: who takes the next one, or that there is none."""
    if state not in OPEN_STATES:
        return f"这件核查已经{state}，没有后续步骤。"
    return f"下一步是「{GRID_CHECK.steps[GRID_CHECK.usual[state]].name}」，由{waits_for(state, unit)}办理。"
