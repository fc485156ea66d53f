"""I14 记录关联率: steps of cases on the spot, and those that somebody filmed."""

import pandas as pd

from tests.insight.library.raw import Raw

_STEPS = ["调查取证", "先行登记保存", "查封扣押", "强制执行"]
_AROUND = pd.Timedelta(minutes=10)
_DAY = pd.Timedelta(days=1)


def counted(raw: Raw) -> pd.DataFrame:
    events = raw.table("case_event", "event_id", "case_id", "event_type", "event_at", "operator_id")
    cases = raw.table("penalty_case", "case_id", "org_id", "area_code", "is_offsite")
    cases = cases[~cases["is_offsite"].fillna(False).astype("bool")]
    steps = events[events["event_type"].isin(_STEPS) & events["event_at"].lt(raw.as_of)].merge(cases, on="case_id")
    steps = steps.assign(day=steps["event_at"].dt.normalize())
    clips = raw.table("body_camera_log", "officer_id", "started_at", "ended_at", "uploaded_at", "related_no")
    clips = clips[~clips["uploaded_at"].fillna(clips["started_at"]).ge(raw.end)]
    wrong = clips["ended_at"].isna() | clips["ended_at"].lt(clips["started_at"])
    clips["ended_at"] = clips["ended_at"].mask(wrong, clips["started_at"])

    of_case = steps.merge(clips, left_on="case_id", right_on="related_no")
    same_day = of_case["started_at"].dt.normalize().le(of_case["day"]) & of_case["ended_at"].ge(of_case["day"])
    filmed = set(of_case.loc[same_day, "event_id"])

    rest = steps[~steps["event_id"].isin(filmed)]
    dated_only = rest["event_at"].eq(rest["day"])
    rest = rest.assign(
        first=(rest["event_at"] - _AROUND).mask(dated_only, rest["day"]),
        last=(rest["event_at"] + _AROUND).mask(dated_only, rest["day"] + _DAY),
    )
    own = rest.merge(clips, left_on="operator_id", right_on="officer_id")
    filmed |= set(own.loc[own["started_at"].le(own["last"]) & own["ended_at"].ge(own["first"]), "event_id"])
    return pd.DataFrame(
        {
            "subject": steps["event_id"],
            "day": steps["day"],
            "org": steps["org_id"],
            "area": steps["area_code"],
            "met": steps["event_id"].isin(filmed),
        }
    )
