-- Who leads a case (主办), by when they had taken it: one row for each of them. Of those who had taken it by a day the one with
-- the first number leads, as every model counts them: officer_id leads from led_from to just before led_until (null: to this
-- day), and one who never did because another with a smaller number had it already has the same in both.
-- A day has the leader with led_from < day + 1 and led_until >= day + 1 or null, and by led_from < day + 1 alone all who had
-- taken it: what comes later changes nothing for it.
-- day: led_from
-- reads: case_officer (case_id, officer_id, role_type, start_at)
with taken as (
    select case_id, officer_id, min(coalesce(start_at, timestamp '0001-01-01')) as led_from
    from case_officer
    where role_type = '主办'
    group by case_id, officer_id
),

spans as (
    select
        *,
        min(led_from) over (
            partition by case_id
            order by officer_id
            rows between unbounded preceding and 1 preceding
        ) as passed_at
    from taken
),

final as (
    select
        case_id, officer_id, led_from, case when passed_at is not null then greatest(led_from, passed_at) end as led_until
    from spans
    order by case_id, led_from
)

select * from final
