"""I05 罚后复查率: fines on the spot whose thirty days are over, and those looked at again within them."""

import pandas as pd

from tests.insight.library.raw import Raw


def counted(raw: Raw) -> pd.DataFrame:
    cases = raw.table(
        "penalty_case", "case_id", "org_id", "area_code", "decision_date", "result_type", "fine_amt", "is_offsite"
    )
    on_site = ~cases["is_offsite"].fillna(False).astype("bool")
    fined = cases[cases["result_type"].eq("处罚") & cases["fine_amt"].astype("float64").gt(0) & on_site]
    last = fined["decision_date"] + pd.Timedelta(days=30)
    fined = fined.assign(last=last)[last.lt(raw.as_of)]
    events = raw.table("case_event", "case_id", "event_type", "event_at")
    looks = events[events["event_type"].eq("复查")].merge(fined[["case_id", "decision_date", "last"]], on="case_id")
    on = looks["event_at"].dt.normalize()
    seen = set(looks.loc[on.ge(looks["decision_date"]) & on.le(looks["last"]), "case_id"])
    return pd.DataFrame(
        {
            "subject": fined["case_id"],
            "day": fined["last"],
            "org": fined["org_id"],
            "area": fined["area_code"],
            "met": fined["case_id"].isin(seen),
        }
    )
