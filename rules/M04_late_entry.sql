/*---
id: M04
name: late_entry
title: 逾期录入·公示
risk: 体外循环
nature: 明线
max_share: 0.2
precision_floor: 0.5
rationale: >-
  案件应当在系统内立案、决定，随办随录，有社会影响的处罚决定应当依法及时公开。
  立案、决定事后很久才录入，可能是案件在系统外办理、看结果再补录；迟迟不公示、一直不公示，可能是为当事人隐瞒。
law:
  - {article: 行政处罚法（2021修订）第四十八条, mark: 已核}
  - {article: 市场监督管理行政处罚信息公示规定（总局令第45号）第九条, mark: 已核}
  - {article: 双公示七个工作日时限, mark: 待核}
limits:
  - article: 行政处罚法（2021修订）第四十八条
    mark: 已核
    says: 条文只说依法公开，没有规定期限；七个工作日出自公示平台的通知（待核），只作提示
inputs:
  penalty_case: 
    [case_id, org_id, area_code, party_type, procedure_type, filed_date, decision_date, result_type, penalty_types,
     is_offsite]
  case_event: [case_id, event_type, event_at, entered_at]
  penalty_disclosure: [case_id, publish_at]
  review_litigation: [case_id, decided_date, result_type]
  mart_case_lead: [case_id, officer_id, led_from, led_until]
  org: [org_id, domain_code]
  workday: [day_date, wd_seq, is_workday]
parameters:
  - {name: window_months, type: integer, default: 12, lowest: 1, highest: 36, unit: 月, meaning: 按立案、决定发生日期回看的月数}
  - {name: entry_days, type: integer, default: 5, lowest: 1, highest: 30, unit: 工作日, meaning: 立案、决定多于此时长才录入为黄色}
  - {name: orange_filing_days, type: integer, default: 20, lowest: 2, highest: 120, unit: 工作日, meaning: 立案多于此时长才录入为橙色}
  - {name: orange_decision_days, type: integer, default: 10, lowest: 2, highest: 120, unit: 工作日, meaning: 决定多于此时长才录入为橙色}
  - {name: publication_days, type: integer, default: 7, lowest: 1, highest: 60, unit: 工作日, meaning: 决定多于此时长才公示为黄色}
  - {name: market_publication_days, type: integer, default: 20, lowest: 1, highest: 60, unit: 工作日, meaning: 市场监管部门决定多于此时长才公示为黄色}
  - {name: orange_publication_days, type: integer, default: 60, lowest: 2, highest: 250, unit: 工作日, meaning: 决定多于此时长才公示为橙色}
  - {name: outage_orgs, type: integer, default: 5, lowest: 2, highest: 50, unit: 个, meaning: 同一小时内此个数以上的单位补录视为系统故障后集中补录}
  - {name: outage_ratio, type: number, default: 10, lowest: 2, highest: 1000, unit: 倍, meaning: 且该小时的补录达到平时每小时补录数的此倍数}
ordered:
  - [entry_days, orange_filing_days]
  - [entry_days, orange_decision_days]
  - [publication_days, orange_publication_days]
  - [market_publication_days, orange_publication_days]
subject: penalty_case
value_title: 滞后工作日数（最严重的一项）
unit: 工作日
level_logic: >-
  立案、决定发生后多于5个工作日才录入黄色，立案多于20个、决定多于10个工作日橙色；
  决定后多于7个工作日（市场监管部门20个）才公示、至今没有公示黄色，多于60个工作日橙色。
branches:
  filing_entry: 立案逾期录入
  decision_entry: 决定逾期录入
  publication: 决定逾期公示
  unpublished: 决定一直没有公示
  very_late: 逾期很久
evidence:
  filing_late_days: 立案录入滞后工作日
  decision_late_days: 决定录入滞后工作日
  publication_late_days: 公示滞后工作日（没有公示的至今）
  filed_date: 立案日期
  filing_entered_at: 立案录入时间
  decision_date: 决定日期
  decision_entered_at: 决定录入时间
  published_at: 公示时间
  limit_days: 最严重一项的界限工作日
  work_kind: 工作类别（办案单位所属领域、程序、是否非现场）
peers: {among: 同一单位的案件, title: 录入、公示滞后工作日中最大的, unit: 工作日, limits: [threshold]}
decisions:
  - 重新录入的立案：同一案件的立案、决定节点录入过几次的，以最早录入的一次为准
  - 通报批评：只给予警告、通报批评的，与警告一样不要求公示
  - 简易程序的罚款：当场处罚不要求公示，不判断公示；立案、决定的录入照常判断
aggregation: {mode: grouped, group: officer, min_signals: 5, min_peer_ratio: 2}
period: month
exclusions:
  - 没有录入时间的节点不作判断
  - 未作出处罚、仅给予警告或通报批评、按简易程序作出的案件不判断公示
  - 没有公示记录的自然人案件不作判断
assumptions:
  - 按工作日历计，发生当日不算；不在日历范围内的日期不作判断
  - 平时每小时补录数为窗口内逾期录入件数除以工作日八小时工时数；只登记到日的录入时间（零点）看不出集中补录
  - 涉及国家秘密等依法不公开的没有栏目可查，由线下核查排除；公示后撤下的算已公示
  - 多次公示的取最早一次；截止日之后的录入和公示视为尚未发生
  - 单位的领域为市场监管的适用较长的公示时限，按单位不按事项
  - 一案一条信号，按最严重一项的发生日期所在月归并，与当月立案或决定同类案件（同一领域、程序，同为现场或非现场）的其他人比较
  - 没有主办的案件归到办案单位
false_positives:
  - 系统故障集中补录：同一小时内五个以上单位逾期录入，且达到平时每小时补录数十倍的，不提示
  - 仅警告的处罚：没有罚款等其他处罚的，不判断公示
  - 未成年人等依法不公开：自然人没有公示记录的，不提示
  - 决定已被纠正：复议诉讼变更、撤销、确认违法的，没有公示不提示
offline_check:
  - 比对纸质立案审批表、决定书的落款日期与系统日志
  - 核对送达回证、缴款凭证日期，看是否先办后录
  - 从未公示的，查有无依法不公开的审批
  - 向运维单位核实录入当日有无系统故障
owner: 市纪委监委数字专班
---*/

