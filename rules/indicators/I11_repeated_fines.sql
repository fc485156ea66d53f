/*---
id: I11
name: repeated_fines
title: 重复处罚率
list: L3
focus: F09
unit: '%'
measure: share
period: month
lower_is_better: true
green: 1
red: 3
monitor: false
numerator: 当月被罚满三次的当事人事项
denominator: 当月被罚款的当事人事项
subject: penalty_case
rationale: >-
  处罚应当过罚相当、与教育相结合。同一当事人为同一事项一个月里一罚再罚，可能是过度执法、以罚增收，
  也可能是标志标线、设施本身有问题而只罚不治，非现场执法尤其如此。
law:
  - {article: 行政处罚法（2021修订）第五条, mark: 已核}
  - {article: 行政处罚法（2021修订）第六条, mark: 已核}
  - {article: 国务院关于进一步规范行政裁量权和罚款设定的规定（防止逐利执法）, mark: 待核}
inputs:
  penalty_case:
    [case_id, party_id, party_type, item_code, org_id, area_code, place_text, decision_date, result_type, fine_amt, is_offsite]
  power_item: [item_code, domain_code]
  mart_case_lead: [case_id, officer_id, led_from, led_until]
parameters:
  - {name: month_fines, type: integer, default: 3, lowest: 2, highest: 20, unit: 次, meaning: 同一当事人同一事项一个自然月里罚款满此次数}
exclusions:
  - 没有罚款的案件（警告、首违不罚、不予处罚、撤案、移送）和尚未决定的案件不计入
  - 截止日之后的决定尚未发生；当月还没有过完的，只看到截止日为止的次数
assumptions:
  - 一个当事人的一个事项一个月计一次，累计到年的按各月分别计
  - 按决定日期分月，几次违法攒在同一月决定的算在同一月；不看违法行为的日期
  - 同一日决定几次的各算一次，是不是一事二罚由模型 M12 判断
  - 满三次的取第三次罚款的案件作代表，不满的取当月第一次的，单位、区划、主办人员、日期都是代表案件的；同日的按案件编号
  - 几个单位分别罚的合并计次，算在作出第三次罚款的单位
  - 复议、诉讼后来撤销的罚款仍计入，当时已经罚了
decisions:
  - 非现场的罚款：非现场抓拍最容易一月几罚，一并计入，与只看现场罚款的模型 M02 不同
  - 经营场所不同：单位、个体工商户在不同地点的现场罚款分别计次，任何一处满三次即为重复；没有登记地点的计入每一处；
    自然人、交通运输领域和非现场的不看地点，全部合并，与模型 M02 的算法一致
  - 跨月的几次：一个自然月里满三次才算，月底两次、下月初一次的不算
---*/

-- section: counted
with fines as (
    select
        case_id,
        org_id,
        area_code,
        party_id,
        item_code,
        decision_date,
        date_trunc('month', decision_date) as month,
        case
            when party_type <> '自然人'
                and not coalesce(is_offsite, false)
                and item_code not in (select item_code from power_item where domain_code = 'JT')
                then nullif(trim(place_text), '')
        end as site
    from penalty_case
    where result_type = '处罚' and fine_amt > 0 and decision_date between $since and $as_of
),

numbered as (
    select
        *,
        row_number() over (partition by party_id, item_code, month order by decision_date, case_id) as fine_no
    from fines
),

-- Few are fined often enough to matter; places are looked at for these only.
frequent as (
    select party_id, item_code, month
    from numbered
    where fine_no = $month_fines
),

members as (
    select fines.*
    from fines
    inner join frequent using (party_id, item_code, month)
),

sites as (
    select party_id, item_code, month, site
    from members
    group by party_id, item_code, month, site
    qualify site is not null or count(site) over (partition by party_id, item_code, month) = 0
),

third as (
    select party_id, item_code, month, case_id, decision_date
    from sites
    inner join members using (party_id, item_code, month)
    where members.site is null or members.site = sites.site
    qualify row_number() over (
        partition by party_id, item_code, month, sites.site
        order by decision_date, case_id
    ) = $month_fines
),

repeated as (
    select party_id, item_code, month, min((decision_date, case_id))[2] as case_id
    from third
    group by party_id, item_code, month
),

chosen as (
    select case_id, org_id, area_code, decision_date, false as met
    from numbered
    anti join repeated using (party_id, item_code, month)
    where fine_no = 1

    union all

    select case_id, org_id, area_code, decision_date, true as met
    from members
    semi join repeated using (case_id)
),

leads as (
    select case_id, officer_id
    from mart_case_lead
    where led_from < $as_of + interval 1 day and coalesce(led_until >= $as_of + interval 1 day, true)
),

final as (
    select case_id as subject_id, officer_id, org_id, area_code, decision_date as occurred_on, met
    from chosen
    left join leads using (case_id)
)

select * from final

-- section: source 同一当事人同一事项当月的罚款
select
    case_id, case_no, doc_no, case_name, party_id, party_type, item_code, org_id, place_text, is_offsite, incident_date,
    decision_date, fine_amt
from penalty_case
where (party_id, item_code, date_trunc('month', decision_date)) in (
        select (party_id, item_code, date_trunc('month', decision_date))
        from penalty_case
        where case_id = $subject_id
    )
    and result_type = '处罚'
    and fine_amt > 0
    and decision_date <= $as_of
order by decision_date, case_id
limit 200
