/*---
id: {id}
name: {name}
title: （模型名称）
risk: （风险类型）
rationale: >-
  （第一句：法律要求什么。）
  （第二句：做不到说明什么风险。）
law:
  - {article: （法律名称和条款）, mark: 待核}
limits:
  - {article: （法律名称和条款）, mark: 待核, says: （被检查单位的律师会说什么，一句话）}
inputs:
  penalty_case: [case_id, org_id, area_code, decision_date, fine_amt]
  case_officer: [case_id, officer_id, role_type]
parameters:
  - {name: window_months, type: integer, default: 12, lowest: 1, highest: 36, unit: 月, meaning: 按决定日期回看的月数}
  - {name: least_amt, type: number, default: 100000, lowest: 1, highest: 100000000, unit: 元, meaning: 罚款多于此数的提示}
subject: penalty_case
value_title: 罚款
unit: 元
level_logic: 罚款多于限额黄色。
branches:
  large: 罚款多于限额
evidence:
  fine_amt: 罚款
peers: {among: 窗口内的罚款案件, title: 罚款, unit: 元, limits: [least_amt]}
aggregation: {mode: direct}
period: none
exclusions:
  - 未作罚款的案件不判断
assumptions:
  - 截止日之后的决定尚未发生
false_positives:
  - 数额巨大的案件：限额以内的不提示
offline_check:
  - （现场核查什么）
owner: 市纪委监委数字专班
nature: 明线
max_share: 0.2
precision_floor: 0.5
---*/

-- section: shared
with fined as (
    select case_id, org_id, area_code, decision_date, fine_amt
    from penalty_case
    where decision_date > cast($as_of - interval ($window_months) month as date)
        and decision_date <= $as_of
)

-- section: signals
with hits as (
    select *
    from fined
    where fine_amt > $least_amt
),

handlers as (
    select case_id, min(officer_id) as officer_id
    from case_officer
    where role_type = '主办' and case_id in (select case_id from hits)
    group by case_id
),

final as (
    select
        case_id as subject_id,
        'yellow' as level,
        officer_id,
        org_id,
        area_code,
        decision_date as occurred_on,
        cast(fine_amt as double) as value,
        cast($least_amt as double) as threshold,
        cast(to_json({'branches': ['large'], 'fine_amt': cast(fine_amt as double)}) as varchar) as evidence
    from hits
    left join handlers using (case_id)
)

select * from final order by subject_id

-- section: tested
select case_id as subject_id, cast(null as varchar) as officer_id, org_id, area_code, decision_date as occurred_on
from fined

-- section: peers
select cast(fine_amt as double) as value, case_id = $subject_id as is_subject
from fined
where fine_amt is not null
order by is_subject desc, md5(case_id)
limit 2000

-- section: source 处罚案件
select case_id, case_no, case_name, org_id, item_code, decision_date, fine_amt
from penalty_case
where case_id = $subject_id
