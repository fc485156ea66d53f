-- Every piece of work an officer had a part in, with the kind of work (stratum) in which it is compared: a case by
-- everybody on it, each in the weightiest of the own roles, a grid dispatch, an inspection by both inspectors (as 主办).
-- `begun` and `month` are those of filing and decision; a case that is not decided yet has no month: it is in hand.
-- day: begun
create or replace view mart_officer_work as
with handlers as (
    select
        case_id,
        officer_id,
        case min(case role_type when '主办' then 1 when '协办' then 2 when '审核' then 3 else 4 end)
            when 1 then '主办' when 2 then '协办' when 3 then '审核' else '审批'
        end as role
    from case_officer
    group by case_id, officer_id
),

cases as (
    select
        '案件' as kind,
        penalty_case.case_id as subject_id,
        handlers.officer_id,
        handlers.role,
        penalty_case.org_id,
        penalty_case.area_code,
        coalesce(power_item.domain_code, org.domain_code, '') as domain_code,
        concat_ws(
            '·',
            penalty_case.procedure_type,
            case when penalty_case.is_offsite then '非现场' else '现场' end
        ) as manner,
        penalty_case.filed_date as begun_on,
        penalty_case.decision_date as worked_on
    from penalty_case
    inner join handlers using (case_id)
    left join power_item using (item_code)
    left join org on org.org_id = penalty_case.org_id
),

dispatches as (
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

work as (
    select * from cases
    union all
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
            coalesce(year(worked_on) || 'Q' || quarter(worked_on), '未决')
        ) as stratum,
        date_trunc('month', begun_on)::date as begun,
        date_trunc('month', worked_on)::date as month
    from work
)

select * from final;
