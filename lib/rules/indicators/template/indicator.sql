/*---
id: {id}
name: {name}
title: （指标名称）
list: L1
focus: F01
unit: '%'
measure: share
period: month
lower_is_better: true
green: 5
red: 10
monitor: true
numerator: （分子是什么）
denominator: （分母是什么）
subject: penalty_case
rationale: >-
  （第一句：法律或制度要求什么。）
  （第二句：数值不好说明什么。）
law:
  - {article: （法律名称和条款）, mark: 待核}
inputs:
  penalty_case: [case_id, org_id, area_code, decision_date, fine_amt]
  case_officer: [case_id, officer_id, role_type]
parameters:
  - {name: least_amt, type: number, default: 100000, lowest: 1, highest: 100000000, unit: 元, meaning: 罚款多于此数的计入分子}
exclusions:
  - 尚未决定的案件不计入
assumptions:
  - 截止日之后的决定尚未发生
decisions:
  - 罚款不明：计入分母，不计入分子
---*/

-- section: counted
with leads as (
    select case_id, min(officer_id) as officer_id
    from case_officer
    where role_type = '主办'
    group by case_id
),

final as (
    select
        case_id as subject_id,
        officer_id,
        org_id,
        area_code,
        decision_date as occurred_on,
        coalesce(fine_amt > $least_amt, false) as met
    from penalty_case
    left join leads using (case_id)
    where decision_date <= $as_of
)

select * from final

-- section: source 处罚案件
select case_id, case_no, case_name, org_id, item_code, decision_date, fine_amt
from penalty_case
where case_id = $subject_id
