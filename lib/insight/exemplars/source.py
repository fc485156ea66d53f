"""From what exemplars are nominated: concluded warnings, case reviews, results of look-backs."""

import re
from typing import Any

import pandas as pd

from lib.access import NotVisible, Viewer, under
from lib.access.masking import mask_free_text
from lib.access.scope import visible
from lib.casework.exemplars.states import BAD, GOOD, REVIEW
from lib.casework.exemplars.working import about
from lib.casework.reading.visible import objects
from lib.casework.store.register import Register
from lib.insight.warnings.names import places
from lib.warehouse.store import Warehouse

_REVIEWS = """
select
    review_id, review_type, review_date, score, grade_type, issue_text, exemplar_type, case_id,
    coalesce(doc_no, case_no, case_id) as number, item_name, org_id, penalty_case.area_code
from case_review
inner join penalty_case using (case_id)
left join power_item using (item_code)
where exemplar_type is not null or grade_type = '不合格'
order by exemplar_type is null, review_date desc, review_id
limit 400
"""
_ITEM = "select item_name from power_item where item_code = $item_code"
_REVIEW = "select grade_type, exemplar_type, issue_text from case_review where review_id = $review_id"
_BAD_GRADES = ("不合格", "较差")


@under("nominate", "exemplar")
def suggested(register: Register, warehouse: Warehouse, viewer: Viewer) -> pd.DataFrame:
    """Case reviews marked as exemplary, or failed, in the viewer's scope and not nominated yet, the newest first.

    review_id, review_type, review_date, score, grade_type, issue_text, polarity, number and item_name of the case,
    org_name.
    """
    rows = warehouse.query(_REVIEWS)
    orgs = places(warehouse)[0].set_index("org_id")
    rows = visible(viewer, rows, orgs["org_domain_code"])
    held = objects(register, viewer, warehouse, "exemplar")
    taken = held.loc[held["origin"].eq(REVIEW), "source_id"]
    rows = rows[~rows["review_id"].isin(taken)].reset_index(drop=True)
    polarity = rows["exemplar_type"].fillna(BAD)
    return rows.assign(polarity=polarity, org_name=rows["org_id"].map(orgs["org_name"]).fillna(""))


@under("nominate", "exemplar")
def begins(
    register: Register, warehouse: Warehouse, viewer: Viewer, origin: str, source_id: str
) -> dict[str, Any] | None:
    """What the fields of a nomination hold at first, by their names; None for a source that the viewer does not see."""
    try:
        found = about(register, warehouse, viewer, origin, source_id)
    except NotVisible:
        return None
    item = warehouse.query(_ITEM, {"item_code": found["item_code"]})["item_name"]
    polarity, why = BAD, ""
    if origin == REVIEW:
        row = warehouse.query(_REVIEW, {"review_id": source_id}).iloc[0]
        polarity = GOOD if row["exemplar_type"] == GOOD else BAD
        why = "" if pd.isna(row["issue_text"]) else str(row["issue_text"])
    elif origin == "review_case":
        files = objects(register, viewer, warehouse, "review_case")
        grade = files.loc[files["review_case_id"].eq(source_id), "grade"]
        polarity = BAD if len(grade) and str(grade.iloc[0]) in _BAD_GRADES else GOOD
    title = matter(str(item.iloc[0])) if len(item) else "案例"
    return {"title": title, "polarity": polarity, "text": str(mask_free_text(why))}


def matter(item: str) -> str:
    """What an item is about in a title: 对未公示登记卡的行政处罚 is 未公示登记卡案."""
    return re.sub(r"^对|的行政处罚$|（.*?）|\(.*?\)", "", item) + "案"
