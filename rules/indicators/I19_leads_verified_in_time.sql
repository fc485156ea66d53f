/*---
id: I19
name: leads_verified_in_time
title: 核查按期率
list: L4
focus: F16
unit: '%'
measure: share
period: month
lower_is_better: false
green: 95
red: 85
monitor: false
numerator: 核查期限内核查的线索
denominator: 核查期限已满的违法线索
subject: violation_lead
rationale: >-
  收到违法线索应当及时核查，迟迟不查，证据灭失、违法继续。按期率低，说明投诉举报和移送线索积压，
  也可能有人压着线索不查。
law:
  - {article: 行政处罚法（2021修订）第五十四条, mark: 已核}
  - {article: 收到线索后十五个工作日核查立案的期限, mark: 待核}
inputs:
  violation_lead: [lead_id, to_org_id, area_code, received_at, verified_at, verify_result]
  workday: [day_date, wd_seq]
parameters:
  - {name: limit_workdays, from: M15.limit_workdays, meaning: 收到线索后核查的期限}
exclusions:
  - 核查期限未满的不计入，不论是否已经核查
  - 收到的日期不在工作日历内的，不能判断，不计入
assumptions:
  - 期限就是模型 M15 的，M15 经审批调整的，本指标一并调整；M15 提示“未核查也未立案”的，本指标都不计入分子。M15 看有没有立案，本指标看核查快慢
  - 工作日按工作日历，收到当日不计入；计入期限届满后第一个工作日所在的月份，与模型 M15 的发生日期相同
  - 期限届满之后才核查的、截止日还没有核查的，都不算按期，以前各月不因以后的核查变好
  - 各种来源的线索都计入，核查结果如何不影响
  - 归接收单位和线索登记的区划；线索没有承办人
decisions:
  - 末日之后的休息日：期限最后一个工作日之后的周末、节假日核查的，工作日数没有增加，仍算按期，与模型 M15 相同
  - 提前核查：期限未满而已经核查的，到期限届满才计入
  - 没有核查时间：有核查结果而没有核查时间的，视为收到时即已核查，与模型 M15 相同
  - 不立案理由、已立案：没有核查时间和结果的，写了不立案理由或者立了案也不算核查，是否立案由移交立案率和 M15 判断
---*/

-- section: counted
with first_days as (
    select wd_seq, min(day_date) as day_date
    from workday
    group by wd_seq
)

select
    lead_id as subject_id,
    cast(null as varchar) as officer_id,
    to_org_id as org_id,
    area_code,
    late.day_date as occurred_on,
    coalesce(
        coalesce(verified_at, case when verify_result is not null then received_at end) < late.day_date, false
    ) as met
from violation_lead
inner join workday as received_on on received_on.day_date = cast(received_at as date)
inner join first_days as late on late.wd_seq = received_on.wd_seq + $limit_workdays + 1
where late.day_date <= $as_of

-- section: source 违法线索
select
    lead_id, source_type, source_pk, party_id, item_code, from_org_id, to_org_id, received_at,
    case when coalesce(verified_at, received_at) < $as_of + interval 1 day then verified_at end as verified_at,
    case when coalesce(verified_at, received_at) < $as_of + interval 1 day then verify_result end as verify_result
from violation_lead
where lead_id = $subject_id
