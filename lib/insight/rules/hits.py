"""The raw hits (signals) of the models' last runs, as far as a viewer may see them."""

import pandas as pd
from sqlalchemy import select

from lib.access import Viewer, require
from lib.access.scope import visible
from lib.casework.store.register import Register
from lib.casework.store.schema import signal
from lib.insight.names import officer_labels, officer_names, subject_titles
from lib.insight.warnings.listing import LEVEL_ORDER
from lib.insight.warnings.names import places, rule_label
from lib.warehouse.store import Warehouse

_COLUMNS = ("rule_id", "subject_type", "subject_id", "level", "officer_id", "org_id", "area_code", "occurred_on")


def hits(register: Register, warehouse: Warehouse, viewer: Viewer) -> pd.DataFrame:
    """One row per hit of the models' last runs: rule_id, subject_type, subject_id, level, officer_id, org_id,
    area_code, occurred_on."""
    require(viewer, "view")
    query = select(*(signal.c[name] for name in _COLUMNS)).order_by(signal.c.rule_id, signal.c.subject_id)
    with register.read() as connection:
        frame = pd.DataFrame(connection.execute(query).all(), columns=list(_COLUMNS))
    domains = places(warehouse)[0].set_index("org_id")["org_domain_code"]
    return visible(viewer, frame, domains).reset_index(drop=True)


def named(found: pd.DataFrame, warehouse: Warehouse) -> pd.DataFrame:
    """`hits` with rule_label, subject_title, org_name, area_label and officer_label (masked), the gravest and newest
    first within a model."""
    orgs, areas = places(warehouse)
    order = found["level"].map({level: rank for rank, level in enumerate(LEVEL_ORDER)})
    rows = found.assign(order=order, day=pd.to_datetime(found["occurred_on"]))
    rows = rows.sort_values(["rule_id", "order", "day", "subject_id"], ascending=[True, True, False, True])
    rows = rows.reset_index(drop=True)
    return rows.assign(
        rule_label=rows["rule_id"].map(rule_label),
        subject_title=subject_titles(rows, warehouse),
        org_name=rows["org_id"].map(orgs.set_index("org_id")["org_name"]).astype("object").fillna(""),
        area_label=rows["area_code"].map(areas.set_index("area_code")["area_label"]).astype("object").fillna(""),
        officer_label=officer_labels(officer_names(warehouse), rows["officer_id"]),
    )
