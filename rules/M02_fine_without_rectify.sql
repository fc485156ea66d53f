/*---
id: M02
name: fine_without_rectify
title: 以罚代管
risk: 逐利执法·不作为
nature: 明线
max_share: 0.2
precision_floor: 0.5
rationale: >-
  实施行政处罚时应当责令当事人改正违法行为，罚后应当复查是否改正。
  对同一当事人的同一问题一罚再罚而多数不复查，可能是只罚不管、以罚代管，也可能是把当事人当作固定的罚款来源。
law:
  - {article: 行政处罚法（2021修订）第二十八条, mark: 已核}
limits:
  - article: 行政处罚法（2021修订）第二十八条
    mark: 已核
    says: 条文要求责令改正，没有哪一条规定罚后必须复查；没有复查记录不等于没有改正
inputs:
  penalty_case:
    [case_id, party_id, party_type, item_code, org_id, area_code, place_text, decision_date, result_type, fine_amt, is_offsite]
  mart_repeated_case: [case_id]
  case_event: [case_id, event_type, event_at]
  power_item: [item_code, domain_code]
  mart_case_lead: [case_id, officer_id, led_from, led_until]
parameters:
  - {name: window_months, type: integer, default: 12, lowest: 1, highest: 36, unit: 月, meaning: 按决定日期回看的月数}
  - {name: yellow_fines, type: integer, default: 3, lowest: 2, highest: 20, unit: 次, meaning: 同一当事人同一事项罚款达到此次数为黄色}
  - {name: orange_fines, type: integer, default: 4, lowest: 2, highest: 30, unit: 次, meaning: 罚款达到此次数为橙色}
  - {name: red_fines, type: integer, default: 6, lowest: 2, highest: 50, unit: 次, meaning: 罚款达到此次数且一次也没有复查为红色}
  - {name: unchecked_share, type: number, default: 0.5, lowest: 0.1, highest: 1, unit: 比例, meaning: 没有复查的罚款占比达到此值才提示}
  - {name: recheck_days, type: integer, default: 30, lowest: 1, highest: 180, unit: 日, meaning: 决定后多于此天数没有复查才计入没有复查}
ordered: [[yellow_fines, orange_fines, red_fines]]
subject: enterprise
value_title: 同一事项同一地点罚款次数
unit: 次
level_logic: >-
  同一当事人同一事项（有经营场所的按同一地点）现场罚款满3次且半数以上逾期没有复查黄色，满4次橙色；6次逾期没有复查且一次也没有复查红色。
  多个事项符合的取最严重的一个。
branches:
  repeated: 反复罚款多数未复查
  frequent: 罚款次数较多
  never_checked: 多次罚款从未复查
evidence:
  fine_count: 罚款次数
  unchecked_count: 逾期没有复查的次数
  checked_count: 罚后复查的次数
  item_code: 事项代码
  fine_sum_amt: 罚款合计（元）
  place_text: 计次的地点（不按地点的为空）
  place_count: 该事项案发地点个数
  first_decision_date: 首次决定日期
  last_decision_date: 末次决定日期
  case_ids: 涉及的案件
  item_count: 符合条件的事项个数
peers: {among: 同一事项（本对象罚款次数最多的）被现场罚款的当事人, title: 同一事项罚款次数, unit: 次, limits: [yellow_fines, orange_fines, red_fines]}
decisions:
  - 复查未到期：决定后三十日内没有复查的，计入罚款次数，不计入没有复查
aggregation: {mode: direct}
period: none
exclusions:
  - 非现场执法案件、没有罚款的案件不纳入；没有登记是否非现场的按现场执法处理
assumptions:
  - 决定当日及以后的复查节点才算罚后复查；截止日之后的复查视为尚未发生
  - 没有哪一条规定罚后多久复查，按第三十日计，是内部设定
  - 单位、个体工商户按地点分别计次，地点为空的不能证明是另一场所，计入每一处；同一地点写法不同的分不出来
  - 自然人和交通运输领域的事项（路上的车、水上的船）不按地点，全部合并计次
  - 主办、单位、地区取末次罚款案件的
false_positives:
  - 多个经营场所：单位、个体工商户在不同地点的罚款分别计次，每处不足三次的不提示
  - 屡罚屡犯：每次罚后都复查、当事人仍然再犯的，没有复查的不足半数，不提示
offline_check:
  - 调阅责令改正通知书和复查笔录，核对是否有未录入的复查
  - 到现场查看违法行为是否已经改正
  - 询问当事人每次处罚后执法人员是否到场复查、有无指导整改
owner: 市纪委监委数字专班
---*/

