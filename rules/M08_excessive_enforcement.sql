/*---
id: M08
name: excessive_enforcement
title: 过度执法
risk: 过罚失当
rationale: >-
  处罚应当与违法行为的事实、性质、情节和危害程度相当，坚持处罚与教育相结合。
  主办人员在同样事项上明显多于他人顶格处罚，或所办案件屡被纠错、屡有投诉查实，可能存在过度执法、趋利执法。
law:
  - {article: 行政处罚法（2021修订）第五条, mark: 已核}
  - {article: 行政处罚法（2021修订）第六条, mark: 已核}
limits:
  - article: 行政处罚法（2021修订）第五条、第六条
    mark: 已核
    says: 区间不含1仍可能出于偶然；预期里含本人案件，会把本人的偏高一并抬进预期
inputs:
  penalty_case: [case_id, org_id, area_code, item_code, benchmark_id, filed_date, decision_date, result_type, fine_amt]
  mart_case_lead: [case_id, officer_id, led_from]
  discretion_benchmark: [benchmark_id, fine_min_amt, fine_max_amt]
  power_item: [item_code, domain_code, fine_min_amt, fine_max_amt]
  inspection_plan: [task_id, plan_type, org_id, campaign_name, domain_code, start_date, end_date]
  org: [org_id, parent_org_id]
  officer: [officer_id, org_id, area_code]
  review_litigation: [rl_id, case_id, decided_date, result_type]
  hotline_ticket: [ticket_no, org_id, target_officer_id, received_at, replied_at, verify_result]
  petition: [petition_no, org_id, target_officer_id, received_at, closed_at, verify_result]
parameters:
  - {name: window_months, type: integer, default: 6, lowest: 1, highest: 24, unit: 月, meaning: 按决定日期回看的月数}
  - {name: least_cases, type: integer, default: 15, lowest: 5, highest: 200, unit: 件, meaning: 主办案件少于此数的人员不作判断}
  - {name: high_position, type: number, default: 0.8, lowest: 0.5, highest: 1, unit: 比例, meaning: 罚款在阶次幅度内的位置达到此值为高位处罚}
  - {name: ratio_limit, type: number, default: 1.5, lowest: 1.1, highest: 5, unit: 倍, meaning: 高位处罚实际与预期之比的界限}
  - {name: prior_cases, type: number, default: 5, lowest: 0.5, highest: 50, unit: 件, meaning: 平滑用的先验件数，防止小样本夸大}
  - {name: tail_chance, type: number, default: 0.025, lowest: 0.001, highest: 0.2, unit: 概率, meaning: 偶然达到或超过实际件数的概率不低于此值的不提示}
  - {name: campaign_prior_cases, type: number, default: 20, lowest: 1, highest: 200, unit: 件, meaning: 专项行动中他人同事项案件达到此数时，预期一半取自行动、一半取自全市}
  - {name: overturned_limit, type: integer, default: 2, lowest: 1, highest: 20, unit: 件, meaning: 复议诉讼纠错件数的界限}
  - {name: complaint_limit, type: integer, default: 2, lowest: 1, highest: 20, unit: 件, meaning: 查实投诉件数的界限}
subject: officer
value_title: 高位处罚实际与预期之比
unit: 倍
level_logic: >-
  三种迹象（高位处罚偏多、决定屡被纠错、投诉屡被查实）出现一种黄色、两种橙色、三种红色；
  比值的百分之九十五区间包含1的，不算高位处罚偏多。
branches: {severity: 高位处罚明显多于预期, overturned: 所办案件屡被复议诉讼纠错, complaint: 投诉信访屡被查实}
evidence:
  case_count: 主办罚款案件数
  high_count: 高位处罚件数
  expected_high_count: 按事项和专项行动预期的高位处罚件数
  campaign_count: 专项行动中的案件数
  ratio: 实际与预期之比（平滑后）
  chance: 偶然达到或超过实际件数的概率
  overturned_count: 被变更撤销确认违法件数
  complaint_count: 查实投诉信访件数
  window_from: 统计起始日（不含）
peers: {among: 主办罚款案件够数的执法人员, title: 高位处罚实际与预期之比, unit: 倍, limits: [ratio_limit]}
decisions:
  - 复议诉讼的先后结果：以截止日最后一次的结果为准，先撤销后维持的不算纠错，先维持后撤销的算，撤回的不改变先前的结果
  - 两名主办：每名主办各计一件，实际件数和预期件数都计
aggregation: {mode: direct}
period: half_year
exclusions:
  - 窗口内主办罚款案件少于15件的人员，不判断高位处罚；纠错和投诉照常判断
  - 协办、审核、审批人员不计
assumptions:
  - 比值的区间按泊松分布精确计算：预期件数下达到或超过实际件数的概率不低于2.5%，即百分之九十五区间包含1
  - 窗口内没有主办罚款案件的，单位取人员所在单位，日期取最近一次纠错、办结的日期
  - 高位处罚按所引阶次幅度计算，未引用阶次的按法定幅度计算，幅度为零的不算高位
  - 预期按同一事项同期全市高位处罚占比逐案累加，含本人案件
  - 立案日在本单位或上级单位同领域专项行动期间的案件，预期再按同一行动、同一事项中他人案件的占比修正，他人案件越多修正越足；
    同时有几个行动的，取占比最高的一个
  - 单位取窗口内主办案件最多的办案单位，反映人员实际履职处
  - 纠错按最后一次复议诉讼的决定日期落在窗口内计，所纠正的案件不限于窗口内决定
  - 截止日之后才查实、才纠错的不计
false_positives:
  - 专办疑难重案：预期按事项逐案累加，重案事项全市占比高的预期也高
  - 专项行动从严：同一行动中他人对同一事项也从严的，预期随之升高，无论行动是全市的还是一个单位的
offline_check:
  - 抽取高位处罚案卷，与同事项他人案卷比对情节和裁量说明
  - 走访当事人，了解执法方式，核对复议诉讼文书和投诉查实材料
owner: 市纪委监委数字专班
nature: 统计
false_alarms: 1
max_share: 0.2
precision_floor: 0.5
---*/

