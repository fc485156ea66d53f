"""Entering a risk in the integrity register of a unit."""

from lib.access import Viewer, under
from lib.casework.drafts import UNREGISTERED
from lib.casework.objects import KINDS
from lib.casework.record import enter
from lib.casework.risks.steps import ENTER, REVIEW_ON, RISK, fault_of_review
from lib.casework.steps import Outcome, Submission
from lib.casework.store.register import Register
from lib.catalog.steps import points
from lib.errors import UserError


@under("record", RISK)
def enter_risk(
    register: Register, viewer: Viewer, sent: Submission, area_code: str | None, domain_code: str | None
) -> Outcome:
    """登记 what a person filled in for ENTER, with the place and domain of the unit; `created` is its number.

    Raises Forbidden outside the scope, UserError for a field that is missing, a risk point that no step has, a review
    that lies too far ahead or in the past.
    """
    ENTER.require(sent)
    if sent.payload["point"] not in points():
        raise UserError(f"没有「{sent.payload['point']}」这个风险点。", "请在行权流程的风险点中选择。")
    wrong = fault_of_review(sent.payload[REVIEW_ON], sent.at.date())
    if wrong is not None:
        raise wrong
    whose = {"area_code": area_code, "domain_code": domain_code}
    return enter(register, viewer, KINDS[RISK], whose, sent, UNREGISTERED)
