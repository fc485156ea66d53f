-- Every case an officer had a part in, in the weightiest of the own roles, with the kind of work (stratum) in which it is
-- compared. Sorted by officer, so that one's own are read without the rest. See mart_officer_work.
-- day: begun
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
    from cases
    order by officer_id, begun, subject_id
)

select * from final
