-- steps missing or out of order: major cases (hearing threshold, licence revoked, closure), ordinary and summary ones
with punished as (
    select
        case_id, procedure_type, party_type, fine_amt, decision_date,
        fine_amt + coalesce(confiscate_amt, 0) >= if(party_type = '自然人', 5000, 50000)
            or list_has_any(penalty_types, ['吊销许可证件', '责令停产停业', '降低资质等级', '责令关闭', '限制从业']) as is_major
    from penalty_case
    where result_type = '处罚' and decision_date > $as_of - interval 12 month and decision_date <= $as_of
        and (party_type <> '个体工商户' or fine_amt < 5000 or fine_amt >= 50000)
),

steps as (
    select
        case_id, min(event_at) filter (where event_type = '法制审核') as reviewed_at,
        min(event_at) filter (where event_type = '决定') as decided_at,
        count(*) filter (where event_type = '集体讨论') as discussions,
        count(*) filter (where event_type = '听证告知') as hearings,
        count(*) filter (where event_type in ('事先告知', '听证告知')) as notices,
        max(event_at) filter (where event_type = '听证告知') as heard_at,
        count(*) filter (where event_type = '放弃听证') as waivers
    from case_event group by case_id
),

hits as (
    select
        case_id,
        (procedure_type = '普通' and (notices = 0 or (is_major and (discussions = 0 or hearings = 0))))
            or (procedure_type = '简易' and fine_amt > case
                when decision_date < date '2021-07-15' then if(party_type = '法人及非法人组织', 1000, 50)
                else if(party_type = '法人及非法人组织', 3000, 200)
            end)
            -- nobody may decide within the five workdays in which a hearing can be asked for
            or (waivers = 0 and (select wd_seq from workday where day_date = decision_date)
                - (select wd_seq from workday where day_date = heard_at::date) <= 5) as is_red,
        procedure_type = '普通' and is_major and coalesce(reviewed_at > decided_at, true) as is_orange
    from punished join steps using (case_id)
),

final as (
    select case_id as subject_id, if(is_red, 'red', 'orange') as level from hits where is_red or is_orange
)

select * from final
