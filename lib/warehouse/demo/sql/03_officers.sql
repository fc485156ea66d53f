create or replace temp table b_officer as
with share as (
    select
        o, weight, sum(weight) over () as total_weight, sum(weight) over (order by o) as running
    from b_org
),
spare as (
    select getvariable('all_officer') - 8 * count(*) as n from b_org
),
sized as (
    select
        o,
        8 + (round(running / total_weight * spare.n)
            - round((running - weight) / total_weight * spare.n))::integer as size
    from share cross join spare
),
seated as (
    select o, size, unnest(range(size))::integer as j from sized
),
numbered as (
    select row_number() over (order by o, j)::integer as p, * from seated
),
placed as (
    select
        n.p, n.o, n.j, n.size, b.domain, b.level, b.area_code, b.parent_o,
        -- the last fifth of a team are auxiliaries, the first two seats its head and its legal reviewer
        n.j >= n.size - floor(n.size * 0.18) as is_auxiliary,
        n.j >= 6 and n.j < n.size - floor(n.size * 0.18) as is_movable
    from numbered n join b_org b using (o)
)
select
    *,
    is_movable and u(p, 'left') < 0.03 as has_left,
    case when is_movable and u(p, 'left') >= 0.03 and u(p, 'move') < 0.13
        then (getvariable('as_of') - (40 + pick(p, 'move day', 620)))::date end as moved_on,
    case
        when is_auxiliary then '辅助人员'
        when u(p, 'type') < 0.33 then '公务员'
        when u(p, 'type') < 0.60 then '参公'
        else '事业'
    end as officer_type,
    -- 县属乡用: on the county bureau's establishment, used by the town
    if(level = '镇街' and (domain = 'SC' or u(p, 'establishment') < 0.42), parent_o, o) as home_o
from placed;

-- where movers came from: another team of the same domain
create or replace temp table b_former as
with team as (
    select o, domain, row_number() over (partition by domain order by o) - 1 as r, count(*) over (partition by domain) as n
    from b_org
),
mover as (
    select b.p, b.moved_on, b.domain, t.r, t.n
    from b_officer b join team t on t.o = b.o
    where b.moved_on is not null
)
select m.p, m.moved_on, t.o as former_o
from mover m join team t on t.domain = m.domain and t.r = (m.r + 1 + pick(m.p, 'former', m.n - 1)) % m.n;

insert into officer by name
select
    code('P', p, 5) as officer_id, hid(p, 'person') as person_hash,
    surname(p, 'name') || '*' as name_masked, officer_type,
    case when not has_left then '在岗' when u(p, 'gone') < 0.4 then '退休' else '离岗' end as status_type,
    h.org_id, code('P', p, 5) as source_pk, h.area_code
from b_officer join b_org h on h.o = b_officer.home_o
order by p;

-- five-year certificates without a gap: a renewal is issued before the old one ends
create or replace temp table b_cert as
with holder as (
    select
        p, o, domain, has_left,
        (getvariable('as_of') - 5 - floor(1785 * pow(u(p, 'cert'), 0.85))::integer)::date as issued,
        row_number() over (order by u(p, 'renewed'), p) as lot,
        count(*) over () as holders
    from b_officer where not is_auxiliary
),
current as (
    select p, domain, has_left, issued, issued + 1825 as expires, lot, holders, 1 as turn from holder
),
previous as (
    select p, domain, has_left, (issued - 1795)::date, (issued + 30)::date, lot, holders, 0
    from current
    -- everyone whose current certificate began inside the two years had one before; others as the count asks
    where issued > getvariable('first_day') - 120
       or lot <= getvariable('all_officer_cert') - holders * 1.45
)
select row_number() over (order by p, turn)::integer as n, *
from (select * from current union all select * from previous);

insert into officer_cert by name
select
    '浙' || digits(d.d, 2) || digits(b_cert.n, 7) as cert_no,
    code('P', p, 5) as officer_id, b_cert.domain as domain_code,
    issued as issue_date, expires::date as expire_date,
    case when not b_cert.has_left or turn = 0 then '有效' when u(p, 'withdrawn') < 0.2 then '暂扣' else '注销' end as cert_status,
    code('Z', b_cert.n, 7) as source_pk, h.area_code
from b_cert
join b_officer b using (p)
join b_org h on h.o = b.o
join b_domain d on d.domain = b_cert.domain
order by b_cert.n;

