"""What a viewer may do next with a warning, who may when the viewer may not, and what follows a step."""

from lib.access import Viewer
from lib.access.policy import policy
from lib.casework.deadlines import settings
from lib.casework.steps import Step
from lib.casework.warnings.states import (
    CHECKING,
    CLOSED,
    MERGED,
    NEW,
    REPORTED,
    RETURNED,
    REVIEWED,
    SIGNED,
    TO_CLUE,
    UNTRUE,
    WITHDRAWN,
)
from lib.casework.warnings.steps import UNDOABLE, WARNING

# The step that moves the work on, by state; the others are exceptions.
_USUAL = {**WARNING.usual, CLOSED: "to_clue"}
# What the handler alone does; another person takes the warning over first.
_HANDLERS = ("sign", "start", "conclude")

_AFTER = {
    SIGNED: "已签收，待开始核查",
    CHECKING: "核查中，待反馈核查结论",
    REPORTED: "已反馈，待{reviewer}复核",
    RETURNED: "已退回，待经办人补充后重新反馈",
    REVIEWED: "已复核，待{reviewer}办结",
    CLOSED: "已办结",
    TO_CLUE: "已转线索，在「线索办理」中继续",
    WITHDRAWN: "已撤销，不再办理",
    MERGED: "已合并",
    NEW: "待签收",
}


def next_steps(
    viewer: Viewer, state: str, rule_id: str, handler_id: str | None = None, conclusion: str | None = None
) -> list[Step]:
    """The steps this viewer may take now, the usual one first.

    `handler_id` and `conclusion` are the warning's: what another person handles is taken over first, who concluded does
    not review, and 不属实 gives no clue. Taking back is offered with what came of the step, not here.
    """
    possible = [step for step in WARNING.possible(viewer, state) if step.action != "undo"]
    allowed = [step for step in possible if step.right != "record" or viewer.may_record_on(rule_id)]
    others = handler_id is not None and handler_id != viewer.person_id
    ruled_out = {
        **dict.fromkeys(_HANDLERS, others),
        "take_over": not others,
        "to_clue": conclusion == UNTRUE,
        "suppress": conclusion != UNTRUE,
        "review": not others and handler_id is not None and settings()["warning"]["review_by_another_person"],
    }
    usual = "take_over" if others and _USUAL.get(state) in _HANDLERS else _USUAL.get(state)
    return sorted(
        (step for step in allowed if not ruled_out.get(step.action, False)), key=lambda step: step.action != usual
    )


def moves_on(steps: list[Step], state: str) -> bool:
    """Whether the first of the steps offered is the one that moves a warning on from a state."""
    return bool(steps) and state != CLOSED and steps[0].action in (_USUAL.get(state), "take_over")


def goes_on(viewer: Viewer, state: str, rule_id: str, handler_id: str | None) -> bool:
    """Whether the step that moves a warning on from a state is this viewer's."""
    return moves_on(next_steps(viewer, state, rule_id, handler_id), state)


def undoable(viewer: Viewer, action: str, actor_id: str) -> bool:
    """Whether a viewer may take back the step that came last."""
    return action in UNDOABLE and actor_id == viewer.person_id


def after(state: str, handler_role: str = "") -> str:
    """What a state means for the work, in words: 已反馈，待监督室复核."""
    reviewer = policy().roles["county"].name if handler_role == "town" else policy().roles["office"].name
    return _AFTER.get(state, state).format(reviewer=reviewer)


def who_may(viewer: Viewer, state: str, rule_id: str) -> str:
    """One line for a viewer without a step: who takes the next one, or that there is none."""
    steps = [step for step in WARNING.steps.values() if state in step.sources]
    if not steps or state == CLOSED:
        return f"这条预警已经是「{state}」，没有后续步骤。"
    if viewer.may("record", "warning") and not viewer.may_record_on(rule_id):
        return "您的岗位不办理这个模型的预警，由派驻机构或县级纪委监委办理。"
    usual = WARNING.steps[_USUAL[state]]
    roles = policy().holders(usual.right, WARNING.object_type)
    said = f"下一步是「{usual.name}」，由{'、'.join(roles)}办理"
    return said + ("。" if viewer.may("record", "warning") else f"；您的角色（{viewer.role_name}）只查看。")
