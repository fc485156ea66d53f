/*---
id: M06
name: benchmark_deviation
title: 未按基准·降格
risk: 滥用裁量
rationale: >-
  行政机关应当公布裁量基准并在基准内行使处罚裁量权，偏离基准须集体讨论或书面说明理由，只有减轻处罚才可以低于法定下限。
  不引用阶次、引用不适用的阶次、罚款超出所引阶次或法定幅度，可能是人情案、降格处罚或畸重处罚。
law:
  - {article: 行政处罚法（2021修订）第五条, mark: 已核}
  - {article: 行政处罚法（2021修订）第三十二条, mark: 已核}
  - {article: 行政处罚法（2021修订）第三十四条, mark: 已核}
  - {article: 行政处罚法（2021修订）第三十七条, mark: 待核}
  - {article: 行政处罚法（2021修订）第七十六条第一款第二项, mark: 已核}
  - {article: 浙江省行政处罚裁量基准办法, mark: 待核}
limits:
  - article: 行政处罚法（2021修订）第三十七条
    mark: 待核
    says: 适用行为时的法律，新规定较轻的从新；法定幅度没有按日期的版本，且按违法所得、货值倍数计罚的幅度不在清单里
inputs:
  penalty_case:
    [case_id, org_id, area_code, item_code, benchmark_id, party_type, incident_date, decision_date, result_type,
     fine_amt, mitigate_type, basis_text]
  discretion_benchmark:
    [benchmark_id, item_code, tier_no, party_type, fine_min_amt, fine_max_amt, valid_from_date, valid_to_date]
  power_item: [item_code, fine_min_amt, fine_max_amt]
  case_event: [case_id, event_type, event_at]
  mart_case_lead: [case_id, officer_id, led_from, led_until]
parameters:
  - {name: window_months, type: integer, default: 12, lowest: 1, highest: 36, unit: 月, meaning: 按决定日期回看的月数}
subject: penalty_case
value_title: 罚款金额
unit: 元
level_logic: >-
  事项有适用的裁量基准而案件未引用，或者所引基准不属于本事项、本类当事人，或者行为时和决定时都无效，黄色；
  罚款高于阶次上限而决定日及以前没有集体讨论，或低于阶次下限而既没有集体讨论也没有书面理由，橙色；
  罚款高于法定上限，或低于法定下限而不是减轻处罚，红色。
branches: {missing: 未引用适用的裁量阶次, tier: 罚款超出所引阶次, statute: 罚款超出法定幅度}
evidence:
  fine_amt: 罚款金额（元）
  mitigate_type: 从轻减轻从重情形
  incident_date: 违法行为日期（未登记的为决定日期）
  benchmark_id: 引用的裁量基准
  applied_benchmark_id: 衡量所用的裁量基准
  tier_no: 所引阶次（基准不适用的为空）
  tier_min_amt: 阶次下限（元）
  tier_max_amt: 阶次上限（元）
  statute_min_amt: 法定下限（元）
  statute_max_amt: 法定上限（元）
peers: {among: 引用同一阶次（没有引用适用阶次的为同一事项）的处罚案件, title: 罚款在阶次幅度内的位置（0为下限、1为上限）, limits: [0, 1]}
decisions:
  - 从轻的界限：从轻在法定幅度和阶次之内，低于阶次下限的须有集体讨论或书面理由，低于法定下限的一律红色
  - 行为时与决定时的幅度：适用行为时的幅度，以后的较轻则适用较轻的；法定幅度没有按日期的版本，用当时有效的阶次推定
  - 个体工商户引用别类阶次：清单里该事项没有个体工商户阶次的，可以引用别类当事人的阶次并按其幅度衡量；有的应当引用本类
aggregation: {mode: direct}
period: none
exclusions:
  - 未作出处罚或未罚款的案件不纳入
  - 登记为减轻的案件，不判断是否低于法定下限
  - 决定当日或之前有集体讨论节点的案件，不判断阶次幅度
  - 决定时该事项对该类当事人没有有效基准的，不判断是否引用
assumptions:
  - 所引基准在违法行为发生日或决定日有效即可；没有失效日期的视为一直有效，没有登记行为日的按决定日
  - 同一事项、同类当事人、同一阶次在行为日和决定日各有一版的，按幅度较轻的一版衡量（上限低的较轻，上限相同的看下限）；
    另一版不止一条的分不清对应哪一条，按所引的衡量
  - 法定幅度取权力事项清单的现行数额；行为日有效、以后失效的阶次超出现行法定幅度的，视为当时的法定幅度到此为止
  - 所引基准不适用的，视为没有引用，不按它的幅度判断
  - 减轻只能解释低于法定下限，从轻、从重不解释任何偏离；集体讨论可以偏离阶次，不能突破法定幅度
  - 处罚依据中写明从轻、减轻或者行政处罚法第三十二条的，视为书面理由，只解释低于阶次下限；写明没有、不予从轻减轻的不是理由
  - 上限或下限为空的一侧不作判断
  - 决定日期之后的集体讨论不算
false_positives:
  - 适用旧基准：违法行为发生时有效的旧基准已被引用的，按旧基准幅度判断
  - 集体讨论后偏离基准：决定日及以前经过集体讨论的，不判断阶次幅度
  - 依法减轻处罚：登记为减轻并经集体讨论或写明理由的，不提示
  - 适用较轻的新规定：罚款在决定时较轻的新一版幅度之内的，不提示
offline_check:
  - 调阅裁量说明、集体讨论记录和从轻减轻证据材料
  - 与同一事项、同一阶次的其他案卷比对
owner: 市纪委监委数字专班
nature: 明线
max_share: 0.2
precision_floor: 0.5
---*/

