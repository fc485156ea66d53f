"""I16 按期决定率: ordinary cases decided, and those within ninety days and what was granted beside them."""

import pandas as pd

from tests.insight.library.raw import Raw


def counted(raw: Raw) -> pd.DataFrame:
    cases = raw.table(
        "penalty_case", "case_id", "org_id", "area_code", "procedure_type", "filed_date", "decision_date",
        "extension_cnt", "suspended_cnt",
    )  # fmt: skip
    decided = cases[
        cases["procedure_type"].eq("普通")
        & cases["decision_date"].le(raw.as_of)
        & cases["filed_date"].between(pd.Timestamp("2021-07-15"), raw.as_of)
    ]
    allowed = 90 + decided["extension_cnt"].fillna(0) + decided["suspended_cnt"].fillna(0)
    return pd.DataFrame(
        {
            "subject": decided["case_id"],
            "day": decided["decision_date"],
            "org": decided["org_id"],
            "area": decided["area_code"],
            "met": (decided["decision_date"] - decided["filed_date"]).dt.days.le(allowed),
        }
    )
