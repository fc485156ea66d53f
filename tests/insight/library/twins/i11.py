"""I11 重复处罚率: whom something was fined for in a month, and those fined for it three times or more in that month."""

import pandas as pd

from tests.insight.library.raw import Raw

_TIMES = 3


def _third(fines: pd.DataFrame) -> int | None:
    """The row of the fine with which somebody had been fined three times at one place, None when nobody had."""
    known = fines["place"].dropna().unique()
    series = [fines[fines["place"].isna() | fines["place"].eq(place)] for place in known] if len(known) else [fines]
    rows = [one.index[_TIMES - 1] for one in series if len(one) >= _TIMES]
    return min(rows, default=None)


def counted(raw: Raw) -> pd.DataFrame:
    cases = raw.table(
        "penalty_case", "case_id", "party_id", "party_type", "item_code", "org_id", "area_code", "place_text",
        "decision_date", "result_type", "fine_amt", "is_offsite",
    )  # fmt: skip
    fined = cases["result_type"].eq("处罚") & cases["fine_amt"].astype("float64").gt(0)
    fines = cases[fined & cases["decision_date"].le(raw.as_of)].copy()
    domains = raw.table("power_item", "item_code", "domain_code").set_index("item_code")["domain_code"]
    at_large = (
        fines["party_type"].eq("自然人")
        | fines["is_offsite"].fillna(False).astype("bool")
        | fines["item_code"].map(domains).eq("JT")
    )
    place = fines["place_text"].fillna("").str.strip().mask(at_large, "")
    fines["place"] = place.where(place.ne(""), None)
    fines = fines.sort_values(["decision_date", "case_id"], ignore_index=True)
    keys = [fines["party_id"], fines["item_code"], fines["decision_date"].dt.to_period("M")]
    rows = fines.index.to_series().groupby(keys).min().to_dict()
    often = fines.groupby(keys)["case_id"].transform("size").ge(_TIMES)
    thirds = {
        key: row for key, one in fines[often].groupby([key[often] for key in keys]) if (row := _third(one)) is not None
    }
    shown = fines.loc[list((rows | thirds).values())]
    return pd.DataFrame(
        {
            "subject": shown["case_id"],
            "day": shown["decision_date"],
            "org": shown["org_id"],
            "area": shown["area_code"],
            "met": [key in thirds for key in rows],
        }
    )
