create or replace temp table b_event as
with base as (
    select
        *,
        w_filed + 1 + pick(n, 'evidence', 3) as w_evidence,
        w_filed + ceil(pace * 0.38)::integer as w_evidence2,
        w_filed + ceil(pace * 0.48)::integer as w_ended,
        -- the party may ask for a hearing until the fifth workday has passed
        w_planned - 6 as w_notice,
        result in ('处罚', '未决', '首违不罚') as is_course
    from b_case
),
step as (
    select n, 1 as k, '立案' as event_type, w_filed as w, 515 as from_minute, 545 as to_minute, lead_p as p, head_p as a
    from base where not is_summary
    union all
    select n, 2, '调查取证', if(is_summary, w_filed, w_evidence), 545, 680, if(leads_first = 1, lead_p, second_p), null
    from base
    union all
    select n, 3, '调查取证', w_evidence2, 800, 1010, if(leads_first = 1, second_p, lead_p), null
    from base where not is_summary and (not is_decided or (has_fieldwork and u(n, 'second evidence') < 0.015))
    union all
    select n, 4, '先行登记保存', w_evidence, 685, 700, lead_p, head_p from base
    where has_fieldwork and u(n, 'kept evidence') < 0.045 and is_course
    union all
    select n, 5, '查封扣押', w_evidence, 702, 715, lead_p, head_p from base
    where has_fieldwork and u(n, 'seizure') < 0.03 and item_domain in ('SC', 'NY', 'JT', 'ZF', 'WL') and is_course
    union all
    select n, 6, '调查终结', w_ended, 800, 900, lead_p, head_p from base
    where not is_summary and not is_offsite
    union all
    select n, 7, '事先告知', w_notice, 540, 620, lead_p, head_p from base
    where not is_summary and result in ('处罚', '未决')
    union all
    select n, 8, '听证告知', w_notice, 625, 640, lead_p, head_p from base where is_major
    union all
    select n, 9, '法制审核', w_planned - 2, 560, 900, legal_p, head_p from base
    where is_major or (result = '处罚' and has_fieldwork and u(n, 'legal review') < 0.16)
    union all
    select n, 10, '集体讨论', w_planned - 1, 840, 1000, head_p, null from base where is_major
    union all
    select n, 11, '撤案审批', w_decided - 1, 840, 1000, lead_p, head_p from base where result in ('撤案', '不予处罚')
    union all
    select n, 12, '决定', w_decided, if(is_summary, 690, 560), if(is_summary, 715, 680), lead_p, head_p from base
    where result in ('处罚', '不予处罚', '首违不罚')
    union all
    select n, 13, '责令改正', w_decided, 690, 730, second_p, null from base
    where result in ('处罚', '首违不罚') and not is_offsite and not is_summary and u(n, 'order') < 0.13
    union all
    select n, 14, '送达', w_decided, 735, 1020, second_p, null from base
    where is_summary and result in ('处罚', '首违不罚')
    union all
    select n, 18, '送达', w_decided + 1 + pick(n, 'service', 3), 540, 1020, second_p, null from base
    where not is_summary and result in ('处罚', '不予处罚', '首违不罚')
    union all
    select n, 15, '复查', w_rechecked, 540, 1000, second_p, null from base where is_rechecked
    union all
    select n, 16, '强制执行', w_decided + 90 + pick(n, 'enforcement', 30), 570, 1000, lead_p, head_p from base
    where is_enforced
    union all
    select n, 17, '结案', w_closed, if(is_fined, 900, 1021), 1050, lead_p, head_p from base where closed_on is not null
)
select
    n, k, event_type, w, p, a, n::bigint * 20 + k as e,
    -- some branch systems keep only the date of a paper step: midnight, which is no night work
    if(k = 18 and u(n, 'date only') < 0.015, wd(w)::timestamp,
        moment(wd(w), n * 20 + k, 'event time', from_minute, to_minute)) as event_at
from step
where wd(w) <= getvariable('last_day');

insert into case_event by name
select
    code('E', e, 8) as event_id, code('C', n, 7) as case_id, event_type, event_at,
    code('P', v.p, 5) as operator_id, code('P', v.a, 5) as approver_id,
    entered(w, event_at, e, 'entered') as entered_at,
    code('E', e, 8) as source_pk, b_case.area_code
from b_event v join b_case using (n)
order by e;