-- section: signals
with fines as (
    select case_id, party_id, party_type, item_code, org_id, area_code, place_text, decision_date, fine_amt
    from penalty_case
    where decision_date > cast($as_of - interval ($window_months) month as date)
        and decision_date <= $as_of
        and result_type = '处罚'
        and fine_amt > 0
        and not coalesce(is_offsite, false)
        and case_id in (select case_id from mart_repeated_case)
),

repetitions as (
    select party_id, item_code
    from fines
    group by party_id, item_code
    having count(*) >= $yellow_fines
),

members as (
    select
        fines.*,
        case
            when party_type <> '自然人'
                and item_code not in (select item_code from power_item where domain_code = 'JT')
                then nullif(trim(place_text), '')
        end as site
    from fines
    inner join repetitions using (party_id, item_code)
),

sites as (
    select party_id, item_code, site
    from members
    group by party_id, item_code, site
    qualify site is not null or count(site) over (partition by party_id, item_code) = 0
),

gathered as (
    select members.*, sites.site as counted_site
    from sites
    inner join members using (party_id, item_code)
    where members.site is null or members.site = sites.site
),

rechecked as (
    select distinct case_id
    from case_event
    inner join members using (case_id)
    where event_type = '复查'
        and event_at >= decision_date
        and event_at < $as_of + interval 1 day
),

series as (
    select
        party_id,
        item_code,
        counted_site,
        count(*) as fine_count,
        count(rechecked.case_id) as checked_count,
        count(*) filter (where rechecked.case_id is null and decision_date + $recheck_days < $as_of) as unchecked_count,
        sum(fine_amt) as fine_sum_amt,
        min(decision_date) as first_decision_date,
        max(decision_date) as last_decision_date,
        list(gathered.case_id order by decision_date, gathered.case_id) as case_ids
    from gathered
    left join rechecked on rechecked.case_id = gathered.case_id
    group by party_id, item_code, counted_site
),

neglected as (
    select *, case_ids[-1] as last_case_id
    from series
    where fine_count >= $yellow_fines and unchecked_count >= $unchecked_share * fine_count
),

places as (
    select party_id, item_code, count(distinct place_text) as place_count
    from members
    group by party_id, item_code
),

hits as (
    select party_id, item_code, counted_site, 'repeated' as branch, 1 as severity
    from neglected

    union all

    select party_id, item_code, counted_site, 'frequent' as branch, 2 as severity
    from neglected
    where fine_count >= $orange_fines

    union all

    select party_id, item_code, counted_site, 'never_checked' as branch, 3 as severity
    from neglected
    where unchecked_count >= $red_fines and checked_count = 0
),

verdicts as (
    select party_id, item_code, counted_site, max(severity) as severity, list_sort(list(branch)) as branches
    from hits
    group by party_id, item_code, counted_site
),

worst as (
    select
        verdicts.*,
        neglected.* exclude (party_id, item_code, counted_site),
        count(distinct verdicts.item_code) over (partition by verdicts.party_id) as item_count
    from verdicts
    inner join neglected
        on neglected.party_id = verdicts.party_id
        and neglected.item_code = verdicts.item_code
        and neglected.counted_site is not distinct from verdicts.counted_site
    qualify row_number() over (
        partition by verdicts.party_id
        order by severity desc, fine_count desc, verdicts.item_code, last_decision_date desc, verdicts.counted_site
    ) = 1
),

handlers as (
    select case_id, officer_id
    from mart_case_lead
    where led_from < $as_of + interval 1 day and coalesce(led_until >= $as_of + interval 1 day, true)
        and case_id in (select last_case_id from worst)
),

