/*---
id: M18
name: inspection_overload
title: 涉企检查过频·扰企
risk: 扰企
rationale: >-
  对企业的检查频次应当与其信用风险等级相适应，多部门检查应当联合进行。
  同一企业一年内被反复上门检查，可能是随意检查、重复检查或以检查谋私。
law:
  - {article: 浙江省综合行政执法条例第十三条, mark: 已核}
  - {article: 浙江省综合行政执法条例第二十一条, mark: 已核}
  - {article: 优化营商环境条例第五十四条, mark: 已核}
  - {article: 国办发〔2024〕54号（晚于2022年的实践，供参考）, mark: 待核}
limits:
  - article: 浙江省综合行政执法条例第十三条
    mark: 已核
    says: 没有法律、法规规定检查次数的上限，本模型的次数是内部设定
inputs:
  inspection_record: [org_id, party_id, task_id, check_type, joint_id, started_at]
  inspection_plan: [task_id, plan_type]
  enterprise: [uscc, risk_type]
  org: [org_id, area_code, domain_code]
parameters:
  - {name: window_months, type: integer, default: 12, lowest: 1, highest: 36, unit: 月, meaning: 按检查时间回看的月数}
  - {name: cap_a, type: integer, default: 2, lowest: 1, highest: 50, unit: 次, meaning: A级企业上门次数上限}
  - {name: cap_b, type: integer, default: 4, lowest: 1, highest: 50, unit: 次, meaning: B级企业上门次数上限}
  - {name: cap_c, type: integer, default: 6, lowest: 1, highest: 50, unit: 次, meaning: C级企业上门次数上限}
  - {name: cap_d, type: integer, default: 12, lowest: 1, highest: 100, unit: 次, meaning: D级和未评级企业上门次数上限}
  - {name: orange_times, type: number, default: 2, lowest: 1, highest: 10, unit: 倍, meaning: 超过上限此倍数为橙色}
  - {name: red_times, type: number, default: 3, lowest: 1, highest: 20, unit: 倍, meaning: 超过上限此倍数为红色}
ordered: [[orange_times, red_times]]
subject: enterprise
value_title: 上门检查次数
unit: 次
level_logic: 十二个月内上门次数超过风险等级上限黄色、超过上限2倍橙色、超过上限3倍红色；同一单位同日算一次。
branches: {over_cap: 超过上门次数上限}
evidence:
  visit_count: 上门检查次数
  cap: 次数上限
  risk_type: 风险等级
  org_count: 上门单位数
  area_count: 上门单位所在区划数
  top_org_visits: 上门最多单位的次数
  first_visit_date: 首次上门日期
  last_visit_date: 末次上门日期
  work_kind: 上门最多单位所属领域
peers: {among: 同一风险等级且被检查过的企业, title: 上门检查次数, unit: 次, limits: [threshold]}
aggregation: {mode: grouped, group: org, min_signals: 5, min_peer_ratio: 2}
period: month
exclusions:
  - 投诉核查、联合检查（综合查一次，有无联合检查编号都是）不计入上门次数
  - 项目分阶段检查不计入上门次数
assumptions:
  - 同一单位同一天对同一企业的多条检查记录算一次
  - 上限取企业现有风险等级，未评级按D级
  - 责任单位取上门次数最多的单位，并列取编号最小者；按超过上限当次所在月归并，与当月同一领域其他单位的检查比较
  - 截止日之后的检查视为尚未发生
decisions:
  - 一个代码下有许多门店：仍按统一社会信用代码合计，检查记录没有门店地址，无从分开；证据写明上门单位在几个区划，由线下核查分店看
false_positives:
  - 投诉核查：因投诉举报上门的，不计入次数
  - 联合检查：检查类型为综合查一次，或登记了联合检查编号的，不计入次数
  - 项目分阶段检查：按工程进度安排的分阶段检查，不计入次数
offline_check:
  - 走访企业，了解上门次数、事由和有无索拿卡要
  - 核对检查任务来源、审批和掌上执法轨迹
owner: 市纪委监委数字专班
nature: 明线
max_share: 0.2
precision_floor: 0.5
---*/

