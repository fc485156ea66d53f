-- case value at or near the criminal threshold, and no referral within four workdays of the end of the investigation (or of
-- the decision, where no end was entered), or one only after the fine had been closed; five years
with valued as (
    select
        case_id, result_type, fine_amt, closed_date, decision_date, case_value_amt / crime_threshold_amt as share,
        (select min(referred_at) from criminal_referral where criminal_referral.case_id = penalty_case.case_id)::date
            as referred_on
    from penalty_case
    join power_item using (item_code)
    where crime_threshold_amt > 0 and case_value_amt >= 0.8 * crime_threshold_amt
        and (decision_date is null or decision_date > $as_of - interval 60 month)
),

concluded as (
    select case_id, max(event_at)::date as ended_on from case_event where event_type = '调查终结' group by case_id
),

judged as (
    select
        valued.*,
        (select wd_seq from workday where day_date = coalesce(referred_on, $as_of))
            - (select wd_seq from workday where day_date = coalesce(ended_on, decision_date)) > 4 as is_late,
        result_type = '处罚' and fine_amt > 0 and closed_date is not null as is_closed
    from valued
    left join concluded using (case_id)
),

levelled as (
    select
        case_id as subject_id,
        case
            when share < 1 then if(is_closed and referred_on is null, 'yellow', null)
            when is_closed and referred_on is null then 'red'
            when is_late or (is_closed and referred_on > closed_date) then 'orange'
        end as level
    from judged
)

select * from levelled where level is not null
