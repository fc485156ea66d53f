/*---
id: I05
name: rechecked_after_fine
title: 罚后复查率
list: L1
focus: F04
unit: '%'
measure: share
period: month
lower_is_better: false
green: 90
red: 75
monitor: false
numerator: 复查期限内复查过的现场罚款案件
denominator: 复查期限已满的现场罚款案件
subject: penalty_case
rationale: >-
  实施行政处罚应当责令当事人改正违法行为，罚后应当复查是否改正。罚了款却不去看改没改，就是以罚代管，
  违法行为照旧，当事人还可能成为固定的罚款来源。
law:
  - {article: 行政处罚法（2021修订）第二十八条, mark: 已核}
  - {article: 罚后三十日内复查（没有哪一条规定，内部设定）, mark: 待核}
inputs:
  penalty_case: [case_id, org_id, area_code, decision_date, result_type, fine_amt, is_offsite]
  case_event: [case_id, event_type, event_at]
  mart_case_lead: [case_id, officer_id, led_from, led_until]
parameters:
  - {name: recheck_days, from: M02.recheck_days, meaning: 决定后复查的期限（自然日）}
exclusions:
  - 非现场执法的案件没有现场可以复查，不计入；没有登记是否非现场的按现场执法处理，与模型 M02 相同
  - 没有罚款的案件（警告、不予处罚、首违不罚、撤案、移送）不计入
  - 尚未决定的、复查期限未满的案件不计入，不论是否已经复查
assumptions:
  - 案件计入复查期限届满的月份，期限一满，当月的数不再因以后的复查而变化
  - 哪些是现场罚款、哪些复查算数、期限几日，与模型 M02 一致；M02 按当事人和事项提示反复罚款而不复查的，本指标逐案计算；M02 的期限经审批调整的，本指标一并调整
  - M02 把期限以后补做的复查也算复查，本指标只算期限以内的：凡 M02 计入没有复查的，本指标都不计入分子
  - 复议、诉讼后来撤销决定的案件仍计入，与 M02 相同：复查的是违法行为是否改正，不是决定对错
  - 案件归截止日的主办人员，单位、区划取案件登记的
  - 期限的末日是节假日的不顺延
decisions:
  - 复查未到期：期限的末日当日尚未过完，次日起计入；期限未满而已复查的也不提前计入
  - 复查从何时起算：决定当日及以后的复查节点才算，决定以前的是调查中的查看
  - 复查了几次：一案复查几次的，有一次在期限内即可
---*/

-- section: counted
with fines as (
    select
        case_id,
        org_id,
        area_code,
        decision_date,
        decision_date + $recheck_days as due_on
    from penalty_case
    where result_type = '处罚'
        and fine_amt > 0
        and not coalesce(is_offsite, false)
        and decision_date between $since - $recheck_days and $as_of - $recheck_days - 1
),

rechecked as (
    select distinct case_id
    from case_event
    inner join fines using (case_id)
    where event_type = '复查' and event_at >= decision_date and event_at < due_on + interval 1 day
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
        due_on as occurred_on,
        rechecked.case_id is not null as met
    from fines
    left join rechecked using (case_id)
    left join leads using (case_id)
)

select * from final

-- section: source 处罚案件
select
    case_id, case_no, doc_no, case_name, org_id, item_code, place_text, incident_date, decision_date, fine_amt, is_offsite
from penalty_case
where case_id = $subject_id

-- section: source 决定、责令改正和复查节点
select event_id, case_id, event_type, event_at, operator_id, approver_id, entered_at
from case_event
where case_id = $subject_id and event_type in ('决定', '责令改正', '复查') and event_at < $as_of + interval 1 day
order by event_at, event_id
limit 200
