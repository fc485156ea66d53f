/*---
id: M17
name: conflict_of_interest
title: 未回避
risk: 利益冲突
rationale: >-
  执法人员与案件有直接利害关系，或有其他关系可能影响公正执法的，应当回避。
  办案人员本人或亲属就是当事人，或是当事企业的法定代表人、股东、高管、经营者而没有回避，可能影响公正执法。
law:
  - {article: 行政处罚法（2021修订）第四十三条, mark: 已核}
  - {article: 公务员法（2018修订）第七十六条, mark: 已核}
limits:
  - article: 行政处罚法（2021修订）第四十三条
    mark: 已核
    says: 条文要求的是直接利害关系或者其他可能影响公正执法的关系，登记的亲属关系只是线索
inputs:
  penalty_case: [case_id, org_id, area_code, party_id, filed_date, decision_date, closed_date]
  case_officer: [case_id, officer_id, role_type, start_at]
  case_event: [case_id, event_type, event_at, operator_id]
  officer: [officer_id, person_hash]
  officer_relation: [relation_id, officer_id, relative_hash, relation_type, uscc, start_date, end_date]
  enterprise: [uscc, legal_rep_hash, holder_hashes]
  mart_kin_company: [person_hash, party_id, tie]
parameters:
  - {name: window_months, type: integer, default: 12, lowest: 1, highest: 36, unit: 月, meaning: 按决定日期回看的月数}
subject: penalty_case
value_title: 应回避而未回避的办案人员数
unit: 人
level_logic: >-
  办案人员与当事人的关系为兄弟姐妹、近姻亲的橙色；为本人、配偶、子女、父母的红色。
branches: {self: 本人, close_kin: 配偶、子女、父母, other_kin: 兄弟姐妹、近姻亲}
evidence:
  officer_id: 关系最近的办案人员
  role_type: 办案角色
  relation_type: 与该人员的关系
  tie: 与当事人的联系
  relation_id: 关系编号
  relation_start: 关系开始日期（不限定的为空）
  relation_end: 关系结束日期（不限定的为空）
  conflict_from: 办案期间关系存在的起始日
  filed_date: 立案日期
  decision_date: 决定日期
peers: {among: 本单位的处罚案件, title: 立案至决定天数, unit: 日, limits: []}
aggregation: {mode: direct}
period: none
nature: 明线
max_share: 0.05
precision_floor: 0.5
exclusions:
  - 决定之日以前（含当日）本人已回避的不提示，他人回避不免除本人
  - 尚未决定的案件不纳入
assumptions:
  - 只按统一社会信用代码和身份哈希比对，从不按姓名比对
  - 主办、协办、审核、审批四种角色都看
  - 回避节点的经办人是回避的人；没有登记经办人的回避节点分不清是谁，视为都已回避
  - 关系存在于办案期间才算：办案期间自立案（后来接手的自接手）至结案，未结案的至截止日
  - 关系的起止日期只限定持股任职；亲属身份不因持股任职结束而结束
  - 亲属现在是法定代表人、股东的，在本企业的任职持股登记了开始日期（有几段的取最早）即自该日起算，没有登记的按现行登记视为一直如此
  - 登记的持股任职已结束、企业现行登记仍是法定代表人、股东的，以企业登记为准
  - 没有登记企业的关系，起止日期就是关系本身的起止；起止日期为空的一侧不设限
  - 企业的法定代表人、股东按现行登记，登记没有变更历史，当时的股东只能从关系的起止日期得知
  - 没有关系记录而身份哈希就是当事人、法定代表人或股东的，按本人处理
  - 信号记在应回避人员名下：取关系最近的，相同的取主办，再取编号最小的
  - 截止日之后开始的关系、接手、结案视为尚未发生
false_positives:
  - 同名不同人：只按哈希和信用代码比对，同名人员的关系不算在办案人员名下
  - 已退出持股：立案之前持股任职已经结束，亲属也不是现行登记的法定代表人、股东的，不提示
  - 结案后形成的关系：结案之后关系才开始的，即使亲属现在是法定代表人、股东也不提示
  - 已经回避：决定以前本人回避的，不提示
offline_check:
  - 核对家庭成员和经商办企业申报表、企业登记档案，确认关系和起止时间
  - 调阅回避申请和审批材料，询问办案人员是否知情、是否参与调查和讨论
owner: 市纪委监委数字专班
---*/

-- section: signals
with cases as (
    select case_id, org_id, area_code, party_id, filed_date, decision_date, closed_date
    from penalty_case
    where decision_date > cast($as_of - interval ($window_months) month as date)
        and decision_date <= $as_of
),

relations as (
    select relation_id, officer_id, relative_hash, relation_type, uscc, start_date, end_date
    from officer_relation
    where coalesce(start_date <= $as_of, true)

    union all

    select
        null as relation_id, officer_id, person_hash, '本人' as relation_type, null as uscc, null as start_date,
        null as end_date
    from officer
),

-- The dates of a share or post bound that tie; one stays a relative after selling the shares.
kinships as (
    select
        relations.* replace (
            case when uscc is null then start_date end as start_date,
            case when uscc is null then end_date end as end_date
        )
    from relations
),

-- Since when a relative is known to be somebody in a company; null when one of the posts or shares has no beginning.
known_ties as (
    select
        relative_hash,
        uscc as party_id,
        case when bool_and(start_date is not null) then min(start_date) end as tied_from
    from relations
    where uscc is not null
    group by relative_hash, uscc
),

