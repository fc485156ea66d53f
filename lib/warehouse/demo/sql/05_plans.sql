create or replace temp table b_campaign as
with theme as (
    select * from (values
        ('ZF', ['市容环境', '渣土运输', '夏夜市集', '生活垃圾分类']), ('JS', ['建筑施工安全', '建筑市场', '房产中介', '农民工工资支付']),
        ('JT', ['治超联合', '危险货物运输', '客运市场', '水上交通安全']), ('SC', ['食品安全守底', '民生价格', '特种设备', '铁拳']),
        ('NY', ['中国渔政亮剑', '农资打假', '动物防疫', '农产品质量']), ('WL', ['文化市场', '旅游市场', '出版物', '网吧暑期']),
        ('ST', ['大气污染防治', '饮用水源', '危险废物', '夏季臭氧']), ('YJ', ['安全生产百日攻坚', '危险化学品', '有限空间', '烟花爆竹'])
    ) as t (domain, themes)
),
turn as (
    select domain, themes[1 + k % 4] as theme, k::integer as k, ascii(domain) * 100 + k as key
    from theme cross join range(0, 8) as r (k)
),
dated as (
    select
        *, (getvariable('first_day') + k * 91 + 5 + pick(key, 'campaign', 35))::date as starts,
        25 + pick(key, 'campaign length', 22) as length
    from turn
)
select
    domain, k, starts, (starts + length)::date as ends,
    year(starts) || '年' || theme || '专项行动' as campaign_name,
    theme in ('渣土运输', '治超联合', '夏夜市集', '中国渔政亮剑', '网吧暑期') as is_offhours
from dated;

-- whose plan a team works by: its own in a full city, its bureau's in a small one
create or replace temp table b_planning as
select
    getvariable('all_inspection_plan') >= 4200 as by_team,
    case when getvariable('all_inspection_plan') >= 7000 then 1 when getvariable('all_inspection_plan') >= 4200 then 3
        when getvariable('all_inspection_plan') >= 2200 then 2 else 6 end as step;

create or replace temp table b_planner as
select o, domain, if(by_team or level <> '镇街', o, parent_o) as planner_o
from b_org cross join b_planning;

create or replace temp table b_plan as
with planner as (
    select distinct b_org.o, b_org.org_id, b_org.domain, b_org.area_code, b_org.level
    from b_planner join b_org on b_org.o = b_planner.planner_o
),
period as (
    select
        m::integer as period,
        (getvariable('first_day') + to_months(m::integer))::date as starts,
        ((getvariable('first_day') + to_months((m + step)::integer))::date - 1)::date as ends
    from b_planning cross join range(0, 24) as r (m)
    where m % step = 0
),
stacked as (
    select '专项行动' as plan_type, p.o, c.k as period, c.campaign_name, c.starts, c.ends, c.is_offhours
    from planner p join b_campaign c using (domain)
    union all
    select '双随机', p.o, period, null, starts, ends, false
    from planner p cross join period where p.level <> '镇街'
    union all
    select '日常计划', p.o, period, null, starts, ends, false from planner p cross join period
    union all
    select
        '项目分阶段检查', p.o, period * 100 + k, year(starts) || '年重点项目分阶段检查', starts, ends, false
    from planner p cross join period cross join range(0, 3) as r (k) where p.domain = 'JS'
)
select row_number() over (order by starts, plan_type, o, period)::integer as n, * from stacked;

insert into inspection_plan by name
select
    code('K', n, 6) as task_id, plan_type, org_id, campaign_name, domain as domain_code,
    starts as start_date, least(ends, getvariable('as_of') + 60)::date as end_date, is_offhours as is_offhours_ok,
    moment(wd(wd_seq_of(starts) - 4), n, 'approved', 540, 1020) as approved_at,
    code('K', n, 6) as source_pk, area_code
from b_plan join b_org using (o)
order by n;

-- workdays with weights per class of cases and for inspections
create or replace temp table b_class as
select * from (values
    (0, 'JT', 0.243), (1, 'JT', 0.107), (2, 'ZF', 0.340), (3, 'SC', 0.200), (4, 'JS', 0.030), (5, 'NY', 0.020),
    (6, 'WL', 0.015), (7, 'ST', 0.025), (8, 'YJ', 0.020), (9, 'ALL', 0.0)
) as t (cl, domain, share);

create or replace temp table b_day_weight as
with workdays as (
    select day_date, wd_seq as w, dayofyear(day_date) as doy, isodow(day_date) as dow
    from workday
    where is_workday and day_date between getvariable('first_day') and getvariable('last_day')
),
busy as (
    select distinct k.domain, d.w
    from b_campaign k join workdays d on d.day_date between k.starts and k.ends
)
select
    c.cl, d.w, d.day_date,
    (1.0 + 0.22 * sin(2 * pi() * (d.doy - 60 - 25 * c.cl) / 365.0))
        * case d.dow when 1 then 1.12 when 5 then 0.88 when 6 then 0.55 when 7 then 0.5 else 1.0 end
        * if(month(d.day_date) = 2, 0.72, 1.0)
        * if(busy.w is not null, 1.55, 1.0)
        * (0.8 + 0.4 * u(d.w * 16 + c.cl, 'day')) as weight
from b_class c
cross join workdays d
left join busy on busy.domain = c.domain and busy.w = d.w;

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
