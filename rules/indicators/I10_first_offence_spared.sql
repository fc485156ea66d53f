/*---
id: I10
name: first_offence_spared
title: 首违适用率
list: L2
focus: F08
unit: '%'
measure: share
period: month
lower_is_better: false
green: 60
red: 30
monitor: true
numerator: 首违不罚的案件
denominator: 引用第一阶次的首次违法案件
subject: penalty_case
rationale: >-
  初次违法且危害后果轻微并及时改正的，可以不予处罚。占比过低说明轻微免罚没有落实，企业得不到应有的宽缓；
  占比高低与事项有关，只作监测，不排名，以免为凑比例而该罚不罚。
law:
  - {article: 行政处罚法（2021修订）第三十三条, mark: 已核}
  - {article: 各领域首违不罚事项清单, mark: 待核}
inputs:
  penalty_case:
    [case_id, party_id, party_type, item_code, benchmark_id, place_text, is_offsite, decision_date, result_type, org_id,
     area_code]
  discretion_benchmark: [benchmark_id, item_code, tier_no]
  sunshine_record: [case_id]
  mart_case_lead: [case_id, officer_id, led_from, led_until]
parameters:
  - {name: series_months, from: M10.series_months, meaning: 此月数内没有前案的为首次}
exclusions:
  - 没有引用裁量基准、所引基准不属于本事项，以及引用第二阶次以上的案件不计入，首违不罚的也一样
  - 不予处罚、撤案、移送、未决的案件不计入：不是认定违法而在罚与免罚之间选择
assumptions:
  - 案件计入决定的月份，截止日之后的决定尚未发生；前案都在本案以前，当月的数不因以后的案件变化
  - 第一阶次即情节最轻的一档，以此代表危害后果轻微；是否及时改正没有栏目，无从判断
  - 没有首违不罚事项清单，第一阶次的首次案件都计入分母，数值会低于只看清单事项的
  - 数据只有近几年的，最早几个月的前案看不全，首次案件偏多
  - 案件归截止日的主办人员，单位、区划取案件登记的
decisions:
  - 怎样算首次：同一当事人同一事项在本案决定前的累计期间内没有处罚或首违不罚的决定，期间就是模型 M10 的；
    M10 提示的重复免罚，第二次起都不是首次，既不进分母也不进分子，重复免罚不能抬高本指标；M10 的期间经审批调整的，本指标一并调整
  - 同一日决定几次：同一日决定的几件彼此不分先后，都可以是首次，与模型 M10 相同
  - 不同的经营场所：法人、个体工商户登记的场所不同的不算前案，场所为空的不能证明是另一处；自然人、车辆（非现场、有阳光监管记录）
    不看场所，与模型 M10 相同
---*/

-- section: counted
with vehicles as (
    select distinct case_id
    from sunshine_record
    where case_id is not null
),

offences as (
    select
        case_id,
        org_id,
        area_code,
        party_id,
        item_code,
        benchmark_id,
        decision_date,
        result_type,
        case
            when party_type <> '自然人'
                and not coalesce(is_offsite, false)
                and case_id not in (select case_id from vehicles)
                then nullif(trim(place_text), '')
        end as place_text
    from penalty_case
    where result_type in ('处罚', '首违不罚') and decision_date <= $as_of
),

lightest as (
    select benchmark_id, item_code
    from discretion_benchmark
    where tier_no = 1
),

firsts as (
    select *
    from offences
    semi join lightest using (benchmark_id, item_code)
    anti join offences as earlier
        on earlier.party_id = offences.party_id
        and earlier.item_code = offences.item_code
        and earlier.decision_date < offences.decision_date
        and earlier.decision_date > offences.decision_date - interval ($series_months) month
        and coalesce(earlier.place_text = offences.place_text, true)
),

leads as (
    select case_id, officer_id
    from mart_case_lead
    where led_from < $as_of + interval 1 day and coalesce(led_until >= $as_of + interval 1 day, true)
),

final as (
    select
        case_id as subject_id,
        officer_id,
        org_id,
        area_code,
        decision_date as occurred_on,
        result_type = '首违不罚' as met
    from firsts
    left join leads using (case_id)
)

select * from final

-- section: source 处罚案件
select
    case_id, case_no, case_name, party_id, party_type, org_id, item_code, benchmark_id, place_text, incident_date,
    decision_date, fine_amt, result_type
from penalty_case
where case_id = $subject_id

-- section: source 裁量基准
select benchmark_id, item_code, tier_no, condition_text, party_type, fine_min_amt, fine_max_amt, basis_doc_no
from discretion_benchmark
where benchmark_id = (select benchmark_id from penalty_case where case_id = $subject_id)

-- section: source 同一当事人同一事项的案件
select
    case_id, case_no, case_name, org_id, item_code, place_text, is_offsite, incident_date, decision_date, fine_amt,
    result_type
from penalty_case
where (party_id, item_code) in (select (party_id, item_code) from penalty_case where case_id = $subject_id)
    and decision_date <= $as_of
order by decision_date, case_id
limit 200
