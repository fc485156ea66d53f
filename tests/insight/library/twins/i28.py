"""I28 虚假办结率: dispatches that were verified, and those found closed in name only."""

import pandas as pd

from tests.insight.library.raw import Raw


def counted(raw: Raw) -> pd.DataFrame:
    sent = raw.table(
        "grid_dispatch", "dispatch_id", "to_org_id", "area_code", "verify_result", "verified_at", "finished_at"
    )
    known = sent["verified_at"].where(sent["verified_at"].notna(), sent["finished_at"])
    held = sent["verify_result"].notna() & known.lt(raw.end)
    return pd.DataFrame(
        {
            "subject": sent["dispatch_id"],
            "day": known.dt.normalize(),
            "org": sent["to_org_id"],
            "area": sent["area_code"],
            "met": sent["verify_result"].eq("虚假办结"),
        }
    )[held]
