"""I19 核查按期率: leads whose fifteen workdays are over, and those looked into within them."""

import pandas as pd

from tests.insight.library.raw import Raw


def counted(raw: Raw) -> pd.DataFrame:
    leads = raw.table(
        "violation_lead", "lead_id", "to_org_id", "area_code", "received_at", "verified_at", "verify_result"
    )
    number = raw.workdays()
    first = leads["received_at"].dt.normalize().map(number)
    workday = number.groupby(number).apply(lambda days: days.index.min())
    late = (first + 16).map(workday)
    verified = leads["verified_at"].mask(
        leads["verified_at"].isna() & leads["verify_result"].notna(), leads["received_at"]
    )
    taken = verified.dt.normalize().map(number) - first
    return pd.DataFrame(
        {
            "subject": leads["lead_id"],
            "day": late,
            "org": leads["to_org_id"],
            "area": leads["area_code"],
            "met": verified.lt(raw.end) & taken.le(15),
        }
    )[late.le(raw.as_of)]
