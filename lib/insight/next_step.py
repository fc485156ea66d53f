"""What a viewer may do next with a warning, and who may when the viewer may not."""

from lib.access import Viewer
from lib.access.viewer import RIGHTS, ROLES
from lib.casework.warnings import CHECKING, CLOSED, NEW, REPORTED, RETURNED, REVIEWED, SIGNED, WARNING
from lib.casework.workflow import Step

# The step that moves the work on, by state; the others are exceptions.
_USUAL = {NEW: "sign", SIGNED: "start", CHECKING: "conclude", RETURNED: "conclude", REPORTED: "review",
          REVIEWED: "close", CLOSED: "to_clue"}  # fmt: skip


def next_steps(viewer: Viewer, state: str, rule_id: str) -> list[Step]:
    """The steps this viewer may take now, the usual one first."""
    possible = WARNING.possible(viewer, state)
    allowed = [step for step in possible if step.right != "record" or viewer.may_record_on(rule_id)]
    return sorted(allowed, key=lambda step: step.action != _USUAL.get(state))


def who_may(viewer: Viewer, state: str, rule_id: str) -> str:
    """One line for a viewer without a step: who takes the next one, or that there is none."""
    steps = [step for step in WARNING.steps.values() if state in step.sources]
    if not steps:
        return f"这条预警已经是「{state}」，没有后续步骤。"
    if viewer.may("record") and not viewer.may_record_on(rule_id):
        return "您的岗位不办理这个模型的预警，由派驻机构或县级纪委监委办理。"
    usual = WARNING.steps[_USUAL[state]]
    roles = [name for role, name in ROLES.items() if usual.right in RIGHTS[role]]
    return f"下一步是「{usual.name}」，由{'、'.join(roles)}办理；您的角色（{viewer.role_name}）只查看。"