-- section: signals
-- Few parties are checked often enough to matter; what follows looks at these only.
with frequent as (
    select party_id
    from inspection_record
    where started_at >= cast($as_of - interval ($window_months) month as date) + interval 1 day
        and started_at < $as_of + interval 1 day
        and check_type not in ('投诉核查', '综合查一次')
        and nullif(joint_id, '') is null
    group by party_id
    having count(*) > least($cap_a, $cap_b, $cap_c, $cap_d)
),

visits as (
    select distinct party_id, org_id, cast(started_at as date) as visit_on
    from inspection_record
    where party_id in (select party_id from frequent)
        and started_at >= cast($as_of - interval ($window_months) month as date) + interval 1 day
        and started_at < $as_of + interval 1 day
        and check_type not in ('投诉核查', '综合查一次')
        and nullif(joint_id, '') is null
        and (task_id is null or task_id not in (select task_id from inspection_plan where plan_type = '项目分阶段检查'))
),

ranked as (
    select
        party_id,
        org_id,
        visit_on,
        row_number() over (partition by party_id order by visit_on, org_id) as visit_no
    from visits
),

caps as (
    select
        uscc,
        risk_type,
        case risk_type when 'A' then $cap_a when 'B' then $cap_b when 'C' then $cap_c else $cap_d end as cap
    from enterprise
    where uscc in (select party_id from visits)
),

overloaded as (
    select party_id, risk_type, cap, visit_on as passed_on
    from ranked
    inner join caps on caps.uscc = ranked.party_id
    where visit_no = cap + 1
),

totals as (
    select
        party_id,
        count(*) as visit_count,
        count(distinct org_id) as org_count,
        count(distinct area_code) as area_count,
        min(visit_on) as first_on,
        max(visit_on) as last_on
    from visits
    left join org using (org_id)
    where party_id in (select party_id from overloaded)
    group by party_id
),

leaders as (
    select party_id, org_id, count(*) as top_org_visits
    from visits
    where party_id in (select party_id from overloaded)
    group by party_id, org_id
    qualify row_number() over (partition by party_id order by count(*) desc, org_id) = 1
),

final as (
    select
        party_id as subject_id,
        case
            when visit_count > cap * $red_times then 'red'
            when visit_count > cap * $orange_times then 'orange'
            else 'yellow'
        end as level,
        cast(null as varchar) as officer_id,
        leaders.org_id,
        org.area_code,
        passed_on as occurred_on,
        cast(visit_count as double) as value,
        cast(cap as double) as threshold,
        cast(
            to_json({
                'branches': ['over_cap'],
                'visit_count': visit_count,
                'cap': cap,
                'risk_type': risk_type,
                'org_count': org_count,
                'area_count': area_count,
                'top_org_visits': top_org_visits,
                'first_visit_date': first_on,
                'last_visit_date': last_on,
                'work_kind': domain_code
            }) as varchar
        ) as evidence
    from overloaded
    inner join totals using (party_id)
    left join leaders using (party_id)
    left join org using (org_id)
)

select * from final order by subject_id

-- section: tested
with visited as (
    select party_id, arg_max(org_id, (started_at, org_id)) as org_id, max(started_at) as visited_at
    from inspection_record
    where started_at >= cast($as_of - interval ($window_months) month as date) + interval 1 day
        and started_at < $as_of + interval 1 day
        and check_type not in ('投诉核查', '综合查一次')
        and nullif(joint_id, '') is null
        and (task_id is null or task_id not in (select task_id from inspection_plan where plan_type = '项目分阶段检查'))
    group by party_id
),

-- Grouped, so that it is known to hold a unit once: who only counts the parties need not look for their units.
places as (
    select org_id, min(area_code) as area_code
    from org
    group by org_id
)

