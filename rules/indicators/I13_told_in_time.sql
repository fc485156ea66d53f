/*---
id: I13
name: told_in_time
title: 告知及时率
list: L3
focus: F10
unit: '%'
measure: share
period: month
lower_is_better: false
green: 95
red: 85
monitor: false
numerator: 审核通过后五个工作日内告知的记录
denominator: 告知期限已满的审核通过记录
subject: sunshine_record
rationale: >-
  非现场执法应当及时告知当事人违法事实，保障其陈述、申辩的权利。审核通过而迟迟不告知，当事人不知情，
  违法一再发生，攒成一叠罚单，就是以罚代管；也可能有人拖着不告知，等待说情。
law:
  - {article: 行政处罚法（2021修订）第四十一条, mark: 待核}
  - {article: 行政处罚法（2021修订）第四十四条, mark: 已核}
  - {article: 审核后五个工作日内告知的期限, mark: 待核}
inputs:
  sunshine_record: [record_id, area_code, captured_at, audited_at, audit_result, notified_at, officer_id]
  officer: [officer_id, org_id]
  officer_posting: [posting_id, officer_id, org_id, use_org_id, start_date, end_date]
  workday: [day_date, wd_seq, is_workday]
parameters:
  - {name: limit_workdays, type: integer, default: 5, lowest: 1, highest: 60, unit: 工作日, meaning: 审核通过后告知的期限}
exclusions:
  - 审核不通过、退回、没有审核的记录不需要告知，不计入
  - 审核通过而没有审核时间的，期限无从起算，不计入
  - 告知期限未满的不计入，不论是否已经告知
  - 期限的末日超出工作日历的，尚不能判断，不计入
assumptions:
  - 记录计入告知期限届满（审核后第五个工作日）的月份，期限一满，当月的数不再因以后的告知而变化
  - 工作日按工作日历，调休上班的算，法定节假日和周末不算；节假日、周末审核的，从下一个工作日起数
  - 没有告知时间的视为没有告知；告知早于审核的，已经告知，算及时
  - 三类记录（非现场抓拍、现场检测、路检路查）走同一条审核、告知流程，一并计入
  - 归审核人采集当日任职的使用单位，区划取记录登记的，与指标 I12 相同
  - 审核结果没有变动日期，后来改了结果的，以前各月按现在的结果判断
decisions:
  - 期限当日：第五个工作日当日尚未过完，次日起计入；第五个工作日全天告知都算及时
  - 提前告知：期限未满而已经告知的，到期限届满的月份才计入
  - 末日之后的休息日：第五个工作日之后的周末、节假日才告知的，已经过了期限，不算及时
---*/

-- section: counted
with passed as (
    select
        record_id,
        officer_id,
        area_code,
        cast(captured_at as date) as captured_on,
        last.day_date as due_on,
        coalesce(notified_at < due_on + interval 1 day, false) as met
    from sunshine_record
    inner join workday as audited on audited.day_date = cast(audited_at as date)
    inner join workday as last on last.wd_seq = audited.wd_seq + $limit_workdays and last.is_workday
    where audit_result = '通过' and last.day_date >= $since and last.day_date < $as_of
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
        passed.officer_id,
        coalesce(posted.org_id, officer.org_id) as org_id,
        passed.area_code,
        due_on as occurred_on,
        met
    from passed
    left join posted
        on posted.officer_id = passed.officer_id and first_on <= captured_on and last_on >= captured_on
    left join officer on officer.officer_id = passed.officer_id
)

select * from final

-- section: source 阳光监管记录
select
    record_id, record_type, uscc, captured_at, audited_at, audit_result,
    case when notified_at < $as_of + interval 1 day then notified_at end as notified_at, case_id, officer_id
from sunshine_record
where record_id = $subject_id
