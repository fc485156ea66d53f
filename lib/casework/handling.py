"""Whose work an object is once it was handed to somebody (交办): theirs, or their deputy's, until it is handed on.

The same for every kind. A warning is besides that the work of whoever signed it (lib.casework.warnings.steps).
"""

import json
from datetime import datetime

from sqlalchemy import select

from lib.access import OBJECT, Viewer, under
from lib.access.policy import policy
from lib.casework.clock import ASSIGN, EXTEND, PAUSE, REFUSE, RESUME
from lib.casework.deputies.steps import standing_in_for
from lib.casework.sight import require_object
from lib.casework.steps import Attempt, Step, Workflow
from lib.casework.store.register import Register
from lib.casework.store.schema import event
from lib.casework.store.transaction import Transaction
from lib.errors import UserError

# Time is given by those above, whoever the work is with.
_OF_TIME = (EXTEND, REFUSE, PAUSE, RESUME)


def binds(workflow: Workflow, step: Step) -> bool:
    """Whether a step is the work that an object is handed over for, and nobody else's."""
    given = workflow.steps.get(ASSIGN)
    if given is None or workflow.object_type == "warning" or step.free or step.another or step.action in _OF_TIME:
        return False
    return step.right in given.does


def assigned(tx: Transaction, object_type: str, object_id: str) -> tuple[str, str] | None:
    """Account and name of whom an object was last handed to, None when it never was."""
    last = tx.latest(object_type, object_id, ASSIGN)
    return None if last is None else (last.payload["to_id"], last.payload["to_name"])


@under("view", OBJECT)
def with_another(
    register: Register, viewer: Viewer, object_type: str, object_id: str, at: datetime
) -> tuple[str, str] | None:
    """Account and name of whom a visible object was last handed to, None when that is the viewer, for whom the viewer
    stands in, or nobody."""
    newest = select(event.c.payload).where(
        event.c.object_type == object_type, event.c.object_id == object_id, event.c.action == ASSIGN
    )
    with register.read() as connection:
        require_object(connection, viewer, object_type, object_id)
        payload = connection.execute(newest.order_by(event.c.seq.desc()).limit(1)).scalar_one_or_none()
        if payload is None:
            return None
        held = json.loads(payload)
        own = {viewer.person_id, *standing_in_for(connection, viewer, at)}
    return None if held["to_id"] in own else (held["to_id"], held["to_name"])


def require_handler(workflow: Workflow, attempt: Attempt) -> None:
    """Raise UserError for a step that is somebody else's work, with whose it is and what can be done."""
    if not binds(workflow, attempt.step):
        return
    held = assigned(attempt.tx, workflow.object_type, attempt.last.object_id)
    mine = attempt.viewer.person_id
    if held is None or held[0] == mine or held[0] in standing_in_for(attempt.tx.connection, attempt.viewer, attempt.at):
        return
    raise UserError(f"这件{workflow.name}已交办{held[1]}，您不能{attempt.step.name}。", whose(workflow, held[1]))


def whose(workflow: Workflow, name: str) -> str:
    """What somebody else can do about an object that was handed to a person."""
    roles = "、".join(policy().holders("assign", workflow.object_type))
    return f"由{name}或其代理人办理；确需换人的，请{roles}重新「交办」。"
