/*---
id: I29
name: items_in_use
title: 事项激活率
list: L7
focus: F25
unit: '%'
measure: share
period: stock
lower_is_better: false
green: 40
red: 20
monitor: false
numerator: 近十二个月有镇街立案的事项
denominator: 镇街赋权事项
subject: power_item
rationale: >-
  赋权给镇街的事项，应当接得住、用得上。长期没有一件案件的，可能是赋权不切实际，也可能是有案不办。
law:
  - {article: 行政处罚法（2021修订）第二十四条, mark: 待核}
  - {article: 浙江省综合行政执法条例（镇街赋权）, mark: 待核}
inputs:
  power_item: [item_code, transfer_status, assigned_org_id, area_code]
  penalty_case: [case_id, item_code, org_id, filed_date]
  org: [org_id, org_level, area_code]
parameters: []
exclusions:
  - 没有赋权给镇街的事项（未划转、已划转到县市综合执法部门的）不计入
  - 市、县级单位办的案件不算镇街在用；截止日之后立案的尚未发生
assumptions:
  - 赋权状态没有日期，以前各月按现在登记的赋权判断，只有是否在用随月份变化
  - 事项全市一份，归登记的承接单位所在地；哪个镇街在用，看事项的案件
  - 在用看立案，不看是否已经决定
decisions:
  - 近十二个月：立案之日起的十二个月内都算在用，到满十二个月的那一天不再算
  - 谁在用：镇街一级的单位立案才算在用
---*/

-- section: counted
with delegated as (
    select item_code, assigned_org_id, coalesce(org.area_code, power_item.area_code) as area_code
    from power_item
    left join org on org.org_id = assigned_org_id
    where transfer_status = '镇街赋权'
),

filed as (
    select distinct item_code, filed_date
    from penalty_case
    semi join delegated using (item_code)
    semi join (select org_id from org where org_level = '镇街') using (org_id)
    where filed_date <= $as_of
),

begun as (
    select
        item_code,
        filed_date,
        coalesce(
            filed_date >= lag(filed_date) over (partition by item_code order by filed_date) + interval 12 month, true
        ) as is_first
    from filed
),

numbered as (
    select
        item_code, filed_date, count(*) filter (is_first) over (partition by item_code order by filed_date) as spell
    from begun
),

used as (
    select
        item_code,
        min(filed_date) as from_on,
        cast(max(filed_date) + interval 12 month as date) as until_on
    from numbered
    group by item_code, spell
),

idle as (
    select
        item_code, lag(until_on, 1, $since) over (partition by item_code order by from_on) as from_on, from_on as until_on
    from used

    union all

    select item_code, max(until_on) as from_on, null as until_on
    from used
    group by item_code

    union all

    select item_code, $since as from_on, null as until_on
    from delegated
    anti join used using (item_code)
),

stretches as (
    select *, true as met
    from used

    union all

    select *, false as met
    from idle
    where from_on <= $as_of and coalesce(from_on < until_on, true)
),

final as (
    select
        item_code as subject_id,
        cast(null as varchar) as officer_id,
        assigned_org_id as org_id,
        area_code,
        from_on as occurred_on,
        until_on as gone_on,
        met
    from stretches
    inner join delegated using (item_code)
)

select * from final

-- section: source 赋权事项
select
    item_code, item_name, item_type, domain_code, law_basis, transfer_status, transfer_due_date, assigned_org_id
from power_item
where item_code = $subject_id

-- section: source 近十二个月镇街立的案件
select case_id, case_no, case_name, org_id, item_code, filed_date, decision_date, result_type
from penalty_case
semi join (select org_id from org where org_level = '镇街') using (org_id)
where item_code = $subject_id and filed_date <= $as_of and filed_date > $as_of - interval 12 month
order by filed_date desc, case_id
limit 200
