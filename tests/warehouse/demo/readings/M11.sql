-- dropped after the party had been told, or without approval by somebody else; not where two files became one
with dropped as (
    select case_id, party_id, item_code, incident_date, place_text, result_type
    from penalty_case
    where result_type in ('撤案', '不予处罚') and decision_date > $as_of - interval 12 month and decision_date <= $as_of
),

judged as (
    select
        case_id,
        case_id in (select case_id from case_event where event_type = '事先告知') as is_told,
        case_id in (
            select case_id from case_event
            where approver_id <> operator_id
                and (event_type = '撤案审批' or (result_type = '不予处罚' and event_type in ('集体讨论', '决定')))
        ) as is_approved
    from dropped
    where not exists (
        select 1 from penalty_case as twin
        where twin.case_id <> dropped.case_id and twin.party_id = dropped.party_id and twin.item_code = dropped.item_code
            and twin.incident_date = dropped.incident_date and twin.place_text = dropped.place_text
            and twin.result_type = '处罚'
    )
),

final as (
    select
        case_id as subject_id,
        case when is_told and not is_approved then 'red' when not is_approved then 'orange' else 'yellow' end as level
    from judged where is_told or not is_approved
)

select * from final