-- section: shared
with fined as (
    select case_id, org_id, area_code, item_code, benchmark_id, filed_date, decision_date, fine_amt
    from penalty_case
    where decision_date > cast($as_of - interval ($window_months) month as date)
        and decision_date <= $as_of
        and result_type = '处罚'
        and fine_amt > 0
),

positions as (
    select
        fined.case_id,
        fined.org_id,
        fined.area_code,
        fined.item_code,
        fined.filed_date,
        fined.decision_date,
        item.domain_code,
        case
            when tier.benchmark_id is not null
                then (fine_amt - tier.fine_min_amt) / nullif(tier.fine_max_amt - tier.fine_min_amt, 0)
            else (fine_amt - item.fine_min_amt) / nullif(item.fine_max_amt - item.fine_min_amt, 0)
        end as position
    from fined
    left join discretion_benchmark as tier using (benchmark_id)
    left join power_item as item on item.item_code = fined.item_code
),

graded as (
    select * exclude (position), case when position >= $high_position then 1 else 0 end as is_high
    from positions
),

item_rates as (
    select item_code, avg(is_high) as high_rate
    from graded
    group by item_code
),

handlers as (
    select case_id, officer_id
    from mart_case_lead
    where led_from < $as_of + interval 1 day and case_id in (select case_id from fined)
),

handled as (
    select graded.*, high_rate
    from graded
    inner join item_rates using (item_code)
    where case_id in (select case_id from handlers)
),

-- A campaign of a unit is one of the units below it too.
bodies as (
    select own.org_id, unnest([own.org_id, org.parent_org_id, upper.parent_org_id]) as body_id
    from (select distinct org_id from fined) as own
    left join org on org.org_id = own.org_id
    left join org as upper on upper.org_id = org.parent_org_id
),

drives as (
    select distinct bodies.org_id, domain_code, start_date, end_date, coalesce(campaign_name, task_id) as campaign
    from bodies
    inner join inspection_plan as plan on plan.org_id = body_id
    where plan_type = '专项行动'
),

in_campaigns as (
    select distinct case_id, item_code, is_high, high_rate, campaign
    from handled
    inner join drives using (org_id, domain_code)
    where filed_date >= start_date and filed_date <= end_date
),

campaign_items as (
    select campaign, item_code, count(*) as case_count, sum(is_high) as high_count
    from in_campaigns
    group by campaign, item_code
),

own_items as (
    select officer_id, campaign, item_code, count(*) as own_count, sum(is_high) as own_high_count
    from in_campaigns
    inner join handlers using (case_id)
    group by officer_id, campaign, item_code
),

campaigns as (
    select
        officer_id,
        case_id,
        max(
            (high_count - own_high_count + $campaign_prior_cases * high_rate)
            / (case_count - own_count + $campaign_prior_cases)
        ) as campaign_rate
    from in_campaigns
    inner join handlers using (case_id)
    inner join campaign_items using (campaign, item_code)
    inner join own_items using (officer_id, campaign, item_code)
    group by officer_id, case_id
),

