-- What is drawn at once are the days from_day .. to_day: all of them, or a month of a city that is made by months.
-- Before it so many rows of each class were drawn, so that numbers go on where the month before ended.
create or replace temp table b_class_run as
with weighed as (
    select
        cl,
        coalesce(sum(weight) filter (where day_date < getvariable('from_day')), 0) / sum(weight) as done_before,
        sum(weight) filter (where day_date <= getvariable('to_day')) / sum(weight) as done
    from b_day_weight group by cl
),
whole as (
    select
        cl, domain,
        if(cl = 9, getvariable('all_inspection_record'),
            (round(sum(share) over (order by cl) * getvariable('all_penalty_case'))
                - round((sum(share) over (order by cl) - share) * getvariable('all_penalty_case')))::integer) as rows,
        -- visits come in rounds of sixty-four
        if(cl = 9, 64, 1) as round_of
    from b_class
),
cut as (
    select
        cl, domain, rows,
        if(getvariable('from_day') = getvariable('first_day'), 0, round(done_before * rows / round_of) * round_of)::integer
            as before,
        if(getvariable('to_day') = getvariable('last_day'), rows, round(done * rows / round_of) * round_of)::integer as until
    from whole join weighed using (cl)
)
select cl, domain, rows, before, until - before as cases from cut;

set variable before_penalty_case = (select sum(before)::integer from b_class_run where cl < 9);
set variable before_inspection_record = (select before from b_class_run where cl = 9);
set variable n_inspection_record = (select cases from b_class_run where cl = 9);

-- the days of a class as 8192 slots: slot -> workday number
create or replace temp table b_day_slot as
with cumulative as (
    select
        cl, w,
        (sum(weight) over (partition by cl order by w) - weight) / sum(weight) over (partition by cl) as low
    from b_day_weight
    where day_date between getvariable('from_day') and getvariable('to_day')
),
slots as (
    select cl, slot::integer as slot, slot / 8192.0 as x from b_class cross join range(8192) as r (slot)
)
select slots.cl, slots.slot, cumulative.w
from slots asof join cumulative on slots.cl = cumulative.cl and slots.x >= cumulative.low;

create or replace temp table b_case_seed as
with drawn as (
    select cl, domain, before, cases, unnest(range(before, before + cases)) as k from b_class_run where cl < 9
),
keyed as (
    select *, k::bigint * 16 + cl as key from drawn
),
filed as (
    select keyed.*, s.w as w_filed, wd(s.w) as filed_date
    from keyed
    join b_day_slot s on s.cl = keyed.cl and s.slot = floor((k - before + u(key, 'filed')) / cases * 8192)::integer
),
numbered as (
    select
        (row_number() over (order by w_filed, u(key, 'order'), key) + getvariable('before_penalty_case'))::integer as n, *
    from filed
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