-- section: shared
with handlers as (
    select case_id, officer_id
    from mart_case_lead
    where led_from < $as_of + interval 1 day and coalesce(led_until >= $as_of + interval 1 day, true)
)

-- section: signals
with late_entries as (
    select
        case_id,
        event_type,
        org_id,
        entered_at,
        cast(event_at as date) as happened_on,
        entered.wd_seq - happened.wd_seq as late_days
    from case_event
    inner join penalty_case using (case_id)
    inner join workday as happened on happened.day_date = cast(event_at as date)
    inner join workday as entered on entered.day_date = cast(entered_at as date)
    where event_type in ('立案', '决定')
        and event_at >= cast($as_of - interval ($window_months) month as date) + interval 1 day
        and entered_at > event_at + interval ($entry_days) day
        and entered_at < $as_of + interval 1 day
        and entered.wd_seq - happened.wd_seq > $entry_days
),

first_entries as (
    select case_id, event_type, min(entered_at) as entered_at
    from case_event
    where event_type in ('立案', '决定') and case_id in (select case_id from late_entries)
    group by case_id, event_type
),

entries as (
    select late_entries.*
    from late_entries
    inner join first_entries using (case_id, event_type, entered_at)
),

office_hours as (
    select 8 * count(*) as hours
    from workday
    where is_workday and day_date > cast($as_of - interval ($window_months) month as date) and day_date <= $as_of
),

outages as (
    select date_trunc('hour', entered_at) as entered_hour
    from entries
    where entered_at <> cast(entered_at as date)
    group by entered_hour
    having count(distinct org_id) >= $outage_orgs
        and count(*) * (select hours from office_hours) >= $outage_ratio * (select count(*) from entries)
),

decided as (
    select
        case_id,
        decision_date,
        party_type,
        case when domain_code = 'SC' then $market_publication_days else $publication_days end as allowed_days
    from penalty_case
    left join org using (org_id)
    where decision_date > cast($as_of - interval ($window_months) month as date)
        and result_type = '处罚'
        and procedure_type <> '简易'
        and not coalesce(len(penalty_types) > 0 and list_has_all(['警告', '通报批评'], penalty_types), false)
),

first_publications as (
    select case_id, min(publish_at) as publish_at
    from penalty_disclosure
    group by case_id
),

publications as (
    select case_id, decision_date, party_type, allowed_days, publish_at
    from decided
    left join first_publications using (case_id)
),

late_publications as (
    select case_id, decision_date, allowed_days, publish_at, published.wd_seq - happened.wd_seq as late_days
    from publications
    inner join workday as happened on happened.day_date = decision_date
    inner join workday as published on published.day_date = cast(publish_at as date)
    where publish_at > decision_date + to_days(allowed_days)
        and publish_at < $as_of + interval 1 day
        and published.wd_seq - happened.wd_seq > allowed_days
),

