/*---
id: M19
name: record_gap
title: 记录仪·非工作时间
risk: 违规执法
rationale: >-
  执法全过程应当以文字、音像形式记录，行政强制执行不得在夜间或者法定节假日实施。
  现场环节没有视频、夜间或休息日无计划执法、休假人员出现在现场，可能是补录造假、借执法之名谋私或违法强制。
law:
  - {article: 行政处罚法（2021修订）第四十七条, mark: 已核}
  - {article: 行政强制法第四十三条, mark: 已核}
limits:
  - article: 行政强制法第四十三条
    mark: 已核
    says: 夜间和法定节假日强制执行以“情况紧急的除外”；前后十分钟的容差不是法律规定
inputs:
  mart_field_step: [event_id, case_id, event_type, event_at, operator_id, org_id, area_code, filmed_at]
  case_event: [event_id, case_id, event_type, event_at, operator_id]
  penalty_case: [case_id, org_id, area_code, is_offsite]
  body_camera_log: [clip_id, officer_id, started_at, ended_at, uploaded_at, related_no]
  inspection_record: [inspection_id, task_id, org_id, area_code, officer_id, check_type, started_at]
  attendance: [officer_id, day_date, status_type, in_at, out_at]
  inspection_plan: [task_id, org_id, start_date, end_date, is_offhours_ok, approved_at]
  org: [org_id, parent_org_id, domain_code]
  workday: [day_date, is_workday, is_holiday]
parameters:
  - {name: window_months, type: integer, default: 12, lowest: 1, highest: 36, unit: 月, meaning: 按现场环节发生日期回看的月数}
  - {name: clip_minutes, type: integer, default: 10, lowest: 1, highest: 120, unit: 分钟, meaning: 现场环节前后此时长内应有经办人的视频}
  - {name: upload_days, type: integer, default: 1, lowest: 0, highest: 30, unit: 日, meaning: 截止日往前此天数内的环节视频可能尚未上传，不判断有无视频}
  - {name: night_from, type: integer, default: 22, lowest: 18, highest: 24, unit: 时, meaning: 夜间开始的钟点（含）}
  - {name: night_to, type: integer, default: 6, lowest: 0, highest: 9, unit: 时, meaning: 夜间结束的钟点（不含）}
subject: penalty_case
value_title: 异常的现场环节数
unit: 个
level_logic: >-
  现场环节没有视频，或在夜间、非工作日而无计划，有其一黄色；经办人当日休假，或同一环节两者兼有橙色；
  夜间或法定节假日（不含普通周末）实施强制执行红色。一案取最重的环节。
branches:
  no_clip: 现场环节没有视频
  night: 夜间无计划执法、检查
  day_off: 非工作日无计划执法、检查
  on_leave: 经办人当日休假
  night_force: 夜间强制执行
  holiday_force: 法定节假日强制执行
evidence:
  event_id: 最重环节（行政检查的为检查）的编号
  event_type: 环节
  event_at: 发生时间
  operator_id: 经办人
  has_clip: 有无视频（可能尚未上传的、行政检查为空）
  day_type: 当日性质
  has_plan: 有无非工作时间计划（工作时间内的为空）
  attendance_type: 经办人当日考勤
  step_count: 异常的现场环节数
  work_kind: 工作类别（案件或者检查、所属领域）
peers: {among: 同一单位的案件, title: 现场环节最晚钟点（夜间结束以前的加24）, unit: 时, limits: [night_from]}
aggregation: {mode: grouped, group: officer, min_signals: 5, min_peer_ratio: 2}
period: month
nature: 明线
max_share: 0.2
precision_floor: 0.5
exclusions:
  - 现场环节指调查取证、先行登记保存、查封扣押、强制执行，其他环节不纳入
  - 投诉核查的行政检查不判断夜间、非工作日
  - 非现场执法案件不纳入，是否非现场未登记的视为现场
  - 截止日当天（按参数）的环节，视频可能尚未上传，不判断有无视频
assumptions:
  - 视频与环节前后十分钟有重叠即为有视频，没有结束时间、结束早于开始的视频只看开始时间
  - 案号与本案一致的同日视频都算，不论由谁拍摄、钟点是否吻合；跨零点的视频，起止之间的各日都算
  - 截止日之后上传的视频、截止日之后的环节视为尚未发生
  - 只有日期没有时刻（零点整）的环节不判断夜间，视频按当日比对
  - 非工作时间计划为办案单位、其上级或上级的上级（镇街、县、市）准许非工作时间实施、覆盖环节当日的计划
  - 环节之后才批准的计划不算，批准时间缺失的算
  - 强制执行的红线不因计划而免除
  - 没有经办人的环节不判断休假，只按案号比对视频
  - 行政检查按检查人判断夜间、非工作日和休假，不要求视频；所属任务准许非工作时间实施的同样算有计划
  - 记在最重环节的经办人名下，并列的取最早的环节；按该环节所在月归并，与当月做同类工作（案件或者检查、同一领域）的其他人比较；没有经办人的环节归到办案单位
decisions:
  - 夜间上门检查：行政检查没有案件，单独作为一个对象，与现场环节用同样的夜间、非工作日、休假口径
  - 轮休：与休假、病假一样当日不在岗
  - 半天假：休假、病假、轮休当日有上下班时间的，在其间的环节视为在岗；只登记日期的环节，当日有上班时间即视为在岗
  - 非工作日当班：考勤登记为出勤的休息日视为轮值当班，不提示非工作日；夜间和强制执行不因此免除
false_positives:
  - 夜间专项行动：单位或各级上级有准许非工作时间实施的计划的，夜间、非工作日不提示
  - 换用他人设备：由同案其他人员的记录仪拍摄、案号一致的，视为有视频
  - 时钟偏差：记录仪钟点有偏差、案号一致的同日（含跨零点）视频，视为有视频
  - 只登记日期：时刻为零点整的，不判断夜间
offline_check:
  - 调取记录仪设备内存和平台日志，核对有无原始视频、设备领用人
  - 核对值班表、请假单、专项行动方案，询问当事人执法到场时间和人员
owner: 市纪委监委数字专班
---*/

