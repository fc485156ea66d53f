/*---
id: M14
name: criminal_not_referred
title: 应移未移
risk: 以罚代刑
rationale: >-
  违法行为涉嫌犯罪的，应当及时移送司法机关，不得以行政处罚代替移送。
  案值达到刑事追诉标准而调查终结后迟迟不移送，或案值已接近、达到标准却罚款结案，可能是以罚代刑、人情案。
law:
  - {article: 行政处罚法（2021修订）第八条, mark: 已核}
  - {article: 行政处罚法（2021修订）第二十七条, mark: 已核}
  - {article: 行政处罚法（2021修订）第八十二条, mark: 已核}
  - {article: 行政执法机关移送涉嫌犯罪案件的规定（国务院令第310号）第三条, mark: 已核}
  - {article: 行政执法机关移送涉嫌犯罪案件的规定（国务院令第310号）第五条, mark: 已核}
  - {article: 行政执法机关移送涉嫌犯罪案件的规定（国务院令第310号）第十一条, mark: 已核}
limits:
  - article: 行政执法机关移送涉嫌犯罪案件的规定（国务院令第310号）第五条
    mark: 已核
    says: 涉案金额只是构成要件之一；移送期限自收到书面报告起算，不自调查终结起算
inputs:
  penalty_case:
    [case_id, org_id, area_code, item_code, filed_date, decision_date, closed_date, result_type, fine_amt, case_value_amt]
  power_item: [item_code, crime_threshold_amt]
  case_event: [case_id, event_type, event_at]
  criminal_referral: [case_id, referred_at, police_result, replied_at]
  mart_case_lead: [case_id, officer_id, led_from, led_until]
  workday: [day_date, is_workday, wd_seq]
parameters:
  - {name: window_months, type: integer, default: 60, lowest: 1, highest: 120, unit: 月, meaning: 已决定案件按决定日期回看的月数}
  - {name: near_ratio, type: number, default: 0.8, lowest: 0.5, highest: 0.99, unit: 倍, meaning: 案值达到追诉标准的此倍数即为接近标准}
  - {name: referral_ratio, type: number, default: 1, lowest: 1, highest: 2, unit: 倍, meaning: 案值达到追诉标准的此倍数即应移送}
  - {name: refer_workdays, type: integer, default: 4, lowest: 1, highest: 30, unit: 工作日, meaning: 调查终结（未登记的自决定之日）后移送的期限（法定三日内决定、二十四小时内移送，此处从宽）}
ordered: [[near_ratio, referral_ratio]]
subject: penalty_case
value_title: 案值与追诉标准之比
unit: 倍
level_logic: >-
  案值达到追诉标准的0.8倍、未移送而罚款结案黄色；案值达到追诉标准，调查终结后4个工作日内未移送，或者罚款结案之后才移送橙色；
  案值达到追诉标准，至今未移送而罚款结案，或逾期未移送而以其他方式结案红色。
branches:
  close_to_threshold: 案值接近追诉标准，罚款结案
  not_referred: 案值达到追诉标准，逾期未移送
  referred_late: 案值达到追诉标准，逾期才移送
  referred_after: 案值达到追诉标准，罚款结案之后才移送
  closed: 案值达到追诉标准，未移送而结案
evidence:
  case_value_amt: 案值（元）
  crime_threshold_amt: 刑事追诉标准（元）
  share: 案值与追诉标准之比
  concluded_on: 调查终结日期（未登记的为决定日期）
  overdue_on: 移送逾期之日
  workdays: 调查终结至移送（未移送的至今）工作日数
  referred_on: 首次移送日期
  police_result: 公安机关最近答复
  decision_date: 决定日期
  closed_date: 结案日期
  fine_amt: 罚款金额（元）
peers: {among: 同一事项的案件, title: 案值与追诉标准之比, unit: 倍, limits: [near_ratio, referral_ratio]}
aggregation: {mode: direct}
period: none
nature: 明线
max_share: 0.1
precision_floor: 0.5
exclusions:
  - 事项没有登记刑事追诉标准（空值或零）、案件没有登记案值的，不作判断
  - 结案之前、期限之内已移送的案件不提示，公安机关如何答复不影响判断
  - 案值接近追诉标准的案件，只要已移送就不提示
assumptions:
  - 移送以两法平台记录为准，办理结果登记为移送而平台没有记录的，视为未移送
  - 有多次调查终结的按最后一次起算，有多次移送的按第一次判断
  - 没有调查终结节点的，移送期限自决定之日起算；也没有决定的不判断期限
  - 罚款结案之后才移送的，不论隔了几日都是先罚后移，补移送不消除预警，由红色降为橙色
  - 涉嫌犯罪的事回看60个月，与一年内新发生的案件一样提示
  - 工作日历以前（2019年以前）的日期不判断移送期限，罚款结案的仍判断
  - 追诉标准按事项现行登记的数额，只看案值一项
  - 截止日之后的调查终结、移送、答复、决定、结案视为尚未发生
false_positives:
  - 其他要件不足：案值不是唯一要件，期限内移送后被公安机关退回的不提示
  - 公安机关不予立案：期限内移送后公安机关不予立案、再作处罚的不提示
  - 案值未接近标准：案值不到追诉标准的0.8倍，罚款结案不提示
offline_check:
  - 调取公安机关的接收回执、不予立案通知书，核对移送日期
  - 调阅案值计算依据、鉴定意见和未移送的集体讨论记录，询问承办人未移送的理由
owner: 市纪委监委数字专班
---*/

