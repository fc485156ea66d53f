/*---
id: I08
name: joint_visits
title: 综合查一次率
list: L2
focus: F06
unit: '%'
measure: share
period: month
lower_is_better: false
green: 30
red: 15
monitor: false
numerator: 有联合检查编号的上门检查
denominator: 上门检查（同一单位同日对同一对象算一次）
subject: inspection_record
rationale: >-
  同一时期对同一对象的几项检查应当合并，组织“综合查一次”，减少重复上门。
  占比低，说明各单位仍在各查各的，企业负担没有减下来，随意检查的空间也大。
law:
  - {article: 浙江省综合行政执法条例第二十一条, mark: 已核}
  - {article: 优化营商环境条例第五十四条, mark: 已核}
  - {article: 国办发〔2024〕54号（晚于2022年的实践，供参考）, mark: 待核}
inputs:
  inspection_record: [inspection_id, org_id, officer_id, party_id, area_code, joint_id, started_at]
parameters: []
exclusions:
  - 截止日之后的检查尚未发生，不计入
  - 三十六个月以前的检查没有哪一个月的数看得到，不读
assumptions:
  - 上门的算法就是指标 I07 的，两处的次数一致：同一单位同日对同一对象的几条记录算一次
  - 检查计入开始当日的月份，跨零点的归开始的一日；结束、录入的早晚不影响
  - 归检查单位；人员、区划取同日几条记录中编号最小的一条的
  - 一次联合检查有几个单位参加的，每个单位各算一次上门，都算联合，分子分母同样计
  - 检查结果不影响计入，没有发现问题的上门同样是上门
  - 联合检查编号空着的、只有空格的，视为没有
decisions:
  - 以编号为准：检查类型写综合查一次而没有联合检查编号的，不能证明有别的单位一起查，不算；有编号而写成别的类型的算。
    模型 M18 找的是上门过多，两种都不计入次数，从宽；本指标要的是合并的证据，从严
  - 检查种类：投诉核查也是上门，与双随机、专项、日常检查一样计入分母，与指标 I07 相同；合并了别的检查并有编号的，计入分子
  - 同日几条记录：同日几条记录中有一条有联合检查编号，这一次上门即算联合
---*/

-- section: counted
select
    min(inspection_id) as subject_id,
    arg_min(officer_id, inspection_id) as officer_id,
    org_id,
    arg_min(area_code, inspection_id) as area_code,
    cast(started_at as date) as occurred_on,
    bool_or(trim(coalesce(joint_id, '')) <> '') as met
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
