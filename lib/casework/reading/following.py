"""What came of an object: the prompts and clues of a warning, the notices and motions drafted from it."""

import pandas as pd

from lib.access import OBJECT, Viewer, under
from lib.casework.objects import KINDS, Kind
from lib.casework.reading.visible import objects
from lib.casework.store.register import Register
from lib.warehouse.store import Warehouse

_COLUMNS = ("kind", "kind_name", "object_id", "number", "title", "state", "open")


@under("view", OBJECT)
def following(
    register: Register, viewer: Viewer, warehouse: Warehouse | None, object_type: str, object_id: str
) -> pd.DataFrame:
    """What came of one object, of the kinds that the viewer may see and within the viewer's scope, oldest first.

    kind, kind_name, object_id, number, title, state, open (it still waits for a step).
    """
    parts = [
        _of_kind(register, viewer, warehouse, kind, object_type, object_id)
        for kind in KINDS.values()
        if kind.page is not None and kind.name != object_type and viewer.may("view", kind.name)
    ]
    found = pd.concat([part for part in parts if len(part)] or [pd.DataFrame(columns=[*_COLUMNS, "last_seq"])])
    return found.sort_values("last_seq", kind="stable")[list(_COLUMNS)].reset_index(drop=True)


def _of_kind(
    register: Register, viewer: Viewer, warehouse: Warehouse | None, kind: Kind, object_type: str, object_id: str
) -> pd.DataFrame:
    held = objects(register, viewer, warehouse, kind.name)
    came = pd.Series(False, index=held.index)
    if object_type == "warning" and "warning_id" in held:
        came |= held["warning_id"].eq(object_id)
    if "source_id" in held:
        came |= held["origin"].eq(object_type) & held["source_id"].eq(object_id)
    own = held[came.fillna(False).astype(bool)]
    return own.assign(
        kind=kind.name, kind_name=kind.title, object_id=own[kind.key], open=own["state"].isin(kind.workflow.usual)
    )[[*_COLUMNS, "last_seq"]]
