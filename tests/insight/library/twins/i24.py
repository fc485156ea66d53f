"""I24 双随机占比: inspections drawn at random, of those that were random or daily."""

import pandas as pd

from tests.insight.library.raw import Raw


def counted(raw: Raw) -> pd.DataFrame:
    visits = raw.table("inspection_record", "inspection_id", "org_id", "area_code", "check_type", "started_at")
    held = visits[visits["started_at"].lt(raw.end) & visits["check_type"].isin(["双随机", "日常"])]
    return pd.DataFrame(
        {
            "subject": held["inspection_id"],
            "day": held["started_at"].dt.normalize(),
            "org": held["org_id"],
            "area": held["area_code"],
            "met": held["check_type"].eq("双随机"),
        }
    )
