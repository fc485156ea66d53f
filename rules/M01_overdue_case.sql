/*---
id: M01
name: overdue_case
title: 超期·久拖不决
risk: 不作为
rationale: >-
  普通程序案件应当自立案之日起九十日内作出处罚决定，长期不决或长期无任何流程动作，可能是压案不查、等待说情或不作为。
  本模型扣除已批准的延期和听证、鉴定、公告等不计入期限的时间后，找出超期案件和停滞案件，供核查原因。
law:
  - {article: 行政处罚法（2021修订）第六十条, mark: 已核}
limits:
  - article: 行政处罚法（2021修订）第六十条
    mark: 已核
    says: 九十日以“法律、法规、规章另有规定的，从其规定”为前提，本模型不认得行业另定的办案期限
inputs:
  penalty_case:
    [case_id, org_id, area_code, procedure_type, filed_date, decision_date, result_type, extension_cnt, suspended_cnt]
  case_event: [case_id, event_at]
  mart_case_lead: [case_id, officer_id, led_from, led_until]
parameters:
  - {name: window_months, type: integer, default: 12, lowest: 1, highest: 36, unit: 月, meaning: 已决定案件按决定日期回看的月数}
  - {name: first_filed_date, type: date, default: 2021-07-15, lowest: 2021-07-15, highest: 2030-12-31, unit: 日期, meaning: 立案日期起点（修订后的行政处罚法施行日）}
  - {name: limit_days, type: integer, default: 90, lowest: 30, highest: 365, unit: 日, meaning: 立案至决定的法定期限（自然日）}
  - {name: orange_over_days, type: integer, default: 30, lowest: 1, highest: 365, unit: 日, meaning: 超期多于此天数为橙色}
  - {name: red_over_days, type: integer, default: 90, lowest: 1, highest: 730, unit: 日, meaning: 超期多于此天数为红色}
  - {name: idle_days, type: integer, default: 45, lowest: 10, highest: 180, unit: 日, meaning: 未决案件无流程动作达到此天数为黄色}
  - {name: orange_idle_days, type: integer, default: 90, lowest: 20, highest: 365, unit: 日, meaning: 未决案件无流程动作达到此天数为橙色}
ordered: [[orange_over_days, red_over_days], [idle_days, orange_idle_days]]
subject: penalty_case
value_title: 超期天数（未超期的为停滞天数）
unit: 日
level_logic: >-
  扣除延期和不计入期限的天数后，超期多于0日黄色、多于30日橙色、多于90日红色；
  未决案件停滞满45日黄色、满90日橙色；两种情形并存取较高等级。
branches: {overdue: 超过办案期限, idle: 未决且长期无流程动作}
evidence:
  filed_date: 立案日期
  decision_date: 决定日期
  elapsed_days: 立案至决定（或至今）天数
  extension_days: 批准延期天数
  suspended_days: 不计入期限天数
  over_days: 超期天数
  last_event_date: 最近流程动作日期
  idle_days: 停滞天数（已扣不计入期限的天数）
peers: {among: 同一事项（不足20件时为本单位）的普通程序案件, title: 立案至决定（未决的至今）天数, unit: 日, limits: [limit_days]}
decisions:
  - 修法前立案的停滞案件：第六十条的九十日只管2021年7月15日及以后立案的；停滞不看立案日，以前立案而未决的同样判断
  - 鉴定期间的停滞：不计入期限的天数从停滞天数中扣除，扣除后满四十五日才提示
  - 第九十日是节假日：第八十五条的工作日只管二日、三日、五日、七日，九十日按自然日严格计算，不顺延
aggregation: {mode: direct}
period: none
exclusions:
  - 简易程序案件不纳入；2021年7月15日前立案的不判断超期
  - 已有办理结果但缺决定日期的记录属数据缺陷，不作判断
assumptions:
  - 延期天数、不计入期限天数空值按0计
  - 截止日之后的决定和流程动作视为尚未发生
  - 没有流程动作或动作都早于立案的，停滞自立案日起算
  - 不计入期限的天数没有起止日，从停滞天数中全数扣减
false_positives:
  - 听证、鉴定、公告时间：已记入不计入期限天数的，从超期天数中扣除
  - 批准延期和行业另有规定：已记入延期天数的，从超期天数中扣除
offline_check:
  - 调阅延期审批表、鉴定委托书和鉴定报告日期，核对扣除天数是否真实
  - 向承办人、法制审核人了解停滞原因，核对纸质案卷有无未录入的流程
owner: 市纪委监委数字专班
nature: 明线
max_share: 0.2
precision_floor: 0.5
---*/

