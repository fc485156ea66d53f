"""I10 首违适用率: first offences of the lightest tier, and those that were spared."""

import pandas as pd

from tests.insight.library.raw import Raw


def counted(raw: Raw) -> pd.DataFrame:
    cases = raw.table(
        "penalty_case", "case_id", "party_id", "party_type", "item_code", "benchmark_id", "place_text", "is_offsite",
        "decision_date", "result_type", "org_id", "area_code",
    )  # fmt: skip
    cases = cases[cases["result_type"].isin(["处罚", "首违不罚"]) & cases["decision_date"].le(raw.as_of)]
    vehicles = set(raw.table("sunshine_record", "case_id")["case_id"].dropna())
    at_large = (
        cases["party_type"].eq("自然人")
        | cases["is_offsite"].fillna(False).astype("bool")
        | cases["case_id"].isin(vehicles)
    )
    place = cases["place_text"].fillna("").str.strip().mask(at_large, "")
    cases = cases.assign(place=place.where(place.ne(""), None))
    tiers = raw.table("discretion_benchmark", "benchmark_id", "item_code", "tier_no")
    light = cases.merge(tiers[tiers["tier_no"].eq(1)], on=["benchmark_id", "item_code"])
    pairs = light.merge(cases, on=["party_id", "item_code"], suffixes=("", "_before"))
    apart = pairs["place"].notna() & pairs["place_before"].notna() & pairs["place"].ne(pairs["place_before"])
    since = pairs["decision_date"] - pd.DateOffset(months=24)
    earlier = pairs["decision_date_before"].lt(pairs["decision_date"]) & pairs["decision_date_before"].gt(since)
    again = set(pairs.loc[earlier & ~apart, "case_id"])
    first = light[~light["case_id"].isin(again)]
    return pd.DataFrame(
        {
            "subject": first["case_id"],
            "day": first["decision_date"],
            "org": first["org_id"],
            "area": first["area_code"],
            "met": first["result_type"].eq("首违不罚"),
        }
    )
