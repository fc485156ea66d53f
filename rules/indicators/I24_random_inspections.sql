/*---
id: I24
name: random_inspections
title: 双随机占比
list: L6
focus: F21
unit: '%'
measure: share
period: month
lower_is_better: false
green: 80
red: 60
monitor: false
numerator: 双随机检查
denominator: 双随机检查和日常检查
subject: inspection_record
rationale: >-
  日常监管应当以“双随机、一公开”为基本方式，人员和对象随机抽取。日常检查占比高，选谁查、谁去查由人定，容易选择性检查、人情检查。
law:
  - {article: 优化营商环境条例第五十四条, mark: 已核}
  - {article: 浙江省综合行政执法条例第十三条, mark: 已核}
inputs:
  inspection_record: [inspection_id, org_id, officer_id, area_code, check_type, started_at]
parameters: []
exclusions:
  - 专项检查、投诉核查、综合查一次不是可以改为随机抽取的日常监管，不计入
  - 截止日之后开始的检查尚未发生
assumptions:
  - 检查计入开始的月份，跨日的不拆分
  - 一次检查一条记录；同一单位同日对同一对象的几条记录各算一次，比的是抽取方式而不是上门次数
  - 检查归第一名检查人员和检查单位
decisions:
  - 检查种类：只比双随机和日常两种，其他种类两边都不算
  - 跨零点：检查归开始的那一天，结束在次月的也不改
---*/

-- section: counted
select
    inspection_id as subject_id,
    officer_id,
    org_id,
    area_code,
    cast(started_at as date) as occurred_on,
    check_type = '双随机' as met
from inspection_record
where check_type in ('双随机', '日常') and started_at < $as_of + interval 1 day

-- section: source 检查记录
select
    inspection_id, task_id, org_id, officer_id, officer2_id, party_id, item_code, check_type, joint_id, started_at, ended_at,
    result_type, entered_at
from inspection_record
where inspection_id = $subject_id
