"""I22 应移尽移率: cases worth a crime that were to be referred by now, and those referred, not after a fine that closed
them."""

import pandas as pd

from tests.insight.library.raw import Raw


def counted(raw: Raw) -> pd.DataFrame:
    cases = raw.table(
        "penalty_case", "case_id", "org_id", "area_code", "item_code", "filed_date", "decision_date", "closed_date",
        "result_type", "fine_amt", "case_value_amt",
    )  # fmt: skip
    limits = raw.table("power_item", "item_code", "crime_threshold_amt").set_index("item_code")["crime_threshold_amt"]
    limit = cases["item_code"].map(limits).astype("float64")
    cases = cases[limit.gt(0) & cases["case_value_amt"].astype("float64").ge(limit) & cases["filed_date"].le(raw.as_of)]
    events = raw.table("case_event", "case_id", "event_type", "event_at")
    ends = events[events["event_type"].eq("调查终结") & events["event_at"].lt(raw.end)]
    ended = cases["case_id"].map(ends.groupby("case_id")["event_at"].max().dt.normalize())
    ended = ended.fillna(cases["decision_date"].where(cases["decision_date"].le(raw.as_of)))
    number = raw.workdays()
    workday = number.groupby(number).apply(lambda days: days.index.min())
    late = (ended.map(number) + 5).map(workday)
    sent = raw.table("criminal_referral", "case_id", "referred_at")
    sent = sent[sent["referred_at"].lt(raw.end)].groupby("case_id")["referred_at"].min().dt.normalize()
    referred = cases["case_id"].map(sent)
    fined = cases["closed_date"].where(
        cases["result_type"].eq("处罚") & cases["fine_amt"].gt(0) & cases["closed_date"].le(raw.as_of)
    )
    fined = fined.where(~referred.le(fined))
    return pd.DataFrame(
        {
            "subject": cases["case_id"],
            "day": pd.concat([late, fined], axis=1).min(axis=1),
            "org": cases["org_id"],
            "area": cases["area_code"],
            "met": referred.notna() & fined.isna(),
        }
    ).loc[late.le(raw.as_of) | fined.notna()]