own_cases as (
    select
        officer_id, handled.* exclude (high_rate), campaign_rate, coalesce(campaign_rate, high_rate) as expected_rate
    from handled
    inner join handlers using (case_id)
    left join campaigns using (officer_id, case_id)
),

-- what the subject leads
own as (
    select case_id
    from mart_case_lead
    where officer_id = $subject_id and led_from < $as_of + interval 1 day
)

-- section: signals
with officers as (
    select
        officer_id,
        count(*) as case_count,
        sum(is_high) as high_count,
        sum(expected_rate) as expected_high_count,
        count(campaign_rate) as campaign_count,
        cast((sum(is_high) + $prior_cases) / (sum(expected_rate) + $prior_cases) as decimal(18, 6)) as ratio,
        max(decision_date) as occurred_on
    from own_cases
    group by officer_id
),

-- the chance of so many or more when the expected number is right: the upper tail of the Poisson distribution
chances as (
    select
        officer_id,
        1 - list_sum(
            list_transform(
                range(cast(high_count as bigint)),
                lambda k: exp(k * ln(expected_high_count) - expected_high_count - lgamma(k + 1))
            )
        ) as chance
    from officers
    where case_count >= $least_cases and ratio >= $ratio_limit
),

postings as (
    select officer_id, org_id, area_code
    from own_cases
    group by officer_id, org_id, area_code
    qualify row_number() over (partition by officer_id order by count(*) desc, org_id, area_code) = 1
),

rulings as (
    select case_id, decided_date, result_type
    from review_litigation
    where decided_date <= $as_of and result_type <> '撤回'
    qualify row_number() over (partition by case_id order by decided_date desc, rl_id desc) = 1
),

corrections as (
    select case_id, decided_date
    from rulings
    where result_type in ('变更', '撤销', '确认违法')
        and decided_date > cast($as_of - interval ($window_months) month as date)
),

overturned as (
    select officer_id, count(distinct case_id) as overturned_count, max(decided_date) as overturned_on
    from mart_case_lead
    inner join corrections using (case_id)
    where led_from < $as_of + interval 1 day
    group by officer_id
),

complaints as (
    select target_officer_id, received_at, replied_at as settled_at, verify_result
    from hotline_ticket
    where target_officer_id is not null

    union all

    select target_officer_id, received_at, closed_at as settled_at, verify_result
    from petition
    where target_officer_id is not null
),

substantiated as (
    select
        target_officer_id as officer_id,
        count(*) as complaint_count,
        cast(max(coalesce(settled_at, received_at)) as date) as settled_on
    from complaints
    where verify_result in ('属实', '部分属实')
        and cast(received_at as date) > cast($as_of - interval ($window_months) month as date)
        and cast(received_at as date) <= $as_of
        and coalesce(settled_at, received_at) < $as_of + interval 1 day
    group by target_officer_id
),

hits as (
    select officer_id, 'severity' as branch
    from chances
    where chance < $tail_chance

    union all

    select officer_id, 'overturned' as branch
    from overturned
    where overturned_count >= $overturned_limit

    union all

    select officer_id, 'complaint' as branch
    from substantiated
    where complaint_count >= $complaint_limit
),

verdicts as (
    select officer_id, count(*) as severity, list_sort(list(branch)) as branches
    from hits
    group by officer_id
),

final as (
    select
        verdicts.officer_id as subject_id,
        case severity when 3 then 'red' when 2 then 'orange' else 'yellow' end as level,
        verdicts.officer_id,
        coalesce(postings.org_id, officer.org_id) as org_id,
        case when postings.org_id is null then officer.area_code else postings.area_code end as area_code,
        coalesce(occurred_on, greatest(overturned_on, settled_on)) as occurred_on,
        cast(coalesce(ratio, 1) as double) as value,
        cast($ratio_limit as double) as threshold,
        cast(
            to_json({
                'branches': branches,
                'case_count': coalesce(case_count, 0),
                'high_count': coalesce(high_count, 0),
                'expected_high_count': round(coalesce(expected_high_count, 0), 2),
                'campaign_count': coalesce(campaign_count, 0),
                'ratio': cast(round(ratio, 3) as double),
                'chance': round(chance, 4),
                'overturned_count': coalesce(overturned_count, 0),
                'complaint_count': coalesce(complaint_count, 0),
                'window_from': cast($as_of - interval ($window_months) month as date)
            }) as varchar
        ) as evidence
    from verdicts
    left join officers using (officer_id)
    left join chances using (officer_id)
    left join overturned using (officer_id)
    left join substantiated using (officer_id)
    left join postings using (officer_id)
    left join officer using (officer_id)
)

select * from final order by subject_id

