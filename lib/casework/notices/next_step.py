"""What a viewer may do next with a notice, and with whom it lies."""

from lib.access import Viewer
from lib.access.policy import policy
from lib.casework.clock import APPLY, EXTEND
from lib.casework.notices.states import ENDED, NOTICE_NAME, RETURNED, WITH_UNIT
from lib.casework.notices.steps import NOTICE, group_of
from lib.casework.steps import Step

_OF_OTHERS = ("review", "sign")


def next_steps(
    viewer: Viewer, state: str, authors: set[str], group_key: str, extended: bool, untimely: set[str]
) -> list[Step]:
    """The steps this viewer may take now, the usual one first.

    authors: who drafted or revised it; they neither review nor sign. group_key: the group that drafted it. extended:
    it was given more time, which happens once. untimely: the steps about the time that cannot be taken now
    (clock.not_now).
    """
    reviews = viewer.may("review", "notice")
    ruled_out = {
        **dict.fromkeys(_OF_OTHERS, viewer.person_id in authors),
        **dict.fromkeys(("recheck", "send_back"), not reviews and group_of(viewer) != group_key),
        "withdraw": viewer.person_id not in authors and not reviews,
        **dict.fromkeys((EXTEND, APPLY), extended),
        **dict.fromkeys(untimely, True),
    }
    return [step for step in NOTICE.possible(viewer, state) if not ruled_out.get(step.action, False)]


def waits_for(state: str, unit: str, drafter: str) -> str:
    """With whom a notice lies: the unit, who drafted it, or the roles that take the next step; empty when it ended."""
    if state in ENDED:
        return ""
    if state in WITH_UNIT:
        return unit
    step = NOTICE.steps[NOTICE.usual[state]]
    return drafter if state == RETURNED and drafter else "、".join(policy().holders(step.right, "notice"))


def who_may(viewer: Viewer, state: str, unit: str, drafter: str) -> str:
    """One line for a viewer without a step: who takes the next one, or that there is none."""
    if state in ENDED:
        return f"这份{NOTICE_NAME}已经{state}，没有后续步骤。"
    step = NOTICE.steps[NOTICE.usual[state]]
    return f"下一步是「{step.name}」，由{waits_for(state, unit, drafter)}办理。"
