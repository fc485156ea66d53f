/*---
id: M09
name: selective_enforcement
title: 选择性执法
risk: 选择性执法·包庇
rationale: >-
  发现涉嫌违法行为应当依法调查处理，同样情形同样对待。
  同一单位同一检查事项，其他对象发现问题后多数被立案，个别对象屡次发现问题却从未立案，可能有人情、包庇。
law:
  - {article: 行政处罚法（2021修订）第五条, mark: 已核}
  - {article: 行政处罚法（2021修订）第五十四条, mark: 已核}
  - {article: 行政处罚法（2021修订）第七十六条, mark: 已核}
  - {article: 行政处罚法（2021修订）第八十三条, mark: 已核}
limits:
  - article: 行政处罚法（2021修订）第二十八条
    mark: 已核
    says: 责令改正而不立案可以是合法的处理；其他对象的立案不一定为了同一事项
inputs:
  inspection_record: [inspection_id, org_id, officer_id, party_id, item_code, area_code, started_at, result_type]
  penalty_case: [case_id, party_id, filed_date, decision_date, closed_date]
parameters:
  - {name: window_months, type: integer, default: 12, lowest: 3, highest: 36, unit: 月, meaning: 按检查时间回看的月数}
  - {name: follow_days, type: integer, default: 60, lowest: 15, highest: 180, unit: 日, meaning: 发现问题后此天数内立案的视为已立案}
  - {name: least_parties, type: integer, default: 20, lowest: 10, highest: 200, unit: 户, meaning: 同一单位同一事项发现问题的对象少于此数的不作判断}
  - {name: peer_rate, type: number, default: 0.5, lowest: 0.2, highest: 1, unit: 比例, meaning: 其他对象的立案率达到此值才作判断}
  - {name: red_peer_rate, type: number, default: 0.7, lowest: 0.2, highest: 1, unit: 比例, meaning: 其他对象的立案率达到此值且次数达到红色次数为红色}
  - {name: least_findings, type: integer, default: 3, lowest: 2, highest: 20, unit: 次, meaning: 发现问题达到此次数为黄色}
  - {name: orange_findings, type: integer, default: 4, lowest: 2, highest: 30, unit: 次, meaning: 发现问题达到此次数为橙色}
  - {name: red_findings, type: integer, default: 5, lowest: 2, highest: 50, unit: 次, meaning: 发现问题达到此次数可为红色}
ordered: [[least_findings, orange_findings, red_findings], [peer_rate, red_peer_rate]]
subject: enterprise
value_title: 发现问题次数（同日计一次）
unit: 次
level_logic: >-
  同一单位同一检查事项有20户以上发现问题、其他对象60日内立案率不低于50%，本对象从未立案：
  发现问题3次黄色、4次橙色；5次且其他对象立案率不低于70%红色。
branches:
  spared: 屡次发现问题从未立案
  strict_peers: 其他对象绝大多数被立案
evidence:
  item_code: 检查事项
  findings: 发现问题次数
  first_found_at: 首次发现时间
  last_found_at: 最近发现时间
  party_count: 发现问题的对象数
  peer_filed_count: 其他对象中已立案户数
  peer_rate: 其他对象立案率
  inspection_ids: 发现问题的检查
peers: {among: 同一单位同一事项发现问题的对象, title: 发现问题后未立案的次数, unit: 次, limits: [least_findings]}
decisions:
  - 一次检查几条记录：同一天的合并计一次，证据列出全部记录；当天最后一条之后复查合格的算已整改
aggregation: {mode: direct}
period: none
exclusions:
  - 检查结果只计“发现问题”，责令改正、无法检查的不计
  - 没有检查事项的记录不纳入
  - 同一单位同一事项发现问题的对象不足20户，或其他对象立案率低于50%的，不作判断
assumptions:
  - 同一单位同一事项对同一对象同一天的几条发现问题记录是一次检查，计一次
  - 发现问题未满60日的检查尚在办理期，对本对象和其他对象都不计
  - 任一次发现问题后60日内立案，或发现时已有在办案件的，视为已立案，不论事项、办案单位和处理结果
  - 其他对象立案率为其他对象中已立案户数除以其他对象户数，不含本对象
  - 每次发现问题后60日内同一单位同一事项复查未发现问题的，视为已整改，不提示
  - 对象有多个单位或事项命中的，只提示等级最高、次数最多的一个；人员取最近一次发现问题的检查人一
  - 户数下限代替离散程度：只比较立案与否，不计算标准差，没有零离散问题；受检数为所在单位事项达到户数下限的对象数
  - 截止日之后的检查、立案视为尚未发生
false_positives:
  - 及时整改：每次发现问题后均复查合格的不提示
  - 其他机关已立案：任何单位60日内立案的均视为已立案
  - 可比对象太少：不足20户的不作判断
offline_check:
  - 逐次调阅检查记录、责令改正通知和不立案理由
  - 与同一单位同一事项已立案对象的案卷比对情节
owner: 市纪委监委数字专班
nature: 统计
false_alarms: 1
max_share: 0.05
precision_floor: 0.3
---*/

