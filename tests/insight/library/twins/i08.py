"""I08 综合查一次率: visits (a unit, a day, somebody visited), and those with the number of a joint inspection."""

import pandas as pd

from tests.insight.library.raw import Raw


def counted(raw: Raw) -> pd.DataFrame:
    checks = raw.table(
        "inspection_record", "inspection_id", "org_id", "party_id", "area_code", "joint_id", "started_at"
    )
    checks = checks[checks["started_at"].lt(raw.end)].sort_values("inspection_id")
    checks = checks.assign(
        day=checks["started_at"].dt.normalize(), joint=checks["joint_id"].fillna("").str.strip().ne("")
    )
    joint = checks.groupby(["org_id", "party_id", "day"])["joint"].transform("any")
    visits = checks.assign(joint=joint).drop_duplicates(["org_id", "party_id", "day"])
    return pd.DataFrame(
        {
            "subject": visits["inspection_id"],
            "day": visits["day"],
            "org": visits["org_id"],
            "area": visits["area_code"],
            "met": visits["joint"],
        }
    )
