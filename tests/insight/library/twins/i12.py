"""I12 审核率: records captured, and those audited; what was captured of late may be under way."""

import pandas as pd

from tests.insight.library.raw import Raw, unit_on


def counted(raw: Raw) -> pd.DataFrame:
    records = raw.table("sunshine_record", "record_id", "area_code", "captured_at", "audited_at", "officer_id")
    records = records[records["captured_at"].lt(raw.end)]
    day = records["captured_at"].dt.normalize()
    number = raw.workdays()
    audited = records["audited_at"].lt(raw.end)
    over = number[raw.as_of] - day.map(number) > 5
    frame = pd.DataFrame(
        {
            "subject": records["record_id"],
            "day": day,
            "org": unit_on(raw, records["officer_id"], day),
            "area": records["area_code"],
            "met": audited,
        }
    )
    return frame[audited | over]
