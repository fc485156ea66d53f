"""催办: one word to whoever is late, on each matter that waits for them."""

from collections.abc import Sequence
from datetime import datetime

from lib.access import Viewer
from lib.casework.clock import REMIND
from lib.casework.objects import KINDS
from lib.casework.record import take
from lib.casework.steps import Submission
from lib.casework.store.register import Register
from lib.errors import UserError


def remind(
    register: Register, viewer: Viewer, matters: Sequence[tuple[str, str]], *, submission: str, at: datetime
) -> tuple[int, list[str]]:
    """Remind of matters, each (kind, number): how many were reminded of, and why others were not."""
    done, refused = 0, []
    for kind, object_id in matters:
        sent = Submission(f"{submission}:{object_id}"[:80], at, None, "请尽快办理。")
        try:
            outcome = take(register, viewer, KINDS[kind].workflow, object_id, REMIND, sent)
        except UserError as error:
            refused.append(error.sentences[0])
            continue
        done += outcome.event is not None
    return done, refused
