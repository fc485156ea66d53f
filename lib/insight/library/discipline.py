"""The register of cases of political discipline, for whoever has to know of it; nothing else reads it."""

import pandas as pd

from lib.access import Viewer, under
from lib.access.masking import mask_free_text
from lib.access.scope import visible
from lib.casework.reading.visible import events_of, objects
from lib.casework.store.register import Register
from lib.catalog.lists import domain_names
from lib.insight.names import every_unit
from lib.insight.wording import NONE
from lib.warehouse.store import Warehouse

_PLACES = "select org_id, org_name, area_name from org left join area using (area_code)"


@under("view", "discipline_case")
def case_list(register: Register, warehouse: Warehouse, viewer: Viewer) -> pd.DataFrame:
    """The visible cases, those filed last first: all columns of lib.casework's, and org_name, area_name, department."""
    frame = objects(register, viewer, warehouse, "discipline_case")
    frame = frame.merge(warehouse.query(_PLACES), on="org_id", how="left")
    frame = frame.assign(
        org_name=frame["org_name"].fillna(""),
        area_name=frame["area_name"].fillna(""),
        department=frame["domain_code"].map(domain_names()).fillna(NONE),
        title=frame["title"].map(mask_free_text),
    )
    return frame.sort_values(["filed_on", "discipline_id"], ascending=[False, True]).reset_index(drop=True)


@under("view", "discipline_case")
def decided(register: Register, warehouse: Warehouse, viewer: Viewer, entry_id: str) -> tuple[str, str]:
    """The day and the kind of the sanction of a case; dashes while there is none."""
    events = events_of(register, viewer, warehouse, "discipline_case", entry_id)
    found = events.loc[events["action"].eq("decide"), "payload"]
    return (str(found.iloc[-1]["on"]), str(found.iloc[-1]["sanction"])) if len(found) else (NONE, NONE)


@under("record", "discipline_case")
def units(warehouse: Warehouse, viewer: Viewer) -> pd.DataFrame:
    """The units a case may be entered of: org_id, org_name, area_code, domain_code, by name."""
    return visible(viewer, every_unit(warehouse)).reset_index(drop=True)
