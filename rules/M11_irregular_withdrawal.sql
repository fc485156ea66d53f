/*---
id: M11
name: irregular_withdrawal
title: 违规撤案·人情案
risk: 徇私枉法
rationale: >-
  撤案、不予处罚应当由行政机关负责人审查决定，不能由承办人一人说了算。
  没有他人审批就撤案、不罚，或已经事先告知拟处罚又撤案、不罚，可能是打招呼、人情案。
law:
  - {article: 行政处罚法（2021修订）第五十七条, mark: 已核}
limits:
  - article: 行政处罚法（2021修订）第四十五条
    mark: 待核
    says: 当事人的陈述申辩成立的应当采纳，告知之后撤案可以是依法采纳的结果
inputs:
  penalty_case:
    [case_id, org_id, area_code, party_id, item_code, incident_date, place_text, filed_date, decision_date, closed_date,
     result_type]
  case_event: [case_id, event_type, event_at, operator_id, approver_id]
  mart_case_step: [case_id, told_at]
  mart_case_lead: [case_id, officer_id, led_from, led_until]
  mart_repeated_case: [case_id, party_id, item_code]
  case_officer: [case_id, officer_id, role_type, start_at]
parameters:
  - {name: window_months, type: integer, default: 12, lowest: 1, highest: 36, unit: 月, meaning: 按决定日期（没有的按结案日期）回看的月数}
subject: penalty_case
value_title: 情形个数
unit: 项
level_logic: >-
  事先告知后撤案、不予处罚黄色；没有他人审批（没有审批记录，或由经办人、承办人自己审批）橙色；两者并存红色。
branches: {told: 事先告知后撤案或不予处罚, unapproved: 没有审批记录, self_approved: 经办人或承办人自己审批}
evidence:
  result_type: 办理结果
  decision_date: 决定日期（没有的为结案日期）
  told_on: 事先告知日期
  days_after_told: 告知至决定天数
  approved_on: 审批日期
  approver_id: 审批人
peers: {among: 本单位撤案、不予处罚的案件, title: 立案至决定天数, unit: 日, limits: []}
aggregation: {mode: direct}
period: none
nature: 明线
max_share: 0.2
precision_floor: 0.5
exclusions:
  - 首违不罚的案件不纳入，由重复免罚模型判断
  - 同一当事人、同一事项、同日同地另有案件已处罚、已移送或者正在办理的，视为并案，不提示
assumptions:
  - 决定日期之后才登记的事先告知、审批不算，即使已在截止日之前
  - 撤案只看撤案审批节点；不予处罚的，决定、集体讨论节点登记的审批人同样算数
  - 审批节点没有审批人的，视为没有审批；几次审批中有他人审批的，列出最后一次他人审批
  - 审批人等于经办人，或是本案主办、协办的，视为自己审批；经办人缺失的只与主办、协办比对
  - 当事人、日期、地点有缺失的案件无从认定并案
  - 截止日之后决定撤案、不予处罚或并案处罚的，视为尚未发生
decisions:
  - 并入尚未办结的另案：视为并案，不提示；另案后来也撤案、不予处罚的，再提示
  - 只有结案日期的撤案：撤案往往不作决定书，没有决定日期的按结案日期
false_positives:
  - 重复立案并案处理：同一违法行为的另一案已经处罚、移送或者正在办理的，不提示
  - 告知前经他人审批：没有事先告知、由他人审批的撤案和不予处罚，不提示
  - 不予处罚在决定时审批：没有撤案审批，由他人在集体讨论、决定时审批的不予处罚，不提示
offline_check:
  - 调阅撤案审批表、不予处罚审批材料，核对审批人签名和日期
  - 询问承办人、审批人告知之后改变处理的理由，核对当事人陈述申辩材料
owner: 市纪委监委数字专班
---*/

-- section: signals
with cases as (
    select
        case_id,
        org_id,
        area_code,
        party_id,
        item_code,
        incident_date,
        nullif(trim(place_text), '') as place_text,
        coalesce(decision_date, closed_date) as decision_date,
        result_type
    from penalty_case
    where result_type in ('撤案', '不予处罚')
        and coalesce(decision_date, closed_date) > cast($as_of - interval ($window_months) month as date)
        and coalesce(decision_date, closed_date) <= $as_of
),

tellings as (
    select case_id, cast(told_at as date) as told_on
    from mart_case_step
    inner join cases using (case_id)
    where told_at < decision_date + interval 1 day
),

steps as (
    select case_id, event_at, operator_id, approver_id
    from case_event
    inner join cases using (case_id)
    where event_type in ('撤案审批', '集体讨论', '决定')
        and (event_type = '撤案审批' or result_type = '不予处罚')
        and event_at < decision_date + interval 1 day
        and approver_id <> ''
),