create or replace temp table b_posting as
with service as (
    select
        b.p, b.o, b.home_o, b.j, b.domain, b.has_left, f.former_o, f.moved_on,
        coalesce(f.moved_on, (getvariable('first_day') - (60 + pick(b.p, 'since', 1500)))::date) as since,
        case when u(b.p, 'earlier') < 0.30 then 0 when u(b.p, 'earlier') < 0.76 then 1
            when u(b.p, 'earlier') < 0.95 then 2 else 3 end as earlier
    from b_officer b left join b_former f using (p)
),
latest as (
    select
        p, 0 as back, home_o as org_o, o as use_o, j, since as started,
        if(has_left, (getvariable('first_day') - pick(p, 'left day', 50))::date, null) as ended
    from service
),
before as (
    select
        s.p, g.back::integer as back, if(s.former_o is not null and g.back = 1, s.former_o, t.o) as org_o,
        if(s.former_o is not null and g.back = 1, s.former_o, t.o) as use_o, s.j,
        (s.since - 1100 * g.back - pick(s.p * 8 + g.back, 'term', 300))::date as started,
        if(g.back = 1, s.since,
            (s.since - 1100 * (g.back - 1) - pick(s.p * 8 + g.back - 1, 'term', 300))::date) - 1 as ended
    from service s
    cross join (select back::integer as back from range(1, 4) as r (back)) g
    join (select domain, list(o order by o) as teams from b_org group by domain) d on d.domain = s.domain
    join b_org t on t.o = d.teams[1 + pick(s.p * 8 + g.back, 'earlier team', len(d.teams))]
    where g.back <= greatest(s.earlier, if(s.former_o is not null, 1, 0))
),
stacked as (select * from latest union all select * from before)
select row_number() over (order by p, back desc)::integer as n, * from stacked;

insert into officer_posting by name
select
    code('T', n, 6) as posting_id, code('P', p, 5) as officer_id, h.org_id, w.org_id as use_org_id,
    case
        when j = 0 then if(w.level = '镇街', '队长', '科长')
        when j = 1 then '法制员'
        when j < 4 then if(w.level = '镇街', '中队长', '副科长')
        else '执法员'
    end as post_name,
    started as start_date, ended as end_date, code('T', n, 6) as source_pk, w.area_code
from b_posting
join b_org h on h.o = b_posting.org_o
join b_org w on w.o = b_posting.use_o
order by n;

-- who handles cases of a team in a month; movers stop four months before they leave
create or replace temp table b_roster as
with months as (
    select
        m::integer as m, (getvariable('first_day') + to_months(m::integer))::date as month_first
    from range(0, 25) as r (m)
),
eligible as (
    select b.o, b.p, months.m
    from b_officer b cross join months
    where not b.is_auxiliary and not b.has_left and b.j >= 2
      and (b.moved_on is null or date_trunc('month', months.month_first) > b.moved_on + 7)
    union all
    select f.former_o, f.p, months.m
    from b_former f cross join months
    where date_trunc('month', months.month_first) + interval 150 day < f.moved_on
)
select
    o, m, p,
    (row_number() over (partition by o, m order by p) - 1)::integer as pos,
    (count(*) over (partition by o, m))::integer as heads
from eligible;

create or replace temp table b_roster_size as
select distinct o, m, heads from b_roster;

create or replace temp table b_head as
select
    o, max(p) filter (where j = 0) as head_p, max(p) filter (where j = 1) as legal_p
from b_officer where j < 2 group by o;

insert into officer_integrity by name
with entry as (
    select n::integer as n, 1 + pick(n, 'who', getvariable('all_officer')) as p
    from range(1, getvariable('all_officer_integrity') + 1) as r (n)
),
kind as (
    select *, case
        when u(n, 'kind') < 0.32 then '教育培训' when u(n, 'kind') < 0.58 then '个人事项报告'
        when u(n, 'kind') < 0.74 then '述责述廉' when u(n, 'kind') < 0.86 then '谈话提醒'
        when u(n, 'kind') < 0.95 then '表彰奖励' when u(n, 'kind') < 0.985 then '信访反映' else '组织处理' end
        as entry_type
    from entry
)
select
    code('I', n, 6) as entry_id, code('P', p, 5) as officer_id, entry_type,
    (getvariable('last_day') - 3 - pick(n, 'day', 1400))::date as entry_date,
    case when entry_type in ('述责述廉', '教育培训') then
        case when u(n, 'grade') < 0.25 then '优秀' when u(n, 'grade') < 0.85 then '良好'
            when u(n, 'grade') < 0.98 then '一般' else '较差' end end as grade_type,
    if(entry_type in ('表彰奖励', '教育培训'), '公开', '内部') as secrecy_type,
    code('I', n, 6) as source_pk, h.area_code
from kind join b_officer using (p) join b_org h on h.o = b_officer.o
order by n;
