-- every on-site step has a clip around it; the rest are patrols
insert into body_camera_log by name
with onsite as (
    select v.e, v.p, v.n, v.event_at
    from b_event v join b_case c using (n)
    where v.k in (2, 3, 4, 5, 16) and (not c.is_offsite or v.k = 16)
),
patrol as (
    select
        1000000000 + i as e, 1 + pick(i, 'patrol officer', getvariable('all_officer')) as p, null::integer as n,
        moment(wd(d.w), i, 'patrol', 530, 1000) as event_at
    from range(
        getvariable('before_body_camera_log') + 1,
        getvariable('before_body_camera_log')
            + greatest(getvariable('least_rows'), getvariable('n_body_camera_log') - (select count(*) from onsite)) + 1
    ) as r (i)
    join b_day_slot d on d.cl = 9 and d.slot = pick(i, 'patrol day', 8192)
),
clip as (
    select
        *, event_at - to_seconds(30 + pick(e, 'before', 420)) as started_at,
        event_at + to_seconds(400 + pick(e, 'after', 1500)) as ended_at
    from (select * from onsite union all select * from patrol)
)
select
    code('M', e, 10) as clip_id, code('P', clip.p, 5) as officer_id,
    'DSJ' || digits(clip.p * 7 % 100000, 6) as device_no, started_at, ended_at,
    least(ended_at + to_minutes(20 + pick(e, 'uploaded', 300)), getvariable('as_of')::timestamp - interval 1 minute) as uploaded_at,
    code('C', n, 7) as related_no, code('M', e, 10) as source_pk, h.area_code
from clip join b_officer b on b.p = clip.p join b_org h on h.o = b.o
order by e;

insert into vehicle_trip by name
with seats as (
    select list(p order by p) as drivers from b_officer where not has_left
),
drawn as (
    select
        i::integer as i, drivers[1 + pick(i, 'driver', len(drivers))] as p,
        (getvariable('from_day') + floor((i - getvariable('before_vehicle_trip') - 1 + u(i, 'trip day'))
            / getvariable('n_vehicle_trip')
            * (least(getvariable('to_day') + 1, getvariable('until_vehicle_trip')) - getvariable('from_day')))::integer)::date as day
    from range(getvariable('before_vehicle_trip') + 1, getvariable('before_vehicle_trip') + getvariable('n_vehicle_trip') + 1)
        as r (i)
    cross join seats
),
timed as (
    select
        drawn.*, b.o, h.org_id, h.area_code, coalesce(h.t, h.first_t + pick(i, 'trip town', h.towns)) as t,
        moment(day, i, 'trip start', 470, 1050) as started_at, 3.0 + 38.0 * pow(u(i, 'distance'), 2) as km
    from drawn join b_officer b using (p) join b_org h on h.o = b.o
)
select
    code('A', i, 8) as trip_id, '浙F' || digits(o * 37 + pick(i, 'car', 6), 4) || 'Z' as plate_no,
    org_id, code('P', p, 5) as driver_id, started_at,
    started_at + to_seconds(floor(km * 110)::integer + 300 + pick(i, 'stop', 1500)) as ended_at,
    round(town.lon + 0.02 * (u(i, 'end lng') - 0.5), 6) as end_lng,
    round(town.lat + 0.02 * (u(i, 'end lat') - 0.5), 6) as end_lat,
    round(km, 1) as distance_km, code('A', i, 8) as source_pk, area_code
from timed
join b_town town on town.t = timed.t
order by i;

-- leave never falls on a day on which the officer was at work; a month alone does not know the work of cases that were
-- filed before it, and gives leave to those only who handle nothing
insert into attendance by name
with staff as (
    select p, o, is_auxiliary, row_number() over (order by u(p, 'attendance'), p) as turn, count(*) over () as heads
    from b_officer where not has_left
),
calendar as (
    select w, row_number() over (order by w desc) as back from (select distinct w from b_day_weight)
),
span as (
    -- all staff over as many of the last workdays as the count allows, but at least twenty days
    select
        greatest(20, ceil(getvariable('all_attendance') / max(heads)))::integer as days,
        max(heads) as heads
    from staff
),
seat as (
    select s.*, least(s.heads, greatest(1, ceil(getvariable('all_attendance') / span.days)))::bigint as seats
    from staff s cross join span
),
sheet as (
    select s.p, s.o, s.is_auxiliary, c.w, wd(c.w) as day
    from seat s cross join calendar c cross join span
    where c.back <= span.days and s.turn <= s.seats
      -- the last day on the list may have room for some of the staff only
      and (c.back - 1) * s.seats + s.turn <= getvariable('all_attendance')
      and wd(c.w) between getvariable('from_day') and getvariable('to_day')
),
duty as (
    select p, event_at::date as day from b_event where event_at > getvariable('as_of') - interval 400 day
    union
    select first_p, day_date from b_inspection
    union
    select second_p, day_date from b_inspection
    union
    select p, assigned_at::date from b_dispatch
    union
    select p, finish_at::date from b_dispatch
),
marked as (
    select
        sheet.*, duty.p is not null as is_on_duty, sheet.p::bigint * 4096 + sheet.w as key
    from sheet left join duty on duty.p = sheet.p and duty.day = sheet.day
),
typed as (
    select
        *,
        case when is_on_duty or not (getvariable('is_whole') or is_auxiliary) then '出勤'
            when u(key, 'absent') < 0.08 then '休假' when u(key, 'absent') < 0.10 then '病假'
            when u(key, 'absent') < 0.15 then '出差' when u(key, 'absent') < 0.17 then '轮休' else '出勤' end as status
    from marked
)
select
    code('P', p, 5) as officer_id, day as day_date, status as status_type,
    if(status in ('出勤', '出差'), moment(day, key, 'in', 488, 512), null) as in_at,
    if(status in ('出勤', '出差'), moment(day, key, 'out', 1051, 1120), null) as out_at,
    code('P', p, 5) || '|' || day as source_pk, h.area_code
from typed join b_org h using (o)
order by day, p;
