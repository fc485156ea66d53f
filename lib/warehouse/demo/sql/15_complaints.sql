create or replace temp macro ticket_type(k) as
    case when u(k, 'ticket type') < 0.30 then '咨询' when u(k, 'ticket type') < 0.62 then '投诉'
    when u(k, 'ticket type') < 0.84 then '举报' when u(k, 'ticket type') < 0.96 then '求助' else '建议' end;

-- complaints that proved right go round the staff, even numbers here and odd ones in petitions: no bystander collects
-- two in half a year
create or replace temp macro is_ticket_about_officer(k) as ticket_type(k) = '投诉' and u(k, 'about officer') < 0.016;
create or replace temp macro is_ticket_proved(k) as u(k, 'substantiated') < 0.10;
create or replace temp macro is_petition_about_officer(k) as u(k, 'petition target') < 0.14;
create or replace temp macro is_petition_proved(k) as u(k, 'petition proved') < 0.10;

-- how many of them came before what is drawn
create or replace temp table b_proved_turn as
select
    (select count(*) from range(1, getvariable('before_hotline_ticket') + 1) as r (k)
        where is_ticket_about_officer(k) and is_ticket_proved(k)) as tickets,
    (select count(*) from range(1, getvariable('before_petition') + 1) as r (k)
        where is_petition_about_officer(k) and is_petition_proved(k)) as petitions;

create or replace temp table b_ticket as
with drawn as (
    select
        k::integer as k,
        (getvariable('from_day') + floor((k - getvariable('before_hotline_ticket') - 1 + u(k, 'ticket day')) / getvariable('n_hotline_ticket')
            * (getvariable('to_day') - getvariable('from_day') + 1))::integer)::date as day,
        ticket_type(k) as ticket_type,
        case when u(k, 'ticket domain') < 0.40 then 'ZF' when u(k, 'ticket domain') < 0.70 then 'SC'
            when u(k, 'ticket domain') < 0.80 then 'JT' when u(k, 'ticket domain') < 0.90 then 'JS'
            when u(k, 'ticket domain') < 0.95 then 'ST' when u(k, 'ticket domain') < 0.98 then 'NY' else 'WL' end as domain
    from range(getvariable('before_hotline_ticket') + 1, getvariable('before_hotline_ticket') + getvariable('n_hotline_ticket') + 1) as r (k)
),
aimed as (
    select
        *,
        is_ticket_about_officer(k) as is_about_officer,
        is_ticket_proved(k) as is_substantiated
    from drawn
)
select
    *,
    if(is_about_officer,
        row_number() over (partition by is_about_officer, is_substantiated order by k)
            + (select tickets from b_proved_turn), null)::integer as turn
from aimed;

