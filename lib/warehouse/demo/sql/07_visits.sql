-- Enterprises are visited in turn inside their risk class, so nobody is over-inspected by chance.
create or replace temp table b_visit_pool as
with class as (
    select
        n, t, uscc, domain as industry,
        case when risk_walk < 0.045 then 4 when risk_walk < 0.45 then 0
            when risk_walk < 0.488 then 5 when risk_walk < 0.83 then 1
            when risk_walk < 0.843 then 6 when risk_walk < 0.96 then 2
            when risk_walk < 0.964 then 7 else 3 end as pool
    from b_enterprise join b_industry using (n) where status = '存续'
)
select pool, n, t, uscc, industry, (row_number() over (partition by pool order by n) - 1)::integer as rank from class;

create or replace temp table b_visit_pattern as
with quota as (
    -- singles and joint pairs of each pool in a cycle of 64 visits
    select * from (values (0, 7, 2), (4, 3, 0), (1, 11, 3), (5, 6, 1), (2, 9, 2), (6, 2, 1), (3, 4, 1), (7, 0, 1))
        as t (pool, singles, pairs)
),
unit as (
    select pool, singles + pairs as units, k::integer as rank, k >= singles as is_joint
    from quota cross join range(0, 16) as r (k) where k < singles + pairs
),
visit as (
    select *, 0 as half from unit union all select *, 1 from unit where is_joint
)
select
    (row_number() over (order by not is_joint, pool, rank, half) - 1)::integer as position, pool, units, rank, is_joint, half
from visit;
