/*---
id: M16
name: grid_overdue_or_false_close
title: 网格超期·虚假办结
risk: 不作为·弄虚作假
rationale: >-
  网格员上报、执法队员处置的事件应当按期办结、真实办结。
  超期不办、几分钟内点击办结、照片重复使用、办结后原地复发，可能是敷衍塞责或虚假办结。
law:
  - {article: 公职人员政务处分法第三十九条第二项, mark: 已核}
  - {article: 公职人员政务处分法第三十九条第四项, mark: 已核}
limits:
  - article: 公职人员政务处分法第三十九条
    mark: 已核
    says: 条文以造成不良后果或者影响为要件，超期、照片重复本身不构成
inputs:
  grid_dispatch:
    [dispatch_id, event_no, to_org_id, officer_id, area_code, assigned_at, accepted_at, due_at, finished_at, photo_hash,
     verify_result, verified_at]
  grid_event: [event_no, event_type, place_text, reported_at, area_code, photo_hash]
  org: [org_id, domain_code]
  mart_repeated_place: [event_no, event_type, place_text, area_code, reported_at]
  mart_shared_photo: [photo_hash, dispatch_id, event_no, assigned_at, finished_at]
parameters:
  - {name: window_months, type: integer, default: 12, lowest: 1, highest: 36, unit: 月, meaning: 按派单时间回看的月数}
  - {name: orange_late_days, type: integer, default: 7, lowest: 1, highest: 60, unit: 日, meaning: 超期多于此天数为橙色}
  - {name: reopen_days, type: integer, default: 7, lowest: 1, highest: 30, unit: 日, meaning: 办结后此天数内原地再报同类事件为复发}
  - {name: fast_close_minutes, type: integer, default: 5, lowest: 1, highest: 60, unit: 分钟, meaning: 派单至办结不足此时长为过快办结}
subject: grid_dispatch
value_title: 超期小时数（未超期的为迹象个数）
unit: 小时
level_logic: >-
  超期办结黄色；超期多于7日，或有复发、过快办结、照片重复三种迹象之一橙色；
  有两种以上迹象，或核验结论为虚假办结红色。
branches:
  late: 超期
  very_late: 超期多于七日
  reopened: 办结后原地复发
  fast_close: 派单后过快办结
  reused_photo: 处置照片重复使用
  false_close: 核验为虚假办结
evidence:
  assigned_at: 派单时间
  accepted_at: 接单时间
  due_at: 处置期限
  finished_at: 办结时间
  late_hours: 超期小时数
  handling_minutes: 派单至办结分钟数（办结只有日期的为空）
  event_no: 事件编号
  reopened_event_no: 复发的事件编号
  verify_result: 核验结论
  sign_count: 迹象个数
  work_kind: 处置单位所属领域
peers: {among: 同类事件的派单, title: 派单至办结（未办结的至今）小时数, unit: 小时, limits: []}
aggregation: {mode: grouped, group: officer, min_signals: 5, min_peer_ratio: 2}
period: month
exclusions:
  - 核验属实的即时处置不计过快办结
  - 流动摊贩类事件不计复发
  - 最先使用一张照片的派单不计照片重复，只计后来用于别的事件的
assumptions:
  - 未办结的派单以截止日零点计超期，截止日当天到期的不算超期
  - 只有日期没有时刻（零点整）的期限到当日终了（次日零点）为止；期限、办结都只有日期的按日期相差的天数计超期
  - 只有日期没有时刻的办结是当日某时，不计办结分钟数和过快办结，当日及以前的再报不算复发
  - 同一地点指地点文字和区划代码都相同
  - 同一照片用于同一事件的多次派单不算重复；先后按办结时间（未办结的按派单时间），同时的按派单编号
  - 把上报时的照片（本事件或先前上报的别的事件的）当作处置照片交回，也是重复使用
  - 按派单日期所在月归并，与当月同一领域其他人的派单比较；没有指派到人的派单归到处置单位
  - 截止日之后的办结、核验、再报视为尚未发生
decisions:
  - 过快办结从派单还是接单起算：从派单起算；接单可以在处置之后才点，从接单起算会把先处置后登记的当作过快
  - 地点只写到镇街的事件：以镇、乡、街道、县、市结尾的、空白的地点不是一处地点，不判断原地复发
false_positives:
  - 即时处置：核验属实的，短时间办结不计为迹象
  - 流动摊贩反复：流动摊贩类事件原地再报不计为复发
  - 只登记日期：时刻为零点整的期限算到当日终了，时刻为零点整的办结不判断过快办结
  - 照片被他人盗用：最先使用照片的派单不提示，只提示后来用于别的事件的
  - 异地同名：别的镇街同名道路、同一门牌再报的，不计为复发
offline_check:
  - 两人到现场查看，询问网格员和当事人处置经过
  - 调取处置照片原图，核对拍摄时间、位置
owner: 市纪委监委数字专班
nature: 明线
max_share: 0.2
precision_floor: 0.5
---*/

