/*---
id: I27
name: dispatches_in_time
title: 派单按期率
list: L7
focus: F24
unit: '%'
measure: share
period: month
lower_is_better: false
green: 95
red: 85
monitor: false
numerator: 按期办结的派单
denominator: 办结期限已到的网格派单
subject: grid_dispatch
rationale: >-
  网格员发现的问题派到执法队员，应当在期限内处置。按期率低，说明推诿拖延；逾期不办的也可能是不作为。
law:
  - {article: 公职人员政务处分法第三十九条第二项, mark: 已核}
  - {article: 网格派单的办结期限（各地四平台规则）, mark: 待核}
inputs:
  grid_dispatch: [dispatch_id, to_org_id, officer_id, area_code, due_at, finished_at]
parameters: []
exclusions:
  - 没有办结期限的派单不能判断是否按期，不计入
  - 期限在截止日之后的派单尚未到期，办得再早也等到期的月份才计入
assumptions:
  - 派单计入期限所在的月份，不论何时派出、何时办结
  - 截止日之后的办结视为尚未办结；到期未办结的按未按期计
  - 派单归接收单位和接单队员
decisions:
  - 期限当刻：在期限的那一刻办结仍算按期，与模型 M16 的“超期办结”同一界线
  - 不属职责：退回不属职责的也要在期限内退，与办结同样判断
  - 办得不实：按期只看时间，是否虚假办结由虚假办结率和模型 M16 判断
---*/

-- section: counted
select
    dispatch_id as subject_id,
    officer_id,
    to_org_id as org_id,
    area_code,
    cast(due_at as date) as occurred_on,
    coalesce(finished_at <= due_at, false) as met
from grid_dispatch
where due_at < $as_of + interval 1 day

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