interests as (
    select relations.*, uscc as party_id, '任职持股企业' as tie
    from relations

    union all

    select kinships.*, relative_hash as party_id, '当事人' as tie
    from kinships

    union all

    select kinships.* replace (greatest(tied_from, start_date) as start_date), company.party_id, company.tie
    from kinships
    inner join mart_kin_company as company on company.person_hash = kinships.relative_hash
    left join known_ties
        on known_ties.relative_hash = kinships.relative_hash and known_ties.party_id = company.party_id
),

suspects as (
    select
        cases.*,
        interests.* exclude (party_id),
        case
            when relation_type = '本人' then 'self'
            when relation_type in ('配偶', '子女', '父母') then 'close_kin'
            else 'other_kin'
        end as branch
    from cases
    inner join interests using (party_id)
),

handlers as (
    select case_id, officer_id, role_type, start_at
    from case_officer
    where case_id in (select case_id from suspects)
),

recusals as (
    select case_id, operator_id
    from case_event
    inner join cases using (case_id)
    where event_type = '回避' and event_at < decision_date + interval 1 day
),

conflicts as (
    select
        suspects.*,
        role_type,
        case when branch = 'other_kin' then 2 else 3 end as severity,
        greatest(filed_date, cast(start_at as date), start_date) as conflict_from
    from suspects
    inner join handlers using (case_id, officer_id)
    where greatest(filed_date, cast(start_at as date), start_date) <= least(closed_date, end_date, $as_of)
        and not exists (
            select recusals.case_id
            from recusals
            where recusals.case_id = suspects.case_id and coalesce(operator_id, officer_id) = officer_id
        )
),

verdicts as (
    select
        case_id,
        max(severity) as severity,
        list_sort(list(distinct branch)) as branches,
        count(distinct officer_id) as officers
    from conflicts
    group by case_id
),

closest as (
    select *
    from conflicts
    qualify row_number() over (
        partition by case_id
        order by
            case branch when 'self' then 1 when 'close_kin' then 2 else 3 end,
            role_type = '主办' desc,
            officer_id,
            relation_id,
            tie
    ) = 1
),

final as (
    select
        verdicts.case_id as subject_id,
        case verdicts.severity when 3 then 'red' else 'orange' end as level,
        officer_id,
        org_id,
        area_code,
        conflict_from as occurred_on,
        cast(officers as double) as value,
        cast(1 as double) as threshold,
        cast(
            to_json({
                'branches': branches,
                'officer_id': officer_id,
                'role_type': role_type,
                'relation_type': relation_type,
                'tie': tie,
                'relation_id': relation_id,
                'relation_start': start_date,
                'relation_end': case when end_date <= $as_of then end_date end,
                'conflict_from': conflict_from,
                'filed_date': filed_date,
                'decision_date': decision_date
            }) as varchar
        ) as evidence
    from verdicts
    inner join closest using (case_id)
)

select * from final order by subject_id

-- section: tested
select case_id as subject_id, cast(null as varchar) as officer_id, org_id, area_code, decision_date as occurred_on
from penalty_case
where decision_date > cast($as_of - interval ($window_months) month as date)
    and decision_date <= $as_of

-- section: peers
with subject as (
    select org_id
    from penalty_case
    where case_id = $subject_id
),

final as (
    select
        cast(date_diff('day', filed_date, decision_date) as double) as value,
        case_id = $subject_id as is_subject
    from penalty_case
    inner join subject using (org_id)
    where decision_date > cast($as_of - interval ($window_months) month as date)
        and decision_date <= $as_of
    order by is_subject desc, md5(case_id)
    limit 2000
)

select * from final

-- section: source 处罚案件
select
    case_id, case_no, doc_no, case_name, party_type, org_id, item_code, filed_date, decision_date, closed_date,
    penalty_types, fine_amt, result_type, illegal_fact
from penalty_case
where case_id = $subject_id

-- section: source 承办人
select case_id, officer_id, name_masked, role_type, start_at
from case_officer
left join officer using (officer_id)
where case_id = $subject_id
order by role_type, officer_id
limit 200

-- section: source 办案人员的利害关系
with party as (
    select party_id, legal_rep_hash, holder_hashes
    from penalty_case
    left join enterprise on enterprise.uscc = party_id
    where case_id = $subject_id
),

relations as (
    select
        relation_id, officer_id, relative_hash, relation_type, uscc, role_type, source_type, start_date,
        case when end_date <= $as_of then end_date end as end_date
    from officer_relation
    where coalesce(start_date <= $as_of, true)

    union all

    select
        null as relation_id, officer_id, person_hash, '本人' as relation_type, null as uscc, null as role_type,
        null as source_type, null as start_date, null as end_date
    from officer
),

tied as (
    select
        relations.* exclude (relative_hash),
        concat_ws(
            '、',
            case when relative_hash = party_id then '当事人' end,
            case when relative_hash = legal_rep_hash then '法定代表人' end,
            case when list_contains(holder_hashes, relative_hash) then '股东' end,
            case when uscc = party_id then '任职持股企业' end
        ) as ties
    from relations
    cross join party
    where officer_id in (select officer_id from case_officer where case_id = $subject_id)
),

final as (
    select
        relation_id, officer_id, relation_type, ties as 关联方式, uscc, role_type, source_type, start_date, end_date
    from tied
    where ties <> ''
)

select * from final
order by officer_id, relation_id
limit 200

-- section: source 企业登记
select uscc, entity_name, entity_type, founded_date, status_type
from enterprise
where uscc = (select party_id from penalty_case where case_id = $subject_id)

-- section: source 回避节点
select event_id, case_id, event_type, event_at, operator_id, approver_id, entered_at
from case_event
where case_id = $subject_id and event_type = '回避' and event_at < $as_of + interval 1 day
order by event_at, event_id
limit 200
