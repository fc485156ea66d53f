/*---
id: I21
name: task_in_time
title: 任务按期率
list: L5
focus: F18
unit: '%'
measure: share
period: month
lower_is_better: false
green: 95
red: 85
monitor: false
numerator: 按期完成的任务
denominator: 期限已满的任务
subject: reform_task_facts
rationale: >-
  “大综合一体化”改革按阶段性任务清单推进，任务到期没有完成就是推进偏差，应当及早发现、督促。
law:
  - {article: 改革阶段性任务清单（任务期限）, mark: 待核}
inputs:
  reform_task_facts: [subject_id, org_id, area_code, due_on, done_on]
parameters: []
exclusions:
  - 已终止的任务不计入
assumptions:
  - 期限为现行计划的最后一个节点，已经过去的节点不能再调整；完成以验收为准，日期为进展报告所属的日期
  - 任务计入期限届满的月份
decisions:
  - 逾期完成：期限过后才完成的不算按期
  - 期限当日：期限当日尚未届满，次日起计入
---*/

-- section: counted
select
    subject_id,
    cast(null as varchar) as officer_id,
    org_id,
    area_code,
    due_on as occurred_on,
    coalesce(done_on <= due_on, false) as met
from reform_task_facts
where due_on < $as_of

-- section: source 改革任务
select subject_id, org_id, due_on, done_on
from reform_task_facts
where subject_id = $subject_id
