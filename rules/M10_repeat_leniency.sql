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
  penalty_case: [case_id, party_id, item_code, place_text, decision_date, result_type, org_id, area_code]
  case_officer: [case_id, officer_id, role_type, start_at]
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
  同一当事人同一事项24个月内首违不罚2次黄色；满3次，或各次均由同一人主办橙色；两者兼有红色。
branches:
  repeated: 同一事项重复首违不罚
  many_times: 首违不罚满三次
  same_handler: 各次均由同一人主办
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
  - 经营场所不同的分别计次
assumptions:
  - 以当事人标识（统一社会信用代码或证件散列）识别同一当事人，自然人同样适用
  - 经营场所未填写的，计入该当事人同一事项的每个场所
  - 一案有多名主办的，取人员编号最小者；有任何一次缺主办的，不认定为同一人主办
  - 当事人有多个事项或场所命中的，只提示等级最高、次数最多的一个
  - 截止日之后的决定、接手视为尚未发生
false_positives:
  - 同一代码下不同经营场所：经营场所不同的分别计次
  - 一次免罚再犯即罚：再犯已处罚的不计次数
offline_check:
  - 调阅历次首违不罚案卷和当事人承诺书，核对违法事实、整改情况
  - 核对首违不罚清单适用条件，向主办人了解是否查询过违法历史
owner: 市纪委监委数字专班
nature: 明线
max_share: 0.1
precision_floor: 0.5
---*/

-- section: signals
with spared as (
    select case_id, party_id, item_code, place_text, decision_date, org_id, area_code
    from penalty_case
    where result_type = '首违不罚' and decision_date <= $as_of
),

repeated as (
    select party_id, item_code
    from spared
    group by party_id, item_code
    having count(*) >= $least_times
),

candidates as (
    select spared.*
    from spared
    semi join repeated using (party_id, item_code)
),

establishments as (
    select distinct party_id, item_code, place_text
    from candidates
),

visits as (
    select
        establishments.party_id,
        establishments.item_code,
        establishments.place_text,
        candidates.* exclude (party_id, item_code, place_text),
        max(decision_date) over (
            partition by establishments.party_id, establishments.item_code, establishments.place_text
        ) as last_date
    from establishments
    inner join candidates
        on candidates.party_id = establishments.party_id
        and candidates.item_code = establishments.item_code
        and (candidates.place_text = establishments.place_text or candidates.place_text is null)
),

handlers as (
    select case_id, min(officer_id) as officer_id
    from case_officer
    where role_type = '主办'
        and coalesce(start_at < $as_of + interval 1 day, true)
        and case_id in (select case_id from visits)
    group by case_id
),

series as (
    select
        party_id,
        item_code,
        place_text,
        last_date,
        count(*) as times,
        count(officer_id) as handled_times,
        count(distinct officer_id) as handler_count,
        min(decision_date) as first_date,
        list(case_id order by decision_date, case_id) as case_ids,
        last(officer_id order by decision_date, case_id) as officer_id,
        last(org_id order by decision_date, case_id) as org_id,
        last(area_code order by decision_date, case_id) as area_code
    from visits
    left join handlers using (case_id)
    where last_date > cast($as_of - interval ($window_months) month as date)
        and decision_date > cast(last_date - interval ($series_months) month as date)
    group by party_id, item_code, place_text, last_date
),

measures as (
    select
        *,
        times >= $many_times as is_many,
        handled_times = times and handler_count = 1 as is_same_handler
    from series
    where times >= $least_times
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
    arg_max(org_id, decision_date) as org_id,
    arg_max(area_code, decision_date) as area_code,
    max(decision_date) as occurred_on
from penalty_case
where result_type = '首违不罚'
    and decision_date > cast($as_of - interval ($window_months) month as date)
    and decision_date <= $as_of
group by party_id

-- section: peers
with spared as (
    select party_id, item_code, place_text, decision_date
    from penalty_case
    where result_type = '首违不罚' and decision_date <= $as_of
),

establishments as (
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
    select party_id, count(*) as times
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
