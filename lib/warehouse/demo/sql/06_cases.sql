-- who gets the cases of a class: 4096 slots each
create or replace temp table b_org_slot as
with share as (
    select
        c.cl, b.o,
        h.heads * exp(0.25 * z(b.o, 'caseload')) * case
            when c.cl = 0 then case when b.level = '市' then 0.5 when b.level = '县' then 1.0 else 0.0 end
            when b.level = '市' then 0.25
            when b.level = '县' then 0.6
            else 1.0
        end as weight
    from b_class c
    join b_org b on b.domain = c.domain
    join (select o, min(heads) as heads from b_roster_size group by o) h on h.o = b.o
),
cumulative as (
    select
        cl, o, (sum(weight) over (partition by cl order by o) - weight) / sum(weight) over (partition by cl) as low
    from share where weight > 0
),
slots as (
    select cl, slot::integer as slot, slot / 4096.0 as x from b_class cross join range(4096) as r (slot) where cl < 9
)
select slots.cl, slots.slot, cumulative.o
from slots asof join cumulative on slots.cl = cumulative.cl and slots.x >= cumulative.low;

-- items by class: 0 off-site transport, 1-8 the domains, 9 what towns took over from other domains
create or replace temp table b_item_slot as
with share as (
    select c.cl, i.i, i.weight
    from b_class c join b_item i on i.domain = c.domain
    where i.item_type = '02处罚' and c.cl < 9 and (c.cl = 0) = i.is_offsite and i.transfer_status <> '未划转'
    union all
    select 9, i, weight from b_item
    where item_type = '02处罚' and transfer_status = '镇街赋权' and domain in ('JS', 'NY', 'WL', 'ST', 'YJ')
),
cumulative as (
    select
        cl, i, (sum(weight) over (partition by cl order by i) - weight) / sum(weight) over (partition by cl) as low
    from share
),
slots as (
    select cl, slot::integer as slot, slot / 16384.0 as x from range(0, 10) as c (cl) cross join range(16384) as r (slot)
)
select slots.cl, slots.slot, cumulative.i
from slots asof join cumulative on slots.cl = cumulative.cl and slots.x >= cumulative.low;

create or replace temp table b_case_seed as
with bounds as (
    select
        cl, domain,
        (round(sum(share) over (order by cl) * getvariable('n_penalty_case'))
            - round((sum(share) over (order by cl) - share) * getvariable('n_penalty_case')))::integer as cases
    from b_class where cl < 9
),
drawn as (
    select cl, domain, cases, unnest(range(cases))::integer as k from bounds
),
keyed as (
    select *, k::bigint * 16 + cl as key from drawn
),
filed as (
    select keyed.*, s.w as w_filed, wd(s.w) as filed_date
    from keyed
    join b_day_slot s on s.cl = keyed.cl and s.slot = floor((k + u(key, 'filed')) / cases * 8192)::integer
),
numbered as (
    select row_number() over (order by w_filed, u(key, 'order'), key)::integer as n, * from filed
),
seated as (
    select numbered.*, os.o
    from numbered
    join b_org_slot os on os.cl = numbered.cl and os.slot = pick(key, 'case org', 4096)
),
itemised as (
    select
        seated.n, seated.cl, seated.w_filed, seated.filed_date, seated.o, b.level, b.area_code, b.c, b.t,
        if(seated.cl = 0, 'city', if(b.level = '市', 'city', b.area_code)) as pool,
        s.i
    from seated
    join b_org b on b.o = seated.o
    join b_item_slot s
        on s.cl = if(seated.cl = 2 and b.level = '镇街' and u(n, 'taken over') < 0.22, 9, seated.cl)
       and s.slot = pick(n, 'item', 16384)
)
select
    k.*,
    i.is_offsite, i.is_hard, i.crime_amt, i.domain,
    case
        when i.only_party is not null then i.only_party
        when i.person_min is null then if(u(n, 'party') < case when i.domain = 'SC' then 0.36 when i.domain = 'ZF' then 0.48
            when i.domain = 'NY' then 0.45 else 0.12 end, 2, 3)
        when i.unit_min is null then if(u(n, 'party') < 0.80, 1, 2)
        when u(n, 'party') < if(i.is_offsite, 0.30, 0.45) then 1
        when u(n, 'party') < if(i.is_offsite, 0.42, 0.72) then 2
        else 3
    end as p
