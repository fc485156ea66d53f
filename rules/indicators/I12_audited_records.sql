/*---
id: I12
name: audited_records
title: 审核率
list: L3
focus: F10
unit: '%'
measure: share
period: month
lower_is_better: false
green: 100
red: 98
monitor: false
numerator: 已审核的抓拍、检测记录
denominator: 采集的抓拍、检测记录
subject: sunshine_record
rationale: >-
  利用电子技术监控设备收集的违法事实，未经审核或者审核不符合要求的，不得作为处罚的证据。
  采集了而不审核，违法就此漏过，也可能有人挑着审、压着不审，放走说情的车辆。
law:
  - {article: 行政处罚法（2021修订）第四十一条, mark: 待核}
  - {article: 采集后几日内审核（没有统一规定，内部设定）, mark: 待核}
inputs:
  sunshine_record: [record_id, area_code, captured_at, audited_at, officer_id]
  officer: [officer_id, org_id]
  officer_posting: [posting_id, officer_id, org_id, use_org_id, start_date, end_date]
  workday: [day_date, wd_seq]
parameters:
  - {name: audit_workdays, type: integer, default: 5, lowest: 0, highest: 30, unit: 工作日, meaning: 采集后此时长内尚未审核的不计入}
exclusions:
  - 截止日之后采集的记录尚未发生，不计入
  - 三十六个月以前采集的没有哪一个月的数看得到，不读
assumptions:
  - 记录计入采集的月份；以后补审的同样算在采集的月份，以前各月的数因此可能变好
  - 审核率只问审没审，不问审核用了多久；拖得久的由审核后的告知（指标 I13）和案件期限反映
  - 三类记录（非现场抓拍、现场检测、路检路查）走同一条审核流程，一并计入
  - 记录没有登记单位，归审核人采集当日任职的使用单位（县属乡用的归使用的一方），没有任职记录的归其现在的单位，没有审核人的不归单位
  - 几段任职重叠的，以后开始的一段为准；区划取记录登记的
  - 作废的记录和旧版本在数据归集时已经剔除
decisions:
  - 审核未到时：采集后未满五个工作日、还没有审核的尚不能判断，不计入；已经审核的计入
  - 不通过和退回：审核结果通过、不通过、退回都是已审核
  - 没有审核时间：只有审核结果而没有审核时间的，不能证明何时审核过，不算；截止日之后才审核的视为尚未审核
---*/

-- section: counted
with captured as (
    select
        record_id,
        officer_id,
        area_code,
        cast(captured_at as date) as captured_on,
        coalesce(audited_at < $as_of + interval 1 day, false) as met
    from sunshine_record
    where captured_at >= $since and captured_at < $as_of + interval 1 day
),

judged as (
    select captured.*
    from captured
    left join workday as first on first.day_date = captured_on
    left join workday as today on today.day_date = $as_of
    where met or today.wd_seq - first.wd_seq > $audit_workdays
),

-- Where postings overlap the one that began later counts.
posted as (
    select
        officer_id,
        coalesce(use_org_id, org_id) as org_id,
        start_date as first_on,
        least(
            coalesce(end_date, cast('infinity' as date)),
            coalesce(
                lead(start_date) over (partition by officer_id order by start_date, posting_id) - 1,
                cast('infinity' as date)
            )
        ) as last_on
    from officer_posting
),

final as (
    select
        record_id as subject_id,
        judged.officer_id,
        coalesce(posted.org_id, officer.org_id) as org_id,
        judged.area_code,
        captured_on as occurred_on,
        met
    from judged
    left join posted
        on posted.officer_id = judged.officer_id and first_on <= captured_on and last_on >= captured_on
    left join officer on officer.officer_id = judged.officer_id
)

select * from final

-- section: source 阳光监管记录
select
    record_id, record_type, uscc, captured_at,
    case when audited_at < $as_of + interval 1 day then audited_at end as audited_at,
    case when audited_at < $as_of + interval 1 day then audit_result end as audit_result,
    case when notified_at < $as_of + interval 1 day then notified_at end as notified_at,
    case_id, officer_id
from sunshine_record
where record_id = $subject_id
