"""Taking steps in tests: `take` with what a person sends given by name."""

from datetime import datetime
from typing import Any

from lib.access import Viewer
from lib.casework.clues.steps import CLUE
from lib.casework.record import take
from lib.casework.rules.steps import TASK, VERSION
from lib.casework.steps import Outcome, Submission, Upload, Workflow
from lib.casework.store.register import Register
from lib.casework.warnings.many import sign_and_start
from lib.casework.warnings.steps import WARNING


def _on(
    workflow: Workflow,
    action: str,
    register: Register,
    viewer: Viewer,
    object_id: str,
    *,
    submission_id: str,
    at: datetime,
    expected_seq: int | None = None,
    text: str = "",
    attachment: Upload | None = None,
    **payload: Any,
) -> Outcome:
    sent = Submission(submission_id, at, expected_seq, text, payload, attachment)
    if action == "sign_start":
        return sign_and_start(register, viewer, object_id, sent)
    return take(register, viewer, workflow, object_id, action, sent)


def on_warning(action: str, register: Register, viewer: Viewer, object_id: str, **sent: Any) -> Outcome:
    """A step of a warning, or "sign_start"."""
    return _on(WARNING, action, register, viewer, object_id, **sent)


def on_clue(action: str, register: Register, viewer: Viewer, object_id: str, **sent: Any) -> Outcome:
    """A step of a clue."""
    return _on(CLUE, action, register, viewer, object_id, **sent)


def on_version(action: str, register: Register, viewer: Viewer, object_id: str, **sent: Any) -> Outcome:
    """A step of a version of a model."""
    return _on(VERSION, action, register, viewer, object_id, **sent)


def on_task(action: str, register: Register, viewer: Viewer, object_id: str, **sent: Any) -> Outcome:
    """A step of a task about a model."""
    return _on(TASK, action, register, viewer, object_id, **sent)
