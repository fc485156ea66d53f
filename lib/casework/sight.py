"""Whether a viewer may see one object: the scope of lib.access, asked for a single row."""

from functools import lru_cache

import pandas as pd
from sqlalchemy import Connection, Row, bindparam, select

from lib.access import NotVisible, Viewer
from lib.access.policy import policy
from lib.access.scope import visible
from lib.casework.store.schema import clue, person, rule_task, rule_version, warning

# What a store holds: casework played in a synthetic city, or that of real people on real data.
SYNTHETIC, REAL = "synthetic", "real"

_ROW = {
    "warning": select(warning).where(warning.c.warning_id == bindparam("object")),
    "clue": select(clue).where(clue.c.clue_id == bindparam("object")),
    "rule_version": select(rule_version).where(rule_version.c.version_id == bindparam("object")),
    "rule_task": select(rule_task).where(rule_task.c.task_id == bindparam("object")),
}
# A model belongs to no place, unit or officer: whoever may look at models sees all of it.
_EVERYWHERE = ("rule_version", "rule_task")


def entered(connection: Connection, person_id: str) -> Viewer | None:
    """The viewer a person is entered as, None when there is no such person."""
    row = connection.execute(select(person).where(person.c.person_id == person_id)).one_or_none()
    if row is None:
        return None
    # Whose scope is lists sees nothing without one; all others see every domain.
    listed = row.role in policy().roles and policy().roles[row.role].scope == "lists"
    domains = frozenset(filter(None, row.domains.split(","))) if row.domains or listed else None
    return Viewer(row.person_id, row.name, row.role, row.area_code, domains, row.officer_id)


def in_scope(viewer: Viewer, area_code: str | None, domain_code: str | None, officer_id: str | None) -> bool:
    """Whether an object with these attributes lies in the viewer's scope."""
    # The officer only matters to a viewer who is one: places and domains are few, and are asked for again and again.
    return _visible(viewer, area_code, domain_code, officer_id if viewer.officer_id else None)


@lru_cache(maxsize=65536)
def _visible(viewer: Viewer, area_code: str | None, domain_code: str | None, officer_id: str | None) -> bool:
    frame = pd.DataFrame([{"area_code": area_code, "domain_code": domain_code, "officer_id": officer_id}], dtype="str")
    return len(visible(viewer, frame)) == 1


def require_object(connection: Connection, viewer: Viewer, object_type: str, object_id: str) -> Row:
    """The stored row of a visible warning, clue, rule version or rule task.

    Raises NotVisible in the same words whether it is outside the scope or does not exist.
    """
    statement = _ROW.get(object_type)
    row = None if statement is None else connection.execute(statement, {"object": object_id}).one_or_none()
    if row is not None and object_type in _EVERYWHERE:
        return row
    if row is None or not in_scope(viewer, row.area_code, row.domain_code, row.officer_id):
        raise NotVisible()
    return row