-- section: signals
with seen as (
    select
        dispatch_id,
        event_no,
        to_org_id,
        officer_id,
        area_code,
        assigned_at,
        case when accepted_at < $as_of + interval 1 day then accepted_at end as accepted_at,
        due_at,
        case when finished_at < $as_of + interval 1 day then finished_at end as finished_at,
        case when coalesce(verified_at, assigned_at) < $as_of + interval 1 day then verify_result end as verify_result
    from grid_dispatch
    where assigned_at >= cast($as_of - interval ($window_months) month as date) + interval 1 day
        and assigned_at < $as_of + interval 1 day
),

-- Exactly midnight is a day without an hour: the end of it is the last moment that may be meant.
dispatches as (
    select
        *,
        coalesce(finished_at = cast(finished_at as date), false) as is_dated,
        case
            when due_at = cast(due_at as date) and not is_dated then due_at + interval 1 day
            else due_at
        end as due_by,
        case when is_dated then finished_at + interval '23:59:59' else finished_at end as finished_by
    from seen
),

photos as (
    select dispatch_id, event_no, photo_hash, coalesce(finished_at, assigned_at) as used_at
    from mart_shared_photo
    where greatest(assigned_at, finished_at) < $as_of + interval 1 day
),

-- Whoever used a photo first is not to blame for those who copied it.
first_uses as (
    select photo_hash, arg_min(event_no, (used_at, dispatch_id)) as first_event_no
    from photos
    group by photo_hash
    having min(event_no) <> max(event_no)
),

reused as (
    select dispatch_id
    from photos
    inner join first_uses using (photo_hash)
    where event_no <> first_event_no

    union

    select dispatch_id
    from photos
    inner join grid_event as report using (photo_hash)
    where reported_at <= used_at
),

later_events as (
    select event_no, event_type, place_text, area_code, reported_at
    from mart_repeated_place
    where reported_at < $as_of + interval 1 day
        and event_type <> '流动摊贩'
),

recurrences as (
    select dispatch_id, min(later_events.event_no) as reopened_event_no
    from dispatches
    inner join mart_repeated_place as own using (event_no)
    inner join later_events
        on later_events.place_text = own.place_text
        and later_events.event_type = own.event_type
        and later_events.area_code is not distinct from own.area_code
        and later_events.reported_at > finished_by
        and later_events.reported_at <= finished_by + interval ($reopen_days) day
    where later_events.event_no <> dispatches.event_no
        and not regexp_matches(own.place_text, '(^|镇|乡|街道|县|[^超]市)\s*$')
    group by dispatch_id
),

