-- Every grid dispatch and inspection of an officer (one by both inspectors, as 主办), with the kind of work (stratum) in
-- which it is compared. Sorted by officer, so that one's own are read without the rest. See mart_officer_work.
-- Materialised: sorted from the parts at once, so many rows would not fit into the memory that writing has.
-- day: begun
with dispatches as (
    select
        '派单' as kind,
        grid_dispatch.dispatch_id as subject_id,
        grid_dispatch.officer_id,
        '主办' as role,
        grid_dispatch.to_org_id as org_id,
        grid_dispatch.area_code,
        coalesce(org.domain_code, '') as domain_code,
        '网格' as manner,
        grid_dispatch.assigned_at::date as begun_on,
        begun_on as worked_on
    from grid_dispatch
    left join org on org.org_id = grid_dispatch.to_org_id
    where grid_dispatch.officer_id is not null
),

inspectors as (
    select inspection_id, officer_id, org_id, area_code, item_code, started_at
    from inspection_record

    union all

    select inspection_id, officer2_id as officer_id, org_id, area_code, item_code, started_at
    from inspection_record
    where officer2_id is not null and officer2_id <> officer_id
),

inspections as (
    select
        '检查' as kind,
        inspectors.inspection_id as subject_id,
        inspectors.officer_id,
        '主办' as role,
        inspectors.org_id,
        inspectors.area_code,
        coalesce(power_item.domain_code, org.domain_code, '') as domain_code,
        '检查' as manner,
        inspectors.started_at::date as begun_on,
        begun_on as worked_on
    from inspectors
    left join power_item using (item_code)
    left join org on org.org_id = inspectors.org_id
),

work as materialized (
    select * from dispatches
    union all
    select * from inspections
),

final as (
    select
        kind,
        subject_id,
        officer_id,
        role,
        org_id,
        area_code,
        domain_code,
        concat_ws(
            '·',
            kind,
            domain_code,
            manner,
            coalesce(year(worked_on)::varchar || 'Q' || ((month(worked_on) + 2) // 3)::varchar, '未决')
        ) as stratum,
        date_trunc('month', begun_on)::date as begun,
        date_trunc('month', worked_on)::date as month
    from work
    order by officer_id, begun, subject_id
)

select * from final
