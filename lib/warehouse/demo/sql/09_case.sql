create or replace temp table b_lead_case as
with candidate as (
    select n, row_number() over (order by u(n, 'lead'), n) as turn
    from b_case_course
    where not is_offsite and not is_summary
)
select n, (row_number() over (order by n) + getvariable('before_violation_lead'))::integer as l
from candidate where turn <= 0.76 * getvariable('n_violation_lead');

create or replace temp table b_case as
with joined as (
    select
        c.*, coalesce(f.fine_amt, 0)::decimal(14, 2) as fine_amt, coalesce(f.is_high, false) as is_high,
        l.l, i.item_code, i.subject, i.statute, i.domain as item_domain, b.org_id, b.domain as org_domain,
        hd.head_p, hd.legal_p, b.slack, b.first_t, b.towns, e.t as party_t, d.d, d.short,
        case when b.level = '市' then '嘉' when b.area_code like '330402%' then '南' when b.area_code like '330411%' then '秀'
            when b.area_code like '330421%' then '善' when b.area_code like '330424%' then '盐'
            when b.area_code like '330481%' then '海' when b.area_code like '330482%' then '平' else '桐' end as seal
    from b_case_course c
    left join b_fine f using (n)
    left join b_lead_case l using (n)
    join b_item i on i.i = c.i
    join b_org b on b.o = c.o
    join b_head hd on hd.o = c.o
    left join b_enterprise e on e.n = c.enterprise_n
    join b_domain d on d.domain = b.domain
),
weighed as (
    select
        *,
        is_fined and item_domain in ('SC', 'NY', 'WL') and u(n, 'confiscate') < 0.22 as is_confiscated,
        result = '处罚' and not is_summary and p = 3 and u(n, 'suspension') < 0.003 as is_suspension,
        case when crime_amt is null then if(u(n, 'value') < 0.3, round(exp(7.0 + 0.9 * z(n, 'value'))), null)
            when result = '移送' then round(crime_amt * (1.05 + 2.0 * pow(u(n, 'value'), 2)))
            else round(crime_amt * (0.01 + 0.40 * pow(u(n, 'value'), 2))) end as case_value
    from joined
),
confiscated as (
    select
        *,
        if(is_confiscated, round(least(fine_amt, coalesce(case_value, 2000)) * (0.05 + 0.25 * u(n, 'confiscated'))), 0)
            ::decimal(14, 2) as confiscate_amt
    from weighed
),
weighty as (
    select
        *,
        result = '处罚' and not is_summary and (
            is_suspension or fine_amt + confiscate_amt >= if(p = 3, 48000, 4800)
        ) as is_major,
        not is_summary and not is_offsite as has_fieldwork
    from confiscated
),
paid as (
    select
        *,
        is_fined and is_decided and decided_on < getvariable('as_of') - 210 and u(n, 'enforced') < 0.0014 as is_enforced,
        is_fined and not is_summary and fine_amt >= 8000 and u(n, 'instalment') < 0.11 as is_instalment,
        decided_on < getvariable('as_of') - 90 and u(n, 'late payer') < 0.0004 as is_late_payer,
        result = '处罚' and not is_summary and decided_on < getvariable('as_of') - 60 and u(n, 'amended') < 0.02
            as is_amended
    from (select *, wd(w_decided) as decided_on from weighty)
),
settled as (
    select
        *,
        if(is_instalment, 2 + pick(n, 'instalments', 3), 1) as parts,
        -- five workdays stay inside the fifteen days even across a holiday week
        w_decided + if(is_late_payer, 14 + pick(n, 'pay', 5), pick(n, 'pay', 6)) as w_paid,
        result = '处罚' and not is_offsite and (is_frequent or u(n, 'recheck') < 0.985 - 0.11 * slack) as is_rechecked,
        w_decided + 5 + pick(n, 'recheck day', 9) as w_rechecked
    from paid
),
finished as (
    select
        *,
        case
            when not is_decided or is_enforced then null
            when result in ('撤案', '移送') then w_decided
            when is_instalment then wd_seq_of(wd(w_decided) + 30 * parts) + 2 + pick(n, 'close', 6)
            else greatest(if(is_fined, w_paid, w_decided), if(is_rechecked, w_rechecked, 0)) + 1 + pick(n, 'close', 9)
        end as w_closed
    from settled
)
select
    *,
    if(wd(w_closed) <= getvariable('last_day'), wd(w_closed), null) as closed_on,
    row_number() over (partition by seal, short, year(decided_on) order by w_decided, n)
        + getvariable('before_penalty_case') as doc_turn,
    row_number() over (partition by seal, short, year(filed_date) order by n)
        + getvariable('before_penalty_case') as file_turn,
    coalesce(t, if(not is_offsite and party_t between first_t and first_t + towns - 1, party_t, null),
        first_t + pick(n, 'case town', towns)) as place_t,
    1 + pick(n, 'leads first', 2) as leads_first
