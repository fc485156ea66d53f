/*---
id: M10
name: repeat_leniency
title: 重复免罚
risk: 人情执法
rationale: >-
  首次违法且危害后果轻微并及时改正的，可以不予处罚；“首违”只有一次。
  同一当事人同一事项多次按首违不罚处理，尤其是由同一人主办，可能是人情案或未核查违法历史。
law:
  - {article: 行政处罚法（2021修订）第三十三条, mark: 已核}
  - {article: 各领域首违不罚事项清单, mark: 待核}
limits:
  - article: 行政处罚法（2021修订）第三十三条
    mark: 已核
    says: “初次”怎么算，以各领域清单为准（待核），本模型一律按同一期间看
inputs:
  penalty_case:
    [case_id, party_id, party_type, item_code, place_text, is_offsite, decision_date, result_type, org_id, area_code]
  mart_case_lead: [case_id, officer_id, led_from]
  mart_repeated_case: [case_id]
  sunshine_record: [case_id]
parameters:
  - {name: window_months, type: integer, default: 12, lowest: 1, highest: 36, unit: 月, meaning: 最近一次免罚按决定日期回看的月数}
  - {name: series_months, type: integer, default: 24, lowest: 6, highest: 60, unit: 月, meaning: 自最近一次免罚起向前累计次数的月数}
  - {name: least_times, type: integer, default: 2, lowest: 2, highest: 10, unit: 次, meaning: 累计达到此次数为黄色}
  - {name: many_times, type: integer, default: 3, lowest: 3, highest: 20, unit: 次, meaning: 累计达到此次数为橙色}
ordered: [[least_times, many_times]]
subject: enterprise
value_title: 同一事项首违不罚次数
unit: 次
level_logic: >-
  同一当事人同一事项24个月内首违不罚2次黄色；满3次，或各次有共同的主办橙色；两者兼有红色。
branches:
  repeated: 同一事项重复首违不罚
  many_times: 首违不罚满三次
  same_handler: 各次有共同的主办
evidence:
  item_code: 事项代码
  place_text: 经营场所
  times: 首违不罚次数
  first_date: 最早一次决定日期
  last_date: 最近一次决定日期
  handler_count: 主办人数
  case_ids: 首违不罚案件
peers: {among: 有首违不罚的当事人, title: 同一事项首违不罚次数, unit: 次, limits: [least_times]}
aggregation: {mode: direct}
period: none
exclusions:
  - 最近一次首违不罚不在回看期内的不提示
  - 不予处罚、从轻减轻的案件不是首违不罚，不计次数
  - 法人、个体工商户经营场所不同的分别计次
assumptions:
  - 以当事人标识（统一社会信用代码或证件散列）识别同一当事人，自然人同样适用
  - 经营场所未填写的，计入该当事人同一事项的每个场所
  - 自然人、车辆没有固定场所，不论在哪里查获都合并计次；非现场执法、有阳光监管记录的案件视为查处车辆
  - 一案有多名主办的，各次主办中有任何一人相同即为同一人主办；有任何一次缺主办的，不认定为同一人主办
  - 预警记在共同的主办名下（有几人的取编号最小者），没有的记在最近一次的主办名下
  - 当事人有多个事项或场所命中的，只提示等级最高、次数最多的一个
  - 截止日之后的决定、接手视为尚未发生
decisions:
  - 按十二个月还是二十四个月累计：初次的期间各领域清单不一，一律自最近一次起向前累计24个月；最近一次在12个月之内的才提示
  - 同一日免罚两次：同一当事人同一事项同一日决定的几次只算一次，彼此不分先后，都可以是首次
false_positives:
  - 同一代码下不同经营场所：法人、个体工商户经营场所不同的分别计次
  - 一次免罚再犯即罚：再犯已处罚的不计次数
offline_check:
  - 调阅历次首违不罚案卷和当事人承诺书，核对违法事实、整改情况
  - 核对首违不罚清单适用条件，向主办人了解是否查询过违法历史
owner: 市纪委监委数字专班
nature: 明线
max_share: 0.1
precision_floor: 0.5
---*/

-- section: shared
with vehicles as (
    select distinct case_id
    from sunshine_record
    where case_id is not null
),

-- Several decisions of one day are one: none of them is the earlier.
spared as (
    select
        case_id,
        party_id,
        item_code,
        case
            when party_type <> '自然人'
                and not coalesce(is_offsite, false)
                and case_id not in (select case_id from vehicles)
                then nullif(trim(place_text), '')
        end as place_text,
        decision_date,
        org_id,
        area_code
    from penalty_case
    where result_type = '首违不罚' and decision_date <= $as_of
)

-- section: signals
with repeated as (
    select party_id, item_code
    from spared
    group by party_id, item_code
    having count(distinct decision_date) >= $least_times
),

candidates as (
    select spared.*
    from spared
    semi join repeated using (party_id, item_code)
    where case_id in (select case_id from mart_repeated_case)
),

establishments as (
    select *, row_number() over (order by party_id, item_code, place_text) as establishment
    from (select distinct party_id, item_code, place_text from candidates)
),

