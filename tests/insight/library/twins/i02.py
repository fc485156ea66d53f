"""I02 移交立案率: leads that departments handed over, and those that became a case or were refused with a reason."""

import re

import pandas as pd

from tests.insight.library.raw import Raw

_HOLLOW = {"", "无", "暂无", "没有", "不详", "未知", "待定", "待查", "空"}


def _is_reason(text: object) -> bool:
    return isinstance(text, str) and re.sub(r"^[\W_]+|[\W_]+$", "", text) not in _HOLLOW


def counted(raw: Raw) -> pd.DataFrame:
    leads = raw.table(
        "violation_lead", "lead_id", "source_type", "to_org_id", "area_code", "received_at", "verified_at",
        "no_file_reason", "feedback_at",
    )  # fmt: skip
    leads = leads[leads["source_type"].eq("部门移送") & leads["received_at"].lt(raw.end)]
    cases = raw.table("penalty_case", "lead_id", "filed_date")
    filed = set(cases.loc[cases["filed_date"].le(raw.as_of), "lead_id"].dropna())
    said_at = leads["verified_at"].fillna(leads["feedback_at"]).fillna(leads["received_at"])
    answered = leads["lead_id"].isin(filed) | (said_at.lt(raw.end) & leads["no_file_reason"].map(_is_reason))
    day = leads["received_at"].dt.normalize()
    number = raw.workdays()
    over = number[raw.as_of] - day.map(number) > 15
    frame = pd.DataFrame(
        {
            "subject": leads["lead_id"],
            "day": day,
            "org": leads["to_org_id"],
            "area": leads["area_code"],
            "met": answered,
        }
    )
    return frame[answered | over]
