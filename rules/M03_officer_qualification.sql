/*---
id: M03
name: officer_qualification
title: 单人执法·无证执法
risk: 违法执法·主体不适格
nature: 明线
max_share: 0.2
precision_floor: 0.5
rationale: >-
  行政处罚应当由具有执法资格的人员实施，执法人员不得少于两人。
  只有一人承办、由辅助人员充数、证件已过期或被暂扣注销的人员办案，处罚可能因主体不适格被撤销，也给私下交易留下空间。
law:
  - {article: 行政处罚法（2021修订）第四十二条, mark: 已核}
  - {article: 行政处罚法（2021修订）第七十六条, mark: 已核}
  - {article: 浙江省综合行政执法条例第二十八条, mark: 已核}
  - {article: 浙江省综合行政执法条例第三十条, mark: 已核}
  - {article: 简易程序可否由一名执法人员当场处罚, mark: 待核}
limits:
  - article: 行政处罚法（2021修订）第四十二条
    mark: 已核
    says: 证件状态和人员类型只有今天的，资格要看立案当时的
inputs:
  penalty_case: [case_id, org_id, area_code, procedure_type, filed_date, decision_date]
  case_officer: [case_id, officer_id, role_type, start_at]
  officer: [officer_id, officer_type]
  officer_cert: [officer_id, issue_date, expire_date, cert_status]
parameters:
  - {name: window_months, type: integer, default: 12, lowest: 1, highest: 36, unit: 月, meaning: 按决定日期回看的月数}
  - {name: ordinary_handlers, type: integer, default: 2, lowest: 1, highest: 3, unit: 人, meaning: 普通程序至少应有的持证承办人数}
  - {name: summary_handlers, type: integer, default: 1, lowest: 1, highest: 3, unit: 人, meaning: 简易程序至少应有的持证承办人数}
  - {name: renewal_days, type: integer, default: 30, lowest: 0, highest: 180, unit: 日, meaning: 旧证到期后此天数内发新证的，中间视为持证}
subject: penalty_case
value_title: 立案或接手时持证的承办人数
unit: 人
level_logic: 立案时（后来接手的自接手时）持有效证件的主办、协办少于应有人数橙色；一人也没有红色。辅助人员不计。
branches:
  single_handler: 登记的承办人不足
  auxiliary: 辅助人员充当承办人
  uncertified: 承办人立案或接手时没有有效证件
  added_late: 决定当日才补足承办人
  none_certified: 承办人无一持证
evidence:
  certified_count: 立案或接手时持证的承办人数
  needed_count: 应有持证人数
  handler_count: 登记的承办人数
  auxiliary_count: 其中辅助人员人数
  late_count: 其中决定当日才接手的持证人数
  unqualified_officers: 不计入的承办人
  filed_date: 立案日期
  decision_date: 决定日期
  procedure_type: 程序类型
peers: {among: 同一单位同类程序的案件, title: 立案或接手时持证的承办人数, unit: 人, limits: [threshold]}
decisions:
  - 决定当日才接手的承办人：普通程序案件立案之后、到决定当日才接手的没有参加调查，不计入应有人数，橙色；简易程序当场处罚的、立案当日就决定的照常计入
aggregation: {mode: direct}
period: none
exclusions:
  - 未作出决定的案件不纳入
  - 没有登记主办、协办，或全部在决定之后才接手的案件属数据缺陷，不作判断
  - 决定之后才接手的主办、协办不算承办人
assumptions:
  - 证件状态没有变动日期，按现状判断，暂扣的证件在任何时候都不算有效，注销的除因换证注销的以外也不算
  - 注销的证件之后同一人另有现状有效的证件（不分领域）的，作因换证注销，在原有效期内算到最早的新证发出为止
  - 人员类型按现状判断；人员库中没有的人员不当作辅助人员
  - 不比对证件领域与案件领域
  - 按决定当日及以前接手的全部主办、协办判断，接手时间为空的算立案时已接手；截止日之后发的证看不见
  - 持证与否以立案日为准，立案之后才接手的以接手日为准
false_positives:
  - 换证空档：旧证到期后三十日内发了新证的，中间视为持证
  - 换证注销：旧证因换发新证而注销的，新证发出以前仍算有效
  - 法定单人执法：简易程序当场处罚由一名持证人员实施的不提示
offline_check:
  - 核对调查笔录、现场笔录、送达回证上的两人签名
  - 调取执法记录仪视频，看实际到场人员
  - 向司法行政部门核对证件发放、暂扣、注销日期
owner: 市纪委监委数字专班
---*/

