-- 首违不罚 twice or more within 24 months for the same party, item and place, the last within 12 months
with spared as (
    select party_id, item_code, place_text, decision_date, min(officer_id) as officer_id
    from penalty_case
    join case_officer using (case_id)
    where result_type = '首违不罚' and role_type = '主办'
        and decision_date > $as_of - interval 24 month and decision_date <= $as_of
    group by case_id, party_id, item_code, place_text, decision_date
),

series as (
    select party_id, item_code, count(*) as times, count(distinct officer_id) as officers
    from spared
    group by party_id, item_code
    having count(*) >= 2 and count(distinct place_text) < count(*) and max(decision_date) > $as_of - interval 12 month
),

final as (
    select
        party_id as subject_id,
        case when times >= 3 and officers = 1 then 'red' when times >= 3 or officers = 1 then 'orange' else 'yellow' end as level
    from series
)

select * from final