-- section: signals
with cases as (
    select
        case_id,
        org_id,
        area_code,
        item_code,
        benchmark_id,
        party_type,
        coalesce(incident_date, decision_date) as acted_on,
        decision_date,
        fine_amt,
        mitigate_type
    from penalty_case
    where decision_date > cast($as_of - interval ($window_months) month as date)
        and decision_date <= $as_of
        and result_type = '处罚'
        and fine_amt > 0
),

tiers as (
    select
        benchmark_id,
        item_code,
        party_type,
        tier_no,
        fine_min_amt,
        fine_max_amt,
        valid_from_date as valid_from,
        coalesce(valid_to_date, cast('infinity' as date)) as valid_to
    from discretion_benchmark
),

quotable as (
    select *
    from tiers

    union all

    select * replace ('个体工商户' as party_type)
    from tiers
    where item_code not in (select item_code from tiers where party_type = '个体工商户')
),

quoted as (
    select case_id, acted_on, decision_date, quotable.*
    from cases
    inner join quotable using (benchmark_id, item_code, party_type)
    where acted_on between valid_from and valid_to or decision_date between valid_from and valid_to
),

-- tiers of the same kind that were never in force together: one revised the other
versions as (
    select
        one.benchmark_id,
        other.benchmark_id as other_id,
        other.fine_min_amt as other_min_amt,
        other.fine_max_amt as other_max_amt,
        other.valid_from as other_from,
        other.valid_to as other_to
    from tiers as one
    inner join tiers as other using (item_code, party_type, tier_no)
    where other.valid_to < one.valid_from or other.valid_from > one.valid_to
),

-- the version of the quoted tier that was in force on the other of the two days
rivals as (
    select case_id, other_id, other_min_amt, other_max_amt, fine_min_amt, fine_max_amt
    from quoted
    inner join versions using (benchmark_id)
    where acted_on between other_from and other_to or decision_date between other_from and other_to
    qualify count(*) over (partition by case_id) = 1
),

milder as (
    select case_id, other_id, other_min_amt, other_max_amt
    from rivals
    where other_max_amt < fine_max_amt or (other_max_amt = fine_max_amt and other_min_amt < fine_min_amt)
),

