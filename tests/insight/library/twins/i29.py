"""I29 事项激活率: items delegated to towns, and those for which a town filed a case within twelve months."""

import pandas as pd

from tests.insight.library.raw import Raw


def counted(raw: Raw) -> pd.DataFrame:
    items = raw.table("power_item", "item_code", "transfer_status", "assigned_org_id", "area_code")
    orgs = raw.table("org", "org_id", "org_level", "area_code")
    cases = raw.table("penalty_case", "item_code", "org_id", "filed_date")
    towns = set(orgs.loc[orgs["org_level"].eq("镇街"), "org_id"])
    cases = cases[cases["org_id"].isin(towns) & cases["filed_date"].le(raw.as_of)]
    days = {code: sorted(set(own)) for code, own in cases.groupby("item_code")["filed_date"]}
    homes = orgs.set_index("org_id")["area_code"]
    rows = []
    for item in items[items["transfer_status"].eq("镇街赋权")].itertuples(index=False):
        area = homes.get(item.assigned_org_id, item.area_code)
        for begin, end, met in _stretches(days.get(item.item_code, []), raw):
            rows.append((item.item_code, begin, end, item.assigned_org_id, area, met))
    return pd.DataFrame(rows, columns=["subject", "day", "gone", "org", "area", "met"])


def _stretches(filed: list[pd.Timestamp], raw: Raw) -> list[tuple[pd.Timestamp, pd.Timestamp, bool]]:
    """From when to when the item was in use or not, day after day."""
    idle_since, found = raw.since, []
    place = 0
    while place < len(filed):
        begin, last = filed[place], filed[place]
        while place < len(filed) and filed[place] < last + pd.DateOffset(months=12):
            last, place = filed[place], place + 1
        if idle_since < begin:
            found.append((idle_since, begin, False))
        idle_since = last + pd.DateOffset(months=12)
        found.append((begin, idle_since, True))
    if idle_since <= raw.as_of:
        found.append((idle_since, pd.NaT, False))
    return found
