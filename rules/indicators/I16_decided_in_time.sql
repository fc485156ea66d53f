/*---
id: I16
name: decided_in_time
title: 按期决定率
list: L4
focus: F13
unit: '%'
measure: share
period: month
lower_is_better: false
green: 98
red: 92
monitor: false
numerator: 在办案期限内决定的案件
denominator: 已决定的普通程序案件
subject: penalty_case
rationale: >-
  普通程序案件应当自立案之日起九十日内作出处罚决定。按期决定率低，说明案件积压，也可能有人压案等待说情。
law:
  - {article: 行政处罚法（2021修订）第六十条, mark: 已核}
inputs:
  penalty_case: [case_id, org_id, area_code, decision_date]
  mart_case_lead: [case_id, officer_id, led_from, led_until]
  tested_M01: [subject_id]
  signals_M01: [subject_id, branches]
parameters: []
exclusions:
  - 简易程序案件，和模型 M01 所定日期（2021年7月15日，修订后的行政处罚法施行日）以前立案的，没有九十日的期限，不计入
  - 尚未决定的案件不计入，超期未决的由模型 M01 提示
assumptions:
  - 期限的计算（九十日、延期、不计入期限的天数）和起算日期就是模型 M01 现行版本的，不另算一遍
  - 案件归截止日的主办人员
decisions:
  - 以模型为准：案件超期与否即模型 M01 现行版本是否判为“超过办案期限”，两处不会不一致
---*/

-- section: counted
with overdue as (
    select subject_id
    from signals_M01
    where list_contains(branches, 'overdue')
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
        overdue.subject_id is null as met
    from penalty_case
    semi join tested_M01 on tested_M01.subject_id = case_id
    left join overdue on overdue.subject_id = case_id
    left join leads using (case_id)
    where decision_date <= $as_of
)

select * from final

-- section: source 处罚案件
select
    case_id, case_no, case_name, org_id, item_code, procedure_type, filed_date, decision_date, closed_date, result_type,
    extension_cnt, suspended_cnt
from penalty_case
where case_id = $subject_id

-- section: source 流程节点
select event_id, case_id, event_type, event_at, operator_id, approver_id, entered_at
from case_event
where case_id = $subject_id and event_at < $as_of + interval 1 day
order by event_at, event_id
limit 200
