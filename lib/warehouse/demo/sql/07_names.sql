-- What an enterprise does follows from its first case, so that its name does not contradict what it is fined for.
create or replace temp table b_industry as
with first_case as (
    select
        party.enterprise_n as n, arg_min(i.domain, n) as domain
    from b_case_party party
    join b_case_seed using (n)
    join b_item i using (i)
    where party.enterprise_n is not null
    group by party.enterprise_n
)
select e.n, coalesce(first_case.domain, e.default_domain) as domain
from b_enterprise e left join first_case using (n);

create or replace temp table b_enterprise_name as
with word as (
    select domain, string_split(shops, ' ') as shops, string_split(trades, ' ') as trades from words_industries
),
worded as (
    select
        e.n, e.entity_type, town.short, left(town.county_name, 2) as county, w.shops, w.trades,
        getvariable('brands')[1 + pick(e.n, 'brand', len(getvariable('brands')))] as brand,
        if(u(e.n, 'plain') < 0.10, '', getvariable('marks')[1 + pick(e.n, 'mark', len(getvariable('marks')))]) as mark
    from b_enterprise e
    join b_industry i using (n)
    join word w on w.domain = i.domain
    join b_town town using (t)
)
select
    n,
    case entity_type
        when '个体工商户' then county || short || brand || shops[1 + pick(n, 'shop', len(shops))]
        when '农民专业合作社' then county || brand || mark || '农业专业合作社'
        when '企业' then '嘉兴' || brand || mark || trades[1 + pick(n, 'trade', len(trades))] || '有限公司'
        else county || brand || mark || '服务中心'
    end as entity_name
from worded;

insert into enterprise by name
select
    uscc, entity_name, entity_type, hid(rep_n, 'rep') as legal_rep_hash,
    case when p = 2 then [hid(rep_n, 'rep')]
        when u(n, 'holders') < 0.45 then [hid(rep_n, 'rep'), hid(n, 'holder 2')]
        when u(n, 'holders') < 0.62 then [hid(n, 'holder 2'), hid(n, 'holder 3'), hid(n, 'holder 4')]
        else [hid(rep_n, 'rep')] end as holder_hashes,
    (getvariable('first_day') - 30 - floor(pow(u(n, 'founded'), 1.7) * 7300)::integer)::date as founded_date,
    status as status_type, risk as risk_type, uscc as source_pk, b_town.code as area_code
from b_enterprise
join b_enterprise_name using (n)
join b_town using (t)
order by n;
