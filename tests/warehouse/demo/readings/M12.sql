-- one act fined twice, or fines below the hearing threshold that reach it together within seven days: the last of them
-- (fines annulled by then, off-site records, other plates and acts a month apart do not count)
with fined as (
    select
        case_id, party_id, item_code, incident_date, place_text, decision_date, fine_amt,
        if(party_type = '自然人', 5000, 50000) as threshold
    from penalty_case
    where result_type = '处罚' and fine_amt > 0 and not is_offsite
        and decision_date > $as_of - interval 12 month and decision_date <= $as_of
),

pairs as (
    select
        earlier.case_id as earlier_id, later.case_id as later_id, earlier.fine_amt as earlier_amt,
        later.fine_amt as later_amt, later.threshold, later.incident_date as later_incident, earlier.incident_date,
        earlier.incident_date = later.incident_date and earlier.place_text = later.place_text as is_same_act,
        later.decision_date - earlier.decision_date <= 7 as is_within_week
    from fined as later
    join fined as earlier using (party_id, item_code)
    where (earlier.decision_date, earlier.case_id) < (later.decision_date, later.case_id)
        and not exists (
            select 1 from review_litigation as review
            where review.case_id = earlier.case_id and result_type in ('撤销', '确认违法')
                and decided_date <= later.decision_date
        )
        and not exists (
            select 1 from sunshine_record as own
            join sunshine_record as other on own.plate_hash <> other.plate_hash
            where own.case_id = later.case_id and other.case_id = earlier.case_id
        )
),

pieces as (
    select later_id, later_amt + sum(earlier_amt) >= any_value(threshold) as is_split
    from pairs
    where is_within_week and not is_same_act and later_incident - incident_date < 30 and earlier_amt < threshold and later_amt < threshold
        and not exists (
            select 1 from case_event
            where case_id = earlier_id and event_type = '责令改正' and event_at < later_incident and event_at >= incident_date
        )
    group by later_id, later_amt
),

hits as (
    select later_id as case_id, 'red' as level from pairs where is_same_act
    union all
    select later_id, 'orange' from pieces where is_split
),

final as (
    select case_id as subject_id, max(level) as level from hits group by case_id
)

select * from final