revoked as (
    select case_id
    from review_litigation
    where result_type in ('变更', '撤销', '确认违法') and decided_date <= $as_of
),

unpublished as (
    select case_id, decision_date, allowed_days, today.wd_seq - happened.wd_seq as late_days
    from publications
    inner join workday as happened on happened.day_date = decision_date
    inner join workday as today on today.day_date = $as_of
    anti join revoked using (case_id)
    where coalesce(publish_at >= $as_of + interval 1 day, true)
        and party_type <> '自然人'
        and today.wd_seq - happened.wd_seq > allowed_days
),

delays as (
    select
        case_id,
        'filing_entry' as branch,
        happened_on,
        entered_at as done_at,
        late_days,
        case when late_days > $orange_filing_days then $orange_filing_days else $entry_days end as limit_days,
        case when late_days > $orange_filing_days then 2 else 1 end as severity
    from entries
    where event_type = '立案'
        and date_trunc('hour', entered_at) not in (select entered_hour from outages)

    union all

    select
        case_id,
        'decision_entry' as branch,
        happened_on,
        entered_at as done_at,
        late_days,
        case when late_days > $orange_decision_days then $orange_decision_days else $entry_days end as limit_days,
        case when late_days > $orange_decision_days then 2 else 1 end as severity
    from entries
    where event_type = '决定'
        and date_trunc('hour', entered_at) not in (select entered_hour from outages)

    union all

    select
        case_id,
        'publication' as branch,
        decision_date as happened_on,
        publish_at as done_at,
        late_days,
        case when late_days > $orange_publication_days then $orange_publication_days else allowed_days end as limit_days,
        case when late_days > $orange_publication_days then 2 else 1 end as severity
    from late_publications

    union all

    select
        case_id,
        'unpublished' as branch,
        decision_date as happened_on,
        null as done_at,
        late_days,
        case when late_days > $orange_publication_days then $orange_publication_days else allowed_days end as limit_days,
        case when late_days > $orange_publication_days then 2 else 1 end as severity
    from unpublished
),

measures as (
    select
        case_id,
        max(late_days) filter (where branch = 'filing_entry') as filing_late_days,
        max(late_days) filter (where branch = 'decision_entry') as decision_late_days,
        max(late_days) filter (where branch in ('publication', 'unpublished')) as publication_late_days,
        arg_max(done_at, late_days) filter (where branch = 'filing_entry') as filing_entered_at,
        arg_max(done_at, late_days) filter (where branch = 'decision_entry') as decision_entered_at,
        arg_max(done_at, late_days) filter (where branch = 'publication') as published_at,
        max(severity) as severity,
        list_sort(list(distinct branch)) as late_branches
    from delays
    group by case_id
),

worst as (
    select case_id, happened_on, late_days, limit_days
    from delays
    qualify row_number() over (partition by case_id order by severity desc, late_days - limit_days desc, branch) = 1
),

final as (
    select
        measures.case_id as subject_id,
        case severity when 2 then 'orange' else 'yellow' end as level,
        officer_id,
        penalty_case.org_id,
        penalty_case.area_code,
        happened_on as occurred_on,
        cast(late_days as double) as value,
        cast(limit_days as double) as threshold,
        cast(
            to_json({
                'branches': case severity when 2 then list_append(late_branches, 'very_late') else late_branches end,
                'filing_late_days': filing_late_days,
                'decision_late_days': decision_late_days,
                'publication_late_days': publication_late_days,
                'filed_date': filed_date,
                'filing_entered_at': filing_entered_at,
                'decision_date': case when decision_date <= $as_of then decision_date end,
                'decision_entered_at': decision_entered_at,
                'published_at': published_at,
                'limit_days': limit_days,
                'work_kind': concat_ws('·', domain_code, procedure_type, case when is_offsite then '非现场' else '现场' end)
            }) as varchar
        ) as evidence
    from measures
    inner join worst using (case_id)
    inner join penalty_case using (case_id)
    left join handlers using (case_id)
    left join org using (org_id)
)

select * from final order by subject_id

-- section: tested
select case_id as subject_id, cast(null as varchar) as officer_id, org_id, area_code, filed_date as occurred_on
from penalty_case
where (filed_date > cast($as_of - interval ($window_months) month as date) and filed_date <= $as_of)
    or (decision_date > cast($as_of - interval ($window_months) month as date) and decision_date <= $as_of)

