"""What a warning is about, in words: the case, the person, the enterprise, the dispatch."""

from functools import lru_cache

import pandas as pd

from lib.access.masking import mask_free_text, mask_name, party_title
from lib.catalog import load_catalog
from lib.warehouse.store import Warehouse

# What one subject of a kind is called in a sentence.
NOUNS = {
    "penalty_case": "案件",
    "officer": "执法人员",
    "enterprise": "企业",
    "grid_dispatch": "网格派单",
    "org": "单位",
    "violation_lead": "违法线索",
    "inspection_record": "检查记录",
    "case_event": "流程节点",
    "sunshine_record": "监管记录",
    "alert": "平台记录",
}

_TITLES = {
    "penalty_case": """
        select case_id as subject_id, concat_ws(' ', coalesce(doc_no, case_no, case_id), item_name) as title
        from penalty_case
        left join power_item using (item_code)
        where case_id in (select unnest($ids))
        """,
    "enterprise": """
        select uscc as subject_id, entity_name as title
        from enterprise
        where uscc in (select unnest($ids))
        """,
    "grid_dispatch": """
        select dispatch_id as subject_id, concat_ws(' ', event_type, place_text) as title
        from grid_dispatch
        left join grid_event using (event_no)
        where dispatch_id in (select unnest($ids))
        """,
    "violation_lead": """
        select lead_id as subject_id, concat_ws(' ', lead_id, item_name) as title
        from violation_lead
        left join power_item using (item_code)
        where lead_id in (select unnest($ids))
        """,
    "sunshine_record": """
        select record_id as subject_id, concat_ws(' ', record_id, record_type) as title
        from sunshine_record
        where record_id in (select unnest($ids))
        """,
    "org": "select org_id as subject_id, org_name as title from org where org_id in (select unnest($ids))",
}

_OFFICERS = "select officer_id, name_masked from officer"
_UNITS = "select org_id, org_name, area_code, domain_code from org order by org_name"


def every_unit(warehouse: Warehouse) -> pd.DataFrame:
    """The units of the city by name, to be cut down to a viewer's scope: org_id, org_name, area_code, domain_code."""
    return warehouse.query(_UNITS)


def noun(subject_type: str) -> str:
    """What one subject of this type is called."""
    catalog = load_catalog()
    return NOUNS.get(subject_type) or (catalog[subject_type].title if subject_type in catalog else "对象")


@lru_cache(maxsize=2)
def officer_names(warehouse: Warehouse) -> pd.Series:
    """Masked name by officer_id."""
    frame = warehouse.query(_OFFICERS)
    return pd.Series(frame["name_masked"].map(mask_name).to_numpy(), index=frame["officer_id"], dtype="object")


def officer_labels(names: pd.Series, officer_id: pd.Series) -> pd.Series:
    """Masked name and number, since masked names repeat; empty without a number."""
    number = officer_id.fillna("")
    name = number.map(names).astype("object").fillna("")
    return (name + " " + number).where(name.ne(""), number)


def officer_label(warehouse: Warehouse, officer_id: str) -> str:
    """Masked name and number of one officer; the number itself when unknown."""
    name = officer_names(warehouse).get(officer_id)
    return f"{name} {officer_id}" if name else officer_id


def subject_titles(frame: pd.DataFrame, warehouse: Warehouse) -> pd.Series:
    """A title for each row's (subject_type, subject_id), aligned with `frame`; the number itself when unknown."""
    titles = frame["subject_id"].astype("object").copy()
    for kind, rows in frame.groupby("subject_type", sort=False):
        if kind == "officer":
            titles.loc[rows.index] = officer_labels(officer_names(warehouse), rows["subject_id"])
        elif kind in _TITLES:
            ids = rows["subject_id"].unique().tolist()
            found = warehouse.query(_TITLES[str(kind)], {"ids": ids}).set_index("subject_id")["title"]
            unknown = rows["subject_id"].map(party_title) if kind == "enterprise" else rows["subject_id"]
            told = rows["subject_id"].map(found).astype("object").map(mask_free_text).astype("object")
            titles.loc[rows.index] = told.fillna(unknown)
    return titles