visits as (
    select
        establishments.*,
        case_id,
        decision_date,
        max(decision_date) over (partition by establishment) as last_date
    from establishments
    inner join candidates
        on candidates.party_id = establishments.party_id
        and candidates.item_code = establishments.item_code
        and (candidates.place_text = establishments.place_text or candidates.place_text is null)
),

counted as (
    select *
    from visits
    where last_date > cast($as_of - interval ($window_months) month as date)
        and decision_date > cast(last_date - interval ($series_months) month as date)
),

series as (
    select
        establishment,
        party_id,
        item_code,
        place_text,
        last_date,
        count(distinct decision_date) as times,
        min(decision_date) as first_date,
        max((decision_date, case_id))[2] as last_case_id,
        list(case_id order by decision_date, case_id) as case_ids
    from counted
    group by establishment, party_id, item_code, place_text, last_date
    having times >= $least_times
),

handlers as (
    select establishment, case_id, decision_date, officer_id
    from mart_case_lead
    inner join counted using (case_id)
    where led_from < $as_of + interval 1 day
),

present as (
    select establishment, officer_id, count(distinct decision_date) as times
    from handlers
    group by establishment, officer_id
),

shared as (
    select establishment, min(officer_id) as officer_id
    from present
    semi join series using (establishment, times)
    group by establishment
),

leads as (
    select establishment, case_id, min(officer_id) as officer_id
    from handlers
    group by establishment, case_id
),

numbers as (
    select establishment, count(distinct officer_id) as handler_count
    from handlers
    group by establishment
),

measures as (
    select
        series.*,
        coalesce(handler_count, 0) as handler_count,
        coalesce(shared.officer_id, leads.officer_id) as officer_id,
        spared.org_id,
        spared.area_code,
        times >= $many_times as is_many,
        shared.officer_id is not null as is_same_handler
    from series
    inner join spared on spared.case_id = last_case_id
    left join shared using (establishment)
    left join numbers using (establishment)
    left join leads on leads.establishment = series.establishment and leads.case_id = last_case_id
),

verdicts as (
    select
        *,
        case
            when is_many and is_same_handler then 'red'
            when is_many or is_same_handler then 'orange'
            else 'yellow'
        end as level
    from measures
    qualify row_number() over (
        partition by party_id
        order by
            is_many and is_same_handler desc, is_many or is_same_handler desc, times desc, last_date desc, item_code, place_text
    ) = 1
),

final as (
    select
        party_id as subject_id,
        level,
        officer_id,
        org_id,
        area_code,
        last_date as occurred_on,
        cast(times as double) as value,
        cast($least_times as double) as threshold,
        cast(
            to_json({
                'branches': ['repeated']
                    || case when is_many then ['many_times'] else [] end
                    || case when is_same_handler then ['same_handler'] else [] end,
                'item_code': item_code,
                'place_text': place_text,
                'times': times,
                'first_date': first_date,
                'last_date': last_date,
                'handler_count': handler_count,
                'case_ids': case_ids
            }) as varchar
        ) as evidence
    from verdicts
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
where result_type = '首违不罚'
    and decision_date > cast($as_of - interval ($window_months) month as date)
    and decision_date <= $as_of
group by party_id

-- section: peers
with establishments as (
    select distinct party_id, item_code, place_text
    from spared
),

visits as (
    select
        establishments.*,
        decision_date,
        max(decision_date) over (
            partition by establishments.party_id, establishments.item_code, establishments.place_text
        ) as last_date
    from establishments
    inner join spared
        on spared.party_id = establishments.party_id
        and spared.item_code = establishments.item_code
        and (spared.place_text = establishments.place_text or spared.place_text is null)
),

series as (
    select party_id, count(distinct decision_date) as times
    from visits
    where last_date > cast($as_of - interval ($window_months) month as date)
        and decision_date > cast(last_date - interval ($series_months) month as date)
    group by party_id, item_code, place_text
),

final as (
    select cast(max(times) as double) as value, party_id = $subject_id as is_subject
    from series
    group by party_id
    order by is_subject desc, md5(party_id)
    limit 2000
)

select * from final

-- section: source 当事人的首违不罚案件
select
    case_id, case_no, case_name, party_type, org_id, item_code, place_text, incident_date, filed_date, decision_date,
    result_type, illegal_fact
from penalty_case
where party_id = $subject_id
    and result_type = '首违不罚'
    and decision_date <= $as_of
order by decision_date, case_id
limit 200

-- section: source 当事人的处罚案件
select
    case_id, case_no, doc_no, case_name, org_id, item_code, place_text, incident_date, decision_date, fine_amt, result_type
from penalty_case
where party_id = $subject_id
    and result_type = '处罚'
    and decision_date <= $as_of
order by decision_date, case_id
limit 200

-- section: source 首违不罚案件的承办人
select case_id, officer_id, role_type, start_at
from case_officer
where case_id in (
    select case_id
    from penalty_case
    where party_id = $subject_id and result_type = '首违不罚' and decision_date <= $as_of
)
order by case_id, role_type, officer_id
limit 200

-- section: source 企业登记
select uscc, entity_name, entity_type, founded_date, status_type, risk_type
from enterprise
where uscc = $subject_id
