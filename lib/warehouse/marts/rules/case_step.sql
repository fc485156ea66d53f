-- When the steps of a case were taken (案件节点) before it was decided, one row for each case: told of the penalty, told of the
-- right to a hearing, reviewed, discussed; the first time each. `last_hearing_at` is the last notice of a hearing up to the
-- day of decision, `waived_at` when the hearing was first given up on or after the day of it.
-- A day knows the times before its end: what comes later changes none of them.
-- day: told_at
-- reads: penalty_case (case_id, decision_date)
-- reads: case_event (case_id, event_type, event_at)
with steps as (
    select
        case_id,
        min(event_at) filter (where event_type = '事先告知') as told_at,
        min(event_at) filter (where event_type = '听证告知') as hearing_at,
        min(event_at) filter (where event_type = '法制审核') as reviewed_at,
        min(event_at) filter (where event_type = '集体讨论') as discussed_at
    from case_event
    where event_type in ('事先告知', '听证告知', '法制审核', '集体讨论', '放弃听证')
    group by case_id
),

hearings as (
    select case_id, max(event_at) as last_hearing_at
    from case_event
    inner join penalty_case using (case_id)
    where event_type = '听证告知' and event_at < decision_date + interval 1 day
    group by case_id
),

waivers as (
    select case_id, min(event_at) as waived_at
    from case_event
    left join hearings using (case_id)
    where event_type = '放弃听证' and coalesce(event_at >= cast(last_hearing_at as date), true)
    group by case_id
),

final as (
    select case_id, told_at, hearing_at, last_hearing_at, waived_at, reviewed_at, discussed_at
    from steps
    left join hearings using (case_id)
    left join waivers using (case_id)
)

select * from final
