/*---
id: I18
name: fine_spread
title: 裁量离散度
list: L4
focus: F15
unit: ''
measure: spread
period: month
lower_is_better: true
green: 0.35
red: 0.6
monitor: false
numerator: 参与比较的罚款案件
denominator: 满十件的事项阶次
subject: penalty_case
rationale: >-
  同一事项、同一裁量阶次的罚款应当大体相当。离散度是各阶次罚款的变异系数（标准差除以平均数）的中位数，
  过大说明同案不同罚，裁量失范。
law:
  - {article: 行政处罚法（2021修订）第五条, mark: 已核}
  - {article: 行政处罚法（2021修订）第三十四条, mark: 已核}
inputs:
  penalty_case: [case_id, org_id, area_code, item_code, benchmark_id, decision_date, fine_amt]
  discretion_benchmark: [benchmark_id, item_code, tier_no, party_type]
  mart_case_lead: [case_id, officer_id, led_from, led_until]
parameters:
  - {name: least_group, type: integer, default: 10, lowest: 2, highest: 1000, unit: 件, meaning: 一个事项阶次至少有这么多件才比较}
exclusions:
  - 没有罚款的，和没有引用裁量基准、所引基准不属于本事项的案件不计入（由模型 M06 提示）
assumptions:
  - 标准差为样本标准差，以分为单位精确计算，结果取六位小数
  - 不足十件的阶次不比较，一个区域一个月没有满十件的阶次即没有数
decisions:
  - 阶次按当事人类型分开：同一阶次对自然人和单位幅度不同，分开比较，新旧基准的同一阶次合在一起
---*/

-- section: counted
with leads as (
    select case_id, officer_id
    from mart_case_lead
    where led_from < $as_of + interval 1 day and coalesce(led_until >= $as_of + interval 1 day, true)
),

final as (
    select
        case_id as subject_id,
        officer_id,
        org_id,
        penalty_case.area_code,
        decision_date as occurred_on,
        true as met,
        concat_ws(' ', penalty_case.item_code, tier_no, discretion_benchmark.party_type) as group_key,
        fine_amt as amount
    from penalty_case
    inner join discretion_benchmark using (benchmark_id)
    left join leads using (case_id)
    where fine_amt > 0
        and penalty_case.item_code = discretion_benchmark.item_code
        and decision_date <= $as_of
)

select * from final

-- section: source 处罚案件
select
    case_id, case_no, case_name, org_id, item_code, benchmark_id, party_type, decision_date, fine_amt, mitigate_type
from penalty_case
where case_id = $subject_id

-- section: source 裁量基准
select benchmark_id, item_code, tier_no, condition_text, party_type, fine_min_amt, fine_max_amt, basis_doc_no
from discretion_benchmark
where benchmark_id = (select benchmark_id from penalty_case where case_id = $subject_id)
