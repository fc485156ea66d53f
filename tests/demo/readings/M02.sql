-- same party and item fined three times or more on the spot, at least half of the fines never rechecked
with fined as (
    select party_id, item_code, place_text, case_id in (select case_id from case_event where event_type = '复查') as is_checked
    from penalty_case
    where result_type = '处罚' and fine_amt > 0 and not coalesce(is_offsite, false)
        and decision_date > $as_of - interval 12 month and decision_date <= $as_of
),

series as (
    select
        party_id, item_code, count(*) as fines, count(*) filter (where not is_checked) as unchecked,
        count(distinct place_text) as places
    from fined group by party_id, item_code
),

final as (
    select
        party_id as subject_id,
        case when fines >= 6 and unchecked = fines then 'red' when fines >= 4 then 'orange' else 'yellow' end as level
    from series
    where fines >= 3 and unchecked * 2 >= fines and places < fines
)

select * from final
