"""Whether a viewer may see one object: the scope of lib.access, asked for a single row."""

from functools import lru_cache

import pandas as pd
from sqlalchemy import Connection, Row

from lib.access import NotVisible, Viewer
from lib.access.scope import visible
from lib.casework.objects import KINDS, SCOPE


def in_scope(viewer: Viewer, area_code: str | None, domain_code: str | None, officer_id: str | None) -> bool:
    """Whether an object with these attributes lies in the viewer's scope."""
    # The officer only matters to a viewer who is one: places and domains are few, and are asked for again and again.
    return _visible(viewer, area_code, domain_code, officer_id if viewer.officer_id else None)


@lru_cache(maxsize=65536)
def _visible(viewer: Viewer, area_code: str | None, domain_code: str | None, officer_id: str | None) -> bool:
    frame = pd.DataFrame([{"area_code": area_code, "domain_code": domain_code, "officer_id": officer_id}], dtype="str")
    return len(visible(viewer, frame)) == 1


def require_object(connection: Connection, viewer: Viewer, object_type: str, object_id: str) -> Row:
    """The stored row of a visible object of any kind.

    Raises NotVisible in the same words whether it is outside the scope or does not exist.
    """
    kind = KINDS.get(object_type)
    row = None if kind is None else kind.row(connection, object_id)
    if kind is None or row is None:
        raise NotVisible()
    if kind.scope:
        area_code, domain_code, officer_id = (row._mapping[name] if name in kind.scope else None for name in SCOPE)
        if not in_scope(viewer, area_code, domain_code, officer_id):
            raise NotVisible()
    return row
