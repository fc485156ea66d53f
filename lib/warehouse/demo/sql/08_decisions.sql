create or replace temp table b_case_course as
with dated as (
    select
        s.*, party.is_frequent, party.visit, party.enterprise_n, party.party_id,
        coalesce(party.person_name, e.entity_name) as party_name,
        h.lead_p, h.second_p,
        case when s.is_hard then if(u(n, 'tier') < 0.74, 1, 2)
            when u(n, 'tier') < 0.70 then 1 when u(n, 'tier') < 0.95 then 2 else 3 end as tier,
        if(s.is_offsite, 4 + pick(n, 'incident', 12), pick(n, 'incident', 9)) as lag
    from b_case_seed s
    join b_case_party party using (n)
    left join b_enterprise_name e on e.n = party.enterprise_n
    join b_case_handler h using (n)
),
benched as (
    select
        d.*, b.b, b.fine_min, b.fine_max,
        not d.is_offsite and d.crime_amt is null and u(d.n, 'summary') < 0.92
            and (b.valid_to is null or d.filed_date <= b.valid_to)
            and b.fine_max <= case
                when d.filed_date < date '2021-07-15' then if(d.p < 3, 50, 1000)
                else if(d.p < 3, 200, 3000)
            end as is_summary
    from dated d
    join b_bench b
        on b.i = d.i and b.p = d.p and b.tier = d.tier
       and d.filed_date - d.lag >= b.valid_from and (b.valid_to is null or d.filed_date - d.lag <= b.valid_to)
),
paced as (
    select
        *,
        case
            when is_summary then 0
            -- what is still undecided on the last day was filed within two months
            when filed_date > getvariable('as_of') - 100 then 14 + pick(n, 'pace', 23)
            -- between two steps of a case never more than forty-five days, whatever day it is looked at
            when is_offsite then 14 + floor(14 * pow(u(n, 'pace'), 1.25))::integer
            else 14 + floor(39 * pow(u(n, 'pace'), 1.25))::integer
        end as pace
    from benched
),
ruled as (
    select
        *,
        w_filed + pace as w_planned,
        wd(w_filed + pace) <= getvariable('last_day') as is_decided,
        u(n, 'ruling') as r,
        if(is_summary, filed_date, filed_date - lag)::date as incident_date
    from paced
),
queued as (
    select
        *,
        row_number() over (partition by crime_amt is not null and is_decided order by u(n, 'referred'), n) as crime_turn
    from ruled
),
outcome as (
    select
        * exclude (crime_turn),
        case
            when not is_decided then '未决'
            when crime_amt is not null and crime_turn <= getvariable('n_criminal_referral') and u(n, 'referred') < 0.35
                then '移送'
            when is_summary then if(r < 0.09 and visit = 0, '首违不罚', '处罚')
            when r < if(is_offsite, 0.13, 0.05) and visit = 0 then '首违不罚'
            when r between 0.50 and 0.515 then '撤案'
            when r between 0.60 and if(is_offsite, 0.606, 0.625) then '不予处罚'
            else '处罚'
        end as result
    from queued
)
select
    *,
    if(is_decided, if(result = '移送', w_filed + ceil(pace * 0.48)::integer + 2, w_planned), null) as w_decided,
    result = '处罚' and not (fine_min = 0 and u(n, 'warning only') < 0.5) and u(n, 'no fine') >= 0.015 as is_fined
from outcome;

-- fines spread evenly inside the tier; on hard items every fourth fine of a handler is high, nobody's share is larger
create or replace temp table b_fine as
with fined as (
    select
        n, b, tier, is_hard, lead_p, w_decided, fine_min, fine_max,
        row_number() over (partition by b order by n) + getvariable('before_penalty_case') as turn,
        row_number() over (partition by lead_p, is_hard order by w_decided, n) + getvariable('before_penalty_case')
            as hard_turn
    from b_case_course where is_fined
),
placed as (
    select
        *,
        is_hard and hard_turn % 4 = lead_p % 4 as is_high,
        golden(turn + 100 * u(b, 'walk')) as x,
        case when tier = 3 then greatest(1.0, nice((fine_max - fine_min) / 60.0))
            when fine_max - fine_min between 50 and 100 then 5.0
            else greatest(1.0, nice((fine_max - fine_min) / 20.0)) end as unit
    from fined
),
set_at as (
    select
        *,
        fine_min + (fine_max - fine_min) * case
            when is_high then 0.85 + 0.08 * x
            when tier = 3 then 0.03 + 0.18 * x
            else 0.25 + 0.45 * x
        end as exact
    from placed
)
select n, is_high, greatest(round(exact / unit) * unit, 1.0)::decimal(14, 2) as fine_amt
from set_at;
