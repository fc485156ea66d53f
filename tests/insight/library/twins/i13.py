"""I13 告知及时率: records that passed the audit, their five workdays over, and those whose party was told in them."""

import pandas as pd

from tests.insight.library.raw import Raw, unit_on


def counted(raw: Raw) -> pd.DataFrame:
    records = raw.table(
        "sunshine_record", "record_id", "area_code", "captured_at", "audited_at", "audit_result", "notified_at",
        "officer_id",
    )  # fmt: skip
    passed = records[records["audit_result"].eq("通过") & records["audited_at"].notna()]
    number = raw.workdays()
    # The first day with a number is the workday itself, the days off behind it carry the same.
    workday = number.groupby(number).apply(lambda days: days.index.min())
    last = (passed["audited_at"].dt.normalize().map(number) + 5).map(workday)
    passed, last = passed[last.lt(raw.as_of)], last[last.lt(raw.as_of)]
    return pd.DataFrame(
        {
            "subject": passed["record_id"],
            "day": last,
            "org": unit_on(raw, passed["officer_id"], passed["captured_at"].dt.normalize()),
            "area": passed["area_code"],
            "met": passed["notified_at"].dt.normalize().le(last),
        }
    )
