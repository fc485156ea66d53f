"""Whom a clue registered by hand may concern: the units of the viewer's scope and the people who work there."""

import pandas as pd

from lib.access import Viewer, under
from lib.access.scope import visible
from lib.insight.names import every_unit, officer_labels, officer_names
from lib.warehouse.store import Warehouse

_PEOPLE = """
select officer.officer_id, officer.org_id, org.area_code, org.domain_code
from officer
left join org using (org_id)
where officer.org_id = $org_id
order by officer.officer_id
"""


@under("record", "clue")
def units(warehouse: Warehouse, viewer: Viewer) -> pd.DataFrame:
    """The units a viewer may register a clue about: org_id, org_name, area_code, domain_code, by name."""
    return visible(viewer, every_unit(warehouse)).reset_index(drop=True)


@under("record", "clue")
def people(warehouse: Warehouse, viewer: Viewer, org_id: str) -> dict[str, str]:
    """Masked name and number by officer_id of those who work in a unit; the viewer's own is left out."""
    found = visible(viewer, warehouse.query(_PEOPLE, {"org_id": org_id}))
    labels = officer_labels(officer_names(warehouse), found["officer_id"])
    return dict(zip(found["officer_id"], labels, strict=True))
