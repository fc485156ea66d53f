"""Clues of the synthetic city that no model raised: grid checks, case reviews, petitions and 12345 tickets."""

from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from lib.casework.demo.people import Place
from lib.casework.demo.stories import texts
from lib.warehouse.store import Warehouse

# Of the full city (domain: calibration); a smaller city has fewer in proportion, at least LEAST.
FULL_ROWS = 8_600_000
FULL = {"grid": 138, "review": 96, "petition": 77}
LEAST = 8
# Share of the later of the two years.
LATER = 0.65

_DRAWN = """
),

drawn as (
    select *
    from matters
    where received_at > $since and received_at < $until
    order by weight desc, md5(source_key || '|' || $seed)
    limit $count
),

final as (
    select source_key, received_at, officer_id, drawn.org_id, drawn.area_code, org.domain_code, issue
    from drawn
    left join org using (org_id)
    order by received_at, source_key
)

select * from final
"""

_MATTERS = {
    "grid": """
with matters as (
    select
        dispatch_id as source_key,
        coalesce(verified_at, finished_at) as received_at,
        officer_id,
        to_org_id as org_id,
        area_code,
        '' as issue,
        case when verify_result = '虚假办结' then 2 when verify_result = '不属实' then 1 else 0 end as weight
    from grid_dispatch
    where officer_id is not null and (verify_result in ('虚假办结', '不属实') or finished_at > due_at)
""",
    "review": """
with leads as (
    select case_id, min(officer_id) as officer_id
    from case_officer
    where role_type = '主办'
    group by case_id
),

matters as (
    select
        review_id as source_key,
        cast(review_date as timestamp) + interval 10 hour as received_at,
        leads.officer_id,
        penalty_case.org_id,
        penalty_case.area_code,
        coalesce(issue_text, '裁量说理不足') as issue,
        case when grade_type = '不合格' then 2 when issue_text is not null then 1 else 0 end as weight
    from case_review
    inner join penalty_case using (case_id)
    left join leads using (case_id)
    where issue_text is not null or grade_type in ('合格', '不合格')
""",
    "petition": """
with matters as (
    select
        petition_no as source_key, received_at, target_officer_id as officer_id, org_id, area_code, '' as issue,
        case when verify_result in ('属实', '部分属实') then 1 else 0 end as weight
    from petition
    where target_officer_id is not null
    union all
    select
        ticket_no as source_key, received_at, target_officer_id as officer_id, org_id, area_code, '' as issue,
        case when verify_result in ('属实', '部分属实') then 1 else 0 end as weight
    from hotline_ticket
    where target_officer_id is not null and ticket_type in ('投诉', '举报')
""",
}


@dataclass(frozen=True)
class Source:
    """What a clue is registered from."""

    origin: str
    key: str
    received_at: datetime
    title: str
    detail: str
    officer_id: str | None
    org_id: str | None
    place: Place


def clue_sources(warehouse: Warehouse, seed: int, since: datetime, until: datetime) -> list[Source]:
    """The matters that become clues, oldest first, drawn by the seed from the warehouse's own rows."""
    middle = since + (until - since) / 2
    rows = int(warehouse.meta.get("rows", FULL_ROWS))
    drawn = []
    for origin, full in FULL.items():
        wanted = max(LEAST, round(full * rows / FULL_ROWS))
        later = round(wanted * LATER)
        for start, end, count in ((since, middle, wanted - later), (middle, until, later)):
            bound = {"since": start, "until": end, "count": count, "seed": str(seed)}
            drawn += _sources(origin, warehouse.query(_MATTERS[origin] + _DRAWN, bound))
    return sorted(drawn, key=lambda source: (source.received_at, source.key))


def _sources(origin: str, frame: pd.DataFrame) -> list[Source]:
    words = texts()["sources"][origin]
    frame = frame.astype({"received_at": "datetime64[us]"}).astype("object").where(frame.notna(), None)
    return [
        Source(
            origin=origin,
            key=row.source_key,
            received_at=row.received_at.to_pydatetime(),
            title=words["title"],
            detail=words["detail"].format(key=row.source_key, issue=row.issue),
            officer_id=row.officer_id,
            org_id=row.org_id,
            place=Place(row.area_code, row.domain_code),
        )
        for row in frame.itertuples(index=False)
    ]