applied as (
    select
        case_id,
        tier_no,
        coalesce(other_id, benchmark_id) as applied_id,
        case when other_id is null then fine_min_amt else other_min_amt end as tier_min_amt,
        case when other_id is null then fine_max_amt else other_max_amt end as tier_max_amt
    from quoted
    left join milder using (case_id)
),

ranges as (
    select
        cases.*,
        tier_no,
        applied_id,
        tier_min_amt,
        tier_max_amt,
        least(greatest(fine_amt, tier_min_amt), tier_max_amt) as nearest_in_tier_amt,
        item.fine_min_amt as item_min_amt,
        item.fine_max_amt as item_max_amt
    from cases
    left join applied using (case_id)
    left join power_item as item using (item_code)
),

-- tiers in force on the day of the act and expired since then show what the law allowed that day
former as (
    select case_id, min(fine_min_amt) as former_min_amt, max(fine_max_amt) as former_max_amt
    from ranges
    inner join tiers using (item_code, party_type)
    where fine_amt not between item_min_amt and item_max_amt
        and acted_on between valid_from and valid_to
        and valid_to < $as_of
    group by case_id
),

measures as (
    select
        ranges.*,
        least(item_min_amt, former_min_amt) as statute_min_amt,
        greatest(item_max_amt, former_max_amt) as statute_max_amt,
        least(greatest(fine_amt, statute_min_amt), statute_max_amt) as nearest_in_statute_amt
    from ranges
    left join former using (case_id)
),

deviations as (
    select case_id, 'statute' as branch, 3 as severity, false as is_below
    from measures
    where fine_amt > nearest_in_statute_amt
        or (fine_amt < nearest_in_statute_amt and mitigate_type is distinct from '减轻')

    union all

    select case_id, 'tier' as branch, 2 as severity, sign(fine_amt - nearest_in_tier_amt) = -1 as is_below
    from measures
    where fine_amt <> nearest_in_tier_amt
),

discussed as (
    select case_id
    from case_event
    inner join cases using (case_id)
    where event_type = '集体讨论'
        and event_at < decision_date + interval 1 day
        and case_id in (select case_id from deviations)
),

-- 没有从轻、减轻情节 gives no reason, so what is denied is left out before looking
reasons as (
    select
        case_id,
        regexp_replace(
            basis_text,
            '(不具有|不具备|不存在|不符合|不适用|不予|不得|不应|未予|没有|无)(法定|依法|应当|可以|任何)*的?'
            || '(从轻|减轻|《?(中华人民共和国)?行政处罚法[^第]*第(三十二|32)条)((、|和|及|或者?)?(从轻|减轻))*',
            '',
            'g'
        ) as said
    from penalty_case
    where case_id in (select case_id from deviations where is_below)
),

reasoned as (
    select case_id
    from reasons
    where regexp_matches(said, '行政处罚法[^第]*第(三十二|32)条|从轻|减轻')
),

unquoted as (
    select distinct case_id
    from cases
    anti join quoted using (case_id)
    inner join tiers using (item_code, party_type)
    where decision_date between valid_from and valid_to
),

hits as (
    select case_id, branch, severity
    from deviations
    where branch = 'statute'
        or (
            case_id not in (select case_id from discussed)
            and not (is_below and case_id in (select case_id from reasoned))
        )

    union all

    select case_id, 'missing' as branch, 1 as severity
    from unquoted
),

verdicts as (
    select case_id, max(severity) as severity, list_sort(list(branch)) as branches
    from hits
    group by case_id
),

handlers as (
    select case_id, officer_id
    from mart_case_lead
    where led_from < $as_of + interval 1 day and coalesce(led_until >= $as_of + interval 1 day, true)
        and case_id in (select case_id from verdicts)
),

