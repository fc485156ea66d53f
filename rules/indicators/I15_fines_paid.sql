/*---
id: I15
name: fines_paid
title: 罚缴一致率
list: L3
focus: F12
unit: '%'
measure: share
period: month
lower_is_better: false
green: 99
red: 97
monitor: false
numerator: 应缴与实缴之差在模型 M05 容许值以内的案件
denominator: 缴款期限已满的罚款案件
subject: penalty_case
rationale: >-
  作出罚款决定的机关应当与收缴罚款的机构分离，罚款应当全部上缴国库。应缴与实缴对不上，
  可能是人情减免、坐收坐支或者截留挪用，也可能是决定作出之后无人催缴。
law:
  - {article: 行政处罚法（2021修订）第六十七条, mark: 已核}
  - {article: 行政处罚法（2021修订）第六十八条至第七十二条, mark: 已核}
  - {article: 行政处罚法（2021修订）第七十四条, mark: 已核}
inputs:
  penalty_case: [case_id, org_id, area_code, decision_date]
  fine_receipt: [case_id, due_date, receipt_status]
  case_event: [case_id, event_type, event_at]
  review_litigation: [case_id, decided_date, result_type]
  workday: [day_date, wd_seq, is_workday]
  mart_case_lead: [case_id, officer_id, led_from, led_until]
  tested_M05: [subject_id]
  signals_M05: [subject_id, branches]
parameters:
  - {name: pay_days, from: M05.pay_days, meaning: 票据未载明缴款期限时，自送达之日起的缴款期限（自然日）}
  - {name: service_workdays, from: M05.service_workdays, meaning: 没有登记送达的，视为决定后此时长送达}
exclusions:
  - 没有罚款的、尚未决定的、缴款期限未满的案件不计入，不论是否已经缴清
  - 已申请法院强制执行的案件，M05 不判断金额差，不计入
  - 复议、诉讼变更、撤销决定或确认违法的案件，应缴多少已经改变，M05 没有提示的不计入
assumptions:
  - 案件计入缴款期限届满的月份；期限取最早一张票据（不含作废的）所载的期限和自送达起的缴款期限中晚的一个，都没有的自视为送达之日起算；两个时长就是模型 M05 的
  - 以截止日的差额为准：逾期以后补缴的算一致，以前各月的数因此可能变好；截止日之后的缴款、送达、执行和复议诉讼结果尚未发生
  - 分期缴纳的计入第一期届满的月份，哪一期逾期都不一致，未到期的各期不算
  - 款项进入非国库账户、当场收缴现金逾期未交的不在本指标，由模型 M05 红色提示
  - 案件归截止日的主办人员，单位、区划取案件登记的
  - 期限的末日是节假日的不顺延；没有登记送达而推算的期限超出工作日历的，尚不能判断
  - M05 至多回看的月数以前决定的案件，M05 不判断，不计入
decisions:
  - 以模型为准：缴没缴足、容许多少差额、哪些票据算数，都以模型 M05 现行版本是否判为“逾期未缴足或多缴”为准，两处不会不一致
  - 期限当日：缴款期限的末日尚未过完，次日起计入
  - 强制执行：截止日以前已有强制执行节点的不计入，以后才申请的照常计入
  - 复议诉讼：决定被变更、撤销或确认违法的，M05 仍提示金额差的计入不一致，没有提示的不计入
---*/

-- section: counted
with gaps as (
    select subject_id as case_id
    from signals_M05
    where list_contains(branches, 'gap')
),

billed as (
    select case_id, min(due_date) as billed_due
    from fine_receipt
    where receipt_status <> '作废'
    group by case_id
),

fined as (
    select case_id, org_id, area_code, decision_date
    from penalty_case
    semi join tested_M05 on tested_M05.subject_id = case_id
    where decision_date <= $as_of
),

milestones as (
    select
        case_id,
        cast(min(event_at) filter (where event_type = '送达' and event_at >= decision_date) as date) as served_on,
        bool_or(event_type = '强制执行') as is_enforced
    from case_event
    inner join fined using (case_id)
    where event_type in ('送达', '强制执行') and event_at < $as_of + interval 1 day
    group by case_id
),

-- The day from which the fifteen days run when nothing says that the decision was served.
served_days as (
    select decided.day_date as decision_date, assumed.day_date as assumed_on
    from workday as decided
    inner join workday as assumed on assumed.is_workday and assumed.wd_seq = decided.wd_seq + $service_workdays
),

deadlines as (
    select
        fined.*,
        is_enforced,
        coalesce(
            greatest(billed_due, served_on + $pay_days),
            assumed_on + $pay_days
        ) as due_on
    from fined
    left join billed using (case_id)
    left join milestones using (case_id)
    left join served_days using (decision_date)
),

overturned as (
    select distinct case_id
    from review_litigation
    where decided_date <= $as_of and result_type in ('变更', '撤销', '确认违法')
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
        gaps.case_id is null as met
    from deadlines
    left join gaps using (case_id)
    left join overturned using (case_id)
    left join leads using (case_id)
    where due_on < $as_of
        and not coalesce(is_enforced, false)
        and (overturned.case_id is null or gaps.case_id is not null)
)

select * from final

-- section: source 处罚案件
select
    case_id, case_no, doc_no, case_name, org_id, item_code, decision_date,
    case when closed_date <= $as_of then closed_date end as closed_date,
    penalty_types, fine_amt, confiscate_amt, result_type
from penalty_case
where case_id = $subject_id

-- section: source 非税票据
select
    receipt_no, case_id, pay_amt, surcharge_amt,
    case when paid_at < $as_of + interval 1 day then paid_at end as paid_at,
    due_date, pay_channel, receipt_status
from fine_receipt
where case_id = $subject_id
order by due_date, paid_at, receipt_no
limit 200

-- section: source 缴款与执行节点
select event_id, case_id, event_type, event_at, operator_id, approver_id, entered_at
from case_event
where case_id = $subject_id
    and event_type in ('决定', '送达', '强制执行', '结案')
    and event_at < $as_of + interval 1 day
order by event_at, event_id
limit 200

-- section: source 复议诉讼
select
    rl_id, case_id, rl_type, accepted_date,
    case when decided_date <= $as_of then decided_date end as decided_date,
    case when decided_date <= $as_of then result_type end as result_type
from review_litigation
where case_id = $subject_id and accepted_date <= $as_of
order by accepted_date, rl_id
limit 200