-- section: shared
with findings as (
    select inspection_id, org_id, officer_id, party_id, item_code, area_code, started_at, cast(started_at as date) as found_on
    from inspection_record
    where result_type = '发现问题'
        and item_code is not null
        and started_at >= cast($as_of - interval ($window_months) month as date) + interval 1 day
        and started_at < $as_of + interval 1 day - interval ($follow_days) day
),

benches as (
    select org_id, item_code
    from findings
    group by org_id, item_code
    having count(distinct party_id) >= $least_parties
),

own as (
    select org_id, item_code, count(distinct found_on) as findings, max(started_at) as last_found_at
    from findings
    where party_id = $subject_id
    group by org_id, item_code
),

nearby as (
    select findings.*
    from findings
    semi join own using (org_id, item_code)
),

answered as (
    select distinct inspection_id
    from nearby
    inner join penalty_case using (party_id)
    where filed_date <= found_on + $follow_days
        and coalesce(coalesce(decision_date, closed_date) >= found_on, true)
),

subject as (
    select org_id, item_code
    from nearby
    inner join own using (org_id, item_code)
    left join answered using (inspection_id)
    group by org_id, item_code
    order by
        count(distinct party_id) >= $least_parties
        and count(answered.inspection_id) filter (party_id = $subject_id) = 0 desc,
        max(findings) desc,
        max(last_found_at) desc,
        org_id,
        item_code
    limit 1
)

-- section: signals
with compared as (
    select
        org_id,
        item_code,
        party_id,
        found_on,
        min(started_at) as first_started_at,
        max(started_at) as started_at,
        last(officer_id order by started_at, inspection_id) as officer_id,
        last(area_code order by started_at, inspection_id) as area_code,
        list(inspection_id order by started_at, inspection_id) as inspection_ids
    from findings
    semi join benches using (org_id, item_code)
    group by org_id, item_code, party_id, found_on
),

filings as (
    select party_id, filed_date, coalesce(decision_date, closed_date) as ended_on
    from penalty_case
    where party_id in (select party_id from compared)
),

followed as (
    select distinct org_id, item_code, party_id, found_on, true as is_followed
    from compared
    inner join filings using (party_id)
    where filed_date <= found_on + $follow_days and coalesce(ended_on >= found_on, true)
),

parties as (
    select
        org_id,
        item_code,
        party_id,
        count(*) as findings,
        count(is_followed) as followed_findings,
        min(first_started_at) as first_found_at,
        max(started_at) as last_found_at,
        flatten(list(inspection_ids order by started_at)) as inspection_ids,
        last(officer_id order by started_at) as officer_id,
        last(area_code order by started_at) as area_code
    from compared
    left join followed using (org_id, item_code, party_id, found_on)
    group by org_id, item_code, party_id
),