select
    uscc as subject_id,
    cast(null as varchar) as officer_id,
    org_id,
    places.area_code,
    cast(visited_at as date) as occurred_on
from enterprise
inner join visited on visited.party_id = uscc
left join places using (org_id)

-- section: exposure
select
    org_id as group_id,
    cast(date_trunc('month', started_at) as date) as month,
    domain_code as work_kind,
    count(*) as exposure
from inspection_record
left join org using (org_id)
where started_at >= cast($as_of - interval ($window_months) month as date) + interval 1 day
    and started_at < $as_of + interval 1 day
group by all
order by group_id, month, work_kind

-- section: peers
with subject as (
    select coalesce(risk_type, '未评级') as risk_type
    from enterprise
    where uscc = $subject_id
),

rated as (
    select uscc
    from enterprise
    where coalesce(risk_type, '未评级') = (select risk_type from subject)
),

staged_tasks as (
    select task_id
    from inspection_plan
    where plan_type = '项目分阶段检查'
),

visits as (
    select distinct party_id, org_id, cast(started_at as date) as visit_on
    from inspection_record
    where started_at >= cast($as_of - interval ($window_months) month as date) + interval 1 day
        and started_at < $as_of + interval 1 day
        and check_type not in ('投诉核查', '综合查一次')
        and nullif(joint_id, '') is null
        and coalesce(task_id, '') not in (select task_id from staged_tasks)
        and party_id in (select uscc from rated)
),

final as (
    select cast(count(*) as double) as value, party_id = $subject_id as is_subject
    from visits
    group by party_id
    order by is_subject desc, md5(party_id)
    limit 2000
)

select * from final

-- section: source 企业
select uscc, entity_name, entity_type, founded_date, status_type, risk_type
from enterprise
where uscc = $subject_id

-- section: source 计入次数的上门检查
select
    inspection_id, inspection_record.task_id, plan_type, inspection_record.org_id, officer_id, officer2_id, item_code,
    check_type, started_at, ended_at, result_type
from inspection_record
left join inspection_plan using (task_id)
where party_id = $subject_id
    and started_at >= cast($as_of - interval ($window_months) month as date) + interval 1 day
    and started_at < $as_of + interval 1 day
    and check_type not in ('投诉核查', '综合查一次')
    and nullif(joint_id, '') is null
    and coalesce(plan_type, '') <> '项目分阶段检查'
order by started_at, inspection_id
limit 200

-- section: source 不计入次数的检查
select
    inspection_id, inspection_record.task_id, plan_type, inspection_record.org_id, check_type, joint_id, started_at,
    result_type
from inspection_record
left join inspection_plan using (task_id)
where party_id = $subject_id
    and started_at >= cast($as_of - interval ($window_months) month as date) + interval 1 day
    and started_at < $as_of + interval 1 day
    and (check_type in ('投诉核查', '综合查一次') or joint_id <> '' or coalesce(plan_type, '') = '项目分阶段检查')
order by started_at, inspection_id
limit 200

-- section: group_source 涉及企业
select uscc, entity_name, entity_type, founded_date, status_type, risk_type
from enterprise
where uscc in (select unnest($subject_ids))
order by uscc
limit 200

-- section: group_source 计入次数的上门检查
select
    inspection_id, inspection_record.task_id, plan_type, inspection_record.org_id, party_id, officer_id, check_type,
    started_at, result_type
from inspection_record
left join inspection_plan using (task_id)
where party_id in (select unnest($subject_ids))
    and started_at >= cast($as_of - interval ($window_months) month as date) + interval 1 day
    and started_at < $as_of + interval 1 day
    and check_type not in ('投诉核查', '综合查一次')
    and nullif(joint_id, '') is null
    and coalesce(plan_type, '') <> '项目分阶段检查'
order by started_at, inspection_id
limit 200