-- section: signals
with steps as (
    select
        event_id,
        case_id,
        event_type,
        event_at,
        cast(event_at as date) as step_on,
        operator_id,
        event_at <> cast(event_at as date) as has_time,
        has_time and (hour(event_at) >= $night_from or hour(event_at) < $night_to) as is_night,
        event_at < $as_of + interval (1 - $upload_days) day as is_uploaded,
        org_id,
        area_code,
        filmed_at
    from mart_field_step
    where event_at >= cast($as_of - interval ($window_months) month as date) + interval 1 day
        and event_at < $as_of + interval 1 day
),

clips as (
    select officer_id, started_at, greatest(started_at, ended_at) as ended_at
    from body_camera_log
    where started_at >= cast($as_of - interval ($window_months) month as date)
        and coalesce(uploaded_at, started_at) < $as_of + interval 1 day
),

unlinked as (
    select
        event_id,
        operator_id,
        case when has_time then event_at - interval ($clip_minutes) minute else event_at end as seen_from,
        case when has_time then event_at + interval ($clip_minutes) minute else event_at + interval 1 day end as seen_to
    from steps
    where is_uploaded and coalesce(filmed_at >= $as_of + interval 1 day, true)
),

unfilmed as (
    select event_id
    from unlinked
    anti join clips
        on officer_id = operator_id
        and started_at <= seen_to
        and ended_at >= seen_from
),

absences as (
    select officer_id, day_date, in_at, out_at
    from attendance
    where status_type in ('休假', '病假', '轮休')
),

-- The inspections at night, on a day off, or by somebody who was away. Half a day of leave has clock times: who was in between
-- them was there.
checks as (
    select
        inspection_id,
        org_id,
        area_code,
        visit.officer_id,
        task_id,
        check_type,
        started_at,
        cast(started_at as date) as step_on,
        started_at <> cast(started_at as date) as has_time,
        has_time and (hour(started_at) >= $night_from or hour(started_at) < $night_to) as is_night,
        coalesce(not is_workday, false) as is_day_off,
        coalesce(is_holiday, false) as is_holiday,
        absences.officer_id is not null
            and (in_at is null or (has_time and (started_at < in_at or coalesce(started_at > out_at, false)))) as is_away
    from inspection_record as visit
    left join workday on workday.day_date = cast(started_at as date)
    left join absences on absences.officer_id = visit.officer_id and absences.day_date = cast(started_at as date)
    where started_at >= cast($as_of - interval ($window_months) month as date) + interval 1 day
        and started_at < $as_of + interval 1 day
        and (is_night or is_day_off or is_away)
),

off_hours as (
    select
        event_id,
        event_type,
        event_at,
        step_on,
        operator_id,
        org_id,
        cast(null as varchar) as task_id,
        is_night,
        coalesce(not is_workday, false) as is_day_off,
        coalesce(is_holiday, false) as is_holiday
    from steps
    left join workday on day_date = step_on
    where (is_night or coalesce(not is_workday, false)) and org_id is not null

    union all

    select
        inspection_id as event_id,
        cast(null as varchar) as event_type,
        started_at as event_at,
        step_on,
        officer_id as operator_id,
        org_id,
        task_id,
        is_night,
        is_day_off,
        is_holiday
    from checks
    where (is_night or is_day_off) and check_type <> '投诉核查'
),

