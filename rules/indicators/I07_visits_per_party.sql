/*---
id: I07
name: visits_per_party
title: 户均检查
list: L2
focus: F06
unit: 次
measure: per_party
period: rolling_year
lower_is_better: true
green: 2
red: 4
monitor: false
numerator: 上门检查（同一单位同日对同一对象算一次）
denominator: 受检对象
subject: inspection_record
rationale: >-
  涉企检查应当合并、减少，同一对象一年内被反复上门，增加企业负担，也可能是以检查谋私。
law:
  - {article: 优化营商环境条例第五十四条, mark: 已核}
  - {article: 浙江省行政执法相关条例（涉企检查频次）, mark: 待核}
inputs:
  inspection_record: [inspection_id, org_id, officer_id, party_id, area_code, started_at]
parameters: []
exclusions:
  - 一年内没有被检查过的对象不在分母内，户均只是受检对象之间的平均
assumptions:
  - 各月的数为截至该月的近十二个月（当月及此前十一个月）
  - 同一单位同日的几条记录取编号最小的一条作代表，归其检查人员
decisions:
  - 同日几次上门：同一单位同日对同一对象的几条记录算一次，不同单位同日上门各算一次
  - 检查种类：投诉核查和综合查一次也是上门，一并计入
---*/

-- section: counted
select
    min(inspection_id) as subject_id,
    arg_min(officer_id, inspection_id) as officer_id,
    org_id,
    arg_min(area_code, inspection_id) as area_code,
    cast(started_at as date) as occurred_on,
    true as met,
    party_id
from inspection_record
where started_at >= $since and started_at < $as_of + interval 1 day
group by org_id, party_id, cast(started_at as date)

-- section: source 同日对同一对象的检查
select
    inspection_id, task_id, org_id, officer_id, officer2_id, party_id, item_code, check_type, joint_id, started_at, ended_at,
    result_type
from inspection_record
where (org_id, party_id, cast(started_at as date)) in (
        select (org_id, party_id, cast(started_at as date))
        from inspection_record
        where inspection_id = $subject_id
    )
order by started_at, inspection_id
limit 200
