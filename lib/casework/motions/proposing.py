"""Proposing a motion: by hand, or from a warning, a clue or a task of the reform."""

from lib.access import NotVisible, Viewer, under
from lib.casework.drafts import unregistered
from lib.casework.motions.states import BY_HAND, ORIGINS
from lib.casework.motions.steps import ON, PROPOSE, fault_of_day
from lib.casework.objects import KINDS
from lib.casework.record import enter
from lib.casework.sight import require_object
from lib.casework.steps import Outcome, Submission
from lib.casework.store.register import Register


def draft_of(origin: str, source_id: str | None) -> str:
    """Under which id the draft of a proposal is kept: one for each source."""
    return unregistered("" if source_id is None else f"{origin}:{source_id}")


@under("propose", "motion")
def propose(
    register: Register,
    viewer: Viewer,
    sent: Submission,
    area_code: str | None,
    domain_code: str | None,
    origin: str = BY_HAND,
    source_id: str | None = None,
) -> Outcome:
    """提议 what a person filled in for PROPOSE, with the place and domain of its unit; `created` is its number.

    Raises Forbidden outside the scope, NotVisible for a source that the viewer does not see, UserError for a field that
    is missing or a day that has not come.
    """
    PROPOSE.require(sent)
    ahead = fault_of_day(sent.payload[ON], sent.at)
    if ahead is not None:
        raise ahead
    if origin not in ORIGINS or (origin == BY_HAND) != (source_id is None):
        raise NotVisible()
    if source_id is not None:
        with register.read() as connection:
            require_object(connection, viewer, origin, source_id)
    whose = {"area_code": area_code, "domain_code": domain_code, "origin": origin, "source_id": source_id}
    return enter(register, viewer, KINDS["motion"], whose, sent, draft_of(origin, source_id))
