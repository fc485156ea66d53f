"""I31 整改按期率: notices whose time has run out, and those answered in it and closed."""

import pandas as pd

from tests.insight.library.raw import Raw


def counted(raw: Raw) -> pd.DataFrame:
    notices = raw.casework.objects["notice"]
    due = notices["first_due_at"].dt.normalize()
    frame = pd.DataFrame(
        {
            "subject": notices["notice_id"],
            "day": due,
            "org": notices["org_id"],
            "area": notices["area_code"],
            "met": notices["answered_at"].dt.normalize().le(due) & notices["closed_at"].lt(raw.end),
        }
    )
    return frame[due.lt(raw.as_of)]
