"""I26 审批完备率: cases withdrawn or spared, and those that somebody who did not handle them approved."""

import pandas as pd

from tests.insight.library.raw import Raw

_SPARING = ("撤案", "不予处罚")


def counted(raw: Raw) -> pd.DataFrame:
    cases = raw.table(
        "penalty_case", "case_id", "org_id", "area_code", "party_id", "item_code", "incident_date", "place_text",
        "filed_date", "decision_date", "closed_date", "result_type",
    )  # fmt: skip
    cases["day"] = cases["decision_date"].fillna(cases["closed_date"])
    spared = cases[cases["result_type"].isin(_SPARING) & cases["day"].le(raw.as_of)]
    approved = spared["case_id"].isin(_approved(raw, spared))
    return pd.DataFrame(
        {
            "subject": spared["case_id"],
            "day": spared["day"],
            "org": spared["org_id"],
            "area": spared["area_code"],
            "met": approved | spared["case_id"].isin(_merged(raw, spared, cases)),
        }
    )


def _approved(raw: Raw, spared: pd.DataFrame) -> set[str]:
    steps = raw.table("case_event", "case_id", "event_type", "event_at", "operator_id", "approver_id")
    steps = steps.merge(spared[["case_id", "day", "result_type"]], on="case_id")
    steps = steps[steps["event_at"].dt.normalize().le(steps["day"])]
    counts = steps["event_type"].eq("撤案审批") | (
        steps["result_type"].eq("不予处罚") & steps["event_type"].isin(["集体讨论", "决定"])
    )
    somebody = steps["approver_id"].fillna("").ne("") & steps["approver_id"].ne(steps["operator_id"])
    steps = steps[counts & somebody]
    roles = raw.table("case_officer", "case_id", "officer_id", "role_type", "start_at")
    roles = roles[roles["role_type"].isin(["主办", "协办"])]
    roles = roles[roles["start_at"].isna() | roles["start_at"].lt(raw.end)]
    own = set(zip(roles["case_id"], roles["officer_id"], strict=True))
    pairs = zip(steps["case_id"], steps["approver_id"], strict=True)
    return {case for case, approver in pairs if (case, approver) not in own}


def _merged(raw: Raw, spared: pd.DataFrame, cases: pd.DataFrame) -> set[str]:
    same = ["party_id", "item_code", "incident_date", "place"]
    named = cases.assign(place=cases["place_text"].str.strip().replace("", None)).dropna(subset=same)
    named = named[named["filed_date"].le(raw.as_of)]
    ours = named[named["case_id"].isin(spared["case_id"])]
    pairs = ours.merge(named, on=same, suffixes=("", "_twin"))
    kept = pairs["result_type_twin"].isin(["处罚", "移送"]) | ~pairs["day_twin"].le(raw.as_of)
    return set(pairs.loc[kept & pairs["case_id"].ne(pairs["case_id_twin"]), "case_id"])
