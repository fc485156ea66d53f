"""Entering a case of political discipline."""

from dataclasses import replace

from lib.access import Viewer, under
from lib.access.masking import mask_name
from lib.casework.discipline.steps import DISCIPLINE_CASE, ENTER, FILED_ON, NAMES, fault_of_day
from lib.casework.objects import KINDS
from lib.casework.record import enter
from lib.casework.steps import Outcome, Submission
from lib.casework.store.register import Register


@under("record", DISCIPLINE_CASE)
def enter_case(
    register: Register, viewer: Viewer, sent: Submission, area_code: str | None, domain_code: str | None
) -> Outcome:
    """登记 what a person filled in for ENTER, with the place and domain of the unit; names are masked before anything
    is written. `created` is its number.

    Raises Forbidden outside the scope, UserError for a field that is missing or a day that has not come.
    """
    ENTER.require(sent)
    ahead = fault_of_day(sent.payload[FILED_ON], sent.at.date())
    if ahead is not None:
        raise ahead
    names = [mask_name(name) for name in sent.payload[NAMES]]
    whose = {"area_code": area_code, "domain_code": domain_code, "persons": "、".join(names), "people_cnt": len(names)}
    masked = replace(sent, payload={**sent.payload, NAMES: names})
    return enter(register, viewer, KINDS[DISCIPLINE_CASE], whose, masked)
