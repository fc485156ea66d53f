/*---
id: I01
name: transfer_done
title: 划转完成率
list: L1
focus: F01
unit: '%'
measure: share
period: stock
lower_is_better: false
green: 100
red: 95
monitor: false
numerator: 已划转的事项
denominator: 划转期限已过的事项
subject: power_item
rationale: >-
  综合行政执法事项应当按统一目录在期限内划转承接，期限已过而没有划转的，原部门与承接单位之间容易出现无人监管的空档。
law:
  - {article: 行政处罚法（2021修订）第十八条, mark: 已核}
  - {article: 浙江省综合行政执法条例（统一目录与划转期限）, mark: 待核}
inputs:
  power_item: [item_code, transfer_status, transfer_due_date, assigned_org_id, area_code]
  org: [org_id, area_code]
parameters: []
exclusions:
  - 没有登记划转期限的事项不在划转之列，不计入
assumptions:
  - 划转状态没有日期，以前各月按现在登记的状态判断，只有期限是否已过随月份变化
  - 事项归承接单位所在地；没有登记承接单位的归目录登记的区划
decisions:
  - 赋权镇街的事项：镇街赋权以划转为前提，视同已划转
  - 期限当日：期限当日仍在期限内，次日起计入
---*/

-- section: counted
select
    item_code as subject_id,
    cast(null as varchar) as officer_id,
    assigned_org_id as org_id,
    coalesce(org.area_code, power_item.area_code) as area_code,
    cast(transfer_due_date + interval 1 day as date) as occurred_on,
    cast(null as date) as gone_on,
    transfer_status in ('已划转', '镇街赋权') as met
from power_item
left join org on org.org_id = assigned_org_id
where transfer_due_date < $as_of

-- section: source 权力事项
select item_code, item_name, item_type, domain_code, transfer_status, transfer_due_date, assigned_org_id
from power_item
where item_code = $subject_id
