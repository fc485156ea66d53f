insert into violation_lead by name
with linked as (
    select
        l, party_id, item_code, o, area_code, w_filed,
        least(w_filed, greatest(wd_seq_of(incident_date) + 1, w_filed - 3 - pick(l, 'lead age', 8))) as w_received
    from b_case where l is not null
),
size as (
    select count(*)::integer as linked from linked
),
day as (
    select min(w) as first_w, count(*) as days
    from b_day_weight where cl = 9 and day_date between getvariable('from_day') and getvariable('to_day')
),
-- a place in a list of thousands, carried by every row, would be the list itself for every row: it is joined
heavy as (
    select i, row_number() over (order by i) - 1 as place from b_item where is_heavy
),
loose as materialized (
    select
        linked + k::integer as l, k::integer as k,
        first_w + pick(k, 'loose day', days) as w_received,
        pick(linked + k::integer, 'lead item', (select count(*)::integer from heavy)) as place
    from size
    cross join day
    cross join range(
        getvariable('before_violation_lead') + 1,
        getvariable('before_violation_lead') + greatest(getvariable('least_rows'), getvariable('n_violation_lead') - linked) + 1
    ) as r (k)
    where days > 0
),
stacked as (
    select
        l, party_id, item_code, o, area_code, w_received,
        w_received + floor((w_filed - w_received) * u(l, 'verified'))::integer as w_verified, w_filed + 1 as w_feedback,
        if(u(l, 'verdict') < 0.84, '属实', '部分属实') as verdict, null as reason
    from linked
    union all
    select
        loose.l, e.uscc, i.item_code, a.o, b.area_code, loose.w_received,
        loose.w_received + 2 + pick(loose.l, 'verified', 8), loose.w_received + 3 + pick(loose.l, 'verified', 8),
        case when u(loose.l, 'verdict') < 0.55 then '不属实' when u(loose.l, 'verdict') < 0.75 then '无法查实' else '属实' end,
        case when u(loose.l, 'verdict') < 0.55 then '经核查违法事实不成立'
            when u(loose.l, 'verdict') < 0.75 then '证据不足,无法查证'
            when u(loose.l, 'reason') < 0.7 then '情节轻微,已当场改正' else '不属本机关管辖,已移送' end
    from loose
    join b_enterprise e on e.n = 1 + pick(loose.l, 'lead party', getvariable('all_enterprise'))
    join heavy using (place)
    join b_item i using (i)
    join b_answers a on a.t = e.t and a.domain = i.domain
    join b_org b on b.o = a.o
),
typed as (
    select
        stacked.*,
        wd(w_verified) <= getvariable('last_day') as is_verified,
        w_feedback + if(u(l, 'late feedback') < 0.005 + 0.10 * b.slack, 9 + pick(l, 'feedback late by', 6), 0) as w_back,
        case when u(l, 'source') < 0.34 then '部门移送' when u(l, 'source') < 0.52 then '网格上报'
            when u(l, 'source') < 0.78 then '投诉举报' when u(l, 'source') < 0.95 then '检查发现' else '上级交办' end as source
    from stacked join b_org b using (o)
)
select
    code('L', l, 6) as lead_id, source as source_type, 'SRC' || digits(l, 7) as source_pk, party_id, item_code,
    case when source = '部门移送' then sender.org_id when source = '上级交办' then 'O0001' end as from_org_id,
    b.org_id as to_org_id,
    moment(wd(w_received), l, 'received', 510, 600) as received_at,
    if(is_verified, moment(wd(w_verified), l, 'verified', 605, 1020), null) as verified_at,
    if(is_verified, verdict, null) as verify_result,
    if(is_verified, reason, null) as no_file_reason,
    moment(wd(w_received + 15), l, 'due', 1050, 1051) as feedback_due_at,
    if(wd(w_back) <= getvariable('last_day'), moment(wd(w_back), l, 'feedback', 1021, 1040), null) as feedback_at,
    b.area_code
