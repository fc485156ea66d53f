/*---
id: M07
name: inconsistent_penalty
title: 同案不同罚
risk: 滥用裁量
rationale: >-
  事实、性质、情节、危害程度相近的违法行为，处罚应当相近。
  同一事项、同一阶次、同类当事人之中，罚款明显高于或低于通常水平的案件，可能有人情或报复因素，需要比对案卷。
law:
  - {article: 行政处罚法（2021修订）第五条, mark: 已核}
limits:
  - article: 行政处罚法（2021修订）第五条
    mark: 已核
    says: 只比较金额，不比较事实、情节；同时检验成千上万件，总有少数仅因偶然而偏离
inputs:
  penalty_case:
    [case_id, org_id, area_code, item_code, benchmark_id, party_type, decision_date, result_type, fine_amt, case_value_amt,
     mitigate_type, is_offsite]
  mart_case_lead: [case_id, officer_id, led_from, led_until]
  org: [org_id, domain_code]
parameters:
  - {name: window_months, type: integer, default: 12, lowest: 1, highest: 36, unit: 月, meaning: 按决定日期回看的月数}
  - {name: least_cases, type: integer, default: 20, lowest: 10, highest: 500, unit: 件, meaning: 同类案件少于此数的不作判断}
  - {name: z_limit, type: number, default: 3.5, lowest: 2, highest: 20, unit: 倍, meaning: 偏离度达到此值为黄色}
  - {name: orange_z, type: number, default: 5, lowest: 2.5, highest: 50, unit: 倍, meaning: 偏离度达到此值为橙色}
  - {name: most_share, type: number, default: 0.25, lowest: 0.05, highest: 0.5, unit: 比例, meaning: 同类中偏离度达到黄色界限的多于此比例的不作判断}
  - {name: quantity_tolerance, type: number, default: 0.01, lowest: 0.0001, highest: 0.2, unit: 对数差, meaning: 罚款与涉案金额之比的差异不超过此值的视为按数量计罚}
  - {name: least_gap, type: number, default: 0.1, lowest: 0, highest: 1, unit: 比例, meaning: 过半数罚款相同时，与中位数相差不到此比例的不提示}
ordered: [[z_limit, orange_z]]
subject: penalty_case
value_title: 罚款偏离度（稳健标准分）
unit: 倍
level_logic: 同一事项、同一阶次、同类当事人的案件（减轻、从重各自比较）满20件，罚款偏离度达到3.5倍黄色，达到5倍橙色。
branches: {high: 罚款明显高于同类, low: 罚款明显低于同类}
evidence:
  item_code: 事项代码
  benchmark_id: 引用的裁量基准
  party_type: 当事人类型
  fine_amt: 罚款金额（元）
  alike_count: 同类案件数
  alike_median_amt: 同类罚款中位数（元）
  leaning: 减轻、从重或一般
  spread: 同类罚款对数的绝对中位差
  mean_deviation: 同类罚款对数的平均绝对偏差（绝对中位差为零时用）
  deviation: 偏离度
  work_kind: 工作类别（办案单位所属领域、是否非现场）
peers: {among: 引用同一阶次的同类当事人案件, title: 罚款偏离度, unit: 倍, limits: [z_limit, orange_z]}
decisions:
  - 过半数罚款相同：绝对中位差为零时改用平均绝对偏差，不因此放过一件
  - 减轻和从重：减轻的只与减轻的比，从重的只与从重的比
aggregation: {mode: grouped, group: officer, min_signals: 5, min_peer_ratio: 2}
period: month
exclusions:
  - 未作出处罚、未罚款或未引用裁量阶次的案件不纳入
  - 同类案件不足20件的不作判断
  - 同类案件罚款全部相同的，没有偏离；过半数相同的，与中位数相差不到一成的不提示
  - 同类中多于四分之一的案件偏离的，罚款分布不止一种，不作判断
  - 按数量计罚的案件不作判断
assumptions:
  - 偏离度为0.6745乘以罚款对数与同类中位数之差再除以绝对中位差；基准不同版本的阶次分别比较
  - 同类中有涉案金额的案件满20件、罚款与涉案金额之比几乎不变的，视为按数量计罚，本案之比与同类一致的不作判断
  - 涉案金额未填写或为零的，不视为按数量计罚
  - 过半数罚款相同、绝对中位差为零的，偏离度为罚款对数与同类中位数之差除以平均绝对偏差的1.2533倍
  - 从轻在法定幅度之内，与没有情形的同组比较
  - 一案有多名主办的，信号计入人员编号最小者，没有主办的归到办案单位
  - 按决定日期所在月归并，与当月办理同类可比案件（同一领域，同为现场或非现场）的其他人比较
  - 受检数和工作量计入所有可比案件，含按数量计罚的；工作量计入每名主办
  - 截止日之后的决定、接手视为尚未发生
false_positives:
  - 按数量计罚：罚款与涉案金额成比例的不作判断
  - 同类案件太少：不足20件的不作判断
  - 同类其实不止一种：偏离的多于四分之一的不作判断
offline_check:
  - 抽取本案和同类案卷各一份，比对违法事实、情节和裁量说明
  - 核对从轻减轻从重情形的证据和集体讨论记录
owner: 市纪委监委数字专班
nature: 统计
false_alarms: 1
max_share: 0.05
precision_floor: 0.3
---*/

