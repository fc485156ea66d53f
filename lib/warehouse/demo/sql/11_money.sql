create or replace temp table b_receipt as
with payable as (
    select
        n, fine_amt, decided_on, w_decided, w_paid, parts, is_late_payer and not is_instalment as is_late_payer, is_instalment,
        is_amended and u(n, 'amended fine') < 0.3 as is_refunded, is_summary, lead_p, party_id, area_code,
        wd(w_paid) <= getvariable('last_day') as is_paid
    from b_case
    where is_fined and is_decided and not is_enforced
),
whole as (
    select * from payable where not is_instalment and is_paid
),
-- how many more slips than payments the count asks for: spoiled and reissued ones, and payments in two slips
extra as (
    select
        -- of a month alone nobody knows what is still to be paid: what a whole city comes to
        if(getvariable('is_whole'), greatest(0.0, (getvariable('n_fine_receipt')
            - (select count(*) from whole)
            - (select coalesce(sum(parts), 0) from payable where is_instalment)
            - (select count(*) from whole where is_refunded)) / nullif((select count(*) from whole), 0)), 0.05) as rate
),
slip as (
    select
        n, 1 as k, '有效' as status, decided_on + 15 as due_date, w_paid as w,
        if(is_split, floor(fine_amt * 0.6), fine_amt) as principal
    from (select *, u(n, 'extra slip') between 0.03 and rate and fine_amt >= 1000 and not is_late_payer as is_split
        from whole cross join extra)
    union all
    select n, 2, '有效', decided_on + 15, w_paid, fine_amt - floor(fine_amt * 0.6)
    from whole cross join extra
    where u(n, 'extra slip') between 0.03 and rate and fine_amt >= 1000 and not is_late_payer
    union all
    select n, 3, '作废', decided_on + 15, w_paid, fine_amt from whole cross join extra
    where u(n, 'extra slip') < least(rate, 0.03) or u(n, 'spoiled slip') < rate * 0.35
    union all
    select n, 4, '退付', decided_on + 15, w_paid, round(fine_amt * 1.25) from whole where is_refunded
    union all
    select
        n, 4 + q::integer, '分期', decided_on + (30 * q)::integer,
        wd_seq_of(decided_on + (30 * q)::integer) - 1 - pick(n * 8 + q, 'part paid', 5),
        if(q < parts, floor(fine_amt / parts), fine_amt - floor(fine_amt / parts) * (parts - 1))
    from payable cross join range(1, 5) as r (q)
    where is_instalment and q <= parts
)
select
    s.n, s.k, s.status, s.due_date, s.w, s.principal::decimal(14, 2) as principal,
    wd(s.w) <= getvariable('last_day') as is_paid, p.is_late_payer, p.is_summary, p.lead_p, p.party_id, p.area_code,
    if(p.is_late_payer and s.status = '有效',
        round(s.principal * 0.03 * (wd(s.w) - s.due_date), 2), 0)::decimal(14, 2) as surcharge,
    p.is_summary and s.principal <= 100 and u(s.n, 'cash') < 0.6 as is_cash,
    s.n::bigint * 8 + s.k - 1 as r
from slip s join payable p using (n);

insert into fine_receipt by name
select
    code('F', r, 8) as receipt_no, code('C', n, 7) as case_id,
    (principal + surcharge)::decimal(14, 2) as pay_amt, surcharge as surcharge_amt,
    if(is_paid, moment(wd(w), r, 'paid', 780, 890), null) as paid_at, due_date,
    case when is_cash then '当场收缴' when u(r, 'channel') < 0.48 then '银行代收' else '电子支付' end as pay_channel,
    hid(1 + pick(r, 'account', 40), 'treasury') as payee_account_hash, party_id as payer_hash, status as receipt_status,
    if(is_cash, code('P', lead_p, 5), null) as officer_id,
    if(is_cash and is_paid and wd(w + 1) <= getvariable('last_day'), moment(wd(w + 1), r, 'handover', 540, 700), null)
        as handover_at,
    if(is_paid and status <> '作废' and wd(w + 2) <= getvariable('last_day'),
        moment(wd(w + 2), r, 'treasury', 600, 1000), null) as treasury_at,
    code('F', r, 8) as source_pk, area_code
from b_receipt
order by r;

insert into penalty_disclosure by name
with published as (
    select
        n, party_name, p, fine_amt, seal, short, decided_on, doc_turn, area_code,
        w_decided + if(org_domain = 'SC', 2 + pick(n, 'published', 13), 1 + pick(n, 'published', 5)) as w
    from b_case
    where result = '处罚' and (is_fined or is_suspension)
)
select
    code('D', n, 7) as disclosure_id, code('C', n, 7) as case_id,
    seal || short || '罚决字〔' || year(decided_on) || '〕第' || digits(doc_turn, 6) || '号' as doc_no,
    if(p = 1, left(party_name, 1) || '*', party_name) as party_name,
    (fine_amt / 10000)::decimal(14, 6) as fine_wan,
    moment(wd(w), n, 'publish time', 540, 1050) as publish_at,
    if(u(n, 'withdrawn') < 0.004 and wd(w + 60) <= getvariable('last_day'), moment(wd(w + 60), n, 'withdraw', 540, 1050), null)
        as withdraw_at,
    code('D', n, 7) as source_pk, area_code
from published
where wd(w) <= getvariable('last_day')
order by n;
