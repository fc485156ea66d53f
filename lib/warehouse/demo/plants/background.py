"""What the base city itself shows, without anything planted: late dispatches, a few bodies over the inspection cap."""

import pandas as pd

from lib.warehouse.demo.plants.city import City
from lib.warehouse.demo.plants.period import Period

_LATE = """
select
    dispatch_id as subject_id, officer_id, to_org_id as org_id, area_code,
    cast(assigned_at as date) as occurred_on,
    if(coalesce(finished_at, $as_of) > due_at + interval 7 day, 'orange', 'yellow') as level,
    assigned_at >= $start + interval 1 day as in_window
from grid_dispatch
where coalesce(finished_at, $as_of) > due_at
    and (assigned_at >= $start + interval 1 day or due_at < $last_year)
order by dispatch_id
"""

_OVERLOADED = """
with visits as (
    select
        party_id, count(distinct (visit.org_id, cast(started_at as date))) as visits, min(visit.org_id) as org_id,
        max(cast(started_at as date)) as occurred_on
    from inspection_record as visit
    left join inspection_plan using (task_id)
    where started_at >= $start + interval 1 day and started_at < $end + interval 1 day
        and check_type <> '投诉核查' and joint_id is null
        and coalesce(plan_type, '') <> '项目分阶段检查'
    group by party_id
),

final as (
    select
        uscc as subject_id, visits.org_id, org.area_code, occurred_on, visits,
        case risk_type when 'A' then 2 when 'B' then 4 when 'C' then 6 else 12 end as cap
    from visits
    join enterprise on enterprise.uscc = visits.party_id
    join org on org.org_id = visits.org_id
)

select *, case when visits > 3 * cap then 'red' when visits > 2 * cap then 'orange' else 'yellow' end as level
from final where visits > cap order by subject_id
"""


def _late(city: City) -> pd.DataFrame:
    """Late dispatches of the window, and of the year before as far as they were late on the day of its run."""
    named = {"as_of": city.window.end.item(), "start": city.window.start.item(), "last_year": city.history.end.item()}
    return city.con.execute(_LATE, named).df()


def late_officers(city: City, period: Period) -> list[str]:
    """Officers with a late dispatch in the base city within the period."""
    late = _late(city)
    return late.loc[late["in_window"].eq(period.in_window), "officer_id"].drop_duplicates().tolist()


def record_background(city: City) -> None:
    """Write the base city's own hits to the truth as kind 'background'. Call before anything is inserted."""
    _record(city, _late(city), "M16", "late", "grid_dispatch")
    for period in (city.window, city.history):
        span = {"start": period.start.item(), "end": period.end.item()}
        overloaded = city.con.execute(_OVERLOADED, span).df()
        _record(city, overloaded.assign(in_window=period.in_window), "M18", "over_cap", "enterprise")


def _record(city: City, rows: pd.DataFrame, rule: str, branch: str, subject_type: str) -> None:
    city.truth.add(
        rows,
        rule_id=rule,
        kind="background",
        branch=branch,
        subject_type=subject_type,
        near_threshold=False,
        note="底层城市自带",
    )
