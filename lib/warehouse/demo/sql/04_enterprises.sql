create or replace temp macro letter(d) as getvariable('uscc_alphabet')[(d)::integer + 1];
create or replace temp macro value36(d) as getvariable('uscc_values36')[(d)::integer + 1];

-- Slots (n % 10) keep pools apart: 0-5 cases of town teams, 6 of county bureaus, 7 city and off-site cases,
-- 8 stands in where a party would come back too soon, 9 holds what officers' relatives own, so that no handler
-- of an ordinary case has an interest in it.
create or replace temp table b_enterprise as
with raw as (
    select n::integer as n, n % 10 as slot from range(1, getvariable('all_enterprise') + 1) as r (n)
),
placed as (
    select
        raw.n, raw.slot, town.t,
        -- evenly spread in n, so that shares are exact in a small city too
        golden(raw.n) as risk_walk,
        (raw.n::double * 0.7548776662466927) % 1.0 as kind_walk
    from raw
    join b_town_slot s on s.slot = pick(raw.n, 'enterprise town', 4096)
    join b_town town on town.t = s.t
),
typed as (
    select
        *,
        case when kind_walk < 0.52 then '个体工商户' when kind_walk < 0.965 then '企业'
            when kind_walk < 0.985 then '农民专业合作社' else '其他组织' end as entity_type,
        case when risk_walk < 0.45 then 'A' when risk_walk < 0.83 then 'B' when risk_walk < 0.96 then 'C' else 'D'
            end as risk,
        case when u(n, 'status') < 0.92 then '存续' when u(n, 'status') < 0.975 then '注销'
            when u(n, 'status') < 0.99 then '吊销' else '迁出' end as status
    from placed
),
-- 统一社会信用代码: head of ten characters per kind and county, with its share of the check sum (GB 32100-2015)
head as (
    select
        entity_type, county_code, prefix || county_code || 'MA' as head,
        list_sum(list_transform(
            range(1, 11),
            lambda k: (list_position(getvariable('uscc_alphabet'), (prefix || county_code || 'MA')[k]) - 1)
                * [1, 3, 9, 27, 19, 26, 16, 17, 20, 29][k]
        ))::bigint as head_sum
    from (values ('个体工商户', '92'), ('农民专业合作社', '93'), ('企业', '91'), ('其他组织', '52')) as t (entity_type, prefix)
    cross join b_county
),
coded as (
    select
        typed.*, town.county_code, town.county_name, town.short, head.head, head.head_sum,
        -- a multiplier prime to 31: no two enterprises share a number
        (n::bigint * 48271 + 1234567) % 887503681 as serial
    from typed
    join b_town town using (t)
    join head on head.entity_type = typed.entity_type and head.county_code = town.county_code
),
digits as (
    select
        n, head, head_sum,
        serial // 28629151 % 31 as a, serial // 923521 % 31 as b, serial // 29791 % 31 as c,
        serial // 961 % 31 as d, serial // 31 % 31 as e, serial % 31 as f
    from coded
),
-- GB 11714: the ninth character of the organisation code; M and A count 22 and 10
organisation as (
    select
        *,
        (11 - (22 * 3 + 10 * 7 + 9 * value36(a) + 10 * value36(b) + 5 * value36(c) + 8 * value36(d) + 4 * value36(e)
            + 2 * value36(f)) % 11) % 11 as check_value
    from digits
),
-- X, the sign for ten, is the 29th letter of the alphabet without I, O, S, V and Z
final as (
    select
        n,
        head || letter(a) || letter(b) || letter(c) || letter(d) || letter(e) || letter(f)
            || letter(if(check_value = 10, 29, check_value))
            || letter((31 - (head_sum + 25 * a + 13 * b + 8 * c + 24 * d + 10 * e + 30 * f
                + 28 * if(check_value = 10, 29, check_value)) % 31) % 31) as uscc
    from organisation
)
select
    c.n, final.uscc, c.slot, c.t, c.entity_type, c.risk, c.risk_walk, c.status,
    if(c.entity_type = '个体工商户', 2, 3) as p,
    -- one owner in twenty-five also owns the enterprise ten numbers before, of the same slot
    if(u(c.n, 'same owner') < 0.04 and c.n > 10, c.n - 10, c.n) as rep_n,
    case when c.slot = 7 then 'JT'
        when c.entity_type = '农民专业合作社' then 'NY'
        when u(c.n, 'industry') < 0.40 then 'SC' when u(c.n, 'industry') < 0.64 then 'ZF'
        when u(c.n, 'industry') < 0.72 then 'JT' when u(c.n, 'industry') < 0.79 then 'JS'
        when u(c.n, 'industry') < 0.84 then 'NY' when u(c.n, 'industry') < 0.87 then 'WL'
        when u(c.n, 'industry') < 0.92 then 'ST' else 'YJ' end as default_domain