hits as (
    select dispatch_id, 'late' as branch, 1 as severity, 0 as is_sign
    from dispatches
    where coalesce(finished_at, $as_of) > due_by

    union all

    select dispatch_id, 'very_late' as branch, 2 as severity, 0 as is_sign
    from dispatches
    where coalesce(finished_at, $as_of) > due_by + interval ($orange_late_days) day

    union all

    select dispatch_id, 'reopened' as branch, 2 as severity, 1 as is_sign
    from recurrences

    union all

    select dispatch_id, 'fast_close' as branch, 2 as severity, 1 as is_sign
    from dispatches
    where finished_at >= assigned_at
        and finished_at < assigned_at + interval ($fast_close_minutes) minute
        and not is_dated
        and verify_result is distinct from '属实'

    union all

    select dispatch_id, 'reused_photo' as branch, 2 as severity, 1 as is_sign
    from dispatches
    where dispatch_id in (select dispatch_id from reused)

    union all

    select dispatch_id, 'false_close' as branch, 3 as severity, 0 as is_sign
    from dispatches
    where verify_result = '虚假办结'
),

verdicts as (
    select
        dispatch_id,
        case when sum(is_sign) >= 2 then 3 else max(severity) end as severity,
        list_sort(list(branch)) as branches,
        cast(sum(is_sign) as integer) as sign_count
    from hits
    group by dispatch_id
),

measures as (
    select
        verdicts.*,
        dispatches.* exclude (dispatch_id),
        round(date_diff('second', due_by, coalesce(finished_at, $as_of)) / 3600.0, 2) as late_hours,
        case
            when not is_dated then round(date_diff('second', assigned_at, finished_at) / 60.0, 1)
        end as handling_minutes,
        list_contains(branches, 'late') as is_late
    from verdicts
    inner join dispatches using (dispatch_id)
),

final as (
    select
        measures.dispatch_id as subject_id,
        case severity when 3 then 'red' when 2 then 'orange' else 'yellow' end as level,
        officer_id,
        to_org_id as org_id,
        measures.area_code,
        cast(assigned_at as date) as occurred_on,
        cast(case when is_late then late_hours else greatest(sign_count, 1) end as double) as value,
        cast(case when is_late then 0 else 1 end as double) as threshold,
        cast(
            to_json({
                'branches': branches,
                'assigned_at': assigned_at,
                'accepted_at': accepted_at,
                'due_at': due_at,
                'finished_at': finished_at,
                'late_hours': case when is_late then late_hours end,
                'handling_minutes': handling_minutes,
                'event_no': event_no,
                'reopened_event_no': reopened_event_no,
                'verify_result': verify_result,
                'sign_count': sign_count,
                'work_kind': domain_code
            }) as varchar
        ) as evidence
    from measures
    left join recurrences using (dispatch_id)
    left join org on org.org_id = to_org_id
)

select * from final order by subject_id

-- section: tested
select dispatch_id as subject_id, officer_id, to_org_id as org_id, area_code, cast(assigned_at as date) as occurred_on
from grid_dispatch
where assigned_at >= cast($as_of - interval ($window_months) month as date) + interval 1 day
    and assigned_at < $as_of + interval 1 day

-- section: exposure
select
    coalesce(officer_id, to_org_id) as group_id,
    cast(date_trunc('month', assigned_at) as date) as month,
    domain_code as work_kind,
    count(*) as exposure
from grid_dispatch
left join org on org.org_id = to_org_id
where assigned_at >= cast($as_of - interval ($window_months) month as date) + interval 1 day
    and assigned_at < $as_of + interval 1 day
group by all
order by group_id, month, work_kind

-- section: peers
with subject as (
    select event_type
    from grid_dispatch
    inner join grid_event using (event_no)
    where dispatch_id = $subject_id
),

handled as (
    select
        dispatch_id,
        assigned_at,
        case when finished_at < $as_of + interval 1 day then finished_at end as finished_at,
        finished_at = cast(finished_at as date) as is_dated
    from grid_dispatch
    inner join grid_event using (event_no)
    inner join subject using (event_type)
    where assigned_at >= cast($as_of - interval ($window_months) month as date) + interval 1 day
        and assigned_at < $as_of + interval 1 day
),

