"""I18 裁量离散度: fines under a tier of their own item, by item, tier and kind of party."""

import pandas as pd

from tests.insight.library.raw import Raw


def counted(raw: Raw) -> pd.DataFrame:
    cases = raw.table(
        "penalty_case", "case_id", "org_id", "area_code", "item_code", "benchmark_id", "decision_date", "fine_amt"
    )
    tiers = raw.table("discretion_benchmark", "benchmark_id", "item_code", "tier_no", "party_type")
    fined = cases[cases["fine_amt"].gt(0) & cases["decision_date"].le(raw.as_of)]
    fined = fined.merge(tiers, on=["benchmark_id", "item_code"])
    return pd.DataFrame(
        {
            "subject": fined["case_id"],
            "day": fined["decision_date"],
            "org": fined["org_id"],
            "area": fined["area_code"],
            "met": True,
            "group": fined["item_code"] + " " + fined["tier_no"].astype("str") + " " + fined["party_type"],
            "amount": fined["fine_amt"],
        }
    )
