create or replace temp table b_inspection as
with drawn as (
    select
        i::integer as i, p.pool, p.is_joint, p.half, (i // 64) * p.units + p.rank as turn
    from range(
        getvariable('before_inspection_record'), getvariable('before_inspection_record') + getvariable('n_inspection_record')
    ) as r (i)
    join b_visit_pattern p on p.position = i % 64
),
size as (
    select pool, count(*) as size from b_visit_pool group by pool
),
-- materialized: a join key computed from two tables must be a column before the join, or it is no hash join
turned as materialized (
    select
        d.i, d.pool, d.is_joint, d.i - d.half as first_i, (d.turn % s.size)::integer as rank,
        (d.turn // s.size)::integer as round,
        ((d.i - d.half - getvariable('before_inspection_record'))::bigint * 8192 // getvariable('n_inspection_record'))::integer
            as slot
    from drawn d join size s on s.pool = d.pool
),
visited as (
    select d.i, d.is_joint, d.first_i, e.n, e.t, e.uscc, e.industry, d.round, day.w, wd(day.w) as day_date
    from turned d
    join b_visit_pool e on e.pool = d.pool and e.rank = d.rank
    join b_day_slot day on day.cl = 9 and day.slot = d.slot
),
typed as (
    select
        *,
        case when is_joint then if(i = first_i, ['SC', 'ST', 'JS'][1 + pick(first_i, 'joint lead', 3)],
                ['YJ', 'ZF', 'NY'][1 + pick(first_i, 'joint second', 3)])
            when u(i, 'by industry') < 0.62 then industry
            when u(i, 'visit domain') < 0.36 then 'SC' when u(i, 'visit domain') < 0.60 then 'ZF'
            when u(i, 'visit domain') < 0.72 then 'JT' when u(i, 'visit domain') < 0.82 then 'YJ'
            when u(i, 'visit domain') < 0.89 then 'ST' when u(i, 'visit domain') < 0.94 then 'JS'
            when u(i, 'visit domain') < 0.97 then 'NY' else 'WL' end as domain,
        case when is_joint then '综合查一次'
            when u(i, 'check') < 0.55 then '双随机' when u(i, 'check') < 0.74 then '专项'
            when u(i, 'check') < 0.85 then '日常' else '投诉核查' end as wanted
    from visited
),
placed as (
    select
        t.*, a.o, month_of(t.day_date) as m,
        if(t.wanted = '专项' and k.k is null, '双随机', t.wanted) as check_type, k.k as campaign
    from typed t
    join b_answers a on a.t = t.t and a.domain = t.domain
    asof left join b_campaign k on k.domain = t.domain and t.day_date >= k.starts
),
current as (
    select
        placed.* replace (
            if(placed.check_type = '专项' and c.ends < placed.day_date, '双随机', placed.check_type) as check_type
        ),
        s.heads, b.parent_o, b.level, b.area_code
    from placed
    left join b_campaign c on c.domain = placed.domain and c.k = placed.campaign
    join b_roster_size s on s.o = placed.o and s.m = placed.m
    join b_org b on b.o = placed.o
),
tasked as materialized (
    select
        current.*,
        case
            when check_type = '投诉核查' then null
            when check_type = '专项' then '专项行动'
            when check_type = '日常' then if(current.domain = 'JS', '项目分阶段检查', '日常计划')
            else '双随机'
        end as plan_type,
        case when check_type in ('专项', '日常') then planner_o when level = '镇街' then parent_o else current.o end as plan_o,
        if(check_type = '专项', campaign, m // step * step * if(check_type = '日常' and current.domain = 'JS', 100, 1)) as plan_period,
        pick(i, 'inspector', heads) as pos,
        (pick(i, 'inspector', heads) + 1 + pick(i, 'second inspector', heads - 1)) % heads as second_pos
    from current
    join b_planner on b_planner.o = current.o
    cross join b_planning
)
select
    t.i, t.is_joint, t.first_i, t.n, t.uscc, t.round, t.w, t.day_date, t.domain, t.check_type, t.o, t.m, t.area_code,
    p.n as plan_n, coalesce(p.is_offhours, false) and u(t.i, 'evening') < 0.15 as is_evening,
    a.p as first_p, b.p as second_p
from tasked t
left join b_plan p on p.plan_type = t.plan_type and p.o = t.plan_o and p.period = t.plan_period
join b_roster a on a.o = t.o and a.m = t.m and a.pos = t.pos
join b_roster b on b.o = t.o and b.m = t.m and b.pos = t.second_pos;

insert into inspection_record by name
with checklist as (
    select domain, item_code, row_number() over (partition by domain order by i) - 1 as place
    from b_item where item_type = '06检查'
),
length as (
    select domain, count(*) as items from checklist group by domain
),
timed as materialized (
    select
        v.*, floor(items * pow(u(i, 'checked item'), 2.2))::integer as place,
        if(is_evening, moment(day_date, i, 'started', 1130, 1290),
            moment(day_date, if(is_joint, first_i, i), 'started', 515, 990) + to_minutes(if(i = first_i, 0, 5))) as started_at
    from b_inspection v join length using (domain)
)
select
    code('N', i, 8) as inspection_id, code('K', plan_n, 6) as task_id, b.org_id,
    code('P', first_p, 5) as officer_id, code('P', second_p, 5) as officer2_id, uscc as party_id,
    c.item_code, check_type,
    if(is_joint, code('J', first_i, 8), null) as joint_id, started_at,
    started_at + to_minutes(12 + pick(i, 'length', 70)) as ended_at,
    case when u(i, 'finding') < 0.10 and round % 8 < 2 then '发现问题'
        when u(i, 'finding') between 0.10 and 0.16 then '责令改正'
        when u(i, 'finding') > 0.985 then '无法检查' else '未发现问题' end as result_type,
    least(entered(w, started_at + to_minutes(90), i, 'inspection entered'),
        getvariable('as_of')::timestamp - interval 1 minute) as entered_at,
    code('N', i, 8) as source_pk, timed.area_code
from timed join checklist c using (domain, place) join b_org b using (o)
order by i;