final as (
    select
        worst.party_id as subject_id,
        case severity when 3 then 'red' when 2 then 'orange' else 'yellow' end as level,
        officer_id,
        org_id,
        area_code,
        last_decision_date as occurred_on,
        cast(fine_count as double) as value,
        cast(case severity when 3 then $red_fines when 2 then $orange_fines else $yellow_fines end as double) as threshold,
        cast(
            to_json({
                'branches': branches,
                'fine_count': fine_count,
                'unchecked_count': unchecked_count,
                'checked_count': checked_count,
                'item_code': worst.item_code,
                'fine_sum_amt': cast(fine_sum_amt as double),
                'place_text': counted_site,
                'place_count': place_count,
                'first_decision_date': first_decision_date,
                'last_decision_date': last_decision_date,
                'case_ids': case_ids,
                'item_count': item_count
            }) as varchar
        ) as evidence
    from worst
    inner join members on members.case_id = last_case_id
    inner join places on places.party_id = worst.party_id and places.item_code = worst.item_code
    left join handlers on handlers.case_id = last_case_id
)

select * from final order by subject_id

-- section: tested
select
    party_id as subject_id,
    cast(null as varchar) as officer_id,
    arg_max(org_id, (decision_date, case_id)) as org_id,
    arg_max(area_code, (decision_date, case_id)) as area_code,
    max(decision_date) as occurred_on
from penalty_case
where decision_date > cast($as_of - interval ($window_months) month as date)
    and decision_date <= $as_of
    and result_type = '处罚'
    and fine_amt > 0
    and not coalesce(is_offsite, false)
group by party_id

-- section: peers
with fines as (
    select
        case_id,
        party_id,
        item_code,
        decision_date,
        case
            when party_type <> '自然人' and item_code not in (select item_code from power_item where domain_code = 'JT')
                then nullif(trim(place_text), '')
        end as site
    from penalty_case
    where decision_date > cast($as_of - interval ($window_months) month as date)
        and decision_date <= $as_of
        and result_type = '处罚'
        and fine_amt > 0
        and not coalesce(is_offsite, false)
),

rechecked as (
    select distinct case_id
    from case_event
    inner join fines using (case_id)
    where party_id = $subject_id
        and event_type = '复查'
        and event_at >= decision_date
        and event_at < $as_of + interval 1 day
),

counts as (
    select
        party_id,
        item_code,
        site,
        count(*) as fine_count,
        count(*) filter (where rechecked.case_id is null) as unchecked_count
    from fines
    left join rechecked using (case_id)
    group by party_id, item_code, site
),

subject as (
    select item_code
    from counts
    where party_id = $subject_id
    group by item_code
    order by
        sum(unchecked_count) >= $unchecked_share * sum(fine_count) desc,
        max(fine_count) >= $red_fines and sum(unchecked_count) = sum(fine_count) desc,
        max(fine_count) desc,
        item_code
    limit 1
),

final as (
    select
        cast(
            coalesce(max(fine_count) filter (where site is not null), 0)
            + coalesce(max(fine_count) filter (where site is null), 0) as double
        ) as value,
        party_id = $subject_id as is_subject
    from counts
    inner join subject using (item_code)
    group by party_id
    order by is_subject desc, md5(party_id)
    limit 2000
)

select * from final

-- section: source 当事人
select uscc, entity_name, entity_type, founded_date, status_type, risk_type
from enterprise
where uscc = $subject_id

-- section: source 现场罚款案件
with fines as (
    select
        case_id, doc_no, case_name, item_code, org_id, place_text, incident_date, decision_date, fine_amt, illegal_fact,
        count(*) over (partition by item_code) as item_fines
    from penalty_case
    where party_id = $subject_id
        and decision_date > cast($as_of - interval ($window_months) month as date)
        and decision_date <= $as_of
        and result_type = '处罚'
        and fine_amt > 0
        and not coalesce(is_offsite, false)
),

final as (
    select * exclude (item_fines)
    from fines
    where item_fines >= $yellow_fines
)

select * from final
order by item_code, decision_date, case_id
limit 200

-- section: source 责令改正和复查节点
select event_id, case_id, event_type, event_at, operator_id, approver_id, entered_at
from case_event
where event_type in ('决定', '责令改正', '复查')
    and event_at < $as_of + interval 1 day
    and case_id in (
        select case_id
        from penalty_case
        where party_id = $subject_id
            and decision_date > cast($as_of - interval ($window_months) month as date)
            and decision_date <= $as_of
    )
order by case_id, event_at, event_id
limit 200
