"""I09 诉求按期率: tickets about enterprises whose time has run out, and those replied to in it."""

import pandas as pd

from tests.insight.library.raw import Raw


def counted(raw: Raw) -> pd.DataFrame:
    tickets = raw.table("hotline_ticket", "ticket_no", "org_id", "area_code", "party_id", "due_at", "replied_at")
    firms = set(raw.table("enterprise", "uscc")["uscc"])
    day = tickets["due_at"].dt.normalize()
    due = tickets[tickets["party_id"].isin(firms) & day.lt(raw.as_of)]
    day = day[due.index]
    dated_only = due["due_at"].eq(day)
    met = due["replied_at"].le(due["due_at"]) | (dated_only & due["replied_at"].dt.normalize().eq(day))
    return pd.DataFrame(
        {"subject": due["ticket_no"], "day": day, "org": due["org_id"], "area": due["area_code"], "met": met}
    )