-- section: tested
with busy as (
    select officer_id, org_id, area_code, decision_date
    from handlers
    inner join fined using (case_id)
    qualify count(*) over (partition by officer_id) >= $least_cases
),

complaints as (
    select target_officer_id as officer_id, org_id, cast(received_at as date) as received_on
    from hotline_ticket

    union all

    select target_officer_id as officer_id, org_id, cast(received_at as date) as received_on
    from petition
),

judged as (
    select officer_id, org_id, area_code, decision_date as seen_on
    from busy

    union all

    select officer_id, null as org_id, null as area_code, decided_date as seen_on
    from review_litigation
    inner join mart_case_lead using (case_id)
    where led_from < $as_of + interval 1 day
        and decided_date > cast($as_of - interval ($window_months) month as date) and decided_date <= $as_of

    union all

    select officer_id, org_id, null as area_code, received_on as seen_on
    from complaints
    where officer_id is not null
        and received_on > cast($as_of - interval ($window_months) month as date)
        and received_on <= $as_of
)

select
    officer_id as subject_id,
    officer_id,
    arg_max(org_id, (seen_on, coalesce(org_id, ''), coalesce(area_code, ''))) as org_id,
    arg_max(area_code, (seen_on, coalesce(org_id, ''), coalesce(area_code, ''))) as area_code,
    max(seen_on) as occurred_on
from judged
group by officer_id

-- section: peers
with final as (
    select
        cast((sum(is_high) + $prior_cases) / (sum(expected_rate) + $prior_cases) as double) as value,
        officer_id = $subject_id as is_subject
    from own_cases
    group by officer_id
    having count(*) >= $least_cases
    order by is_subject desc, md5(officer_id)
    limit 2000
)

select * from final

-- section: source 主办罚款案件
with bodies_of_own as (
    select
        case_id,
        filed_date,
        item.domain_code,
        unnest([penalty_case.org_id, org.parent_org_id, upper.parent_org_id]) as org_id
    from own
    inner join penalty_case using (case_id)
    inner join power_item as item using (item_code)
    left join org using (org_id)
    left join org as upper on upper.org_id = org.parent_org_id
),

actions as (
    select case_id, string_agg(distinct coalesce(campaign_name, task_id), '、' order by coalesce(campaign_name, task_id)) as names
    from bodies_of_own
    inner join inspection_plan as plan using (org_id, domain_code)
    where plan_type = '专项行动' and filed_date >= start_date and filed_date <= end_date
    group by case_id
),

final as (
    select
        penalty_case.case_id,
        case_no,
        case_name,
        penalty_case.org_id,
        penalty_case.item_code,
        item_name,
        tier_no,
        names as "专项行动",
        decision_date,
        fine_amt,
        round(
            cast(
                case
                    when tier.benchmark_id is not null
                        then (fine_amt - tier.fine_min_amt) / nullif(tier.fine_max_amt - tier.fine_min_amt, 0)
                    else (fine_amt - item.fine_min_amt) / nullif(item.fine_max_amt - item.fine_min_amt, 0)
                end as double
            ), 3
        ) as "裁量位置"
    from own
    inner join penalty_case using (case_id)
    left join actions using (case_id)
    left join discretion_benchmark as tier using (benchmark_id)
    left join power_item as item on item.item_code = penalty_case.item_code
    where decision_date > cast($as_of - interval ($window_months) month as date)
        and decision_date <= $as_of
        and result_type = '处罚'
        and fine_amt > 0
)

select * from final
order by "裁量位置" desc nulls last, decision_date desc, case_id
limit 200

-- section: source 窗口内的复议诉讼
with final as (
    select rl_id, case_id, rl_type, accepted_date, decided_date, result_type
    from review_litigation
    where case_id in (select case_id from own)
        and decided_date > cast($as_of - interval ($window_months) month as date)
        and decided_date <= $as_of
)

select * from final
order by decided_date, rl_id
limit 200

-- section: source 查实的投诉信访
with complaints as (
    select ticket_no as "编号", '12345' as "来源", received_at, replied_at as settled_at, org_id, verify_result
    from hotline_ticket
    where target_officer_id = $subject_id

    union all

    select petition_no as "编号", '信访' as "来源", received_at, closed_at as settled_at, org_id, verify_result
    from petition
    where target_officer_id = $subject_id
),

final as (
    select "编号", "来源", received_at, settled_at as "办结时间", org_id, verify_result
    from complaints
    where verify_result in ('属实', '部分属实')
        and cast(received_at as date) > cast($as_of - interval ($window_months) month as date)
        and cast(received_at as date) <= $as_of
        and coalesce(settled_at, received_at) < $as_of + interval 1 day
)

select * from final
order by received_at, "编号"
limit 200
