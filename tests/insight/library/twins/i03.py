"""I03 反馈按期率: leads that departments handed over whose time for feedback has run out, and those answered in it."""

import pandas as pd

from tests.insight.library.raw import Raw


def counted(raw: Raw) -> pd.DataFrame:
    leads = raw.table(
        "violation_lead", "lead_id", "source_type", "to_org_id", "area_code", "feedback_due_at", "feedback_at"
    )
    day = leads["feedback_due_at"].dt.normalize()
    due = leads[leads["source_type"].eq("部门移送") & day.lt(raw.as_of)]
    day = day[due.index]
    dated_only = due["feedback_due_at"].eq(day)
    met = due["feedback_at"].le(due["feedback_due_at"]) | (dated_only & due["feedback_at"].dt.normalize().eq(day))
    return pd.DataFrame(
        {"subject": due["lead_id"], "day": day, "org": due["to_org_id"], "area": due["area_code"], "met": met}
    )
