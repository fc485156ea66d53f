"""I17 公示及时率: decisions to be published whose workdays are over, and those published in them."""

import pandas as pd

from tests.insight.library.raw import Raw


def counted(raw: Raw) -> pd.DataFrame:
    cases = raw.table(
        "penalty_case", "case_id", "org_id", "area_code", "party_type", "procedure_type", "decision_date",
        "result_type", "penalty_types",
    )  # fmt: skip
    mild = cases["penalty_types"].map(
        lambda kinds: kinds is not None and len(kinds) > 0 and set(kinds) <= {"警告", "通报批评"}
    )
    cases = cases[cases["result_type"].eq("处罚") & cases["procedure_type"].eq("普通") & ~mild.astype(bool)]
    cases = cases[cases["decision_date"].le(raw.as_of)]
    number = raw.workdays()
    # The first day with a number is the workday itself, the days off behind it carry the same.
    workday = number.groupby(number).apply(lambda days: days.index.min())
    domain = raw.table("org", "org_id", "domain_code").set_index("org_id")["domain_code"]
    allowed = cases["org_id"].map(domain).eq("SC").map({True: 20, False: 7})
    late = (cases["decision_date"].map(number) + allowed + 1).map(workday)
    told = raw.table("penalty_disclosure", "case_id", "publish_at")
    told = cases["case_id"].map(told[told["publish_at"].lt(raw.end)].groupby("case_id")["publish_at"].min())
    fates = raw.table("review_litigation", "case_id", "decided_date", "result_type")
    fates = fates[fates["decided_date"].le(raw.as_of) & fates["result_type"].isin(["变更", "撤销", "确认违法"])]
    open_to_all = cases["party_type"].ne("自然人") & ~cases["case_id"].isin(fates["case_id"])
    kept = late.le(raw.as_of) & (told.notna() | open_to_all)
    return pd.DataFrame(
        {
            "subject": cases["case_id"],
            "day": late,
            "org": cases["org_id"],
            "area": cases["area_code"],
            "met": told.lt(late),
        }
    )[kept]