final as (
    select
        verdicts.case_id as subject_id,
        case severity when 3 then 'red' when 2 then 'orange' else 'yellow' end as level,
        officer_id,
        org_id,
        area_code,
        decision_date as occurred_on,
        cast(fine_amt as double) as value,
        cast(
            case severity when 3 then nearest_in_statute_amt when 2 then nearest_in_tier_amt end as double
        ) as threshold,
        cast(
            to_json({
                'branches': branches,
                'fine_amt': cast(fine_amt as double),
                'mitigate_type': mitigate_type,
                'incident_date': acted_on,
                'benchmark_id': benchmark_id,
                'applied_benchmark_id': applied_id,
                'tier_no': tier_no,
                'tier_min_amt': cast(tier_min_amt as double),
                'tier_max_amt': cast(tier_max_amt as double),
                'statute_min_amt': cast(statute_min_amt as double),
                'statute_max_amt': cast(statute_max_amt as double)
            }) as varchar
        ) as evidence
    from verdicts
    inner join measures using (case_id)
    left join handlers using (case_id)
)

select * from final order by subject_id

-- section: tested
select case_id as subject_id, cast(null as varchar) as officer_id, org_id, area_code, decision_date as occurred_on
from penalty_case
where decision_date > cast($as_of - interval ($window_months) month as date)
    and decision_date <= $as_of
    and result_type = '处罚'
    and fine_amt > 0

-- section: peers
with subject as (
    select item_code, benchmark_id, party_type, incident_date, decision_date
    from penalty_case
    where case_id = $subject_id
),

tiers as (
    select
        benchmark_id,
        item_code,
        party_type,
        fine_min_amt,
        fine_max_amt,
        valid_from_date as valid_from,
        coalesce(valid_to_date, cast('infinity' as date)) as valid_to
    from discretion_benchmark
),

quoted as (
    select item_code, benchmark_id, fine_min_amt, fine_max_amt
    from subject
    inner join tiers using (benchmark_id, item_code, party_type)
    where incident_date between valid_from and valid_to or decision_date between valid_from and valid_to
),

bounds as (
    select
        subject.item_code,
        quoted.benchmark_id,
        coalesce(quoted.fine_min_amt, item.fine_min_amt) as low_amt,
        coalesce(quoted.fine_max_amt, item.fine_max_amt) as high_amt
    from subject
    left join quoted using (item_code)
    left join power_item as item using (item_code)
),

final as (
    select
        cast((fine_amt - low_amt) / nullif(high_amt - low_amt, 0) as double) as value,
        case_id = $subject_id as is_subject
    from penalty_case
    inner join bounds
        on penalty_case.item_code = bounds.item_code
        and (bounds.benchmark_id is null or penalty_case.benchmark_id = bounds.benchmark_id)
    where decision_date > cast($as_of - interval ($window_months) month as date)
        and decision_date <= $as_of
        and result_type = '处罚'
        and fine_amt > 0
        and high_amt > low_amt
    order by is_subject desc, md5(case_id)
    limit 2000
)

select * from final

-- section: source 处罚案件
select
    case_id, case_no, doc_no, case_name, party_type, org_id, item_code, benchmark_id, incident_date, decision_date,
    penalty_types, fine_amt, mitigate_type, result_type, illegal_fact, basis_text
from penalty_case
where case_id = $subject_id

-- section: source 裁量基准
select
    tier.benchmark_id, tier.item_code, tier.tier_no, tier.condition_text, tier.party_type, tier.fine_min_amt,
    tier.fine_max_amt, tier.valid_from_date, tier.valid_to_date, tier.basis_doc_no
from discretion_benchmark as tier
inner join penalty_case as subject
    on tier.benchmark_id = subject.benchmark_id
    or (tier.item_code = subject.item_code and tier.party_type = subject.party_type)
where subject.case_id = $subject_id
order by tier.valid_from_date, tier.tier_no, tier.benchmark_id
limit 200

-- section: source 权力事项
select item_code, item_name, item_type, domain_code, law_basis, fine_min_amt, fine_max_amt
from power_item
where item_code = (select item_code from penalty_case where case_id = $subject_id)

-- section: source 讨论审核节点
select event_id, case_id, event_type, event_at, operator_id, approver_id, entered_at
from case_event
where case_id = $subject_id
    and event_type in ('法制审核', '集体讨论', '事先告知', '决定')
    and event_at < $as_of + interval 1 day
order by event_at, event_id
limit 200
