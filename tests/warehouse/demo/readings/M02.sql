-- same party and item (firms: and place) fined three times or more on the spot, at least half of them left unchecked for
-- more than thirty days; natural persons and what happens on the roads have no places of business
with fined as (
    select
        party_id, item_code, case_id in (select case_id from case_event where event_type = '复查') as is_checked,
        decision_date < $as_of - interval 30 day as is_due,
        if(party_type = '自然人' or domain_code = 'JT', 'anywhere', coalesce(place_text, '?')) as shop
    from penalty_case
    join power_item using (item_code)
    where result_type = '处罚' and fine_amt > 0 and not coalesce(is_offsite, false)
        and decision_date > $as_of - interval 12 month and decision_date <= $as_of
),

series as (
    select
        party_id, item_code, shop, count(*) as fines, count(*) filter (where not is_checked and is_due) as unchecked,
        count(*) filter (where is_checked) as checked
    from fined group by party_id, item_code, shop
),

final as (
    select
        party_id as subject_id,
        max(case when checked = 0 and unchecked >= 6 then 3 when fines >= 4 then 2 else 1 end) as grade
    from series
    where fines >= 3 and unchecked * 2 >= fines
    group by party_id
)

select subject_id, ['yellow', 'orange', 'red'][grade] as level from final
