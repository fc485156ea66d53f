/*---
id: I28
name: false_closings
title: 虚假办结率
list: L7
focus: F24
unit: '%'
measure: share
period: month
lower_is_better: true
green: 1
red: 3
monitor: false
numerator: 核验为虚假办结的派单
denominator: 已核验的网格派单
subject: grid_dispatch
rationale: >-
  报了办结而问题还在，比逾期更坏：它让按期率、办结率都好看，问题却没有人再管。核验得出虚假办结的比例，说明上报的办结有多可信。
law:
  - {article: 公职人员政务处分法第三十九条第四项, mark: 已核}
inputs:
  grid_dispatch: [dispatch_id, to_org_id, officer_id, area_code, verify_result, verified_at, finished_at]
parameters: []
exclusions:
  - 没有核验结果的派单不知真假，不计入：多报办结、不去核验都降不了这个率
  - 截止日之后的核验尚未发生
assumptions:
  - 派单计入核验的月份；有结果没有核验时间的计入办结的月份，两者都没有的不计入
  - 派单归接收单位和接单队员，核验人是谁不影响
decisions:
  - 核验结果：已核验的不论结果都在分母，无法查实也是核验过
  - 部分属实：部分属实、不属实不是虚假办结，不在分子
---*/

-- section: counted
with verified as (
    select *, coalesce(verified_at, finished_at) as known_at
    from grid_dispatch
    where verify_result is not null
)

select
    dispatch_id as subject_id,
    officer_id,
    to_org_id as org_id,
    area_code,
    cast(known_at as date) as occurred_on,
    verify_result = '虚假办结' as met
from verified
where known_at < $as_of + interval 1 day

-- section: source 网格派单
select
    dispatch_id, event_no, to_org_id, officer_id, assigned_at, accepted_at, due_at, finished_at, result_type, verify_result,
    verified_at
from grid_dispatch
where dispatch_id = $subject_id

-- section: source 网格事件
select event_no, grid_code, event_type, reported_at, place_text, level_type, closed_at
from grid_event
where event_no = (select event_no from grid_dispatch where dispatch_id = $subject_id)