from coded c join final using (n);

-- pools of parties for cases: (seat, kind of party) -> rank
create or replace temp table b_pool as
with pooled as (
    select
        n, p,
        case when slot <= 5 then town.code when slot = 6 then town.county_code when slot = 7 then 'city' else 'spare' end
            as pool
    from b_enterprise join b_town town using (t)
    where slot <= 8 and status = '存续'
)
select n, pool, p, (row_number() over (partition by pool, p order by n) - 1)::integer as rank from pooled;

create or replace temp table b_pool_size as
select pool, p, count(*)::integer as size from b_pool group by all;

insert into enterprise_credit by name
with evaluation as (
    select
        e.n, e.uscc, e.t, (getvariable('until_enterprise_credit') - (r.k * 365)::integer)::date as eval_date, e.n * 4 + r.k as key
    from b_enterprise e cross join range(0, 2) as r (k)
    where e.status = '存续' and e.p = 3 and e.n % 20 >= if(r.k = 0, 2, 9)
),
scored as (
    select *, least(999, greatest(300, round(820 + 75 * z(key, 'score'), 1))) as score from evaluation
)
select
    uscc, eval_date, score as credit_score,
    case when score >= 850 then 'A' when score >= 760 then 'B' when score >= 680 then 'C'
        when score >= 600 then 'D' else 'E' end as grade_type,
    score < 600 and u(key, 'dishonest') < 0.5 as is_dishonest,
    uscc || '|' || eval_date as source_pk, b_town.code as area_code
from scored join b_town using (t)
where u(key, 'kept') < getvariable('all_enterprise_credit') / (select count(*) from evaluation)
order by n, eval_date;

insert into construction_project by name
with builder as (
    select n, uscc, t, row_number() over (order by n) - 1 as r
    from b_enterprise where p = 3 and status = '存续' and default_domain = 'JS'
),
-- the position is worked out before the join: an equality with columns of both sides would not be a hash join
draw as (
    select k::integer as k, k * 7919 % (select count(*) from builder) as r
    from range(1, getvariable('all_construction_project') + 1) as g (k)
),
project as (
    select
        draw.k, b.n, b.uscc, b.t,
        (getvariable('until_construction_project') - pick(k, 'project start', 1400))::date as started
    from draw join builder b using (r)
)
select
    'JX' || year(started) || digits(k, 6) as project_code,
    if(u(k, 'permit') < 0.97, '施' || year(started) || digits(k, 6), null) as permit_no,
    uscc,
    town.short || getvariable('projects')[1 + pick(k, 'project', len(getvariable('projects')))] || '项目' as project_name,
    round(exp(15.5 + 1.3 * z(k, 'contract')), -3)::decimal(14, 2) as contract_amt,
    started as start_date,
    case when getvariable('as_of') - started > 700 then '竣工' when u(k, 'halt') < 0.05 then '停工' else '在建' end
        as status_type,
    'JX' || digits(k, 6) as source_pk, town.code as area_code
from project join b_town town using (t)
order by k;

insert into officer_relation by name
with stake as (
    select n, rep_n, uscc, t, row_number() over (order by u(n, 'stake'), n) - 1 as r from b_enterprise where slot = 9
),
draw as (
    select k::integer as k, k % (select count(*) from stake) as r
    from range(1, getvariable('all_officer_relation') + 1) as g (k)
),
relation as (
    select draw.k, 1 + pick(draw.k, 'relation officer', getvariable('all_officer')) as officer_p, s.rep_n, s.uscc, s.t
    from draw join stake s using (r)
)
select
    code('R', k, 6) as relation_id, code('P', officer_p, 5) as officer_id,
    hid(rep_n, 'rep') as relative_hash,
    case when u(k, 'kin') < 0.30 then '配偶' when u(k, 'kin') < 0.50 then '子女' when u(k, 'kin') < 0.68 then '父母'
        when u(k, 'kin') < 0.90 then '兄弟姐妹' when u(k, 'kin') < 0.98 then '近姻亲' else '本人' end as relation_type,
    uscc,
    case when u(k, 'role') < 0.42 then '股东' when u(k, 'role') < 0.70 then '法定代表人'
        when u(k, 'role') < 0.88 then '经营者' else '高管' end as role_type,
    if(u(k, 'found') < 0.65, '个人申报', '比对发现') as source_type,
    (getvariable('first_day') - pick(k, 'relation start', 2500))::date as start_date,
    case when u(k, 'relation end') < 0.12
        then (getvariable('first_day') + pick(k, 'relation end day', 600))::date end as end_date,
    code('R', k, 6) as source_pk, town.code as area_code
from relation join b_town town using (t)
order by k;
