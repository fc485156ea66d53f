"""What a viewer may do next with a clue, and who may when the viewer may not."""

from lib.access import Viewer
from lib.access.policy import policy
from lib.casework.clues.states import LOOKED_INTO, SHELVED
from lib.casework.clues.steps import CLUE
from lib.casework.steps import Step


def next_steps(viewer: Viewer, state: str, disposition: str | None) -> list[Step]:
    """The steps this viewer may take now, the usual one first.

    Only a shelved clue (暂存待查) can be taken up again, and only one that was looked into can become a case. One that
    is handled as part of another can only be taken out again.
    """
    possible = CLUE.possible(viewer, state)
    ruled_out = {"reopen": disposition != SHELVED, "file_case": disposition not in LOOKED_INTO}
    allowed = [step for step in possible if not ruled_out.get(step.action, False)]
    return sorted(allowed, key=lambda step: step.action != CLUE.usual.get(state))


def who_may(viewer: Viewer, state: str) -> str:
    """One line for a viewer without a step: who takes the next one, or that there is none."""
    if viewer.may("record", "clue") or state not in CLUE.usual:
        return f"这条线索已经是「{state}」，没有后续步骤。"
    roles = policy().holders("record", "clue")
    step = CLUE.steps[CLUE.usual[state]]
    return f"下一步是「{step.name}」，由{'、'.join(roles)}办理；您的角色（{viewer.role_name}）只查看。"
