/*---
id: M05
name: fine_mismatch
title: 罚缴不一致
risk: 截留挪用
rationale: >-
  作出罚款决定的机关应当与收缴罚款的机构分离，罚款应当全部上缴国库。
  决定金额与有效票据长期对不上、款项进入非国库账户、当场收缴的现金迟迟不交，可能是人情减免、坐收坐支或截留挪用。
law:
  - {article: 行政处罚法（2021修订）第六十一条, mark: 已核}
  - {article: 行政处罚法（2021修订）第六十七条, mark: 已核}
  - {article: 行政处罚法（2021修订）第六十八条至第七十二条, mark: 已核}
  - {article: 行政处罚法（2021修订）第七十四条, mark: 已核}
limits:
  - article: 行政处罚法（2021修订）第六十七条
    mark: 已核
    says: 十五日自当事人收到决定书之日起算；没有登记送达的，本模型按决定日加第六十一条的七个工作日推算
inputs:
  penalty_case: [case_id, org_id, area_code, decision_date, closed_date, fine_amt, confiscate_amt]
  fine_receipt:
    [receipt_no, case_id, pay_amt, surcharge_amt, paid_at, due_date, pay_channel, payee_account_hash, receipt_status,
     handover_at, treasury_at]
  treasury_account: [account_hash]
  case_event: [case_id, event_type, event_at]
  review_litigation: [case_id, decided_date, result_type]
  workday: [day_date, wd_seq, is_workday]
  mart_case_lead: [case_id, officer_id, led_from, led_until]
parameters:
  - {name: window_months, type: integer, default: 12, lowest: 1, highest: 36, unit: 月, meaning: 金额差按决定日期回看的月数}
  - {name: money_months, type: integer, default: 36, lowest: 1, highest: 60, unit: 月, meaning: 账户、现金情形按决定日期回看的月数}
  - {name: tolerance_amt, type: number, default: 1, lowest: 0, highest: 1000, unit: 元, meaning: 应缴与实缴之差的容许值}
  - {name: pay_days, type: integer, default: 15, lowest: 1, highest: 90, unit: 日, meaning: 票据未载明缴款期限时，自送达之日起的缴款期限（自然日）}
  - {name: service_workdays, type: integer, default: 7, lowest: 1, highest: 30, unit: 工作日, meaning: 没有登记送达的，视为决定后此时长送达}
  - {name: handover_workdays, type: integer, default: 2, lowest: 1, highest: 10, unit: 工作日, meaning: 当场收缴现金交至行政机关的期限}
ordered: [[window_months, money_months]]
subject: penalty_case
value_title: 应缴与实缴之差（账户、现金情形为涉及金额）
unit: 元
level_logic: >-
  过缴款期限的应缴与实缴相差多于1元黄色，此时案件已结案的橙色；
  收款账户不在国库账户名录内，或当场收缴现金2个工作日内未交付的红色，回看三年。
branches: {gap: 逾期未缴足或多缴, closed_with_gap: 罚款未缴清即结案, account: 款项进入非国库账户, cash: 当场收缴现金逾期未交}
evidence:
  fine_amt: 决定罚款（元）
  surcharge_amt: 加处罚款（元）
  paid_amt: 有效票据实缴（元）
  gap_amt: 到期应缴减实缴（元）
  due_date: 逾期一笔的缴款期限
  due_basis: 缴款期限依据
  served_date: 送达日期
  closed_date: 结案日期
  account_receipts: 非国库账户票据数
  account_amt: 进入非国库账户金额（元）
  cash_receipts: 逾期未交现金票据数
  cash_amt: 逾期未交现金金额（元）
  handover_workdays: 最长交付用时（工作日）
peers: {among: 本单位有罚款的案件, title: 决定至最后一次缴款（未缴的至今）天数, unit: 日, limits: [pay_days]}
decisions:
  - 期限未到先行结案：期限未过不提示；到期仍未缴清的橙色
  - 作废的当场收缴票据：作废票据不算缴款，不判断账户和现金；罚款因此没有缴的，按金额差提示
  - 暂缓缴纳：没有登记暂缓的栏目，以重新开出的票据所载期限为准
  - 罚款与没收同开一张票据：多缴部分不超过没收金额的，不是多缴
  - 账户和现金回看三年：涉及款项去向的红色情形按决定日期回看三十六个月，金额差仍为十二个月
aggregation: {mode: direct}
period: none
exclusions:
  - 已申请法院强制执行的案件不判断金额差
  - 缴款期限未到的票据、分期和没有开票的余款，不计入到期应缴
  - 复议、诉讼改变或撤销决定并已退付的案件不判断金额差
  - 复议、诉讼撤销决定或确认违法，截止日没有实缴的案件不判断金额差
assumptions:
  - 缴款金额含加处罚款，作废、退付票据不计入实缴；开出而没有缴的加处罚款计入应缴，截止日之后才缴的看不见
  - 没有开票的余款，期限为最早一张票据所载的期限；没有任何票据的，自送达起算，没有登记送达的自决定推算
  - 票据所载期限早于送达后十五日的，以送达后十五日为准；送达取决定当日及以后最早的一次
  - 国库账户名录为空时不判断账户情形，收款账户为空的票据不判断
  - 没有登记上交时间的当场收缴，以入库时间为交付时间
  - 截止日之后的缴款、交付、入库、结案、复议诉讼结果视为尚未发生
  - 票据没有开具日期，所载缴款期限视为作出决定时已经确定
  - 期限的末日是节假日的不顺延
false_positives:
  - 批准分期缴纳：未到期的各期不计入到期应缴，前一期逾期的照常提示
  - 复议诉讼后退付：决定被变更、撤销且原票据已退付，不判断金额差
  - 撤销后未缴：决定被撤销或确认违法而没有缴过款，不再有应缴金额，不判断金额差
  - 法院强制执行：已有强制执行流程节点，不判断金额差
  - 现金直接入库：没有登记上交时间而已按期入库，视为已交付
offline_check:
  - 调取银行回单，与票据号、金额、收款账户逐笔核对
  - 核对票据存根和作废联，当面询问当事人缴款时间、方式和金额
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
        decision_date,
        fine_amt,
        coalesce(confiscate_amt, 0) as confiscate_amt,
        case when closed_date <= $as_of then closed_date end as closed_on,
        decision_date > cast($as_of - interval ($window_months) month as date) as is_recent
    from penalty_case
    where decision_date > cast($as_of - interval ($money_months) month as date)
        and decision_date <= $as_of
        and fine_amt > 0
),

payments as (
    select
        case_id,
        pay_amt,
        pay_channel,
        nullif(payee_account_hash, '') not in (select account_hash from treasury_account) as is_astray,
        cast(paid_at as date) as paid_on,
        cast(coalesce(handover_at, treasury_at) as date) as handed_over_on
    from fine_receipt
    where receipt_status in ('有效', '分期')
        and paid_at < $as_of + interval 1 day
        and (pay_channel = '当场收缴' or nullif(payee_account_hash, '') not in (select account_hash from treasury_account))
        and case_id in (select case_id from cases)
),

misdirected as (
    select case_id, count(*) as receipt_cnt, sum(pay_amt) as amt, min(paid_on) as first_on
    from payments
    where is_astray and exists (select account_hash from treasury_account)
    group by case_id
),

cash as (
    select case_id, pay_amt, paid_on, till.wd_seq - since.wd_seq as workdays
    from payments
    inner join workday as since on since.day_date = paid_on
    inner join workday as till on till.day_date = least(handed_over_on, $as_of)
    where pay_channel = '当场收缴'
),

withheld as (
    select case_id, count(*) as receipt_cnt, sum(pay_amt) as amt, min(paid_on) as first_on, max(workdays) as workdays
    from cash
    where workdays > $handover_workdays
    group by case_id
),

receipts as (
    select
        case_id,
        due_date,
        pay_amt,
        coalesce(paid_at >= $as_of + interval 1 day, false) as is_later,
        receipt_status in ('有效', '分期') and (not is_later or due_date is not null) as is_live,
        is_live and paid_at is not null and not is_later as is_paid,
        pay_amt - coalesce(surcharge_amt, 0) as billed_amt,
        case when is_later then 0 else coalesce(surcharge_amt, 0) end as surcharge_amt,
        receipt_status = '退付' and coalesce(paid_at < $as_of + interval 1 day, true) as is_refunded
    from fine_receipt
    where receipt_status <> '作废'
        and case_id in (select case_id from cases where is_recent union all select case_id from payments)
),

totals as (
    select
        case_id,
        min(due_date) as first_due,
        sum(pay_amt) filter (where is_paid) as paid_amt,
        sum(surcharge_amt) filter (where is_live) as surcharge_amt,
        sum(billed_amt) filter (where is_live) as billed_amt,
        bool_or(is_refunded) as has_refund
    from receipts
    group by case_id
),

sums as (
    select
        cases.*,
        first_due,
        has_refund,
        coalesce(paid_amt, 0) as paid_amt,
        coalesce(surcharge_amt, 0) as surcharge_amt,
        greatest(fine_amt - coalesce(billed_amt, 0), 0) as unbilled_amt
    from cases
    left join totals using (case_id)
),

suspects as (
    select *
    from sums
    where (is_recent and fine_amt + surcharge_amt <> paid_amt)
        or case_id in (select case_id from misdirected)
        or case_id in (select case_id from withheld)
),

milestones as (
    select
        case_id,
        cast(min(event_at) filter (where event_type = '送达' and event_at >= decision_date) as date) as served_on,
        bool_or(event_type = '强制执行') as is_enforced
    from case_event
    inner join suspects using (case_id)
    where event_type in ('送达', '强制执行') and event_at < $as_of + interval 1 day
    group by case_id
),

deadlines as (
    select
        suspects.*,
        served_on,
        coalesce(is_enforced, false) as is_enforced,
        cast(served_on + interval ($pay_days) day as date) as served_due,
        coalesce(
            greatest(first_due, served_due), cast(assumed.day_date + interval ($pay_days) day as date)
        ) as due_date,
        case
            when first_due >= coalesce(served_due, first_due) then '票据载明'
            when served_on is not null then '自送达起算'
            else '没有送达记录，自决定起推算'
        end as due_basis
    from suspects
    left join milestones using (case_id)
    left join workday as decided on decided.day_date = decision_date
    left join workday as assumed on assumed.is_workday and assumed.wd_seq = decided.wd_seq + $service_workdays
),

bills as (
    select
        case_id,
        receipts.surcharge_amt + greatest(receipts.billed_amt, 0) as bill_amt,
        greatest(coalesce(receipts.due_date, deadlines.due_date), served_due) as due_on
    from receipts
    inner join deadlines using (case_id)
    where is_live and not is_paid
),

unpaid as (
    select
        case_id,
        sum(bill_amt) filter (where due_on >= $as_of) as pending_amt,
        min(due_on) as unpaid_due
    from bills
    group by case_id
),

claims as (
    select
        deadlines.*,
        due_date >= $as_of as is_early,
        fine_amt + surcharge_amt - coalesce(pending_amt, 0) - case when is_early then unbilled_amt else 0 end - paid_amt
            as short_amt,
        paid_amt - fine_amt - surcharge_amt - confiscate_amt as over_amt,
        coalesce(least(unpaid_due, case when unbilled_amt > $tolerance_amt then due_date end), due_date) as missed_on
    from deadlines
    left join unpaid using (case_id)
),

balances as (
    select
        * exclude (due_date),
        missed_on as due_date,
        case
            when short_amt > $tolerance_amt then short_amt
            when over_amt > $tolerance_amt and not is_early then -over_amt
            else 0
        end as gap_amt
    from claims
),

corrected as (
    select case_id
    from review_litigation
    inner join balances using (case_id)
    where decided_date <= $as_of
        and (
            (result_type in ('变更', '撤销', '确认违法') and has_refund)
            or (result_type in ('撤销', '确认违法') and paid_amt = 0)
        )
),

gaps as (
    select case_id, closed_on, cast(due_date + interval 1 day as date) as hit_on
    from balances
    where is_recent and gap_amt <> 0 and not is_enforced
        and case_id not in (select case_id from corrected)
),

hits as (
    select case_id, 'gap' as branch, 1 as severity, hit_on
    from gaps

    union all

    select case_id, 'closed_with_gap' as branch, 2 as severity, hit_on
    from gaps
    where closed_on is not null

    union all

    select case_id, 'account' as branch, 3 as severity, first_on as hit_on
    from misdirected

    union all

    select case_id, 'cash' as branch, 3 as severity, first_on as hit_on
    from withheld
),

verdicts as (
    select case_id, max(severity) as severity, list_sort(list(branch)) as branches, min(hit_on) as occurred_on
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
        occurred_on,
        cast(
            case
                when list_contains(branches, 'gap') then abs(gap_amt)
                else greatest(misdirected.amt, withheld.amt)
            end as double
        ) as value,
        cast($tolerance_amt as double) as threshold,
        cast(
            to_json({
                'branches': branches,
                'fine_amt': cast(fine_amt as double),
                'surcharge_amt': cast(surcharge_amt as double),
                'paid_amt': cast(paid_amt as double),
                'gap_amt': cast(gap_amt as double),
                'due_date': due_date,
                'due_basis': due_basis,
                'served_date': served_on,
                'closed_date': closed_on,
                'account_receipts': coalesce(misdirected.receipt_cnt, 0),
                'account_amt': cast(coalesce(misdirected.amt, 0) as double),
                'cash_receipts': coalesce(withheld.receipt_cnt, 0),
                'cash_amt': cast(coalesce(withheld.amt, 0) as double),
                'handover_workdays': withheld.workdays
            }) as varchar
        ) as evidence
    from verdicts
    inner join balances using (case_id)
    left join misdirected using (case_id)
    left join withheld using (case_id)
    left join handlers using (case_id)
)

select * from final order by subject_id

-- section: tested
select case_id as subject_id, cast(null as varchar) as officer_id, org_id, area_code, decision_date as occurred_on
from penalty_case
where decision_date > cast($as_of - interval ($money_months) month as date)
    and decision_date <= $as_of
    and fine_amt > 0

-- section: peers
with subject as (
    select org_id
    from penalty_case
    where case_id = $subject_id
),

fined as (
    select case_id, decision_date
    from penalty_case
    inner join subject using (org_id)
    where decision_date > cast($as_of - interval ($window_months) month as date)
        and decision_date <= $as_of
        and fine_amt > 0
),

payments as (
    select case_id, cast(max(paid_at) as date) as paid_on
    from fine_receipt
    where receipt_status in ('有效', '分期')
        and paid_at < $as_of + interval 1 day
        and case_id in (select case_id from fined)
    group by case_id
),

final as (
    select
        cast(date_diff('day', decision_date, coalesce(paid_on, $as_of)) as double) as value,
        case_id = $subject_id as is_subject
    from fined
    left join payments using (case_id)
    where paid_on is not null or case_id = $subject_id
    order by is_subject desc, md5(case_id)
    limit 2000
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
    due_date, pay_channel, payee_account_hash,
    payee_account_hash in (select account_hash from treasury_account) as "国库账户",
    receipt_status, officer_id,
    case when handover_at < $as_of + interval 1 day then handover_at end as handover_at,
    case when treasury_at < $as_of + interval 1 day then treasury_at end as treasury_at
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