timed as (
    select
        dispatch_id,
        assigned_at,
        case when is_dated then finished_at + interval '23:59:59' else finished_at end as finished_at
    from handled
),

final as (
    select
        cast(date_diff('second', assigned_at, coalesce(finished_at, $as_of)) / 3600.0 as double) as value,
        dispatch_id = $subject_id as is_subject
    from timed
    where finished_at is not null or dispatch_id = $subject_id
    order by is_subject desc, md5(dispatch_id)
    limit 2000
)

select * from final

-- section: source 网格派单
select
    dispatch_id, event_no, to_org_id, officer_id, assigned_at,
    case when accepted_at < $as_of + interval 1 day then accepted_at end as accepted_at,
    due_at,
    case when finished_at < $as_of + interval 1 day then finished_at end as finished_at,
    case when coalesce(finished_at, assigned_at) < $as_of + interval 1 day then result_type end as result_type,
    case when coalesce(finished_at, assigned_at) < $as_of + interval 1 day then photo_hash end as photo_hash,
    case when coalesce(verified_at, assigned_at) < $as_of + interval 1 day then verify_result end as verify_result,
    case when verified_at < $as_of + interval 1 day then verified_at end as verified_at
from grid_dispatch
where dispatch_id = $subject_id

-- section: source 网格事件
select
    event_no, grid_code, event_type, reported_at, place_text, area_code, level_type, photo_hash,
    case when closed_at < $as_of + interval 1 day then closed_at end as closed_at
from grid_event
where event_no = (select event_no from grid_dispatch where dispatch_id = $subject_id)

-- section: source 办结后原地再报的同类事件
with handled as (
    select
        own.event_no,
        own.event_type,
        own.place_text,
        own.area_code,
        case
            when finished_at = cast(finished_at as date) then finished_at + interval '23:59:59'
            else finished_at
        end as finished_by
    from grid_dispatch
    inner join grid_event as own using (event_no)
    where dispatch_id = $subject_id and finished_at < $as_of + interval 1 day
),

final as (
    select
        later.event_no, later.grid_code, later.event_type, later.reported_at, later.place_text, later.area_code,
        later.level_type, case when later.closed_at < $as_of + interval 1 day then later.closed_at end as closed_at
    from grid_event as later
    inner join handled
        on later.place_text = handled.place_text
        and later.event_type = handled.event_type
        and later.area_code is not distinct from handled.area_code
        and later.event_no <> handled.event_no
        and later.reported_at > handled.finished_by
        and later.reported_at <= handled.finished_by + interval ($reopen_days) day
    where later.reported_at < $as_of + interval 1 day
)

select * from final
order by reported_at, event_no
limit 200

-- section: source 使用同一照片的派单
select
    dispatch_id, event_no, to_org_id, officer_id, assigned_at, due_at, finished_at, result_type, photo_hash,
    case when coalesce(verified_at, assigned_at) < $as_of + interval 1 day then verify_result end as verify_result
from grid_dispatch
where photo_hash = (
        select photo_hash
        from grid_dispatch
        where dispatch_id = $subject_id and coalesce(finished_at, assigned_at) < $as_of + interval 1 day
    )
    and dispatch_id <> $subject_id
    and greatest(assigned_at, finished_at) < $as_of + interval 1 day
order by assigned_at, dispatch_id
limit 200

-- section: group_source 涉及的网格派单
select
    dispatch_id, event_no, event_type, to_org_id, officer_id, assigned_at, due_at,
    case when finished_at < $as_of + interval 1 day then finished_at end as finished_at,
    case
        when coalesce(finished_at, assigned_at) < $as_of + interval 1 day then grid_dispatch.photo_hash
    end as photo_hash,
    case when coalesce(verified_at, assigned_at) < $as_of + interval 1 day then verify_result end as verify_result,
    case when verified_at < $as_of + interval 1 day then verified_at end as verified_at
from grid_dispatch
left join grid_event using (event_no)
where dispatch_id in (select unnest($subject_ids))
order by assigned_at, dispatch_id
limit 200
