/*---
id: I17
name: disclosed_in_time
title: 公示及时率
list: L4
focus: F14
unit: '%'
measure: share
period: month
lower_is_better: false
green: 98
red: 90
monitor: false
numerator: 期限内公示的处罚决定
denominator: 公示期限已满的应公示处罚决定
subject: penalty_case
rationale: >-
  有社会影响的处罚决定应当依法及时公开。公示拖延或者一直不公示，社会看不见，处罚轻重就没有人比，
  也可能是替当事人隐瞒，免得影响其信用和招投标。
law:
  - {article: 行政处罚法（2021修订）第四十八条, mark: 已核}
  - {article: 市场监督管理行政处罚信息公示规定（总局令第45号）第九条, mark: 已核}
  - {article: 双公示七个工作日时限, mark: 待核}
inputs:
  penalty_case: [case_id, org_id, area_code, party_type, procedure_type, decision_date, result_type, penalty_types]
  penalty_disclosure: [case_id, publish_at]
  review_litigation: [case_id, decided_date, result_type]
  org: [org_id, domain_code]
  mart_case_lead: [case_id, officer_id, led_from, led_until]
  workday: [day_date, wd_seq]
parameters:
  - {name: publication_days, from: M04.publication_days, meaning: 决定后公示的期限}
  - {name: market_publication_days, from: M04.market_publication_days, meaning: 市场监管部门决定后公示的期限}
exclusions:
  - 未作出处罚、仅给予警告或通报批评、按简易程序作出的案件不要求公示，不计入，与模型 M04 相同
  - 公示期限未满的不计入，不论是否已经公示
  - 决定日期不在工作日历内的，不能判断，不计入
assumptions:
  - 哪些决定应当公示、期限几日，都照模型 M04，M04 经审批调整的，本指标一并调整；M04 提示“决定逾期公示”“决定一直没有公示”的，本指标都不计入分子
  - 决定当日不计入期限；计入期限届满后第一个工作日所在的月份，到那一日才知道是否逾期，以前各月不因以后的公示变好
  - 多次公示的取最早一次，公示后撤下的算已公示；截止日之后的公示视为尚未发生
  - 单位的领域为市场监管的适用较长的期限，按单位不按事项；单位不在单位表中的按较短的期限
  - 归办案单位和区划，人员为截止日的主办
decisions:
  - 末日之后的休息日：最后一个工作日之后的周末、节假日公示的，工作日数没有增加，仍算及时，与模型 M04 相同
  - 提前公示：期限未满而已经公示的，到期限届满才计入
  - 自然人案件：自然人没有公示的可能依法不公开，不计入；逾期才公示的，公示以后计入期限届满的月份，那个月的数会因此变差
  - 决定已被纠正：没有公示而复议诉讼变更、撤销、确认违法的，自纠正之日起不再计入；已经公示的照样计入
---*/

-- section: counted
with first_days as (
    select wd_seq, min(day_date) as day_date
    from workday
    group by wd_seq
),

publishable as (
    select
        case_id,
        org_id,
        penalty_case.area_code,
        party_type,
        decision_date,
        case when domain_code = 'SC' then $market_publication_days else $publication_days end as allowed_days
    from penalty_case
    left join org using (org_id)
    where decision_date <= $as_of
        and result_type = '处罚'
        and procedure_type <> '简易'
        and not coalesce(len(penalty_types) > 0 and list_has_all(['警告', '通报批评'], penalty_types), false)
),

due as (
    select publishable.*, late.day_date as late_on
    from publishable
    inner join workday as decided on decided.day_date = decision_date
    inner join first_days as late on late.wd_seq = decided.wd_seq + allowed_days + 1
    where late.day_date >= $since and late.day_date <= $as_of
),

published as (
    select case_id, min(publish_at) as publish_at
    from penalty_disclosure
    where publish_at < $as_of + interval 1 day
    group by case_id
),

revoked as (
    select case_id
    from review_litigation
    where result_type in ('变更', '撤销', '确认违法') and decided_date <= $as_of
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
        late_on as occurred_on,
        coalesce(publish_at < late_on, false) as met
    from due
    left join published using (case_id)
    left join leads using (case_id)
    where publish_at is not null
        or (party_type <> '自然人' and not exists (select 1 from revoked where revoked.case_id = due.case_id))
)

select * from final

-- section: source 处罚案件
select
    case_id, case_no, doc_no, case_name, org_id, party_type, procedure_type, decision_date, result_type, penalty_types,
    fine_amt
from penalty_case
where case_id = $subject_id

-- section: source 公示记录
select disclosure_id, case_id, doc_no, publish_at, case when withdraw_at < $as_of + interval 1 day then withdraw_at end as withdraw_at
from penalty_disclosure
where case_id = $subject_id and publish_at < $as_of + interval 1 day
order by publish_at, disclosure_id
limit 200

-- section: source 复议诉讼
select rl_id, case_id, rl_type, accepted_date, decided_date, result_type
from review_litigation
where case_id = $subject_id and decided_date <= $as_of
order by decided_date, rl_id
limit 200
