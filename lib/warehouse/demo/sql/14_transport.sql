insert into sunshine_record by name
with linked as (
    select
        n::bigint as r, n, incident_date as day, filed_date, o, p, party_id, enterprise_n, lead_p, area_code, 1 as layer
    from b_case where is_offsite
),
bureau as (
    select o, area_code, row_number() over (order by o) - 1 as turn from b_org where domain = 'JT' and level <> '镇街'
),
draw as (
    select
        k, k % (select count(*) from bureau) as turn,
        (getvariable('from_day') + pick(k, 'captured day', getvariable('days_captured')))::date as day
    from range(
        getvariable('before_sunshine_record') + 1,
        getvariable('before_sunshine_record')
            + greatest(getvariable('least_rows'), getvariable('n_sunshine_record') - (select count(*) from linked)) + 1
    ) as g (k)
),
seated as materialized (
    select k, day, b.o, b.area_code, s.m, pick(k, 'auditor', s.heads) as pos
    from draw
    join bureau b using (turn)
    join b_roster_size s on s.o = b.o and s.m = month_of(day)
),
loose as (
    select
        100000000 + k as r, null::integer as n,
        day, null::date as filed_date, seated.o, 3 as p,
        e.uscc as party_id, if(u(k, 'known firm') < 0.62, e.n, null) as enterprise_n, h.p as lead_p, seated.area_code, 2 as layer
    from seated
    join b_roster h on h.o = seated.o and h.m = seated.m and h.pos = seated.pos
    join b_enterprise e on e.n = 1 + pick(k, 'hauler', greatest(getvariable('all_enterprise') // 40, 1)) * 10 + 7
),
stacked as (select * from linked union all select * from loose),
timed as (
    select
        *,
        day::timestamp + to_seconds(pick(r, 'captured', 86400)) as captured_at,
        moment(day + 1 + if(layer = 1, 0, pick(r, 'audit lag', 3)), r, 'audited', 540, 1020) as audit_at,
        case when layer = 1 then '通过' when u(r, 'audit') < 0.30 then '通过' when u(r, 'audit') < 0.93 then '不通过' else '退回' end
            as result
    from stacked
    where day <= getvariable('last_day')
),
audited as (
    select
        *, audit_at < getvariable('as_of') as is_audited,
        audit_at + to_hours(3 + pick(r, 'notice', if(layer = 1, 40, 60))) as notice_at
    from timed
)
select
    code('S', if(layer = 1, n, r), 9) as record_id,
    case when layer = 1 or u(r, 'record type') < 0.55 then '非现场抓拍' when u(r, 'record type') < 0.8 then '现场检测'
        else '路检路查' end as record_type,
    hid(if(enterprise_n is null, r, enterprise_n * 8 + pick(r, 'truck', 8)), 'plate') as plate_hash,
    if(p > 1 and enterprise_n is not null, party_id, null) as uscc,
    captured_at, if(is_audited, audit_at, null) as audited_at, if(is_audited, result, null) as audit_result,
    if(is_audited and result = '通过' and notice_at < getvariable('as_of'), notice_at, null) as notified_at,
    code('C', n, 7) as case_id,
    -- Some dozens in two years of a city: what the platform marks is meant to be looked at one by one.
    case
        when u(r, 'alert') < share * 0.08 then '红'
        when u(r, 'alert') < share * 0.33 then '橙'
        when u(r, 'alert') < share then '黄'
    end as alert_color,
    code('P', lead_p, 5) as officer_id,
    code('S', if(layer = 1, n, r), 9) as source_pk, area_code
from audited
cross join (select least(1.0, greatest(30, getvariable('all_sunshine_record') * 0.00025) / getvariable('all_sunshine_record')) as share)
order by r;
