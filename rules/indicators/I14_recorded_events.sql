/*---
id: I14
name: recorded_events
title: 记录关联率
list: L3
focus: F11
unit: '%'
measure: share
period: month
lower_is_better: false
green: 95
red: 85
monitor: false
numerator: 有执法记录仪视频的现场环节
denominator: 现场环节
subject: case_event
rationale: >-
  执法全过程应当以文字、音像形式记录。现场环节没有视频，事后说不清谁在场、做了什么，
  可能是补录造假，也给私下交易留下空间。
law:
  - {article: 行政处罚法（2021修订）第四十七条, mark: 已核}
inputs:
  case_event: [event_id, case_id, event_type, event_at, operator_id]
  penalty_case: [case_id, org_id, area_code, is_offsite]
  body_camera_log: [officer_id, started_at, ended_at, uploaded_at, related_no]
parameters:
  - {name: clip_minutes, from: M19.clip_minutes, meaning: 现场环节前后此时长内应有经办人的视频}
  - {name: upload_days, from: M19.upload_days, meaning: 截止日往前此天数内的环节视频可能尚未上传，不计入}
exclusions:
  - 现场环节指调查取证、先行登记保存、查封扣押、强制执行，其他环节不计入，与模型 M19 相同
  - 非现场执法案件的环节不计入，是否非现场未登记的视为现场；找不到案件的环节不知是谁办的，不计入
  - 行政检查不要求视频，不计入
assumptions:
  - 有无视频的判断与模型 M19 一致：M19 提示“现场环节没有视频”的案件，就是本指标有环节不计入分子的案件；M19 的时长经审批调整的，本指标一并调整
  - 视频与环节前后的时长以内有重叠即为有视频，恰好在界上也算；没有结束时间、结束早于开始的视频只看开始时间
  - 案号与本案一致的同日视频都算，不论由谁拍摄、钟点是否吻合；跨零点的视频，起止之间的各日都算
  - 环节计入发生的月份；截止日之后上传的视频尚看不见，以后补传的算在环节发生的月份，以前各月的数因此可能变好
  - 没有上传时间的视频视为拍摄时已上传
  - 归案件的办案单位和区划，列环节的经办人
decisions:
  - 视频尚未上传：截止日当天的环节，视频可能尚未上传，不论有没有都不计入
  - 只有日期的环节：时刻为零点整的环节，经办人当日有视频即可
  - 没有经办人的环节：没有登记经办人的，只按案号比对视频
---*/

-- section: counted
with steps as (
    select
        event_id,
        case_id,
        event_at,
        cast(event_at as date) as step_on,
        operator_id,
        event_at <> cast(event_at as date) as has_time,
        org_id,
        penalty_case.area_code
    from case_event
    inner join penalty_case using (case_id)
    where event_type in ('调查取证', '先行登记保存', '查封扣押', '强制执行')
        and event_at >= $since
        and event_at < $as_of + interval (1 - $upload_days) day
        and not coalesce(is_offsite, false)
),

clips as (
    select
        officer_id,
        related_no,
        started_at,
        greatest(started_at, ended_at) as ended_at,
        cast(started_at as date) as first_on,
        cast(greatest(started_at, ended_at) as date) as last_on
    from body_camera_log
    where started_at >= $since - interval 1 month
        and coalesce(uploaded_at, started_at) < $as_of + interval 1 day
),

unlinked as (
    select
        event_id,
        operator_id,
        case when has_time then event_at - interval ($clip_minutes) minute else event_at end as seen_from,
        case when has_time then event_at + interval ($clip_minutes) minute else event_at + interval 1 day end as seen_to
    from steps
    anti join clips on related_no = case_id and first_on <= step_on and last_on >= step_on
),

unfilmed as (
    select event_id
    from unlinked
    anti join clips
        on officer_id = operator_id
        and started_at <= seen_to
        and ended_at >= seen_from
),

final as (
    select
        event_id as subject_id,
        operator_id as officer_id,
        org_id,
        area_code,
        step_on as occurred_on,
        unfilmed.event_id is null as met
    from steps
    left join unfilmed using (event_id)
)

select * from final

-- section: source 现场环节
select event_id, case_id, event_type, event_at, operator_id, approver_id, entered_at
from case_event
where event_id = $subject_id

-- section: source 处罚案件
select case_id, case_no, case_name, org_id, item_code, place_text, is_offsite, filed_date, decision_date, result_type
from penalty_case
where case_id = (select case_id from case_event where event_id = $subject_id)

-- section: source 当日本案或经办人的视频
with step as (
    select case_id, operator_id, event_at
    from case_event
    where event_id = $subject_id
)

select clip_id, officer_id, device_no, started_at, ended_at, uploaded_at, related_no
from body_camera_log
inner join step
    on (related_no = case_id or officer_id = operator_id)
    and started_at < cast(event_at as date) + interval 2 day
    and greatest(started_at, ended_at) >= cast(event_at as date) - interval 1 day
where coalesce(uploaded_at, started_at) < $as_of + interval 1 day
order by started_at, clip_id
limit 200
