-- fewer handlers with a valid certificate on the filing day than the procedure asks for
with handled as (
    select case_id, procedure_type, filed_date, officer_id, officer_type
    from penalty_case
    join case_officer using (case_id)
    join officer using (officer_id)
    where decision_date > $as_of - interval 12 month and decision_date <= $as_of and role_type in ('主办', '协办')
),

judged as (
    select
        handled.*,
        officer_type <> '辅助人员' and exists (
            select 1 from officer_cert as held
            where held.officer_id = handled.officer_id and cert_status = '有效'
                and issue_date <= filed_date + interval 30 day and expire_date >= filed_date
        ) as is_certified
    from handled
),

final as (
    select
        case_id as subject_id, if(count(*) filter (where is_certified) = 0, 'red', 'orange') as level
    from judged
    group by case_id, procedure_type
    having count(*) filter (where is_certified) < if(procedure_type = '简易', 1, 2)
)

select * from final
