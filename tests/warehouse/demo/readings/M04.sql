-- 立案/决定 entered more than 5 workdays late, decisions published more than 7 (市场监管 20) workdays late
with entries as (
    select
        case_id, event_type, entered_at, penalty_case.org_id, entered.wd_seq - happened.wd_seq as late
    from case_event
    join penalty_case using (case_id)
    join workday as happened on happened.day_date = cast(event_at as date)
    join workday as entered on entered.day_date = cast(entered_at as date)
    where event_type in ('立案', '决定') and event_at > $as_of - interval 12 month
),

outages as (
    select date_trunc('hour', entered_at) as hour
    from entries where late > 5 and entered_at::time <> time '00:00' group by hour
    having count(distinct org_id) >= 5 and count(*) >= 10 * (
        select count(*) from entries where late > 5
    ) / (8.0 * (select count(*) from workday where is_workday and day_date between $as_of - interval 12 month and $as_of))
),

publications as (
    select
        case_id, published.wd_seq - decided.wd_seq as late, if(org.domain_code = 'SC', 20, 7) as allowed
    from penalty_disclosure
    join penalty_case using (case_id)
    join org using (org_id)
    join workday as decided on decided.day_date = decision_date
    join workday as published on published.day_date = cast(publish_at as date)
    where decision_date > $as_of - interval 12 month
),

hits as (
    select case_id, late > 20 or (event_type = '决定' and late > 10) as is_orange
    from entries where late > 5 and date_trunc('hour', entered_at) not in (select hour from outages)
    union all
    select case_id, late > 60 from publications where late > allowed
    union all
    -- firms whose fine nobody published to this day
    select case_id, today.wd_seq - decided.wd_seq > 60
    from penalty_case
    join org using (org_id)
    join workday as decided on decided.day_date = decision_date
    join workday as today on today.day_date = $as_of
    where result_type = '处罚' and party_type <> '自然人' and procedure_type = '普通' and penalty_types <> ['警告']
        and decision_date > $as_of - interval 12 month
        and today.wd_seq - decided.wd_seq > if(org.domain_code = 'SC', 20, 7)
        and not exists (
            select 1 from penalty_disclosure
            where penalty_disclosure.case_id = penalty_case.case_id and publish_at < $as_of + interval 1 day
        )
        and not exists (
            select 1 from review_litigation as review
            where review.case_id = penalty_case.case_id and result_type in ('变更', '撤销', '确认违法') and decided_date <= $as_of
        )
),

final as (
    select case_id as subject_id, if(bool_or(is_orange), 'orange', 'yellow') as level from hits group by case_id
)

select * from final
