-- What was done, by place, field and month: the denominators of every rate by area.
with decided as (
    select
        penalty_case.area_code,
        org.domain_code,
        date_trunc('month', penalty_case.decision_date)::date as month,
        count(*) as cases,
        0::bigint as inspections,
        0::bigint as dispatches,
        sum(penalty_case.fine_amt) as fine_amt
    from penalty_case
    left join org using (org_id)
    where penalty_case.decision_date is not null and penalty_case.result_type <> '未决'
    group by all
),

inspected as (
    select
        inspection_record.area_code,
        org.domain_code,
        date_trunc('month', inspection_record.started_at)::date as month,
        0::bigint as cases,
        count(*) as inspections,
        0::bigint as dispatches,
        null::decimal(14, 2) as fine_amt
    from inspection_record
    left join org using (org_id)
    where inspection_record.started_at is not null
    group by all
),

dispatched as (
    select
        grid_dispatch.area_code,
        org.domain_code,
        date_trunc('month', grid_dispatch.assigned_at)::date as month,
        0::bigint as cases,
        0::bigint as inspections,
        count(*) as dispatches,
        null::decimal(14, 2) as fine_amt
    from grid_dispatch
    left join org on org.org_id = grid_dispatch.to_org_id
    where grid_dispatch.assigned_at is not null
    group by all
),

done as (
    select * from decided
    union all
    select * from inspected
    union all
    select * from dispatched
),

final as (
    select
        area_code,
        domain_code,
        month,
        sum(cases)::bigint as cases,
        sum(inspections)::bigint as inspections,
        sum(dispatches)::bigint as dispatches,
        coalesce(sum(fine_amt), 0)::decimal(18, 2) as fine_amt
    from done
    where area_code is not null
    group by all
    order by area_code, domain_code, month
)

select * from final
