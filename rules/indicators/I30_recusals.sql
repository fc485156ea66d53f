/*---
id: I30
name: recusals
title: 回避落实率
list: L7
focus: F26
unit: '%'
measure: share
period: month
lower_is_better: false
green: 100
red: 100
monitor: false
numerator: 决定以前本人已回避的（人次）
denominator: 办案人员与当事人有利害关系的（人次）
subject: case_officer
rationale: >-
  执法人员与案件有直接利害关系，或有其他关系可能影响公正执法的，应当回避。
  有关系而不回避，办自己人的案，处罚轻重都说不清。
law:
  - {article: 行政处罚法（2021修订）第四十三条, mark: 已核}
  - {article: 公务员法（2018修订）第七十六条, mark: 已核}
inputs:
  penalty_case: [case_id, org_id, area_code, party_id, filed_date, decision_date, closed_date]
  case_officer: [case_id, officer_id, role_type, start_at]
  case_event: [case_id, event_type, event_at, operator_id]
  officer: [officer_id, person_hash]
  officer_relation: [relation_id, officer_id, relative_hash, relation_type, uscc, start_date, end_date]
  mart_kin_company: [person_hash, party_id, tie]
parameters: []
exclusions:
  - 没有登记或比对出利害关系的办案人员不计入；尚未决定的案件还可以回避，不计入
assumptions:
  - 一案一人为一人次，编号为案件编号加人员编号；一人与当事人有几种关系的只计一次
  - 什么算利害关系、什么时候存在，都照模型 M17：按统一社会信用代码和身份哈希比对，从不按姓名，关系存在于办案期间才算
  - 本指标不计入分子的，就是模型 M17 提示的应回避而未回避的办案人员
  - 主办、协办、审核、审批都是办案人员；计入决定的月份
  - 企业的法定代表人、股东按现行登记，以前各月随现状变化；截止日之后开始的关系、接手视为尚未发生
  - 归办案单位和区划，不是人员现在的单位
decisions:
  - 回避当日：决定当日（含）以前回避的算，决定以后才回避的不算，与模型 M17 相同
  - 谁的回避：回避节点的经办人是回避的人，他人回避不算；没有登记经办人的视为都已回避，与模型 M17 相同
  - 退出名单：回避以后不在承办人名单里的，按回避节点的经办人照样计入分子、分母
  - 决定以后的关系：决定以后、结案以前才形成的关系或者接手的，到那一日计入决定的月份，以前的数因此变差
---*/

-- section: counted
with cases as (
    select case_id, org_id, area_code, party_id, filed_date, decision_date, closed_date
    from penalty_case
    where decision_date >= $since and decision_date <= $as_of
),

relations as (
    select officer_id, relative_hash, uscc, start_date, end_date
    from officer_relation
    where coalesce(start_date <= $as_of, true)

    union all

    select officer_id, person_hash as relative_hash, null as uscc, null as start_date, null as end_date
    from officer
),

-- The dates of a share or post bound that tie; one stays a relative after selling the shares.
kinships as (
    select
        officer_id,
        relative_hash,
        case when uscc is null then start_date end as start_date,
        case when uscc is null then end_date end as end_date
    from relations
),

-- Since when a relative is known to be somebody in a company; null when one of the posts or shares has no beginning.
known_ties as (
    select
        relative_hash,
        uscc as party_id,
        case when bool_and(start_date is not null) then min(start_date) end as tied_from
    from relations
    where uscc is not null
    group by relative_hash, uscc
),

interests as (
    select officer_id, uscc as party_id, start_date, end_date
    from relations
    where uscc is not null

    union all

    select officer_id, relative_hash as party_id, start_date, end_date
    from kinships

    union all

    select officer_id, company.party_id, greatest(tied_from, start_date) as start_date, end_date
    from kinships
    inner join mart_kin_company as company on company.person_hash = kinships.relative_hash
    left join known_ties
        on known_ties.relative_hash = kinships.relative_hash and known_ties.party_id = company.party_id
),

suspects as (
    select cases.*, officer_id, start_date, end_date
    from cases
    inner join interests using (party_id)
),

recusals as (
    select case_id, operator_id
    from case_event
    inner join cases using (case_id)
    where event_type = '回避' and event_at < decision_date + interval 1 day
),

handlers as (
    select case_id, officer_id, cast(start_at as date) as start_on
    from case_officer
    where case_id in (select case_id from suspects)

    union all

    select recusals.case_id, operator_id as officer_id, null as start_on
    from recusals
    anti join case_officer
        on case_officer.case_id = recusals.case_id and case_officer.officer_id = recusals.operator_id
),

conflicts as (
    select distinct case_id, officer_id, org_id, area_code, decision_date
    from suspects
    inner join handlers using (case_id, officer_id)
    where greatest(filed_date, start_on, start_date) <= least(closed_date, end_date, $as_of)
),

final as (
    select
        concat(case_id, ' ', officer_id) as subject_id,
        officer_id,
        org_id,
        area_code,
        decision_date as occurred_on,
        exists (
            select 1
            from recusals
            where recusals.case_id = conflicts.case_id and coalesce(operator_id, officer_id) = officer_id
        ) as met
    from conflicts
)

select * from final

-- section: source 处罚案件
select
    case_id, case_no, case_name, org_id, item_code, party_type, filed_date, decision_date, closed_date, result_type
from penalty_case
where starts_with($subject_id, concat(case_id, ' '))

-- section: source 承办人
select case_id, officer_id, role_type, start_at
from case_officer
where concat(case_id, ' ', officer_id) = $subject_id

-- section: source 人员的利害关系
select
    relation_id, officer_id, relation_type, uscc, start_date, case when end_date <= $as_of then end_date end as end_date
from officer_relation
where ends_with($subject_id, concat(' ', officer_id)) and coalesce(start_date <= $as_of, true)
order by relation_id
limit 200

-- section: source 回避节点
select case_id, event_type, event_at, operator_id
from case_event
where starts_with($subject_id, concat(case_id, ' ')) and event_type = '回避' and event_at < $as_of + interval 1 day
order by event_at
limit 200