-- section: signals
with cases as (
    select
        case_id,
        org_id,
        penalty_case.area_code,
        case_value_amt,
        crime_threshold_amt,
        fine_amt,
        case_value_amt >= cast($referral_ratio as decimal(6, 4)) * crime_threshold_amt as is_criminal,
        result_type = '处罚' and coalesce(fine_amt, 0) > 0 as is_fined,
        case when decision_date <= $as_of then decision_date end as decided_on,
        case when closed_date <= $as_of then closed_date end as closed_on
    from penalty_case
    inner join power_item using (item_code)
    where filed_date <= $as_of
        and (decision_date is null or decision_date > cast($as_of - interval ($window_months) month as date))
        and crime_threshold_amt > 0
        and case_value_amt >= cast($near_ratio as decimal(6, 4)) * crime_threshold_amt
),

conclusions as (
    select case_id, cast(max(event_at) as date) as concluded_on
    from case_event
    where event_type = '调查终结'
        and event_at < $as_of + interval 1 day
        and case_id in (select case_id from cases)
    group by case_id
),

referrals as (
    select
        case_id,
        cast(min(referred_at) as date) as referred_on,
        max_by(police_result, replied_at) filter (where replied_at < $as_of + interval 1 day) as police_result
    from criminal_referral
    where referred_at < $as_of + interval 1 day
        and case_id in (select case_id from cases)
    group by case_id
),

measures as (
    select
        cases.*,
        coalesce(conclusions.concluded_on, decided_on) as concluded_on,
        referred_on,
        police_result,
        ended.wd_seq as concluded_seq,
        sent.wd_seq - ended.wd_seq as workdays
    from cases
    left join conclusions using (case_id)
    left join referrals using (case_id)
    left join workday as ended on ended.day_date = coalesce(conclusions.concluded_on, decided_on)
    left join workday as sent on sent.day_date = coalesce(referred_on, $as_of)
),

hits as (
    select case_id, 'close_to_threshold' as branch, 1 as severity
    from measures
    where not is_criminal and is_fined and closed_on is not null and referred_on is null

    union all

    select case_id, case when referred_on is null then 'not_referred' else 'referred_late' end as branch, 2 as severity
    from measures
    where is_criminal and workdays > $refer_workdays

    union all

    select case_id, 'referred_after' as branch, 2 as severity
    from measures
    where is_criminal and is_fined and referred_on > closed_on

    union all

    select case_id, 'closed' as branch, 3 as severity
    from measures
    where is_criminal
        and closed_on is not null
        and referred_on is null
        and (is_fined or workdays > $refer_workdays)
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
        case when severity = 2 then coalesce(overdue.day_date, closed_on) else closed_on end as occurred_on,
        cast(case_value_amt / crime_threshold_amt as double) as value,
        cast(case when is_criminal then $referral_ratio else $near_ratio end as double) as threshold,
        cast(
            to_json({
                'branches': branches,
                'case_value_amt': cast(case_value_amt as double),
                'crime_threshold_amt': cast(crime_threshold_amt as double),
                'share': round(cast(case_value_amt / crime_threshold_amt as double), 4),
                'concluded_on': concluded_on,
                'overdue_on': overdue.day_date,
                'workdays': workdays,
                'referred_on': referred_on,
                'police_result': police_result,
                'decision_date': decided_on,
                'closed_date': closed_on,
                'fine_amt': cast(fine_amt as double)
            }) as varchar
        ) as evidence
    from verdicts
    inner join measures using (case_id)
    left join workday as overdue
        on overdue.wd_seq = concluded_seq + $refer_workdays + 1
        and overdue.is_workday
        and is_criminal
        and workdays > $refer_workdays
    left join handlers using (case_id)
)

select * from final order by subject_id

-- section: tested
select case_id as subject_id, cast(null as varchar) as officer_id, org_id, penalty_case.area_code, filed_date as occurred_on
from penalty_case
inner join power_item using (item_code)
where filed_date <= $as_of
    and (decision_date is null or decision_date > cast($as_of - interval ($window_months) month as date))
    and crime_threshold_amt > 0
    and case_value_amt is not null

-- section: peers
with subject as (
    select item_code
    from penalty_case
    where case_id = $subject_id
),

final as (
    select
        cast(case_value_amt / nullif(crime_threshold_amt, 0) as double) as value,
        case_id = $subject_id as is_subject
    from penalty_case
    inner join subject using (item_code)
    inner join power_item using (item_code)
    where filed_date <= $as_of
        and (decision_date is null or decision_date > cast($as_of - interval ($window_months) month as date))
        and crime_threshold_amt > 0
        and case_value_amt is not null
    order by is_subject desc, md5(case_id)
    limit 2000
)

select * from final

-- section: source 处罚案件
select
    case_id, case_no, doc_no, case_name, party_type, org_id, item_code, filed_date, decision_date, closed_date,
    penalty_types, fine_amt, confiscate_amt, case_value_amt, result_type, illegal_fact
from penalty_case
where case_id = $subject_id

-- section: source 权力事项
select item_code, item_name, domain_code, law_basis, fine_min_amt, fine_max_amt, crime_threshold_amt
from power_item
where item_code = (select item_code from penalty_case where case_id = $subject_id)

-- section: source 移送记录
select
    referral_id, case_id, approved_at, referred_at,
    case when replied_at < $as_of + interval 1 day then police_result end as police_result,
    case when replied_at < $as_of + interval 1 day then replied_at end as replied_at
from criminal_referral
where case_id = $subject_id and referred_at < $as_of + interval 1 day
order by referred_at, referral_id
limit 200

-- section: source 流程节点
select event_id, case_id, event_type, event_at, operator_id, approver_id, entered_at
from case_event
where case_id = $subject_id and event_at < $as_of + interval 1 day
order by event_at, event_id
limit 200
