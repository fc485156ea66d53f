"""Issuing a task of the reform to a unit."""

from lib.access import Viewer, under
from lib.casework.drafts import UNREGISTERED
from lib.casework.objects import KINDS
from lib.casework.record import enter
from lib.casework.reform import plan as plans
from lib.casework.reform.course import MILESTONES
from lib.casework.reform.steps import ISSUE, REFORM_TASK, START
from lib.casework.steps import Outcome, Submission
from lib.casework.store.register import Register
from lib.errors import UserError


@under("issue", REFORM_TASK)
def issue(
    register: Register, viewer: Viewer, sent: Submission, area_code: str | None, domain_code: str | None
) -> Outcome:
    """下达 what a person filled in for ISSUE, with the place and domain of its unit; `created` is its number.

    Raises Forbidden outside the scope, UserError for a field that is missing or a plan that cannot be.
    """
    ISSUE.require(sent)
    plan, start = plans.read(sent.payload[MILESTONES]), sent.payload[START]
    if plan[0].day <= start:
        raise UserError(f"第一个节点 {plan[0].day} 不晚于任务开始（{start}）。", "请核对开始日期和节点的日期。")
    sent.payload[MILESTONES] = plans.written(plan)
    return enter(
        register, viewer, KINDS[REFORM_TASK], {"area_code": area_code, "domain_code": domain_code}, sent, UNREGISTERED
    )
