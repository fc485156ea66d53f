-- case value at or near the criminal threshold, and no referral within four workdays of the end of the investigation
with valued as (
    select
        case_id, result_type, closed_date, decision_date, case_value_amt / crime_threshold_amt as share
    from penalty_case
    join power_item using (item_code)
    where crime_threshold_amt > 0 and case_value_amt >= 0.8 * crime_threshold_amt
        and (decision_date is null or decision_date > $as_of - interval 12 month)
),

concluded as (
    select case_id, max(event_at) as concluded_at from case_event where event_type = '调查终结' group by case_id
),

judged as (
    select
        valued.*,
        exists (
            select 1 from criminal_referral
            where criminal_referral.case_id = valued.case_id
                and (select wd_seq from workday where day_date = cast(referred_at as date))
                    - (select wd_seq from workday where day_date = cast(concluded_at as date)) <= 4
        ) as is_referred,
        (select wd_seq from workday where day_date = $as_of)
            - (select wd_seq from workday where day_date = cast(concluded_at as date)) > 4 as is_due
    from valued left join concluded using (case_id)
),

final as (
    select
        case_id as subject_id,
        case when share < 1 then 'yellow' when closed_date is not null then 'red' else 'orange' end as level
    from judged
    where not is_referred and ((share >= 1 and is_due) or (closed_date is not null and result_type = '处罚'))
)

select * from final
