-- parties go round their pool in order of time, so the same party comes back only after months
create or replace temp table b_case_party as
with turned as (
    select
        n, pool, p, filed_date, is_frequent(n, pool) as is_frequent
    from b_case_seed
),
counted as (
    select
        turned.*,
        row_number() over (partition by pool, p, is_frequent order by n) - 1 + before as k
    from turned join b_party_turn using (pool, p, is_frequent)
),
room as (
    select
        c.*, s.size, coalesce(other.total, 0) as frequent_total
    from counted c
    left join b_pool_size s on s.pool = c.pool and s.p = c.p
    left join (select pool, p, total from b_party_turn where is_frequent) other
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
            if(is_too_soon, (row_number() over (partition by p, is_too_soon order by n) - 1 + getvariable('before_penalty_case'))
                    % coalesce(spare, 100000000), rank)
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
