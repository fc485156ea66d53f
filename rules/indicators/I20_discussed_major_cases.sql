/*---
id: I20
name: discussed_major_cases
title: 集体讨论率
list: L4
focus: F17
unit: '%'
measure: share
period: month
lower_is_better: false
green: 100
red: 100
monitor: false
numerator: 决定以前集体讨论过的重大案件
denominator: 已作出处罚决定的重大案件
subject: penalty_case
rationale: >-
  情节复杂或者重大违法行为给予行政处罚，应当由负责人集体讨论决定。没有讨论，或者决定以后才补讨论，
  重大处罚就成了个人说了算。
law:
  - {article: 行政处罚法（2021修订）第五十七条, mark: 已核}
  - {article: 行政处罚法（2021修订）第六十三条, mark: 已核}
  - {article: 听证较大数额标准（自然人五千元、单位五万元）, mark: 待核}
inputs:
  penalty_case:
    [case_id, org_id, area_code, party_type, decision_date, result_type, penalty_types, fine_amt, confiscate_amt]
  case_event: [case_id, event_type, event_at]
  mart_case_lead: [case_id, officer_id, led_from, led_until]
parameters:
  - {name: person_hearing_amt, from: M13.person_hearing_amt, meaning: 自然人罚款或没收达到此数额为重大案件}
  - {name: unit_hearing_amt, from: M13.unit_hearing_amt, meaning: 单位罚款或没收达到此数额为重大案件}
exclusions:
  - 未作出处罚的、不是重大案件的不计入；截止日之后才决定的尚未决定，不计入
assumptions:
  - 哪些是重大案件与模型 M13 相同，M13 的数额经审批调整的，本指标一并调整：罚款或没收达到数额（个体工商户按单位，两项不相加，空值按0），或者有降低资质等级、吊销许可证件、责令停产停业、责令关闭、限制从业的处罚
  - 计入决定的月份；决定以后的事不影响，以前各月的数不再变化
  - 按讨论发生的时间判断，与模型 M13 相同，补录的时间不影响
  - 归办案单位和区划，人员为截止日的主办
decisions:
  - 讨论当日：决定当日讨论的算决定以前，先后按日比较，与模型 M13 相同
  - 几次讨论：看最早一次，决定以前讨论过就算
---*/

-- section: counted
with major as (
    select
        case_id,
        org_id,
        area_code,
        decision_date,
        case when party_type = '自然人' then $person_hearing_amt else $unit_hearing_amt end as hearing_amt
    from penalty_case
    where decision_date <= $as_of
        and result_type = '处罚'
        and (
            coalesce(fine_amt, 0) >= hearing_amt
            or coalesce(confiscate_amt, 0) >= hearing_amt
            or coalesce(
                list_has_any(penalty_types, ['降低资质等级', '吊销许可证件', '责令停产停业', '责令关闭', '限制从业']), false
            )
        )
),

discussions as (
    select case_id, min(event_at) as discussed_at
    from case_event
    where event_type = '集体讨论' and case_id in (select case_id from major)
    group by case_id
),

leads as (
    select case_id, officer_id
    from mart_case_lead
    where led_from < $as_of + interval 1 day and coalesce(led_until >= $as_of + interval 1 day, true)
        and case_id in (select case_id from major)
),

final as (
    select
        case_id as subject_id,
        officer_id,
        org_id,
        area_code,
        decision_date as occurred_on,
        coalesce(discussed_at < decision_date + interval 1 day, false) as met
    from major
    left join discussions using (case_id)
    left join leads using (case_id)
)

select * from final

-- section: source 处罚案件
select
    case_id, case_no, doc_no, case_name, org_id, party_type, procedure_type, filed_date, decision_date, result_type,
    penalty_types, fine_amt, confiscate_amt
from penalty_case
where case_id = $subject_id

-- section: source 流程节点
select event_id, case_id, event_type, event_at, operator_id, approver_id, entered_at
from case_event
where case_id = $subject_id and event_at < $as_of + interval 1 day
order by event_at, event_id
limit 200