from itemised k join b_item i using (i);

-- parties go round their pool in order of time, so the same party comes back only after months
create or replace temp table b_case_party as
with turned as (
    select
        n, pool, p, filed_date,
        u(n, 'frequent') < if(pool = 'city', 0.5, 0.12) as is_frequent
    from b_case_seed
),
counted as (
    select
        *,
        row_number() over (partition by pool, p, is_frequent order by n) - 1 as k,
        count(*) over (partition by pool, p, is_frequent) as total
    from turned
),
room as (
    select
        c.*, s.size,
        if(c.is_frequent, c.total, coalesce(other.total, 0)) as frequent_total
    from counted c
    left join b_pool_size s on s.pool = c.pool and s.p = c.p
    left join (select distinct pool, p, total from counted where is_frequent) other
        on other.pool = c.pool and other.p = c.p
),
-- the fewer cases, the more uneven their pace: a wider circle keeps a party's cases months apart
circle as (
    select
        *,
        case when frequent_total < 100 then least(frequent_total, greatest(coalesce(size, 3000) // 3, frequent_total // 2))
            when frequent_total < 600 then ceil(frequent_total * 0.42)
            else ceil(frequent_total * 0.26) end::integer as reserved
    from room
),
ranked as (
    select
        *,
        if(is_frequent, k % greatest(reserved, 1),
            if(p = 1, reserved + k, reserved + k % greatest(coalesce(size, 0) - reserved, 1)))::integer as rank,
        if(is_frequent, k // greatest(reserved, 1),
            if(p = 1, 0, k // greatest(coalesce(size, 0) - reserved, 1)))::integer as visit
    from circle
),
revisited as (
    select
        *,
        filed_date - lag(filed_date) over (partition by pool, p, rank order by n) < 120 as is_too_soon
    from ranked
),
-- in a small pool a party may come back within months: somebody from the spare pool stands in
relieved as (
    select
        * replace (
            if(is_too_soon, 'spare', pool) as pool,
            if(is_too_soon, (row_number() over (partition by p, is_too_soon order by n) - 1) % coalesce(spare, 100000000), rank)
                ::integer as rank,
            if(is_too_soon, 0, visit) as visit,
            is_frequent and not coalesce(is_too_soon, false) as is_frequent
        )
    from revisited
    left join (select p as spare_p, size as spare from b_pool_size where pool = 'spare') on spare_p = p
)
select
    r.n, r.is_frequent, r.visit, e.n as enterprise_n,
    case when r.p = 1 then hid(hash(r.pool) % 1000003 * 1000003 + r.rank, 'natural person') else e.uscc end as party_id,
    case when r.p = 1 then surname(hash(r.pool) % 1000003 * 1000003 + r.rank, 'natural name') || '某' end as person_name
from relieved r
left join b_pool b on b.pool = r.pool and b.p = r.p and b.rank = r.rank and r.p > 1
left join b_enterprise e on e.n = b.n;

create or replace temp table b_case_handler as
with month as (
    select n, o, month_of(filed_date) as m from b_case_seed
),
seat as (
    select
        month.n, month.o, month.m, s.heads,
        least(floor(s.heads * pow(u(n, 'lead handler'), 1.15)), s.heads - 1)::integer as lead_pos
    from month join b_roster_size s on s.o = month.o and s.m = month.m
),
placed as materialized (
    select *, (lead_pos + 1 + pick(n, 'second handler', heads - 1)) % heads as second_pos from seat
)
select placed.n, a.p as lead_p, b.p as second_p
from placed
join b_roster a on a.o = placed.o and a.m = placed.m and a.pos = placed.lead_pos
join b_roster b on b.o = placed.o and b.m = placed.m and b.pos = placed.second_pos;
