-- 首违不罚 on two days or more within 24 months for the same party and item (and place, for a firm on the spot), the last
-- within 12 months; the same handler when somebody led it every time
with spared as (
    select
        case_id, party_id, item_code, decision_date,
        if(party_type = '自然人' or is_offsite or case_id in (select case_id from sunshine_record where case_id is not null),
            '', place_text) as place
    from penalty_case
    where result_type = '首违不罚' and decision_date > $as_of - interval 24 month and decision_date <= $as_of
),

series as (
    select party_id, item_code, place, count(distinct decision_date) as times, max(decision_date) as last_date
    from spared
    group by all
    having times >= 2 and last_date > $as_of - interval 12 month
),

leads as (
    select party_id, item_code, place, officer_id, count(distinct decision_date) as times
    from spared
    join case_officer using (case_id)
    where role_type = '主办'
    group by all
),

judged as (
    select
        series.*,
        exists (
            select 1 from leads
            where (leads.party_id, leads.item_code, leads.place) = (series.party_id, series.item_code, series.place)
                and leads.times = series.times
        ) as is_one
    from series
),

final as (
    select
        party_id as subject_id,
        case when times >= 3 and is_one then 'red' when times >= 3 or is_one then 'orange' else 'yellow' end as level
    from judged
)

select * from final
