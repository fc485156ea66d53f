"""I20 集体讨论率: major cases decided, and those discussed by the day of the decision."""

import pandas as pd

from tests.insight.library.raw import Raw

_GRAVE = {"降低资质等级", "吊销许可证件", "责令停产停业", "责令关闭", "限制从业"}


def counted(raw: Raw) -> pd.DataFrame:
    cases = raw.table(
        "penalty_case", "case_id", "org_id", "area_code", "party_type", "decision_date", "result_type",
        "penalty_types", "fine_amt", "confiscate_amt",
    )  # fmt: skip
    cases = cases[cases["result_type"].eq("处罚") & cases["decision_date"].le(raw.as_of)]
    least = cases["party_type"].eq("自然人").map({True: 5000.0, False: 50000.0})
    most = cases[["fine_amt", "confiscate_amt"]].astype("float64").fillna(0).max(axis=1)
    grave = cases["penalty_types"].map(lambda kinds: kinds is not None and not _GRAVE.isdisjoint(kinds)).astype(bool)
    major = cases[most.ge(least) | grave]
    events = raw.table("case_event", "case_id", "event_type", "event_at")
    talks = events[events["event_type"].eq("集体讨论")].groupby("case_id")["event_at"].min()
    return pd.DataFrame(
        {
            "subject": major["case_id"],
            "day": major["decision_date"],
            "org": major["org_id"],
            "area": major["area_code"],
            "met": major["case_id"].map(talks).dt.normalize().le(major["decision_date"]),
        }
    )