-- Who handles the case cannot approve what becomes of it.
handlers as (
    select distinct steps.case_id, officer_id
    from case_officer
    inner join steps on steps.case_id = case_officer.case_id and approver_id = officer_id
    where role_type in ('主办', '协办')
        and coalesce(start_at < $as_of + interval 1 day, true)
        and case_officer.case_id in (select case_id from steps)
),

approvals as (
    select
        steps.case_id,
        event_at,
        approver_id,
        approver_id is distinct from operator_id and officer_id is null as is_independent
    from steps
    left join handlers on handlers.case_id = steps.case_id and officer_id = approver_id
),

decisions as (
    select
        case_id,
        cast(max_by(event_at, (is_independent, event_at)) as date) as approved_on,
        max_by(approver_id, (is_independent, event_at)) as approver_id,
        bool_or(is_independent) as is_approved
    from approvals
    group by case_id
),

hits as (
    select case_id, 'told' as branch, 1 as severity
    from tellings

    union all

    select case_id, case when is_approved is null then 'unapproved' else 'self_approved' end as branch, 2 as severity
    from cases
    left join decisions using (case_id)
    where is_approved is distinct from true
),

merged as (
    select cases.case_id
    from cases
    inner join mart_repeated_case as again using (party_id, item_code)
    inner join penalty_case as twin on twin.case_id = again.case_id
    where trim(twin.place_text) = cases.place_text
        and twin.incident_date = cases.incident_date
        and cases.case_id in (select case_id from hits)
        and twin.case_id <> cases.case_id
        and twin.filed_date <= $as_of
        and (twin.result_type in ('处罚', '移送') or coalesce(twin.decision_date, twin.closed_date, $as_of + 1) > $as_of)
),

verdicts as (
    select case_id, sum(severity) as severity, list_sort(list(branch)) as branches
    from hits
    where case_id not in (select case_id from merged)
    group by case_id
),

leads as (
    select case_id, officer_id
    from mart_case_lead
    where led_from < $as_of + interval 1 day and coalesce(led_until >= $as_of + interval 1 day, true)
        and case_id in (select case_id from verdicts)
),

final as (
    select
        verdicts.case_id as subject_id,
        case severity when 3 then 'red' when 2 then 'orange' else 'yellow' end as level,
        officer_id,
        org_id,
        area_code,
        decision_date as occurred_on,
        cast(len(branches) as double) as value,
        cast(1 as double) as threshold,
        cast(
            to_json({
                'branches': branches,
                'result_type': result_type,
                'decision_date': decision_date,
                'told_on': told_on,
                'days_after_told': date_diff('day', told_on, decision_date),
                'approved_on': approved_on,
                'approver_id': approver_id
            }) as varchar
        ) as evidence
    from verdicts
    inner join cases using (case_id)
    left join tellings using (case_id)
    left join decisions using (case_id)
    left join leads using (case_id)
)

select * from final order by subject_id

-- section: tested
select
    case_id as subject_id,
    cast(null as varchar) as officer_id,
    org_id,
    area_code,
    coalesce(decision_date, closed_date) as occurred_on
from penalty_case
where result_type in ('撤案', '不予处罚')
    and coalesce(decision_date, closed_date) > cast($as_of - interval ($window_months) month as date)
    and coalesce(decision_date, closed_date) <= $as_of

-- section: peers
with subject as (
    select org_id
    from penalty_case
    where case_id = $subject_id
),

final as (
    select
        cast(date_diff('day', filed_date, coalesce(decision_date, closed_date)) as double) as value,
        case_id = $subject_id as is_subject
    from penalty_case
    inner join subject using (org_id)
    where result_type in ('撤案', '不予处罚')
        and coalesce(decision_date, closed_date) > cast($as_of - interval ($window_months) month as date)
        and coalesce(decision_date, closed_date) <= $as_of
    order by is_subject desc, md5(case_id)
    limit 2000
)

select * from final

-- section: source 处罚案件
select
    case_id, case_no, case_name, party_type, org_id, item_code, incident_date, place_text, filed_date, decision_date,
    closed_date, result_type, illegal_fact, basis_text
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

-- section: source 同一当事人同一事项的其他案件
select
    other.case_id, other.case_no, other.case_name, other.org_id, other.item_code, other.incident_date, other.place_text,
    other.filed_date, other.decision_date, other.result_type, other.fine_amt
from penalty_case as other
inner join penalty_case as subject using (party_id, item_code)
where subject.case_id = $subject_id
    and other.case_id <> $subject_id
    and other.filed_date <= $as_of
order by other.filed_date desc, other.case_id
limit 200
