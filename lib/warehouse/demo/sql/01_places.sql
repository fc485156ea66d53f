create or replace temp table b_town as
with points as (
    select row_number() over (order by code)::integer as t, *
    from town_points
)
select
    t,
    code,
    name,
    regexp_replace(name, '(街道|镇)$', '') as short,
    county_code,
    county_name,
    lon::double as lon,
    lat::double as lat,
    is_economic_zone = '1' as is_zone,
    dense_rank() over (order by county_code)::integer as c,
    exp(0.42 * z(t, 'town size')) as weight
from points;

create or replace temp table b_domain as
select * from (values
    (1, 'ZF', '综合行政执法局', '综执', 0.24),
    (2, 'JS', '住房和城乡建设局', '建', 0.12),
    (3, 'JT', '交通运输局', '交', 0.14),
    (4, 'SC', '市场监督管理局', '市监', 0.24),
    (5, 'NY', '农业农村局', '农', 0.08),
    (6, 'WL', '文化广电旅游局', '文广', 0.06),
    (7, 'ST', '生态环境局', '环', 0.07),
    (8, 'YJ', '应急管理局', '应急', 0.05)
) as t (d, domain, bureau, short, item_share);

create or replace temp table b_county as
select c, county_code, county_name, min(t) as first_t, count(*)::integer as towns
from b_town
group by all;

create or replace temp table b_org as
with city as (
    select
        1 as layer, d as a, 0 as b, '市' as level, domain, '嘉兴市' || bureau as org_name,
        '330400' as area_code, null::integer as c, null::integer as t, null as parent_key,
        domain || '/city' as key, if(domain in ('ZF', 'SC', 'JT'), 58.0, 40.0) as size
    from b_domain
),
county as (
    select
        2, c, d, '县', domain,
        if(domain = 'ST', '嘉兴市生态环境局' || left(county_name, 2) || '分局', county_name || bureau),
        county_code, c, null, domain || '/city', domain || '/' || county_code,
        case domain
            when 'ZF' then 34.0 when 'SC' then 40.0 when 'JT' then 48.0 when 'JS' then 26.0
            when 'NY' then 19.0 when 'WL' then 14.0 when 'ST' then 22.0 else 17.0
        end
    from b_county cross join b_domain
),
zone as (
    select
        3, d, 0, '县', domain, '经开区' || bureau, '330402', null, null,
        domain || '/city', domain || '/zone', if(domain in ('ZF', 'SC'), 24.0, 14.0)
    from b_domain where domain in ('ZF', 'SC', 'JS', 'YJ')
),
town as (
    select
        4, t, 0, '镇街', 'ZF', name || '综合行政执法队', code, c, t,
        'ZF/' || if(is_zone, 'zone', county_code), 'ZF/' || code, 20.0 * weight
    from b_town
    union all
    select
        5, t, 0, '镇街', 'SC',
        if(is_zone, '经开区', county_name) || '市场监督管理局' || short || '市场监管所', code, c, t,
        'SC/' || if(is_zone, 'zone', county_code), 'SC/' || code, 12.5 * weight
    from b_town
    union all
    select
        6, t, 0, '镇街', 'JT', county_name || '交通运输局' || short || '交通所', code, c, t,
        'JT/' || county_code, 'JT/' || code, 10.0
    from b_town where t % 3 = 1
),
stacked as (
    select * from city union all select * from county union all select * from zone union all select * from town
),
numbered as (
    select row_number() over (order by layer, a, b)::integer as o, * from stacked
)
select
    n.o, code('O', n.o, 4) as org_id, p.o as parent_o, code('O', p.o, 4) as parent_org_id,
    n.org_name, n.level, n.domain, n.area_code, n.c, n.t,
    case when n.layer = 3 then 'zone' when n.level = '市' then 'city' else n.area_code end as seat,
    n.size * exp(0.33 * z(n.o, 'org size')) as weight,
    -- how much a team lets things slide: a few much more than most
    pow(u(n.o, 'slack'), 3) as slack,
    coalesce(home.first_t, 1) as first_t, coalesce(home.towns, 72) as towns
from numbered n
left join numbered p on p.key = n.parent_key
left join b_county home on home.county_code = left(n.area_code, 6);

insert into org by name
select org_id, parent_org_id, org_name, level as org_level, domain as domain_code, area_code
from b_org order by o;

-- which org answers for a domain in a town: the town's own team, else the zone's or the county's bureau
create or replace temp table b_answers as
select
    t.t, d.domain,
    coalesce(own.o, if(t.is_zone, zone.o, null), county.o) as o
from b_town t
cross join b_domain d
left join b_org own on own.t = t.t and own.domain = d.domain
left join b_org zone on zone.seat = 'zone' and zone.domain = d.domain
left join b_org county on county.area_code = t.county_code and county.level = '县' and county.seat <> 'zone'
    and county.domain = d.domain;

-- towns by weight, 4096 slots: slot -> town
create or replace temp table b_town_slot as
with cumulative as (
    select t, (sum(weight) over (order by t) - weight) / sum(weight) over () as low from b_town
)
select s.slot::integer as slot, cumulative.t
from range(4096) as s (slot)
asof join cumulative on s.slot / 4096.0 >= cumulative.low;

insert into treasury_account
select hid(i, 'treasury') from range(1, 41) as r (i);
