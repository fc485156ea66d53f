"""I27 派单按期率: dispatches whose time is up, and those finished by then."""

import pandas as pd

from tests.insight.library.raw import Raw


def counted(raw: Raw) -> pd.DataFrame:
    sent = raw.table("grid_dispatch", "dispatch_id", "to_org_id", "area_code", "due_at", "finished_at")
    due = sent[sent["due_at"].lt(raw.end)]
    return pd.DataFrame(
        {
            "subject": due["dispatch_id"],
            "day": due["due_at"].dt.normalize(),
            "org": due["to_org_id"],
            "area": due["area_code"],
            "met": due["finished_at"].notna() & due["finished_at"].le(due["due_at"]),
        }
    )
