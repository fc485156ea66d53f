"""I07 户均检查: visits (a unit, a day, somebody visited), and those who were visited."""

import pandas as pd

from tests.insight.library.raw import Raw


def counted(raw: Raw) -> pd.DataFrame:
    checks = raw.table("inspection_record", "inspection_id", "org_id", "party_id", "area_code", "started_at")
    checks = checks[checks["started_at"].lt(raw.end)].sort_values("inspection_id")
    checks = checks.assign(day=checks["started_at"].dt.normalize())
    visits = checks.drop_duplicates(["org_id", "party_id", "day"])
    return pd.DataFrame(
        {
            "subject": visits["inspection_id"],
            "day": visits["day"],
            "org": visits["org_id"],
            "area": visits["area_code"],
            "met": True,
            "party": visits["party_id"],
        }
    )
