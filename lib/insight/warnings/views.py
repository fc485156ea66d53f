"""The saved views of the workbench that a viewer is offered: those of others only as far as the viewer's scope goes."""

from dataclasses import replace
from typing import NamedTuple

from lib.access import Viewer, under
from lib.access.masking import mask_free_text
from lib.access.scope import sees_area
from lib.casework.store.register import Register
from lib.casework.work.views import views
from lib.insight.warnings.filter import WarningFilter
from lib.insight.warnings.names import CITY_ITSELF, officers_within, places, units_within
from lib.warehouse.store import Warehouse


class Offered(NamedTuple):
    """One view: its number, what it is called (with whose it is when another shares it), the address, whether own."""

    view_id: str
    name: str
    query: dict[str, str | list[str]]
    own: bool
    shared: bool


@under("view", "warning")
def offered_views(register: Register, warehouse: Warehouse, viewer: Viewer) -> list[Offered]:
    """One's own views, then those of others without the units, people and places outside the viewer's scope.

    A view that names only such is not offered: it would say that they are there.
    """
    found = []
    for one in views(register, viewer):
        asked = WarningFilter.from_query(lambda name, of=one.query: of.get(name, []), viewer.person_id)  # type: ignore[misc]
        inside: WarningFilter | None = asked if one.own else _within(asked, warehouse, viewer)
        if inside is not None:
            order = {name: one.query[name] for name in ("w_order",) if name in one.query}
            name = one.name if one.own else f"{mask_free_text(one.name)}（{one.person_name}）"
            found.append(Offered(one.view_id, name, {**inside.query(), **order}, one.own, one.shared))
    return found


def _within(asked: WarningFilter, warehouse: Warehouse, viewer: Viewer) -> WarningFilter | None:
    _, areas = places(warehouse)
    seen = areas[[sees_area(viewer, code) for code in areas["area_code"]]]
    known = {
        "areas": {*seen["area_label"], *seen["county_name"].dropna(), CITY_ITSELF},
        "orgs": set(units_within(warehouse, viewer)),
        "officers": officers_within(warehouse, viewer),
    }
    kept = {name: tuple(one for one in getattr(asked, name) if one in held) for name, held in known.items()}
    if asked.text or any(getattr(asked, name) and not left for name, left in kept.items()):
        return None
    return replace(asked, areas=kept["areas"], orgs=kept["orgs"], officers=kept["officers"])
