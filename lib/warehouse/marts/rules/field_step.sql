-- The steps of a case that are taken in the field (现场环节) and must be filmed, those of off-site cases left out: one row for each,
-- with the unit and town of the case. `filmed_at` is when the first clip under the number of the case that covers the day of the
-- step had been uploaded; a day knows of it by the end of which that was.
-- day: event_at
-- reads: case_event (event_id, case_id, event_type, event_at, operator_id)
-- reads: penalty_case (case_id, org_id, area_code, is_offsite)
-- reads: body_camera_log (related_no, started_at, ended_at, uploaded_at)
with steps as (
    select event_id, case_id, event_type, event_at, operator_id, org_id, penalty_case.area_code
    from case_event
    left join penalty_case using (case_id)
    where event_type in ('调查取证', '先行登记保存', '查封扣押', '强制执行') and is_offsite is distinct from true
),

clips as (
    select
        related_no as case_id,
        cast(started_at as date) as first_on,
        cast(greatest(started_at, ended_at) as date) as last_on,
        coalesce(uploaded_at, started_at) as uploaded_at
    from body_camera_log
    where related_no <> ''
),

films as (
    select event_id, min(uploaded_at) as filmed_at
    from steps
    inner join clips using (case_id)
    where first_on <= cast(event_at as date) and last_on >= cast(event_at as date)
    group by event_id
),

final as (
    select event_id, case_id, event_type, event_at, operator_id, org_id, area_code, filmed_at
    from steps
    left join films using (event_id)
)

select * from final