-- section: shared
with fined as (
    select
        case_id,
        org_id,
        area_code,
        item_code,
        benchmark_id,
        party_type,
        coalesce(nullif(mitigate_type, '从轻'), '一般') as leaning,
        is_offsite,
        decision_date,
        fine_amt,
        case_value_amt,
        ln(fine_amt) as height
    from penalty_case
    where result_type = '处罚'
        and fine_amt > 0
        and benchmark_id <> ''
        and decision_date > cast($as_of - interval ($window_months) month as date)
        and decision_date <= $as_of
),

-- enough alike, and not all fined the same
compared as (
    select case_id, org_id, area_code, is_offsite, decision_date
    from fined
    window alike as (partition by item_code, benchmark_id, party_type, leaning)
    qualify count(*) over alike >= $least_cases and min(fine_amt) over alike < max(fine_amt) over alike
)

-- section: signals
with kinds as (
    select
        item_code,
        benchmark_id,
        party_type,
        leaning,
        count(*) as alike_count,
        median(height) as centre,
        mad(height) as spread
    from fined
    group by item_code, benchmark_id, party_type, leaning
    having count(*) >= $least_cases and min(fine_amt) < max(fine_amt)
),

-- where more than half are the same, the mean of the absolute deviations in place of their median
flat_kinds as (
    select item_code, benchmark_id, party_type, leaning, avg(abs(height - centre)) as mean_deviation
    from fined
    inner join kinds using (item_code, benchmark_id, party_type, leaning)
    where spread = 0
    group by item_code, benchmark_id, party_type, leaning
),

deviations as (
    select
        fined.*,
        alike_count,
        centre,
        spread,
        mean_deviation,
        coalesce(abs(height - centre) / (1.253314 * mean_deviation), 0.6745 * (abs(height - centre) / spread)) as deviation
    from fined
    inner join kinds using (item_code, benchmark_id, party_type, leaning)
    left join flat_kinds using (item_code, benchmark_id, party_type, leaning)
),

outliers as (
    select *
    from deviations
    where deviation >= $z_limit
        and (mean_deviation is null or abs(height - centre) >= ln(1 + $least_gap))
    qualify count(*) over (partition by item_code, benchmark_id, party_type, leaning) <= $most_share * alike_count
),

rates as (
    select item_code, benchmark_id, party_type, leaning, ln(fine_amt / nullif(case_value_amt, 0)) as rate
    from fined
    semi join outliers using (item_code, benchmark_id, party_type, leaning)
),

quantities as (
    select item_code, benchmark_id, party_type, leaning, median(rate) as usual_rate
    from rates
    group by item_code, benchmark_id, party_type, leaning
    having count(rate) >= $least_cases and mad(rate) <= $quantity_tolerance
),

hits as (
    select outliers.*
    from outliers
    left join quantities using (item_code, benchmark_id, party_type, leaning)
    where coalesce(abs(ln(fine_amt / nullif(case_value_amt, 0)) - usual_rate) > $quantity_tolerance, true)
),

handlers as (
    select case_id, officer_id
    from mart_case_lead
    where led_from < $as_of + interval 1 day and coalesce(led_until >= $as_of + interval 1 day, true)
        and case_id in (select case_id from hits)
),