-- section: signals
with cases as (
    select
        case_id,
        org_id,
        area_code,
        filed_date,
        coalesce(extension_cnt, 0) as extension_days,
        coalesce(suspended_cnt, 0) as suspended_days,
        case when decision_date <= $as_of then decision_date end as decided_on
    from penalty_case
    where procedure_type = '普通'
        and filed_date <= $as_of
        and (
            decision_date > cast($as_of - interval ($window_months) month as date)
            or (decision_date is null and result_type = '未决')
        )
        and (filed_date >= $first_filed_date or coalesce(decision_date > $as_of, true))
),

last_events as (
    select case_id, cast(max(event_at) as date) as last_on
    from case_event
    where event_at < $as_of + interval 1 day
        and case_id in (select case_id from cases where decided_on is null)
    group by case_id
),

timings as (
    select
        cases.*,
        date_diff('day', filed_date, coalesce(decided_on, $as_of)) as elapsed_days,
        case when decided_on is null then greatest(last_on, filed_date) end as last_on
    from cases
    left join last_events using (case_id)
),

measures as (
    select
        *,
        case
            when filed_date >= $first_filed_date then elapsed_days - $limit_days - extension_days - suspended_days
        end as over_days,
        case when decided_on is null then greatest(date_diff('day', last_on, $as_of) - suspended_days, 0) end as idle_days
    from timings
),

hits as (
    select
        case_id,
        'overdue' as branch,
        case when over_days > $red_over_days then 3 when over_days > $orange_over_days then 2 else 1 end as severity
    from measures
    where over_days > 0

    union all

    select case_id, 'idle' as branch, case when idle_days >= $orange_idle_days then 2 else 1 end as severity
    from measures
    where idle_days >= $idle_days
),

verdicts as (
    select case_id, max(severity) as severity, list_sort(list(branch)) as branches
    from hits
    group by case_id
),

handlers as (
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
        cast(
            case
                when over_days > 0
                    then filed_date + interval ($limit_days + extension_days + suspended_days + 1) day
                else last_on + interval ($idle_days + suspended_days) day
            end as date
        ) as occurred_on,
        cast(case when over_days > 0 then over_days else idle_days end as double) as value,
        cast(case when over_days > 0 then 0 else $idle_days end as double) as threshold,
        cast(
            to_json({
                'branches': branches,
                'filed_date': filed_date,
                'decision_date': decided_on,
                'elapsed_days': elapsed_days,
                'extension_days': extension_days,
                'suspended_days': suspended_days,
                'over_days': over_days,
                'last_event_date': last_on,
                'idle_days': idle_days
            }) as varchar
        ) as evidence
    from verdicts
    inner join measures using (case_id)
    left join handlers using (case_id)
)

select * from final order by subject_id

-- section: tested
select case_id as subject_id, cast(null as varchar) as officer_id, org_id, area_code, filed_date as occurred_on
from penalty_case
where procedure_type = '普通'
    and filed_date <= $as_of
    and (
        decision_date > cast($as_of - interval ($window_months) month as date)
        or (decision_date is null and result_type = '未决')
    )
    and (filed_date >= $first_filed_date or coalesce(decision_date > $as_of, true))

-- section: peers
with subject as (
    select item_code, org_id
    from penalty_case
    where case_id = $subject_id
),

ordinary as (
    select
        penalty_case.case_id,
        penalty_case.item_code is not distinct from subject.item_code as same_item,
        date_diff('day', filed_date, case when decision_date <= $as_of then decision_date else $as_of end) as elapsed_days
    from penalty_case
    cross join subject
    where procedure_type = '普通'
        and (penalty_case.item_code = subject.item_code or penalty_case.org_id = subject.org_id)
        and filed_date <= $as_of
        and (
            penalty_case.case_id = $subject_id
            or (decision_date > cast($as_of - interval ($window_months) month as date) and decision_date <= $as_of)
        )
),

breadth as (
    select count(*) filter (where same_item) >= 20 as item_is_enough
    from ordinary
),

final as (
    select cast(elapsed_days as double) as value, case_id = $subject_id as is_subject
    from ordinary
    cross join breadth
    where same_item or not item_is_enough
    order by is_subject desc, md5(case_id)
    limit 2000
)

select * from final

-- section: source 处罚案件
select
    case_id, case_no, case_name, org_id, item_code, procedure_type, filed_date, decision_date, closed_date,
    result_type, extension_cnt, suspended_cnt
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