from finished;

insert into penalty_case by name
select
    code('C', n, 7) as case_id,
    seal || short || '立〔' || year(filed_date) || '〕第' || digits(file_turn, 6) || '号' as case_no,
    if(result in ('处罚', '不予处罚'), seal || short || if(result = '处罚', '罚决字〔', '不罚字〔') || year(decided_on)
        || '〕第' || digits(doc_turn, 6) || '号', null) as doc_no,
    party_name || subject || '案' as case_name,
    party_id, bb.party_type, item_code, code('B', b_case.b, 6) as benchmark_id, org_id, code('L', l, 6) as lead_id,
    if(is_summary, '简易', '普通') as procedure_type,
    incident_date,
    town_name || getvariable('roads')[1 + pick(n, 'case road', len(getvariable('roads')))]
        || (1 + pick(n, 'case number', 480)) || '号' as place_text,
    filed_date, decided_on as decision_date, closed_on as closed_date,
    case when result <> '处罚' then []::varchar[]
        else list_filter([
            if(is_fined, '罚款', if(is_suspension, null, '警告')), if(confiscate_amt > 0, '没收违法所得', null),
            if(is_suspension, '责令停产停业', null)
        ], lambda x: x is not null) end as penalty_types,
    fine_amt, confiscate_amt, case_value::decimal(14, 2) as case_value_amt,
    '经查,当事人于' || strftime(incident_date, '%Y年%-m月%-d日') || '存在' || subject || '的行为' as illegal_fact,
    statute as basis_text,
    case when result = '处罚' and tier = 1 and u(n, 'mitigate') < 0.06 then '从轻'
        when result = '处罚' and tier = 3 and u(n, 'mitigate') < 0.20 then '从重' end as mitigate_type,
    result as result_type, 0 as extension_cnt, 0 as suspended_cnt, is_offsite,
    code('C', n, 7) as source_pk, b_case.area_code
from b_case
join (select b, party_type from b_bench) bb on bb.b = b_case.b
join (select t, name as town_name from b_town) town on town.t = b_case.place_t
order by n;

insert into case_officer by name
with named as (
    select n, lead_p as p, '主办' as role_type, area_code, w_filed from b_case
    union all
    select n, second_p, '协办', area_code, w_filed from b_case
    union all
    select n, legal_p, '审核', area_code, w_filed from b_case where is_major and u(n, 'reviewer') < 0.70
    union all
    select n, head_p, '审批', area_code, w_filed from b_case
    where is_major and u(n, 'approver') < 0.55
)
select
    code('C', n, 7) as case_id, code('P', p, 5) as officer_id, role_type,
    moment(wd(w_filed), n, 'officer start', 510, 540) as start_at,
    code('C', n, 7) || '|' || code('P', p, 5) as source_pk, area_code
from named
order by n, role_type;
