"""Whom an object can be handed to."""

from lib.access import OBJECT, Viewer, under
from lib.casework.accounts.colleagues import colleagues, may_have
from lib.casework.clock import ASSIGN
from lib.casework.objects import KINDS
from lib.casework.sight import require_object
from lib.casework.store.register import Register


@under("assign", OBJECT)
def assignees(register: Register, viewer: Viewer, object_type: str, object_id: str) -> dict[str, str]:
    """Name and role by account of those whom a viewer can hand an object to. Raises NotVisible outside the scope."""
    step = KINDS[object_type].workflow.steps[ASSIGN]
    with register.read() as connection:
        row = require_object(connection, viewer, object_type, object_id)._asdict()
        found = [one for one in colleagues(connection).values() if may_have(viewer, one, object_type, row, step.does)]
    order = sorted(found, key=lambda one: (one.area_code is None, one.area_code or "", one.role, one.person_id))
    return {one.person_id: f"{one.name}（{one.role_name}）" for one in order}
