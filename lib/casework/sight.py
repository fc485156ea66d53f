"""Whether a viewer may see one object: the scope of lib.access, asked for a single row."""

from functools import lru_cache

import pandas as pd
from sqlalchemy import Connection, Row, select

from lib.access import NotVisible, Viewer
from lib.access.scope import of_unit, visible
from lib.casework.objects import KINDS, SCOPE, Kind
from lib.casework.store.schema import event


def in_scope(
    viewer: Viewer, area_code: str | None, domain_code: str | None, officer_id: str | None, org_id: str | None = None
) -> bool:
    """Whether an object with these attributes lies in the viewer's scope."""
    # The officer only matters to a viewer who is one, the unit to one who answers for it: places and domains are few,
    # and are asked for again and again.
    officer, org = officer_id if viewer.officer_id else None, org_id if of_unit(viewer) else None
    return _visible(viewer, area_code, domain_code, officer, org)


@lru_cache(maxsize=65536)
def _visible(viewer: Viewer, *whose: str | None) -> bool:
    frame = pd.DataFrame([dict(zip(SCOPE, whose, strict=True))], dtype="str")
    return len(visible(viewer, frame)) == 1


def sent_to_unit(connection: Connection, viewer: Viewer, kind: Kind, object_id: str) -> bool:
    """Whether an object has reached the viewer's unit; true for whoever is not of a unit."""
    if not of_unit(viewer):
        return True
    reached = select(event.c.seq).where(
        event.c.object_type == kind.name, event.c.object_id == object_id, event.c.action.in_(kind.reaches)
    )
    return connection.execute(reached.limit(1)).first() is not None


def require_object(connection: Connection, viewer: Viewer, object_type: str, object_id: str) -> Row:
    """The stored row of a visible object of any kind.

    Raises NotVisible in the same words whether it is outside the scope or does not exist.
    """
    kind = KINDS.get(object_type)
    row = None if kind is None else kind.row(connection, object_id)
    if kind is None or row is None:
        raise NotVisible()
    if kind.own is not None and row._mapping[kind.own] != viewer.person_id:
        raise NotVisible()
    seen = not kind.scope or in_scope(viewer, *kind.whose(viewer.domains, row._asdict()))
    if not seen or (kind.scope and not sent_to_unit(connection, viewer, kind, object_id)):
        raise NotVisible()
    return row