rates as (
    select
        org_id,
        item_code,
        count(*) as party_count,
        count(*) filter (followed_findings > 0) as peer_filed_count,
        count(*) filter (followed_findings > 0) / nullif(count(*) - 1, 0) as peer_rate
    from parties
    group by org_id, item_code
),

candidates as (
    select *
    from parties
    inner join rates using (org_id, item_code)
    where followed_findings = 0
        and findings >= $least_findings
        and rates.peer_rate >= $peer_rate
),

clean_visits as (
    select org_id, item_code, party_id, started_at as clean_at
    from inspection_record
    where result_type = '未发现问题'
        and party_id in (select party_id from candidates)
),

corrected as (
    select org_id, item_code, party_id, count(distinct found_on) as corrected_findings
    from compared
    inner join clean_visits using (org_id, item_code, party_id)
    where clean_at > started_at and cast(clean_at as date) <= found_on + $follow_days
    group by org_id, item_code, party_id
),

measures as (
    select
        candidates.*,
        findings >= $red_findings and candidates.peer_rate >= $red_peer_rate as is_strict,
        findings >= $orange_findings as is_repeated
    from candidates
    left join corrected using (org_id, item_code, party_id)
    where coalesce(corrected_findings < findings, true)
),

verdicts as (
    select *
    from measures
    qualify row_number() over (
        partition by party_id
        order by is_strict desc, is_repeated desc, findings desc, last_found_at desc, org_id, item_code
    ) = 1
),

final as (
    select
        party_id as subject_id,
        case when is_strict then 'red' when is_repeated then 'orange' else 'yellow' end as level,
        officer_id,
        org_id,
        area_code,
        cast(last_found_at as date) as occurred_on,
        cast(findings as double) as value,
        cast($least_findings as double) as threshold,
        cast(
            to_json({
                'branches': ['spared'] || case when is_strict then ['strict_peers'] else [] end,
                'item_code': item_code,
                'findings': findings,
                'first_found_at': first_found_at,
                'last_found_at': last_found_at,
                'party_count': party_count,
                'peer_filed_count': peer_filed_count,
                'peer_rate': round(verdicts.peer_rate, 4),
                'inspection_ids': inspection_ids
            }) as varchar
        ) as evidence
    from verdicts
)

select * from final order by subject_id

-- section: tested
select
    party_id as subject_id,
    cast(null as varchar) as officer_id,
    arg_max(org_id, (started_at, inspection_id)) as org_id,
    arg_max(area_code, (started_at, inspection_id)) as area_code,
    cast(max(started_at) as date) as occurred_on
from findings
semi join benches using (org_id, item_code)
group by party_id

-- section: peers
with compared as (
    select nearby.*
    from nearby
    semi join subject using (org_id, item_code)
),

final as (
    select
        cast(count(distinct found_on) filter (answered.inspection_id is null) as double) as value,
        party_id = $subject_id as is_subject
    from compared
    left join answered using (inspection_id)
    group by party_id
    order by is_subject desc, md5(party_id)
    limit 2000
)

select * from final

-- section: source 对该对象的检查
select
    inspection_id, task_id, org_id, officer_id, officer2_id, item_code, check_type, started_at, ended_at, result_type
from inspection_record
where party_id = $subject_id
    and started_at >= cast($as_of - interval ($window_months) month as date) + interval 1 day
    and started_at < $as_of + interval 1 day
order by started_at desc, inspection_id
limit 200

-- section: source 该对象的案件
select case_id, case_no, case_name, org_id, item_code, filed_date, decision_date, fine_amt, result_type
from penalty_case
where party_id = $subject_id and filed_date <= $as_of
order by filed_date desc, case_id
limit 200

-- section: source 同一单位同一事项其他对象的发现问题记录
select inspection_id, org_id, officer_id, party_id, item_code, started_at, result_type
from inspection_record
semi join subject using (org_id, item_code)
where result_type = '发现问题'
    and party_id <> $subject_id
    and started_at >= cast($as_of - interval ($window_months) month as date) + interval 1 day
    and started_at < $as_of + interval 1 day
order by started_at desc, inspection_id
limit 200
