"""I25 评查优良率: files that were graded, and the excellent and good ones among them, those of look-backs too."""

import pandas as pd

from lib.access import SYSTEM
from lib.insight.reviews.results import lookback_facts
from tests.insight.library.raw import Raw


def counted(raw: Raw) -> pd.DataFrame:
    reviews = raw.table("case_review", "review_id", "case_id", "review_type", "review_date", "grade_type", "area_code")
    held = reviews[
        reviews["review_type"].eq("案卷评查") & reviews["grade_type"].notna() & reviews["review_date"].le(raw.as_of)
    ]
    cases = raw.table("penalty_case", "case_id", "org_id", "area_code").set_index("case_id")
    gathered = pd.DataFrame(
        {
            "subject": held["review_id"],
            "day": held["review_date"],
            "org": held["case_id"].map(cases["org_id"]),
            "area": held["case_id"].map(cases["area_code"]).fillna(held["area_code"]),
            "met": held["grade_type"].isin(["优秀", "良好"]),
        }
    )
    own = lookback_facts(raw.register, SYSTEM, raw.warehouse)
    own = own[pd.to_datetime(own["reviewed_on"]).le(raw.as_of)]
    looked = pd.DataFrame(
        {
            "subject": own["review_id"],
            "day": pd.to_datetime(own["reviewed_on"]),
            "org": own["org_id"],
            "area": own["area_code"],
            "met": own["good"],
        }
    )
    return pd.concat([gathered, looked], ignore_index=True)