from typed
join b_org b on b.o = typed.o
-- county bureaus follow the eight city bureaus, eight to a county
join b_org sender on sender.o = 8 * coalesce(b.c, 1) + 1 + pick(l, 'sender', 8)
order by l;

insert into criminal_referral by name
select
    code('X', n, 7) as referral_id, code('C', n, 7) as case_id,
    moment(wd(w_filed + ceil(pace * 0.48)::integer), n, 'approved', 910, 1020) as approved_at,
    moment(wd(w_filed + ceil(pace * 0.48)::integer + 1), n, 'referred', 540, 1020) as referred_at,
    case when wd(w_decided + 5) > getvariable('last_day') then '审查中' when u(n, 'police') < 0.72 then '立案'
        when u(n, 'police') < 0.92 then '不立案' else '退回' end as police_result,
    if(wd(w_decided + 5) > getvariable('last_day'), null, moment(wd(w_decided + 5), n, 'police reply', 540, 1020)) as replied_at,
    code('X', n, 7) as source_pk, area_code
from b_case where result = '移送'
order by n;

insert into review_litigation by name
with disputed as (
    select
        n, lead_p, area_code, decided_on,
        (decided_on + 6 + pick(n, 'appeal', 50))::date as accepted,
        (decided_on + 6 + pick(n, 'appeal', 50) + 30 + pick(n, 'review', 55))::date as settled,
        row_number() over (order by u(n, 'disputed') / if(is_major, 6.0, 1.0), n) as turn
    from b_case
    where result in ('处罚', '不予处罚') and not is_summary
      and decided_on + 6 + pick(n, 'appeal', 50) <= getvariable('last_day') - 3
),
chosen as (
    select
        *, u(n, 'overturned') < 0.13 as wants_overturn,
        -- a handler loses at most once
        row_number() over (partition by lead_p, u(n, 'overturned') < 0.13 order by settled, n) as loss
    from disputed where turn <= getvariable('n_review_litigation')
)
select
    code('Y', n, 7) as rl_id, code('C', n, 7) as case_id,
    if(u(n, 'court') < 0.78, '行政复议', '行政诉讼') as rl_type, accepted as accepted_date,
    if(settled <= getvariable('last_day') - 3, settled, null) as decided_date,
    case when settled > getvariable('last_day') - 3 then null
        when wants_overturn and loss = 1 then ['变更', '撤销', '确认违法'][1 + pick(n, 'how', 3)]
        when u(n, 'overturned') < 0.30 then '撤回' else '维持' end as result_type,
    code('Y', n, 7) as source_pk, area_code
from chosen
order by n;

insert into case_review by name
with reviewed as (
    select
        n, area_code, slack, closed_on, (closed_on + 10 + pick(n, 'reviewed on', 80))::date as review_date,
        row_number() over (order by u(n, 'reviewed'), n) as turn
    from b_case
    where result = '处罚' and closed_on + 10 + pick(n, 'reviewed on', 80) <= getvariable('until_case_review')
),
scored as (
    select
        *, least(99, greatest(52, round(91.6 - 4.0 * slack + 4.4 * z(n, 'review score'), 1))) as score,
        case when u(n, 'review type') < 0.74 then '案卷评查' when u(n, 'review type') < 0.92 then '案件回访' else '案件审理' end as kind
    from reviewed where turn <= getvariable('n_case_review')
)
select
    code('V', n, 7) as review_id, code('C', n, 7) as case_id, kind as review_type, review_date, score,
    case when score >= 92 then '优秀' when score >= 84 then '良好' when score >= 70 then '合格' else '不合格' end as grade_type,
    case when score >= 92 then null
        else ['送达回证填写不完整', '证据材料未编目录', '询问笔录个别页未签名', '裁量说理不够充分', '整改复查记录过于简单',
              '案卷归档超过三十日'][1 + pick(n, 'issue', 6)] end as issue_text,
    case when score >= 97 and u(n, 'exemplar') < 0.25 then '正面' when score < 78 and u(n, 'exemplar') < 0.25 then '反面' end
        as exemplar_type,
    code('V', n, 7) as source_pk, area_code
from scored
order by n;