bodies as (
    select
        event_id,
        event_at,
        step_on,
        unnest([off_hours.org_id, org.parent_org_id, parent.parent_org_id]) as org_id
    from off_hours
    left join org using (org_id)
    left join org as parent on parent.org_id = org.parent_org_id
),

allowed as (
    select task_id, org_id, start_date, end_date, approved_at
    from inspection_plan
    where is_offhours_ok
),

planned as (
    select event_id
    from bodies
    inner join allowed using (org_id)
    where step_on >= start_date
        and step_on <= end_date
        and coalesce(approved_at <= event_at, true)

    union all

    select event_id
    from off_hours
    inner join allowed using (task_id)
    where step_on >= start_date
        and step_on <= end_date
        and coalesce(approved_at <= event_at, true)
),

on_duty as (
    select event_id
    from off_hours
    inner join attendance on officer_id = operator_id and day_date = step_on
    where status_type = '出勤'
),

leaves as (
    select event_id
    from steps
    inner join absences on officer_id = operator_id and day_date = step_on
    where in_at is null or (has_time and (event_at < in_at or coalesce(event_at > out_at, false)))

    union all

    select inspection_id as event_id
    from checks
    where is_away
),

hits as (
    select event_id, 'no_clip' as branch
    from unfilmed

    union all

    select event_id, 'night' as branch
    from off_hours
    where is_night and event_id not in (select event_id from planned)

    union all

    select event_id, 'day_off' as branch
    from off_hours
    where is_day_off
        and event_id not in (select event_id from planned)
        and event_id not in (select event_id from on_duty)

    union all

    select event_id, 'on_leave' as branch
    from leaves

    union all

    select event_id, 'night_force' as branch
    from off_hours
    where event_type = '强制执行' and is_night

    union all

    select event_id, 'holiday_force' as branch
    from off_hours
    where event_type = '强制执行' and is_holiday
),

gaps as (
    select
        event_id,
        list(branch order by branch) as branches,
        case
            when bool_or(branch in ('night_force', 'holiday_force')) then 3
            when bool_or(branch = 'on_leave') then 2
            when bool_or(branch = 'no_clip') and bool_or(branch in ('night', 'day_off')) then 2
            else 1
        end as severity
    from hits
    group by event_id
),

acts as (
    select
        event_id,
        case_id as subject_id,
        'penalty_case' as subject_type,
        event_type,
        event_at,
        step_on,
        operator_id,
        is_uploaded,
        org_id,
        area_code
    from steps
    semi join gaps using (event_id)
    where org_id is not null

    union all

    select
        inspection_id as event_id,
        inspection_id as subject_id,
        'inspection_record' as subject_type,
        '行政检查' as event_type,
        started_at as event_at,
        step_on,
        officer_id as operator_id,
        false as is_uploaded,
        org_id,
        area_code
    from checks
    where inspection_id in (select event_id from gaps)
),

verdicts as (
    select
        subject_id,
        subject_type,
        list_sort(list_distinct(flatten(list(branches)))) as branches,
        count(*) as step_count,
        max(severity) as severity,
        arg_min(event_id, (-severity, event_at, event_id)) as event_id
    from gaps
    inner join acts using (event_id)
    group by subject_id, subject_type
),

final as (
    select
        subject_id,
        case severity when 3 then 'red' when 2 then 'orange' else 'yellow' end as level,
        operator_id as officer_id,
        org_id,
        acts.area_code,
        step_on as occurred_on,
        cast(step_count as double) as value,
        cast(1 as double) as threshold,
        cast(
            to_json({
                'branches': branches,
                'event_id': event_id,
                'event_type': event_type,
                'event_at': event_at,
                'operator_id': operator_id,
                'has_clip': case when is_uploaded then event_id not in (select event_id from unfilmed) end,
                'day_type': case when is_holiday then '法定节假日' when is_workday then '工作日' else '休息日' end,
                'has_plan': case when event_id in (select event_id from off_hours) then event_id in (select event_id from planned) end,
                'attendance_type': status_type,
                'step_count': step_count,
                'work_kind': concat_ws('·', case when subject_type = 'penalty_case' then '案件' else '检查' end, domain_code)
            }) as varchar
        ) as evidence,
        subject_type
    from verdicts
    inner join acts using (subject_id, subject_type, event_id)
    left join org using (org_id)
    left join workday on workday.day_date = step_on
    left join attendance on attendance.officer_id = operator_id and attendance.day_date = step_on
)

select * from final order by subject_id

