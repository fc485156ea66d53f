create or replace temp table b_item as
with word as (
    select
        domain, violation, statute, weight::double as weight,
        try_cast(person_min as double) as person_min, try_cast(person_max as double) as person_max,
        try_cast(unit_min as double) as unit_min, try_cast(unit_max as double) as unit_max,
        coalesce(contains(flags, 'o'), false) as is_offsite, coalesce(contains(flags, 'h'), false) as is_hard,
        try_cast(crime_amt as double) as crime_amt,
        row_number() over (partition by domain order by line) - 1 as base,
        count(*) over (partition by domain) as bases
    from words_violations
),
duty as (
    select
        domain, item_type, subject, statute,
        row_number() over (partition by domain, item_type order by line) - 1 as base,
        count(*) over (partition by domain, item_type) as bases
    from words_duties
),
-- serial numbers per domain: 84 % penalties, 12 % inspections, 4 % coercive measures
serial as (
    select
        d.d, d.domain, greatest(30, round(d.item_share * getvariable('all_power_item')))::integer as total,
        unnest(range(greatest(30, round(d.item_share * getvariable('all_power_item')))::integer)) as s
    from b_domain d
),
typed as (
    select
        *,
        case when s < round(total * 0.84) then '02处罚' when s < round(total * 0.96) then '06检查' else '03强制' end
            as item_type
    from serial
),
ranked as (
    select *, row_number() over (partition by d, item_type order by s) - 1 as r from typed
),
penalty as (
    select
        k.d, k.domain, k.item_type, k.r, k.s, w.violation as subject,
        '对' || w.violation || coalesce(c.text, '') || '的行政处罚' as item_name,
        w.statute, w.weight, w.person_min, w.person_max, w.unit_min, w.unit_max, w.is_offsite, w.is_hard,
        w.crime_amt, k.r // w.bases as variant, k.total
    from ranked k
    join word w on w.domain = k.domain and w.base = k.r % w.bases
    left join words_circumstances c on c.line = k.r // w.bases
    where k.item_type = '02处罚'
),
other as (
    select
        k.d, k.domain, k.item_type, k.r, k.s, w.subject,
        case when k.item_type = '06检查' then '对' || w.subject || coalesce(c.text, '') || '的行政检查'
            else '对' || w.subject || coalesce(c.text, '') end as item_name,
        w.statute, 1.0 as weight, null::double, null::double, null::double, null::double, false, false,
        null::double, k.r // w.bases as variant, k.total
    from ranked k
    join duty w on w.domain = k.domain and w.item_type = k.item_type and w.base = k.r % w.bases
    left join words_scopes c on c.line = k.r // w.bases
    where k.item_type <> '02处罚'
),
stacked as (select * from penalty union all select * from other),
final as (
    select
        row_number() over (order by d, s)::integer as i,
        *,
        -- the first sixth of a domain's penalties carries nearly all cases
        item_type = '02处罚' and r < ceil(total * 0.84 / 6.0) as is_heavy
    from stacked
)
select
    i,
    '33' || left(item_type, 2) || digits(d, 2) || digits(r, 5) || '0' as item_code,
    d, domain, item_type, r, variant, subject, item_name, statute, is_offsite, crime_amt, is_heavy,
    is_hard and is_heavy and variant = 0 as is_hard,
    person_min, person_max, unit_min, unit_max,
    -- a rarely used item has a benchmark for one kind of party only
    case when is_heavy then null when unit_min is not null then 3 else 1 end as only_party,
    weight / pow(2.2 * variant + 1.0, 1.6) * (0.5 + u(i, 'item weight')) as weight,
    case
        when domain in ('JS', 'NY', 'WL', 'ST', 'YJ') and (is_heavy and u(i, 'transfer') < 0.55) then '镇街赋权'
        when domain = 'ZF' and u(i, 'transfer') < 0.30 then '镇街赋权'
        when u(i, 'transfer') < 0.82 then '已划转'
        else '未划转'
    end as transfer_status
