-- fewer handlers with a valid certificate on the day they took the case than the procedure asks for
with handled as (
    select
        case_id, procedure_type, officer_id, officer_type,
        if(start_at > filed_date, cast(start_at as date), filed_date) as judged_on,
        procedure_type = '普通' and filed_date < decision_date and cast(start_at as date) = decision_date as is_late
    from penalty_case
    join case_officer using (case_id)
    join officer using (officer_id)
    where decision_date > $as_of - interval 12 month and decision_date <= $as_of and role_type in ('主办', '协办')
        and (start_at is null or cast(start_at as date) <= decision_date)
),

judged as (
    select
        handled.*,
        officer_type <> '辅助人员' and exists (
            select 1 from officer_cert as held
            where held.officer_id = handled.officer_id and expire_date >= judged_on
                and (
                    (cert_status = '有效' and issue_date <= judged_on + interval 30 day)
                    or (cert_status = '注销' and issue_date <= judged_on and not exists (
                        select 1 from officer_cert as next
                        where next.officer_id = held.officer_id and next.cert_status = '有效'
                            and next.issue_date > held.issue_date and next.issue_date < judged_on
                    ) and exists (
                        select 1 from officer_cert as next
                        where next.officer_id = held.officer_id and next.cert_status = '有效'
                            and next.issue_date > held.issue_date and next.issue_date <= $as_of
                    ))
                )
        ) as is_certified
    from handled
),

final as (
    select
        case_id as subject_id, if(count(*) filter (where is_certified) = 0, 'red', 'orange') as level
    from judged
    group by case_id, procedure_type
    having count(*) filter (where is_certified and not coalesce(is_late, false)) < if(procedure_type = '简易', 1, 2)
)

select * from final
