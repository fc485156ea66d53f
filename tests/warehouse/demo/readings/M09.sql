-- three findings or more in one firm and never a case, where most of the other parties of body and item got one
with findings as (
    select
        org_id, item_code, party_id, cast(started_at as date) as found_on,
        exists (
            select 1 from penalty_case
            where penalty_case.party_id = inspection.party_id
                and filed_date <= cast(started_at as date) + interval 60 day
                and coalesce(decision_date, closed_date, date '9999-12-31') >= cast(started_at as date)
        ) as is_filed,
        exists (
            select 1 from inspection_record as later
            where later.party_id = inspection.party_id and later.org_id = inspection.org_id and later.result_type = '未发现问题'
                and later.started_at > inspection.started_at and later.started_at < inspection.started_at + interval 60 day
        ) as is_corrected
    from inspection_record as inspection
    where result_type = '发现问题' and started_at > $as_of - interval 12 month
),

parties as (
    select
        org_id, item_code, party_id, count(distinct found_on) as findings, bool_or(is_filed) as is_punished,
        bool_and(is_corrected) as is_corrected
    from findings group by org_id, item_code, party_id
),

compared as (
    select
        *, count(*) over alike as parties,
        (count(*) filter (where is_punished) over alike) / nullif(count(*) over alike - 1, 0) as peer_rate
    from parties window alike as (partition by org_id, item_code)
),

final as (
    select
        party_id as subject_id,
        case when findings >= 5 and peer_rate >= 0.7 then 'red' when findings >= 4 then 'orange' else 'yellow' end as level
    from compared
    where findings >= 3 and not is_punished and not is_corrected and parties >= 20 and peer_rate >= 0.5
)

select * from final