final as (
    select
        case_id as subject_id,
        case when deviation >= $orange_z then 'orange' else 'yellow' end as level,
        officer_id,
        hits.org_id,
        hits.area_code,
        decision_date as occurred_on,
        round(deviation, 3) as value,
        cast($z_limit as double) as threshold,
        cast(
            to_json({
                'branches': [case sign(height - centre) when 1 then 'high' else 'low' end],
                'item_code': item_code,
                'benchmark_id': benchmark_id,
                'party_type': party_type,
                'leaning': leaning,
                'fine_amt': cast(fine_amt as double),
                'alike_count': alike_count,
                'alike_median_amt': round(exp(centre), 2),
                'spread': round(spread, 4),
                'mean_deviation': round(mean_deviation, 4),
                'deviation': round(deviation, 3),
                'work_kind': concat_ws('·', domain_code, case when is_offsite then '非现场' else '现场' end)
            }) as varchar
        ) as evidence
    from hits
    left join handlers using (case_id)
    left join org on org.org_id = hits.org_id
)

select * from final order by subject_id

-- section: tested
select case_id as subject_id, cast(null as varchar) as officer_id, org_id, area_code, decision_date as occurred_on
from compared

-- section: exposure
with leads as (
    select case_id, officer_id
    from mart_case_lead
    where led_from < $as_of + interval 1 day
),

final as (
    select
        coalesce(officer_id, org_id) as group_id,
        cast(date_trunc('month', decision_date) as date) as month,
        concat_ws('·', domain_code, case when is_offsite then '非现场' else '现场' end) as work_kind,
        count(*) as exposure
    from compared
    left join leads using (case_id)
    left join org using (org_id)
    group by all
)

select * from final order by group_id, month, work_kind

-- section: peers
with subject as (
    select item_code, benchmark_id, party_type, coalesce(nullif(mitigate_type, '从轻'), '一般') as leaning
    from penalty_case
    where case_id = $subject_id
),

alike as (
    select case_id, height
    from fined
    inner join subject using (item_code, benchmark_id, party_type, leaning)
),

centred as (
    select *, median(height) over () as centre
    from alike
),

kind as (
    select
        coalesce(
            nullif(median(abs(height - centre)), 0) / 0.6745, nullif(1.253314 * avg(abs(height - centre)), 0)
        ) as scale
    from centred
),

final as (
    select
        abs(height - centre) / scale as value,
        case_id = $subject_id as is_subject
    from centred
    cross join kind
    order by is_subject desc, md5(case_id)
    limit 2000
)

select * from final

-- section: source 处罚案件
select
    case_id, case_no, doc_no, case_name, party_type, org_id, item_code, benchmark_id, incident_date, decision_date,
    penalty_types, fine_amt, case_value_amt, mitigate_type, illegal_fact, basis_text
from penalty_case
where case_id = $subject_id

-- section: source 引用同一阶次的同类当事人案件
select
    penalty_case.case_id, case_no, case_name, org_id, incident_date, decision_date, fine_amt, case_value_amt, mitigate_type,
    illegal_fact
from penalty_case
inner join (
    select item_code, benchmark_id, party_type
    from penalty_case
    where case_id = $subject_id
) as subject using (item_code, benchmark_id, party_type)
where result_type = '处罚'
    and fine_amt > 0
    and decision_date > cast($as_of - interval ($window_months) month as date)
    and decision_date <= $as_of
    and penalty_case.case_id <> $subject_id
order by fine_amt desc, penalty_case.case_id
limit 200

-- section: source 裁量基准
select
    benchmark_id, item_code, tier_no, condition_text, party_type, fine_min_amt, fine_max_amt, valid_from_date,
    valid_to_date, basis_doc_no
from discretion_benchmark
where benchmark_id = (select benchmark_id from penalty_case where case_id = $subject_id)

-- section: source 讨论审核节点
select event_id, case_id, event_type, event_at, operator_id, approver_id, entered_at
from case_event
where case_id = $subject_id
    and event_type in ('法制审核', '集体讨论', '事先告知', '决定')
    and event_at < $as_of + interval 1 day
order by event_at, event_id
limit 200

-- section: group_source 涉及的处罚案件
select
    case_id, case_no, case_name, party_type, org_id, item_code, benchmark_id, decision_date, fine_amt, case_value_amt,
    mitigate_type, illegal_fact
from penalty_case
where case_id in (select unnest($subject_ids))
order by decision_date, case_id
limit 200
