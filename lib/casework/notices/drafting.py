"""Drafting a notice: by hand, or from a warning, a prompt, a clue or a task of the reform."""

from lib.access import NotVisible, Viewer, under
from lib.casework.drafts import unregistered
from lib.casework.notices.states import BY_HAND, ORIGINS
from lib.casework.notices.steps import DAYS, group_of, hidden, workdays
from lib.casework.objects import KINDS
from lib.casework.record import enter
from lib.casework.sight import require_object
from lib.casework.steps import Outcome, Submission
from lib.casework.store.register import Register
from lib.errors import UserError


@under("draft", "notice")
def draft_notice(
    register: Register,
    viewer: Viewer,
    sent: Submission,
    area_code: str | None,
    domain_code: str | None,
    origin: str = BY_HAND,
    source_id: str | None = None,
) -> Outcome:
    """拟稿: what a person filled in for steps.DRAFT; place and domain are those of the addressee.

    Raises as record.enter does, NotVisible for a source that the viewer does not see, UserError for one that concerns
    another unit.
    """
    refusal = hidden(sent.payload)
    if refusal is not None:
        raise refusal
    officer_id = None
    if origin not in ORIGINS or (origin == BY_HAND) != (source_id is None):
        raise NotVisible()
    if source_id is not None:
        with register.read() as connection:
            source = require_object(connection, viewer, origin, source_id)._mapping
        if source["org_id"] != sent.payload.get("org_id"):
            raise UserError("主送单位与来源涉及的单位不同。", "请改回来源涉及的单位，或不从来源、另行拟制。")
        officer_id = source.get("officer_id")
    values = {
        "origin": origin,
        "source_id": source_id,
        "group_key": group_of(viewer),
        "officer_id": officer_id,
        "area_code": area_code,
        "domain_code": domain_code,
        DAYS: workdays(bool(sent.payload.get("complex"))),
    }
    return enter(register, viewer, KINDS["notice"], values, sent, draft_of(origin, source_id))


def draft_of(origin: str, source_id: str | None) -> str:
    """Under which id a half-written notice is kept: one for each source."""
    return unregistered("" if source_id is None else f"{origin}:{source_id}")
