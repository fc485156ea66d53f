-- Who leads a case (主办): of those who had taken it by a day the one with the first number, as every model counts them.
-- One row for each time the answer changed: officer_id leads from led_from to just before led_until (null: to this day).
-- A day has the row with led_from < day + 1 and led_until >= day + 1 or null: what comes later changes nothing for it.
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
        ) as led_until
    from taken
),

final as (
    select case_id, officer_id, led_from, led_until
    from spans
    where coalesce(led_from < led_until, true)
    order by case_id, led_from
)

select * from final
