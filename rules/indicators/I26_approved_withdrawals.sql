/*---
id: I26
name: approved_withdrawals
title: 审批完备率
list: L6
focus: F23
unit: '%'
measure: share
period: month
lower_is_better: false
green: 100
red: 97
monitor: false
numerator: 经他人审批的撤案、不予处罚案件
denominator: 撤案、不予处罚的案件
subject: penalty_case
rationale: >-
  撤案、不予处罚应当由行政机关负责人审查决定，不能由承办人一人说了算。
  没有他人审批就撤案、不罚，可能是打招呼、人情案。
law:
  - {article: 行政处罚法（2021修订）第五十七条, mark: 已核}
inputs:
  penalty_case: [case_id, org_id, area_code, decision_date, closed_date]
  mart_case_lead: [case_id, officer_id, led_from, led_until]
  tested_M11: [subject_id]
  signals_M11: [subject_id, branches]
parameters: []
exclusions:
  - 首违不罚的案件不计入，与模型 M11 相同
  - 截止日之后才决定撤案、不予处罚的尚未决定，不计入
assumptions:
  - 有没有他人审批由模型 M11 现行版本判断，不另算一遍：提示“没有审批记录”“经办人或承办人自己审批”的不计入分子
  - 计入决定的月份，没有决定日期的计入结案的月份；决定以后才登记的审批不算，以前各月不因补批变好
  - 归办案单位和区划，人员为截止日的主办
decisions:
  - 告知之后撤案：事先告知以后又撤案、不罚，经他人审批的仍算审批完备，告知由模型 M11 提示
  - 并案：并入另案的重复案件没有另行审批的，模型 M11 不提示，本指标也不算缺审批；另案后来也撤案、不罚的，以前的数因此变差
  - 只有结案日期：撤案往往不作决定书，没有决定日期的按结案日期，与模型 M11 相同
---*/

-- section: counted
with unapproved as (
    select subject_id
    from signals_M11
    where list_has_any(branches, ['unapproved', 'self_approved'])
),

leads as (
    select case_id, officer_id
    from mart_case_lead
    where led_from < $as_of + interval 1 day and coalesce(led_until >= $as_of + interval 1 day, true)
        and case_id in (select subject_id from tested_M11)
),

final as (
    select
        case_id as subject_id,
        officer_id,
        org_id,
        area_code,
        coalesce(decision_date, closed_date) as occurred_on,
        unapproved.subject_id is null as met
    from penalty_case
    semi join tested_M11 on tested_M11.subject_id = case_id
    left join unapproved on unapproved.subject_id = case_id
    left join leads using (case_id)
    where coalesce(decision_date, closed_date) <= $as_of
)

select * from final

-- section: source 处罚案件
select
    case_id, case_no, case_name, org_id, item_code, party_type, filed_date, decision_date, closed_date, result_type
from penalty_case
where case_id = $subject_id

-- section: source 流程节点
select event_id, case_id, event_type, event_at, operator_id, approver_id, entered_at
from case_event
where case_id = $subject_id and event_at < $as_of + interval 1 day
order by event_at, event_id
limit 200

-- section: source 承办人
select case_id, officer_id, role_type, start_at
from case_officer
where case_id = $subject_id
order by role_type, officer_id
limit 200
