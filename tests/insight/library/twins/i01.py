"""I01 划转完成率: items whose transfer is past due, and those of them that were transferred."""

import pandas as pd

from tests.insight.library.raw import Raw


def counted(raw: Raw) -> pd.DataFrame:
    items = raw.table("power_item", "item_code", "transfer_status", "transfer_due_date", "assigned_org_id", "area_code")
    due = items[items["transfer_due_date"].lt(raw.as_of)]
    homes = raw.table("org", "org_id", "area_code").set_index("org_id")["area_code"]
    return pd.DataFrame(
        {
            "subject": due["item_code"],
            "day": due["transfer_due_date"] + pd.Timedelta(days=1),
            "gone": pd.NaT,
            "org": due["assigned_org_id"],
            "area": due["assigned_org_id"].map(homes).fillna(due["area_code"]),
            "met": due["transfer_status"].ne("未划转"),
        }
    )