-- section: tested
select
    case_id as subject_id,
    cast(null as varchar) as officer_id,
    min(org_id) as org_id,
    min(area_code) as area_code,
    cast(min(event_at) as date) as occurred_on
from mart_field_step
where event_at >= cast($as_of - interval ($window_months) month as date) + interval 1 day
    and event_at < $as_of + interval 1 day
group by case_id

-- section: exposure
with counts as (
    select
        '案件' as kind,
        coalesce(operator_id, org_id) as group_id,
        org_id,
        cast(date_trunc('month', event_at) as date) as month,
        count(*) as act_count
    from mart_field_step
    where event_at >= cast($as_of - interval ($window_months) month as date) + interval 1 day
        and event_at < $as_of + interval 1 day
    group by all

    union all

    select
        '检查' as kind,
        coalesce(officer_id, org_id) as group_id,
        org_id,
        cast(date_trunc('month', started_at) as date) as month,
        count(*) as act_count
    from inspection_record
    where started_at >= cast($as_of - interval ($window_months) month as date) + interval 1 day
        and started_at < $as_of + interval 1 day
    group by all
)

-- Many acts of few units: what they are called is put together once they are counted.
select group_id, month, concat_ws('·', kind, domain_code) as work_kind, cast(sum(act_count) as bigint) as exposure
from counts
left join org using (org_id)
group by all
order by group_id, month, work_kind

-- section: peers
with subject as (
    select org_id
    from penalty_case
    where case_id = $subject_id
),

cases as (
    select case_id
    from penalty_case
    inner join subject using (org_id)
    where coalesce(not is_offsite, true)
),

final as (
    select
        cast(
            max(hour(event_at) + minute(event_at) / 60 + case when hour(event_at) < $night_to then 24 else 0 end) as double
        ) as value,
        case_id = $subject_id as is_subject
    from case_event
    inner join cases using (case_id)
    where event_type in ('调查取证', '先行登记保存', '查封扣押', '强制执行')
        and event_at >= cast($as_of - interval ($window_months) month as date) + interval 1 day
        and event_at < $as_of + interval 1 day
        and event_at <> cast(event_at as date)
    group by case_id
    order by is_subject desc, md5(case_id)
    limit 2000
)

select * from final

-- section: source 现场环节
select event_id, case_id, event_type, event_at, operator_id, approver_id, entered_at
from case_event
where case_id = $subject_id
    and event_type in ('调查取证', '先行登记保存', '查封扣押', '强制执行')
    and event_at < $as_of + interval 1 day
order by event_at, event_id
limit 200

-- section: source 处罚案件
select case_id, case_no, case_name, org_id, item_code, procedure_type, filed_date, decision_date, result_type, is_offsite
from penalty_case
where case_id = $subject_id

-- section: source 同日或本案的执法记录仪视频
with steps as (
    select cast(event_at as date) as step_on, operator_id
    from case_event
    where case_id = $subject_id
        and event_type in ('调查取证', '先行登记保存', '查封扣押', '强制执行')
        and event_at < $as_of + interval 1 day
),

same_day as (
    select distinct clip_id
    from body_camera_log
    inner join steps
        on operator_id = officer_id
        and cast(started_at as date) <= step_on
        and cast(greatest(started_at, ended_at) as date) >= step_on
)

select clip_id, officer_id, device_no, started_at, ended_at, uploaded_at, related_no
from body_camera_log
where coalesce(uploaded_at, started_at) < $as_of + interval 1 day
    and (related_no = $subject_id or clip_id in (select clip_id from same_day))
order by started_at, clip_id
limit 200

-- section: source 经办人当日考勤
select attendance.officer_id, day_date, status_type, in_at, out_at
from attendance
where (officer_id, day_date) in (
    select (operator_id, cast(event_at as date))
    from case_event
    where case_id = $subject_id
        and event_type in ('调查取证', '先行登记保存', '查封扣押', '强制执行')
        and event_at < $as_of + interval 1 day
)
order by day_date, attendance.officer_id
limit 200

-- section: group_source 涉及的现场环节
select event_id, case_id, event_type, event_at, operator_id, org_id, entered_at
from case_event
inner join penalty_case using (case_id)
where case_id in (select unnest($subject_ids))
    and event_type in ('调查取证', '先行登记保存', '查封扣押', '强制执行')
    and event_at < $as_of + interval 1 day
order by event_at, event_id
limit 200

-- section: group_source 涉及的行政检查
select inspection_id, task_id, org_id, officer_id, officer2_id, party_id, check_type, started_at, ended_at, entered_at
from inspection_record
where inspection_id in (select unnest($subject_ids)) and started_at < $as_of + interval 1 day
order by started_at, inspection_id
limit 200
