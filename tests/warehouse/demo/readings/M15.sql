-- leads received more than fifteen workdays ago without a case and without a reason
with idle as (
    select
        lead_id, verify_result,
        (select wd_seq from workday where day_date = $as_of)
            - (select wd_seq from workday where day_date = cast(received_at as date)) as waited
    from violation_lead
    where no_file_reason is null and received_at > $as_of - interval 24 month
        and lead_id not in (select lead_id from penalty_case where lead_id is not null)
),

final as (
    select
        lead_id as subject_id,
        case
            when verify_result = '属实' then if(waited > 60, 'red', 'orange')
            when verify_result is null or verify_result = '部分属实' then 'yellow'
        end as level
    from idle
    where waited > 15
)

select * from final where level is not null
