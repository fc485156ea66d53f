-- on-site steps without a clip, at night or on days off without a plan, by somebody on leave; enforcement at night
with site as (
    select
        event_id, case_id, event_type, event_at, operator_id, org_id, is_workday, is_holiday,
        hour(event_at) >= 22 or hour(event_at) < 6 as is_night
    from case_event
    join penalty_case using (case_id)
    join workday on day_date = cast(event_at as date)
    where event_type in ('调查取证', '先行登记保存', '查封扣押', '强制执行') and not coalesce(is_offsite, false)
        and event_at > $as_of - interval 12 month
),

judged as (
    select
        site.*,
        not exists (
            select 1 from body_camera_log as clip
            where clip.officer_id = operator_id and started_at <= event_at + interval 10 minute
                and ended_at >= event_at - interval 10 minute
        ) and not exists (
            select 1 from body_camera_log as clip
            where clip.related_no = site.case_id
                and event_at::date between started_at::date and coalesce(ended_at, started_at)::date
        ) as is_unfilmed,
        (is_night or not is_workday) and not exists (
            select 1 from inspection_plan as plan
            join org on org.org_id = site.org_id
            left join org as above on above.org_id = org.parent_org_id
            where is_offhours_ok and plan.org_id in (org.org_id, org.parent_org_id, above.parent_org_id)
                and cast(event_at as date) between plan.start_date and plan.end_date
        ) as is_unplanned,
        exists (
            select 1 from attendance
            where officer_id = operator_id and day_date = cast(event_at as date) and status_type in ('休假', '病假', '轮休')
        ) as is_on_leave
    from site
),

-- firms checked at night or on days off, for another reason than a complaint
checked as (
    select
        inspection_id,
        (hour(started_at) >= 22 or hour(started_at) < 6 or not is_workday) and check_type <> '投诉核查' and not exists (
            select 1 from inspection_plan as plan
            join org on org.org_id = inspection_record.org_id
            left join org as above on above.org_id = org.parent_org_id
            where is_offhours_ok
                and (plan.task_id = inspection_record.task_id
                    or plan.org_id in (org.org_id, org.parent_org_id, above.parent_org_id))
                and cast(started_at as date) between plan.start_date and plan.end_date
        ) as is_unplanned,
        exists (
            select 1 from attendance
            where attendance.officer_id = inspection_record.officer_id and day_date = cast(started_at as date)
                and status_type in ('休假', '病假', '轮休')
        ) as is_on_leave
    from inspection_record
    join workday on day_date = cast(started_at as date)
    where started_at > $as_of - interval 12 month
),

scored as (
    select
        case_id,
        case
            when event_type = '强制执行' and (is_night or is_holiday) then 3
            when is_on_leave or (is_unfilmed::int + is_unplanned::int) >= 2 then 2
            when is_unfilmed or is_unplanned then 1
        end as severity
    from judged
    union all
    select inspection_id, case when is_on_leave then 2 when is_unplanned then 1 end from checked
),

final as (
    select case_id as subject_id, case max(severity) when 3 then 'red' when 2 then 'orange' else 'yellow' end as level
    from scored where severity is not null group by case_id
)

select * from final
