/*---
id: I22
name: referred_crimes
title: 应移尽移率
list: L5
focus: F19
unit: '%'
measure: share
period: month
lower_is_better: false
green: 100
red: 95
monitor: false
numerator: 已移送公安机关的案件，先罚款结案再移送的除外
denominator: 案值达到追诉标准、移送期限已满或已罚款结案的案件
subject: penalty_case
rationale: >-
  违法行为涉嫌犯罪的，应当及时移送司法机关，不得以行政处罚代替移送。
  达到追诉标准而不移送、罚款了事，可能是以罚代刑、人情案。
law:
  - {article: 行政处罚法（2021修订）第八条, mark: 已核}
  - {article: 行政处罚法（2021修订）第二十七条, mark: 已核}
  - {article: 行政执法机关移送涉嫌犯罪案件的规定（国务院令第310号）第三条, mark: 已核}
  - {article: 行政执法机关移送涉嫌犯罪案件的规定（国务院令第310号）第五条, mark: 已核}
inputs:
  penalty_case:
    [case_id, org_id, area_code, item_code, filed_date, decision_date, closed_date, result_type, fine_amt, case_value_amt]
  power_item: [item_code, crime_threshold_amt]
  case_event: [case_id, event_type, event_at]
  criminal_referral: [case_id, referred_at]
  mart_case_lead: [case_id, officer_id, led_from, led_until]
  workday: [day_date, wd_seq]
parameters:
  - {name: referral_ratio, from: M14.referral_ratio, meaning: 案值达到追诉标准的此倍数即应移送}
  - {name: refer_workdays, from: M14.refer_workdays, meaning: 调查终结（未登记的自决定之日）后移送的期限}
exclusions:
  - 事项没有登记追诉标准、案件没有登记案值的，和案值只是接近标准的，不计入
  - 移送期限未满又没有罚款结案的不计入，不论是否已经移送
  - 没有调查终结也没有决定的，期限尚未起算；起算之日不在工作日历内的，除未移送而罚款结案的以外不能判断，不计入
assumptions:
  - 追诉标准的倍数、移送期限就是模型 M14 的，起算也相同，M14 经审批调整的，本指标一并调整；M14 提示“逾期未移送”“未移送而结案”“罚款结案之后才移送”的，
    本指标都不计入分子；M14 只回看其窗口之内，本指标各月都看
  - 移送以两法平台记录为准，公安机关如何答复不影响；截止日之后的终结、决定、结案、移送视为尚未发生
  - 计入移送期限届满后第一个工作日的月份（与模型 M14 的逾期之日相同）；在那以前未移送而罚款结案的，计入结案的月份
  - 案值、追诉标准按现行登记
  - 归办案单位和区划，人员为截止日的主办
decisions:
  - 逾期移送：本指标看移没移，逾期才移送的也算已移送，快慢由模型 M14 提示；过后补移送的，期限届满那个月的数因此变好
  - 先罚后移：罚款结案之后才移送的不算已移送，补移送不消除，与模型 M14 相同；应当移送的不得以罚代刑（第二十七条），结案时没有移送就是没有移送
  - 再次调查终结：几次调查终结的按最后一次起算，以后再有一次的，改计入新期限届满的月份
---*/

-- section: counted
with cases as (
    select
        case_id,
        org_id,
        penalty_case.area_code,
        case when decision_date <= $as_of then decision_date end as decided_on,
        case when result_type = '处罚' and fine_amt > 0 and closed_date <= $as_of then closed_date end as fined_on
    from penalty_case
    inner join power_item using (item_code)
    where filed_date <= $as_of
        and crime_threshold_amt > 0
        and case_value_amt >= cast($referral_ratio as decimal(6, 4)) * crime_threshold_amt
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
    select case_id, cast(min(referred_at) as date) as referred_on
    from criminal_referral
    where referred_at < $as_of + interval 1 day
        and case_id in (select case_id from cases)
    group by case_id
),

first_days as (
    select wd_seq, min(day_date) as day_date
    from workday
    group by wd_seq
),

due as (
    select
        cases.*,
        coalesce(referred_on <= coalesce(fined_on, referred_on), false) as is_referred,
        least(late.day_date, case when not is_referred then fined_on end) as due_on
    from cases
    left join conclusions using (case_id)
    left join referrals using (case_id)
    left join workday as ended on ended.day_date = coalesce(concluded_on, decided_on)
    left join first_days as late on late.wd_seq = ended.wd_seq + $refer_workdays + 1
),

leads as (
    select case_id, officer_id
    from mart_case_lead
    where led_from < $as_of + interval 1 day and coalesce(led_until >= $as_of + interval 1 day, true)
        and case_id in (select case_id from cases)
),

final as (
    select
        case_id as subject_id,
        officer_id,
        org_id,
        area_code,
        due_on as occurred_on,
        is_referred as met
    from due
    left join leads using (case_id)
    where due_on <= $as_of
)

select * from final

-- section: source 处罚案件
select
    case_id, case_no, case_name, org_id, item_code, filed_date, decision_date, closed_date, result_type, fine_amt,
    case_value_amt
from penalty_case
where case_id = $subject_id

-- section: source 追诉标准
select item_code, item_name, crime_threshold_amt
from power_item
where item_code = (select item_code from penalty_case where case_id = $subject_id)

-- section: source 行刑衔接
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
