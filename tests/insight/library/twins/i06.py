"""I06 持证率: officers who lead or assist a case, and those of them who held a certificate on the day they took it."""

import pandas as pd

from tests.insight.library.raw import Raw

_GAP = pd.Timedelta(days=30)


def _spans(certs: pd.DataFrame) -> list[tuple[pd.Timestamp, pd.Timestamp]]:
    """From when to when one officer counts as certified, by the certificates issued to this day."""
    valid = certs[certs["cert_status"].eq("有效")]
    spans = list(zip(valid["issue_date"], valid["expire_date"], strict=True))
    cancelled = certs[certs["cert_status"].eq("注销")]
    for issued, expires in zip(cancelled["issue_date"], cancelled["expire_date"], strict=True):
        later = valid.loc[valid["issue_date"].gt(issued), "issue_date"]
        if len(later):
            spans.append((issued, min(expires, later.min())))
    return spans + [
        (ended, begun) for _, ended in list(spans) for begun, _ in list(spans) if ended < begun <= ended + _GAP
    ]


def counted(raw: Raw) -> pd.DataFrame:
    cases = raw.table("penalty_case", "case_id", "org_id", "area_code", "filed_date", "decision_date")
    hands = raw.table("case_officer", "case_id", "officer_id", "role_type", "start_at")
    hands = hands[hands["role_type"].isin(["主办", "协办"])].merge(cases, on="case_id")
    begun = hands["start_at"].dt.normalize().fillna(hands["filed_date"])
    judged = begun.where(begun.gt(hands["filed_date"]), hands["filed_date"])
    hands = hands.assign(judged=judged)[~begun.gt(hands["decision_date"]) & judged.le(raw.as_of)]
    certs = raw.table("officer_cert", "officer_id", "issue_date", "expire_date", "cert_status")
    certs = certs[certs["issue_date"].le(raw.as_of)]
    spans = {one: _spans(held) for one, held in certs.groupby("officer_id")}
    officers = raw.table("officer", "officer_id", "officer_type")
    for one in officers.loc[officers["officer_type"].eq("辅助人员"), "officer_id"]:
        spans.pop(one, None)
    met = [
        any(first <= day <= last for first, last in spans.get(one, ()))
        for one, day in zip(hands["officer_id"], hands["judged"], strict=True)
    ]
    return pd.DataFrame(
        {
            "subject": hands["case_id"] + " " + hands["officer_id"],
            "day": hands["judged"],
            "org": hands["org_id"],
            "area": hands["area_code"],
            "met": met,
        }
    )
