-- When the steps of a case were taken (案件节点), one row for each case: told of the penalty, told of the right to a hearing,
-- reviewed, discussed, served, enforced; the first time each, of being served the first on or after the day of decision.
-- `last_hearing_at` is the last notice of a hearing up to the day of decision, `waived_at` when the hearing was given up after
-- it. A day knows the times before its end: what comes later changes none of them.
-- day: decision_date
-- reads: penalty_case (case_id, decision_date)
-- reads: case_event (case_id, event_type, event_at)
with steps as (
    select
        case_id,
        decision_date,
        min(event_at) filter (where event_type = '事先告知') as told_at,
        min(event_at) filter (where event_type = '听证告知') as hearing_at,
        max(event_at) filter (
            where event_type = '听证告知' and event_at < decision_date + interval 1 day
        ) as last_hearing_at,
        min(event_at) filter (where event_type = '法制审核') as reviewed_at,
        min(event_at) filter (where event_type = '集体讨论') as discussed_at,
        min(event_at) filter (where event_type = '送达' and event_at >= decision_date) as served_at,
        min(event_at) filter (where event_type = '强制执行') as enforced_at
    from case_event
    inner join penalty_case using (case_id)
    where event_type in ('事先告知', '听证告知', '法制审核', '集体讨论', '送达', '强制执行', '放弃听证')
    group by case_id, decision_date
),

waivers as (
    select case_id, min(event_at) as waived_at
    from case_event
    inner join steps using (case_id)
    where event_type = '放弃听证' and coalesce(event_at >= cast(last_hearing_at as date), true)
    group by case_id
),

final as (
    select
        case_id,
        decision_date,
        told_at,
        hearing_at,
        last_hearing_at,
        waived_at,
        reviewed_at,
        discussed_at,
        served_at,
        enforced_at
    from steps
    left join waivers using (case_id)
)

select * from final
