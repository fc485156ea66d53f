/*---
id: I23
name: motion_finished
title: 动议办结率
list: L5
focus: F20
unit: '%'
measure: share
period: month
lower_is_better: false
green: 100
red: 90
monitor: false
numerator: 五步都已完成的廉情动议
denominator: 期限已满的廉情动议
subject: motion_facts
rationale: >-
  廉情动议按书记问询、集体商议、问题认领、监督整改、报告了结五步依次进行。期限已满而没有了结的，动议就没有落到底。
law:
  - {article: 廉情动议五步及各步期限, mark: 待核}
inputs:
  motion_facts: [motion_id, org_id, area_code, due_on, closed_on]
parameters: []
exclusions:
  - 撤回的动议不计入；计时暂停的没有期限，恢复计时后再计
assumptions:
  - 期限为提议之日起五步期限之和，加上批准的延期和暂停的时间
  - 动议计入期限届满的月份
decisions:
  - 逾期了结：办结率看是否了结，期限过后了结的也算办结
  - 期限当日：期限当日尚未届满，次日起计入
---*/

-- section: counted
select
    motion_id as subject_id,
    cast(null as varchar) as officer_id,
    org_id,
    area_code,
    due_on as occurred_on,
    coalesce(closed_on <= $as_of, false) as met
from motion_facts
where due_on < $as_of

-- section: source 廉情动议
select motion_id, org_id, proposed_on, due_on, closed_on
from motion_facts
where motion_id = $subject_id
