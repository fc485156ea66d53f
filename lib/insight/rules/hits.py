"""The raw hits (signals) of the models' last runs, with names."""

import pandas as pd

from lib.insight.names import officer_labels, officer_names, subject_titles
from lib.insight.warnings.names import places, rule_labels
from lib.rules.levels import ORDER
from lib.warehouse.store import Warehouse


def named(found: pd.DataFrame, warehouse: Warehouse) -> pd.DataFrame:
    """`hits` with rule_label, subject_title, org_name, area_label and officer_label (masked), the gravest and newest
    first within a model."""
    orgs, areas = places(warehouse)
    order = found["level"].map(ORDER)
    rows = found.assign(order=order, day=pd.to_datetime(found["occurred_on"]))
    rows = rows.sort_values(["rule_id", "order", "day", "subject_id"], ascending=[True, True, False, True])
    rows = rows.reset_index(drop=True)
    labels = rule_labels()
    return rows.assign(
        rule_label=[labels.get(rule_id, rule_id) for rule_id in rows["rule_id"]],
        subject_title=subject_titles(rows, warehouse),
        org_name=rows["org_id"].map(orgs.set_index("org_id")["org_name"]).astype("object").fillna(""),
        area_label=rows["area_code"].map(areas.set_index("area_code")["area_label"]).astype("object").fillna(""),
        officer_label=officer_labels(officer_names(warehouse), rows["officer_id"]),
    )