-- section: shared
with auxiliaries as (
    select officer_id
    from officer
    where officer_type = '辅助人员'
),

held as (
    select officer_id, issue_date, expire_date
    from officer_cert
    where cert_status = '有效'
        and issue_date <= $as_of
        and officer_id not in (select officer_id from auxiliaries)
),

-- Cancelled because a later one came in its place, not because the officer lost it.
replaced as (
    select officer_id, old.issue_date, least(old.expire_date, min(held.issue_date)) as expire_date
    from officer_cert as old
    inner join held using (officer_id)
    where cert_status = '注销' and held.issue_date > old.issue_date
    group by officer_id, old.issue_date, old.expire_date
),

certs as (
    select officer_id, issue_date, expire_date
    from held

    union all

    select officer_id, issue_date, expire_date
    from replaced
),

-- A renewal without a gap gives a period that ends before it begins, which holds no day.
periods as (
    select officer_id, issue_date as first_on, expire_date as last_on
    from certs

    union all

    select ended.officer_id, ended.expire_date as first_on, renewed.issue_date as last_on
    from certs as ended
    inner join certs as renewed
        on renewed.officer_id = ended.officer_id
        and renewed.issue_date <= ended.expire_date + interval ($renewal_days) day
),

cases as (
    select case_id, org_id, area_code, procedure_type, filed_date, decision_date
    from penalty_case
    where decision_date > cast($as_of - interval ($window_months) month as date)
        and decision_date <= $as_of
),

handled as (
    select
        case_id,
        officer_id,
        role_type,
        greatest(filed_date, cast(start_at as date)) as judged_on,
        procedure_type <> '简易' and judged_on = decision_date and judged_on > filed_date as is_late
    from case_officer
    inner join cases using (case_id)
    where role_type in ('主办', '协办')
        and coalesce(start_at < decision_date + interval 1 day, true)
)

-- section: signals
with unqualified as (
    select case_id, handled.officer_id
    from handled
    anti join periods
        on periods.officer_id = handled.officer_id
        and first_on <= judged_on
        and last_on >= judged_on
),

short_handed as (
    select case_id
    from handled
    group by case_id
    having count(*) filter (where not is_late) < greatest($ordinary_handlers, $summary_handlers)
),

crews as (
    select
        handled.case_id,
        count(*) as handler_count,
        count(unqualified.officer_id) as unqualified_count,
        count(auxiliaries.officer_id) as auxiliary_count,
        count(*) filter (where is_late and unqualified.officer_id is null) as late_count,
        coalesce(list(unqualified.officer_id order by unqualified.officer_id)
            filter (where unqualified.officer_id is not null), []) as unqualified_officers,
        min(handled.officer_id) filter (where role_type = '主办') as officer_id
    from handled
    left join unqualified on unqualified.case_id = handled.case_id and unqualified.officer_id = handled.officer_id
    left join auxiliaries on auxiliaries.officer_id = handled.officer_id
    where handled.case_id in (select case_id from short_handed union all select case_id from unqualified)
    group by handled.case_id
),

measures as (
    select
        *,
        handler_count - unqualified_count - late_count as certified_count,
        case when procedure_type = '简易' then $summary_handlers else $ordinary_handlers end as needed_count
    from crews
    inner join cases using (case_id)
),

