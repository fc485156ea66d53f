create or replace temp table b_town_turn as
select t, count(*) as before
from range(1, getvariable('before_grid_event') + 1) as r (k)
join b_town_slot s on s.slot = pick(k, 'grid town', 4096)
group by t;

create or replace temp table b_grid_event as
with drawn as (
    select
        k::integer as k,
        (getvariable('from_day') + floor((k - getvariable('before_grid_event') - 1 + u(k, 'grid day')) / getvariable('n_grid_event')
            * (getvariable('to_day') - getvariable('from_day') + 1))::integer)::date as day,
        s.t
    from range(getvariable('before_grid_event') + 1, getvariable('before_grid_event') + getvariable('n_grid_event') + 1) as r (k)
    join b_town_slot s on s.slot = pick(k, 'grid town', 4096)
),
typed as (
    select
        drawn.*,
        getvariable('grid_types')[1 + floor(len(getvariable('grid_types')) * pow(u(k, 'grid type'), 1.6))::integer] as event_type,
        day::timestamp + to_seconds(400 * 60 + pick(k, 'grid time', 48000)) as reported_at,
        row_number() over (partition by t order by k) + coalesce(before, 0) as turn
    from drawn left join b_town_turn using (t)
)
select
    *,
    -- addresses go round the town and come back only after years; hawkers have their corners
    town.name || if(event_type = '流动摊贩',
        getvariable('roads')[1 + pick(k, 'corner', 12)] || getvariable('corners')[1 + pick(k, 'corner side', len(getvariable('corners')))],
        getvariable('roads')[1 + (turn % len(getvariable('roads')))::integer]
            || (1 + (turn // len(getvariable('roads'))) % 900) || '号') as place_text
from typed join (select t, name, code, lon, lat from b_town) town using (t);

create or replace temp table b_dispatch as
with first as (
    select
        e.k, 1 as turn, e.t, e.event_type, e.reported_at,
        row_number() over (order by u(e.k, 'second dispatch'), e.k)
            <= getvariable('n_grid_dispatch') - getvariable('n_grid_event') as is_passed_on,
        e.reported_at + to_seconds(240 + pick(e.k, 'assigned', 4800)) as assigned_at
    from b_grid_event e
),
passed as (
    select
        *,
        assigned_at + to_seconds(1900 + pick(k, 'returned', 5000)) as returned_at
    from first
),
stacked as (
    select k, 1 as turn, t, event_type, assigned_at, is_passed_on, if(is_passed_on, returned_at, null) as returned_at from passed
    union all
    select k, 2, t, event_type, returned_at + to_seconds(300 + pick(k, 'assigned again', 3000)), false, null
    from passed where is_passed_on
),
aimed as (
    select
        s.*, k::bigint * 2 + turn - 2 as r,
        case when turn = 1 and event_type in ('食品安全', '无证经营', '电梯故障') then 'SC'
            when turn = 2 and u(k, 'second team') < 0.4 then 'SC' else 'ZF' end as domain,
        to_hours([24, 48, 72][1 + pick(k, 'term', 3)]) as term
    from stacked s
    where assigned_at < getvariable('as_of')
),
seated as materialized (
    select aimed.*, a.o, s.m, pick(aimed.r, 'team member', s.heads) as pos
    from aimed
    join b_answers a on a.t = aimed.t and a.domain = aimed.domain
    join b_roster_size s on s.o = a.o and s.m = month_of(aimed.assigned_at)
),
staffed as (
    select seated.*, h.p
    from seated join b_roster h on h.o = seated.o and h.m = seated.m and h.pos = seated.pos
),
timed as (
    select
        *,
        assigned_at + term as due_at,
        coalesce(returned_at,
            assigned_at + to_seconds(1500 + floor((epoch(term) * 0.9 - 1500) * pow(u(r, 'work'), 1.8))::integer)) as done_at,
        -- spread over officers by systematic sampling: nobody collects the late ones
        row_number() over (order by turn = 1 and not is_passed_on and assigned_at < getvariable('as_of') - interval 14 day desc,
            p, assigned_at, r) + getvariable('before_grid_dispatch') as walk
    from staffed
),
judged as (
    select
        *,
        not getvariable('clean') and walk % 287 = 17 and turn = 1 and not is_passed_on
            and assigned_at < getvariable('as_of') - interval 14 day as is_late
    from timed
),
-- nobody reports a job done at night: what would end then was done the evening before
woken as (
    select
        *,
        case
            when is_late then due_at + to_minutes(90 + pick(r, 'late by', 8900))
            when returned_at is not null or hour(done_at) between 7 and 20 then done_at
            else greatest(
                assigned_at + to_seconds(1500 + pick(r, 'at once', 600)),
                moment(if(hour(done_at) < 7, done_at::date - 1, done_at::date), r, 'evening before', 960, 1245)
            )
        end as ended_at
    from judged
),
finished as (
    select
        *,
        if(is_late and hour(ended_at) not between 7 and 20, ended_at + interval 10 hour, ended_at) as finish_at
    from woken
)
select
    *,
    finish_at < getvariable('as_of') as is_finished,
    assigned_at + to_seconds(120 + pick(r, 'accepted', 1200)) as accept_at,
    finish_at + to_minutes(45 + pick(r, 'verified', 2600)) as verify_at,
    u(r, 'is verified') < 0.42 and not is_passed_on as wants_verification
from finished;

insert into grid_event by name
with closing as (
    select k, max(finish_at) + interval 20 minute as close_at from b_dispatch group by k
)
select
    code('W', e.k, 8) as event_no, e.code || 'W' || digits(1 + pick(k, 'grid', 60), 3) as grid_code,
    hid(pick(k, 'reporter', 90) * 100 + e.t, 'reporter') as reporter_hash, event_type, reported_at, place_text,
    round(lon + 0.018 * (u(k, 'lng') + u(k, 'lng 2') - 1.0), 6) as lng,
    round(lat + 0.015 * (u(k, 'lat') + u(k, 'lat 2') - 1.0), 6) as lat,
    case when u(k, 'level') < 0.93 then '一般' when u(k, 'level') < 0.992 then '较大' else '重大' end as level_type,
    if(close_at < getvariable('as_of'), close_at, null) as closed_at,
    hid(k, 'event photo') as photo_hash,
    code('W', e.k, 8) as source_pk, e.code as area_code
from b_grid_event e left join closing using (k)
order by e.k;

insert into grid_dispatch by name
select
    code('Q', r, 8) as dispatch_id, code('W', k, 8) as event_no, b.org_id as to_org_id, code('P', p, 5) as officer_id,
    assigned_at, if(accept_at < getvariable('as_of'), accept_at, null) as accepted_at, due_at,
    if(is_finished, finish_at, null) as finished_at,
    case when not is_finished then null when is_passed_on then '不属职责' when u(r, 'result') < 0.70 then '已处置'
        when u(r, 'result') < 0.93 then '现场劝离' else '转立案' end as result_type,
    if(is_finished, hid(r, 'dispatch photo'), null) as photo_hash,
    case when not is_finished or not wants_verification or verify_at >= getvariable('as_of') then null
        when is_late or u(r, 'verified as') < 0.93 then '属实' when u(r, 'verified as') < 0.97 then '部分属实'
        when u(r, 'verified as') < 0.985 then '不属实' else '无法查实' end as verify_result,
    if(is_finished and wants_verification and verify_at < getvariable('as_of'), verify_at, null) as verified_at,
    code('Q', r, 8) as source_pk, b.area_code
from b_dispatch join b_org b using (o)
order by r;
