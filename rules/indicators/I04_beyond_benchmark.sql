/*---
id: I04
name: beyond_benchmark
title: 超基准率
list: L1
focus: F03
unit: '%'
measure: share
period: month
lower_is_better: true
green: 1
red: 3
monitor: false
numerator: 模型 M06 提示的案件
denominator: 引用了裁量基准的罚款案件
subject: penalty_case
rationale: >-
  行政处罚应当在公布的裁量基准之内行使裁量权，偏离须经集体讨论或书面说明理由。超基准率高，说明基准没有管住裁量。
law:
  - {article: 行政处罚法（2021修订）第五条, mark: 已核}
  - {article: 行政处罚法（2021修订）第三十四条, mark: 已核}
inputs:
  penalty_case: [case_id, org_id, area_code, benchmark_id, decision_date]
  mart_case_lead: [case_id, officer_id, led_from, led_until]
  tested_M06: [subject_id]
  signals_M06: [subject_id]
parameters: []
exclusions:
  - 没有作出处罚、没有罚款的案件，和没有引用裁量基准的案件不计入
assumptions:
  - 是否偏离基准由模型 M06 现行版本判断，不另算一遍
  - 案件归截止日的主办人员
decisions:
  - 引用了不适用的基准：模型 M06 提示为“未引用适用的裁量阶次”的，案件写了基准，同样计入分子
---*/

-- section: counted
with hits as (
    select subject_id
    from signals_M06
),

leads as (
    select case_id, officer_id
    from mart_case_lead
    where led_from < $as_of + interval 1 day and coalesce(led_until >= $as_of + interval 1 day, true)
),

final as (
    select
        case_id as subject_id,
        officer_id,
        org_id,
        area_code,
        decision_date as occurred_on,
        hits.subject_id is not null as met
    from penalty_case
    semi join tested_M06 on tested_M06.subject_id = case_id
    left join hits on hits.subject_id = case_id
    left join leads using (case_id)
    where benchmark_id is not null and decision_date <= $as_of
)

select * from final

-- section: source 处罚案件
select
    case_id, case_no, case_name, org_id, item_code, benchmark_id, party_type, incident_date, decision_date, fine_amt,
    mitigate_type, basis_text
from penalty_case
where case_id = $subject_id

-- section: source 裁量基准
select
    benchmark_id, item_code, tier_no, condition_text, party_type, fine_min_amt, fine_max_amt, valid_from_date, valid_to_date,
    basis_doc_no
from discretion_benchmark
where benchmark_id = (select benchmark_id from penalty_case where case_id = $subject_id)