hits as (
    select case_id, 'single_handler' as branch, 2 as severity
    from measures
    where handler_count < needed_count

    union all

    select case_id, 'auxiliary' as branch, 2 as severity
    from measures
    where certified_count < needed_count and auxiliary_count > 0

    union all

    select case_id, 'uncertified' as branch, 2 as severity
    from measures
    where certified_count < needed_count and unqualified_count > auxiliary_count

    union all

    select case_id, 'added_late' as branch, 2 as severity
    from measures
    where certified_count < needed_count and late_count > 0

    union all

    select case_id, 'none_certified' as branch, 3 as severity
    from measures
    where certified_count + late_count = 0
),

verdicts as (
    select case_id, max(severity) as severity, list_sort(list(branch)) as branches
    from hits
    group by case_id
),

final as (
    select
        verdicts.case_id as subject_id,
        case severity when 3 then 'red' else 'orange' end as level,
        officer_id,
        org_id,
        area_code,
        filed_date as occurred_on,
        cast(certified_count as double) as value,
        cast(needed_count as double) as threshold,
        cast(
            to_json({
                'branches': branches,
                'certified_count': certified_count,
                'needed_count': needed_count,
                'handler_count': handler_count,
                'auxiliary_count': auxiliary_count,
                'late_count': late_count,
                'unqualified_officers': unqualified_officers,
                'filed_date': filed_date,
                'decision_date': decision_date,
                'procedure_type': procedure_type
            }) as varchar
        ) as evidence
    from verdicts
    inner join measures using (case_id)
)

select * from final order by subject_id

-- section: tested
select case_id as subject_id, cast(null as varchar) as officer_id, org_id, area_code, decision_date as occurred_on
from cases
semi join case_officer
    on case_officer.case_id = cases.case_id
    and role_type in ('主办', '协办')
    and coalesce(start_at < decision_date + interval 1 day, true)

-- section: peers
with subject as (
    select org_id, procedure_type
    from penalty_case
    where case_id = $subject_id
),

compared as (
    select case_id, filed_date, decision_date, case_id = $subject_id as is_subject
    from penalty_case
    inner join subject using (org_id, procedure_type)
    where decision_date > cast($as_of - interval ($window_months) month as date)
        and decision_date <= $as_of
    order by is_subject desc, md5(case_id)
    limit 2000
),

crews as (
    select case_id, officer_id, is_subject, greatest(filed_date, cast(start_at as date)) as judged_on
    from compared
    inner join case_officer using (case_id)
    where role_type in ('主办', '协办')
        and coalesce(start_at < decision_date + interval 1 day, true)
),

final as (
    select cast(count(distinct periods.officer_id) as double) as value, is_subject
    from crews
    left join periods
        on periods.officer_id = crews.officer_id
        and first_on <= judged_on
        and last_on >= judged_on
    group by case_id, is_subject
    order by is_subject desc, case_id
)

select * from final

-- section: source 处罚案件
select
    case_id, case_no, doc_no, case_name, org_id, item_code, procedure_type, incident_date, filed_date, decision_date,
    fine_amt, result_type, is_offsite
from penalty_case
where case_id = $subject_id

-- section: source 承办人
select case_id, case_officer.officer_id, role_type, start_at, name_masked, officer_type, status_type, officer.org_id
from case_officer
left join officer on officer.officer_id = case_officer.officer_id
where case_id = $subject_id
order by role_type, case_officer.officer_id
limit 200

-- section: source 承办人的执法证件
select cert_no, officer_id, domain_code, issue_date, expire_date, cert_status
from officer_cert
where officer_id in (select officer_id from case_officer where case_id = $subject_id and role_type in ('主办', '协办'))
    and issue_date <= $as_of
order by officer_id, issue_date, cert_no
limit 200

-- section: source 流程节点
select event_id, case_id, event_type, event_at, operator_id, approver_id, entered_at
from case_event
where case_id = $subject_id and event_at < $as_of + interval 1 day
order by event_at, event_id
limit 200