from final;

insert into power_item by name
with assigned as (
    select
        *,
        if(transfer_status = '未划转' or domain in ('JT', 'SC'), domain, 'ZF') as holder_domain
    from b_item
)
select
    a.item_code, a.item_name, a.item_type, a.domain as domain_code, a.statute as law_basis, a.transfer_status,
    case a.transfer_status
        when '未划转' then getvariable('as_of') - 90 + pick(a.i, 'due', 900)
        else date_trunc('month', getvariable('as_of') - (200 + pick(a.i, 'due', 700)))::date
    end as transfer_due_date,
    o.org_id as assigned_org_id,
    least(a.person_min, a.unit_min)::decimal(14, 2) as fine_min_amt,
    greatest(a.person_max, a.unit_max)::decimal(14, 2) as fine_max_amt,
    a.crime_amt::decimal(14, 2) as crime_threshold_amt,
    a.item_code as source_pk,
    '330400' as area_code
from assigned a
join b_org o on o.level = '市' and o.domain = a.holder_domain
order by a.i;

-- thirds of the range for each kind of party, bounds rounded to two figures
create or replace temp table b_bench as
with party as (
    select * from (values (1, '自然人'), (2, '个体工商户'), (3, '法人及非法人组织')) as t (p, party_type)
),
span as (
    select
        i, p, party_type, is_heavy, domain,
        if(p = 1, person_min, coalesce(unit_min, person_min)) as low,
        if(p = 1, person_max, coalesce(unit_max, person_max)) as high
    from b_item cross join party
    where item_type = '02处罚'
      and case when only_party is not null then p = only_party
          when p = 1 then person_min is not null
          when p = 2 then true
          else unit_min is not null end
),
revised as (
    select
        *, is_heavy and u(i, 'revised') < 0.10 as is_revised,
        greatest(1.0, pow(10.0, floor(log10(high - low)) - 1.0)) as step
    from span
),
tier as (
    select
        *,
        round((low + (high - low) * (k - 1) / 3.0) / step) * step as tier_low,
        round((low + (high - low) * k / 3.0) / step) * step as tier_high
    from revised cross join range(1, 4) as t (k)
),
version as (
    select *, 2 as version, if(is_revised, getvariable('revised_on'), (getvariable('first_day') - 450)::date) as valid_from,
        null::date as valid_to, if(k = 1, low, tier_low) as fine_min, if(k = 3, high, tier_high) as fine_max
    from tier
    union all
    -- before the revision the middle tier was a little narrower
    select *, 1, (getvariable('first_day') - 1500)::date, getvariable('revised_on') - 1,
        if(k = 1, low, tier_low + if(k = 3, 0, step)), if(k = 3, high, tier_high + if(k = 1, step, 0))
    from tier where is_revised
)
select
    row_number() over (order by i, p, version, k)::integer as b,
    i, p, party_type, k::integer as tier, version, valid_from, valid_to, fine_min, fine_max, low, high, is_heavy, domain
from version;

insert into discretion_benchmark by name
select
    code('B', b, 6) as benchmark_id, item_code, tier as tier_no,
    case tier
        when 1 then '首次实施、违法情节较轻、主动改正、未造成危害后果的'
        when 2 then '违法情节一般,逾期改正或者造成一定影响的'
        else '违法情节严重,拒不改正或者造成较重危害后果的'
    end as condition_text,
    party_type, fine_min::decimal(14, 2) as fine_min_amt, fine_max::decimal(14, 2) as fine_max_amt,
    valid_from as valid_from_date, valid_to as valid_to_date,
    '浙裁量〔' || year(valid_from) || '〕' || digits(b_item.d * 3 + version, 2) || '号' as basis_doc_no,
    code('B', b, 6) as source_pk, '330400' as area_code
from b_bench join b_item using (i)
order by b;