-- section: exposure
with cases as (
    select
        case_id,
        org_id,
        procedure_type,
        is_offsite,
        case
            when filed_date > cast($as_of - interval ($window_months) month as date) and filed_date <= $as_of
                then cast(date_trunc('month', filed_date) as date)
        end as filed_month,
        case
            when decision_date > cast($as_of - interval ($window_months) month as date) and decision_date <= $as_of
                then cast(date_trunc('month', decision_date) as date)
        end as decided_month
    from penalty_case
    where coalesce(filed_month, decided_month) is not null
),

-- Many cases of few kinds: what the kinds are called is put together once they are counted.
handled as (
    select
        coalesce(officer_id, org_id) as group_id,
        org_id,
        procedure_type,
        is_offsite,
        filed_month,
        decided_month,
        count(*) as case_count
    from cases
    left join handlers using (case_id)
    group by all
),

named as (
    select
        group_id,
        concat_ws('·', domain_code, procedure_type, case when is_offsite then '非现场' else '现场' end) as work_kind,
        filed_month,
        decided_month,
        case_count
    from handled
    left join org using (org_id)
),

counts as (
    select group_id, filed_month as month, work_kind, case_count
    from named
    where filed_month is not null

    union all

    select group_id, decided_month as month, work_kind, case_count
    from named
    where decided_month is not null and decided_month is distinct from filed_month
),

final as (
    select group_id, month, work_kind, cast(sum(case_count) as bigint) as exposure
    from counts
    group by group_id, month, work_kind
)

select * from final order by group_id, month, work_kind

-- section: peers
with subject as (
    select org_id
    from penalty_case
    where case_id = $subject_id
),

compared as (
    select case_id, decision_date, case_id = $subject_id as is_subject
    from penalty_case
    inner join subject using (org_id)
    where case_id = $subject_id
        or (decision_date > cast($as_of - interval ($window_months) month as date) and decision_date <= $as_of)
    order by is_subject desc, md5(case_id)
    limit 2000
),

moments as (
    select case_id, cast(event_at as date) as happened_on, cast(entered_at as date) as done_on
    from case_event
    where event_type in ('立案', '决定')
        and entered_at < $as_of + interval 1 day
        and case_id in (select case_id from compared)

    union all

    select case_id, min(decision_date) as happened_on, cast(min(publish_at) as date) as done_on
    from penalty_disclosure
    inner join compared using (case_id)
    where publish_at < $as_of + interval 1 day
    group by case_id
),

lags as (
    select case_id, max(done.wd_seq - happened.wd_seq) as late_days
    from moments
    inner join workday as happened on happened.day_date = happened_on
    inner join workday as done on done.day_date = done_on
    group by case_id
),

final as (
    select cast(late_days as double) as value, is_subject
    from compared
    inner join lags using (case_id)
    order by is_subject desc, case_id
)

select * from final

-- section: source 处罚案件
select
    case_id, case_no, doc_no, case_name, org_id, item_code, procedure_type, filed_date, decision_date, closed_date,
    party_type, penalty_types, fine_amt, result_type
from penalty_case
where case_id = $subject_id

-- section: source 流程节点
select event_id, case_id, event_type, event_at, operator_id, approver_id, entered_at
from case_event
where case_id = $subject_id and event_at < $as_of + interval 1 day
order by event_at, event_id
limit 200

-- section: source 复议诉讼
select rl_id, case_id, rl_type, accepted_date, decided_date, result_type
from review_litigation
where case_id = $subject_id and decided_date <= $as_of
order by decided_date, rl_id
limit 200

-- section: source 公示
select disclosure_id, case_id, doc_no, fine_wan, publish_at, withdraw_at
from penalty_disclosure
where case_id = $subject_id and publish_at < $as_of + interval 1 day
order by publish_at, disclosure_id
limit 200

-- section: group_source 涉及的案件
with entered as (
    select
        case_id,
        max(entered_at) filter (where event_type = '立案') as filing_entered_at,
        max(entered_at) filter (where event_type = '决定') as decision_entered_at
    from case_event
    where case_id in (select unnest($subject_ids)) and entered_at < $as_of + interval 1 day
    group by case_id
),

published as (
    select case_id, min(publish_at) as published_at
    from penalty_disclosure
    where case_id in (select unnest($subject_ids)) and publish_at < $as_of + interval 1 day
    group by case_id
),

final as (
    select
        penalty_case.case_id, case_name, org_id, item_code, filed_date, filing_entered_at, decision_date,
        decision_entered_at, published_at, result_type
    from penalty_case
    left join entered using (case_id)
    left join published using (case_id)
    where penalty_case.case_id in (select unnest($subject_ids))
)

select * from final
order by filed_date, case_id
limit 200