insert into hotline_ticket by name
with staff as (
    select getvariable('all_officer') // 2 as half
),
firms as (
    select
        pool as code, coalesce(max(size) filter (where p = 2), 0)::integer as shops,
        coalesce(max(size) filter (where p = 3), 0)::integer as companies
    from b_pool_size group by pool
),
-- materialized: join keys worked out from two tables
placed as materialized (
    select
        b.*, s.t,
        if(ticket_type in ('投诉', '举报') and u(b.k, 'named firm') < 0.72, town.code, null) as firm_pool,
        if(u(b.k, 'kind of firm') < 0.6, 2, 3) as firm_p,
        pick(b.k, 'firm', if(u(b.k, 'kind of firm') < 0.6, firms.shops, firms.companies)) as firm_rank,
        case
            when not is_about_officer then null
            when is_substantiated then 2 * (1 + (turn::bigint * 48271) % half)
            else 1 + pick(k, 'accused', half * 2)
        end::integer as target_p
    from b_ticket b
    join b_town_slot s on s.slot = pick(b.k, 'ticket town', 4096)
    join b_town town on town.t = s.t
    join firms on firms.code = town.code
    cross join staff
),
sent as (
    select
        placed.*, b.org_id, b.area_code, b.slack, e.uscc,
        day::timestamp + to_seconds(420 * 60 + pick(k, 'ticket time', 52000)) as received_at,
        town.name as town_name
    from placed
    join b_answers a on a.t = placed.t and a.domain = placed.domain
    left join b_officer target on target.p = placed.target_p
    join b_org b on b.o = coalesce(target.o, a.o)
    join b_town town on town.t = placed.t
    left join b_pool firm on firm.pool = placed.firm_pool and firm.p = placed.firm_p and firm.rank = placed.firm_rank
    left join b_enterprise e on e.n = firm.n
),
timed as (
    select
        *,
        (wd(wd_seq_of(day) + 5) + time '18:00:00')::timestamp as due_at,
        floor(5.4 * pow(u(k, 'reply'), 1.3))::integer as wait
    from sent
),
answered as (
    select
        *,
        case
            when u(k, 'late reply') < 0.002 + 0.03 * slack then moment(wd(wd_seq_of(due_at) + 1 + pick(k, 'late days', 3)), k, 'answer', 520, 1060)
            when wait = 0 then received_at + to_minutes(15 + pick(k, 'answer', 90))
            else moment(wd(wd_seq_of(day) + wait), k, 'answer', 520, 1060)
        end as answer_at
    from timed
)
select
    code('H', k, 8) as ticket_no, ticket_type, received_at, org_id, uscc as party_id,
    code('P', target_p, 5) as target_officer_id,
    town_name || getvariable('roads')[1 + pick(k, 'ticket road', len(getvariable('roads')))]
        || (1 + pick(k, 'ticket number', 480)) || '号' as place_text,
    due_at, if(answer_at < getvariable('as_of'), answer_at, null) as replied_at,
    case
        when answer_at >= getvariable('as_of') or ticket_type not in ('投诉', '举报') then null
        when is_about_officer and is_substantiated then if(u(k, 'partly') < 0.5, '部分属实', '属实')
        when is_about_officer then if(u(k, 'verdict') < 0.7, '不属实', '无法查实')
        when u(k, 'verdict') < 0.34 then '属实' when u(k, 'verdict') < 0.52 then '部分属实'
        when u(k, 'verdict') < 0.86 then '不属实' else '无法查实'
    end as verify_result,
    code('H', k, 8) as source_pk, area_code
from answered
order by k;

insert into petition by name
with drawn as (
    select
        k::integer as k,
        (getvariable('from_day') + floor((k - getvariable('before_petition') - 1 + u(k, 'petition day')) / getvariable('n_petition')
            * (getvariable('to_day') - getvariable('from_day') + 1))::integer)::date as day,
        is_petition_about_officer(k) as is_about_officer, is_petition_proved(k) as is_substantiated
    from range(getvariable('before_petition') + 1, getvariable('before_petition') + getvariable('n_petition') + 1) as r (k)
),
turned as (
    select
        *, row_number() over (partition by is_about_officer, is_substantiated order by k)
            + (select petitions from b_proved_turn) as turn,
        getvariable('all_officer') // 2 as half
    from drawn
),
sent as (
    select
        turned.*,
        case
            when not is_about_officer then null
            when is_substantiated then 2 * ((turn::bigint * 48271) % half) + 1
            else 1 + pick(k, 'petition accused', half * 2)
        end::integer as target_p,
        day::timestamp + to_seconds(540 * 60 + pick(k, 'petition time', 28000)) as received_at
    from turned
),
timed as (
    select
        sent.*, b.org_id, b.area_code,
        received_at + to_days(60) as due_at,
        received_at + to_hours(24 * (6 + pick(k, 'petition closing', 50)) + pick(k, 'petition hour', 5)) as close_at
    from sent
    left join b_officer target on target.p = sent.target_p
    join b_org b on b.o = coalesce(target.o, 1 + pick(k, 'petition org', (select count(*)::integer from b_org)))
)
select
    code('G', k, 7) as petition_no, received_at,
    case when u(k, 'channel') < 0.46 then '网上' when u(k, 'channel') < 0.70 then '来信' when u(k, 'channel') < 0.86 then '电话'
        else '来访' end as channel_type,
    org_id, code('P', target_p, 5) as target_officer_id, due_at,
    if(close_at < getvariable('as_of'), close_at, null) as closed_at,
    case
        when close_at >= getvariable('as_of') then null
        when is_about_officer and is_substantiated then if(u(k, 'partly proved') < 0.5, '部分属实', '属实')
        when is_about_officer then if(u(k, 'petition verdict') < 0.7, '不属实', '无法查实')
        when u(k, 'petition verdict') < 0.2 then '属实' when u(k, 'petition verdict') < 0.4 then '部分属实'
        when u(k, 'petition verdict') < 0.85 then '不属实' else '无法查实'
    end as verify_result,
    if(is_about_officer, '内部', '公开') as secrecy_type,
    code('G', k, 7) as source_pk, area_code
from timed
order by k;
