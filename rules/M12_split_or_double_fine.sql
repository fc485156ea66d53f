/*---
id: M12
name: split_or_double_fine
title: 拆分·一事二罚
risk: 规避程序·滥用职权
rationale: >-
  对同一违法行为不得给予两次以上罚款；较大数额罚款应当告知听证权利，并经法制审核、集体讨论。
  同一违法行为重复罚款损害当事人权益；把一案拆成几案、每案罚款都低于听证标准，可能是规避听证、审核和讨论。
law:
  - {article: 行政处罚法（2021修订）第二十九条, mark: 已核}
  - {article: 行政处罚法（2021修订）第五十七条, mark: 已核}
  - {article: 行政处罚法（2021修订）第六十三条, mark: 已核}
  - {article: 较大数额罚款听证标准（自然人5千元、单位5万元）, mark: 待核}
limits:
  - article: 行政处罚法（2021修订）第二十九条
    mark: 已核
    says: 是不是“同一个违法行为”要作法律判断，同日同地只是线索
inputs:
  penalty_case:
    [case_id, party_id, party_type, item_code, org_id, area_code, incident_date, place_text, decision_date, fine_amt,
     result_type, is_offsite, illegal_fact]
  mart_repeated_case: [case_id]
  sunshine_record: [case_id, plate_hash]
  case_event: [case_id, event_type, event_at]
  review_litigation: [case_id, decided_date, result_type]
  mart_case_lead: [case_id, officer_id, led_from, led_until]
parameters:
  - {name: window_months, type: integer, default: 12, lowest: 1, highest: 36, unit: 月, meaning: 后一案按决定日期回看的月数}
  - {name: split_days, type: integer, default: 7, lowest: 1, highest: 60, unit: 日, meaning: 前后两案决定日期相隔不超过此天数的合并计算}
  - {name: act_days, type: integer, default: 30, lowest: 1, highest: 365, unit: 日, meaning: 前后两案违法行为相隔不到此天数的才合并计算}
  - {name: person_hearing_amt, type: integer, default: 5000, lowest: 1000, highest: 100000, unit: 元, meaning: 自然人较大数额罚款听证标准}
  - {name: entity_hearing_amt, type: integer, default: 50000, lowest: 5000, highest: 1000000, unit: 元, meaning: 单位（含个体工商户）较大数额罚款听证标准}
subject: penalty_case
value_title: 合计罚款金额
unit: 元
level_logic: >-
  七日内同一当事人同一事项两次以上低于听证标准的罚款，合计达到听证标准橙色；
  同一当事人同一事项同日同地点已罚款又罚款红色。
branches: {split: 拆分罚款规避听证, double: 同一行为两次罚款}
evidence:
  item_code: 事项代码
  incident_date: 违法行为日期
  place_text: 案发地点
  fine_amt: 本案罚款金额（元）
  total_amt: 合计罚款金额（元）
  hearing_amt: 听证标准（元）
  split_case_ids: 合并计算的前案
  double_case_ids: 同一行为的前案
peers: {among: 同一事项的罚款案件, title: 本案与前案（同一行为，或七日内合并计算）罚款合计, unit: 元, limits: [threshold]}
aggregation: {mode: direct}
period: none
exclusions:
  - 未作出处罚或未罚款的案件不纳入
  - 不同事项的案件视为不同违法行为
  - 非现场执法的案件一次抓拍就是一次行为，不与别的案件认定为同一行为，也不合并计算
  - 不同车辆、不同对象是不同违法行为：两案阳光监管记录的号牌不同，或者违法事实各写有对方没有的号牌、编号
  - 前案责令改正之后又发生的违法行为，不与前案合并计算
  - 后案决定之前已被复议、诉讼撤销或确认违法的前案，不认定一事二罚，也不合并计算
assumptions:
  - 对象是后决定的一案，同日决定的以案件编号在后的为后案；前案可以在回看期之前
  - 违法行为日期或案发地点未填写的，不认定为同一行为
  - 责令改正在前案违法行为发生之后、后案违法行为发生之日以前；后案违法行为日期未填写的，不视为改正后再犯
  - 同一行为的两案不合并计算，按一事二罚提示
  - 号牌、编号指违法事实里带数字的一串字母数字（号牌、编号、几号车间等），日期、钟点除外；两案都写有而互不包含的才算不同对象
  - 个体工商户按单位标准；听证标准待核，各领域另有标准的按参数调整
  - 复议、诉讼与后案同日决定的，视为在后案之前；变更不是撤销
  - 截止日之后的决定、责令改正、接手视为尚未发生
decisions:
  - 相隔一个月的几次行为：违法行为日期相隔满30日的是各自独立的行为，即使同日决定也不合并计算
  - 是否非现场未登记：视为现场，照样判断
false_positives:
  - 不同违法行为：事项不同的不合并、不认定为同一行为
  - 同日同地两辆车：非现场执法，或者两案的号牌、对象不同的，不认定为同一行为
  - 责令改正后继续违法：前案责令改正之后又发生的，不与前案合并计算
  - 撤销后重作：前案已被撤销或确认违法，就同一行为重新作出决定的，不认定一事二罚
offline_check:
  - 逐案核对违法事实、证据和询问笔录，看是否同一行为
  - 向办案单位了解分案理由，核对是否应当告知听证、法制审核、集体讨论
owner: 市纪委监委数字专班
nature: 明线
max_share: 0.05
precision_floor: 0.5
---*/

-- section: shared
with on_site as (
    select
        case_id,
        party_id,
        item_code,
        org_id,
        area_code,
        incident_date,
        nullif(trim(place_text), '') as place_text,
        decision_date,
        fine_amt,
        illegal_fact,
        case when party_type = '自然人' then $person_hearing_amt else $entity_hearing_amt end as hearing_amt
    from penalty_case
    where result_type = '处罚'
        and fine_amt > 0
        and not coalesce(is_offsite, false)
        and decision_date <= $as_of
),

annulled as (
    select case_id, min(decided_date) as annulled_on
    from review_litigation
    where result_type in ('撤销', '确认违法')
    group by case_id
)

-- section: signals
with fined as (
    select *
    from on_site
    where case_id in (select case_id from mart_repeated_case)
),

plates as (
    select case_id, list(distinct plate_hash order by plate_hash) as plates
    from sunshine_record
    where plate_hash is not null and case_id in (select case_id from fined)
    group by case_id
),

-- What a case is about: the plates, and the signs with a digit in its facts.
objects as (
    select
        case_id,
        plates,
        regexp_extract_all(
            regexp_replace(illegal_fact, '[0-9]+[-年/.][0-9]+[-月/.][0-9]+日?|[0-9]+[时点:：][0-9]*分?', '', 'g'),
            '[A-Za-z0-9-]*[0-9][A-Za-z0-9-]*'
        ) as signs
    from fined
    left join plates using (case_id)
),

pairs as (
    select
        later.case_id,
        later.incident_date,
        later.fine_amt,
        later.hearing_amt,
        earlier.case_id as earlier_id,
        earlier.incident_date as earlier_incident,
        earlier.fine_amt as earlier_amt,
        coalesce(earlier.incident_date = later.incident_date and earlier.place_text = later.place_text, false) as is_same_act,
        earlier.decision_date >= later.decision_date - $split_days as is_close
    from fined as later
    inner join fined as earlier
        on earlier.party_id = later.party_id
        and earlier.item_code = later.item_code
        and (earlier.decision_date, earlier.case_id) < (later.decision_date, later.case_id)
    inner join objects as own on own.case_id = later.case_id
    inner join objects as other on other.case_id = earlier.case_id
    left join annulled on annulled.case_id = earlier.case_id
    where later.decision_date > cast($as_of - interval ($window_months) month as date)
        and coalesce(annulled_on > later.decision_date, true)
        and coalesce(list_has_any(own.plates, other.plates), true)
        and coalesce(list_has_all(own.signs, other.signs) or list_has_all(other.signs, own.signs), true)
),

doubles as (
    select
        case_id,
        cast(fine_amt + sum(earlier_amt) as double) as double_amt,
        list(earlier_id order by earlier_id) as double_case_ids
    from pairs
    where is_same_act
    group by case_id, fine_amt
),

pieces as (
    select *
    from pairs
    where is_close
        and not is_same_act
        and coalesce(abs(incident_date - earlier_incident) < $act_days, true)
        and fine_amt < hearing_amt
        and earlier_amt < hearing_amt
),

corrections as (
    select case_id as earlier_id, event_at
    from case_event
    where event_type = '责令改正'
        and event_at < $as_of + interval 1 day
        and case_id in (select earlier_id from pieces)
),

continued as (
    select distinct case_id, earlier_id
    from pieces
    inner join corrections using (earlier_id)
    where event_at < incident_date and event_at >= earlier_incident
),

splits as (
    select
        case_id,
        cast(fine_amt + sum(earlier_amt) as double) as split_amt,
        list(earlier_id order by earlier_id) as split_case_ids
    from pieces
    anti join continued using (case_id, earlier_id)
    group by case_id, fine_amt, hearing_amt
    having fine_amt + sum(earlier_amt) >= hearing_amt
),

verdicts as (
    select *
    from doubles
    full join splits using (case_id)
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
        case when double_amt is not null then 'red' else 'orange' end as level,
        officer_id,
        org_id,
        area_code,
        decision_date as occurred_on,
        coalesce(double_amt, split_amt) as value,
        cast(case when double_amt is null then hearing_amt end as double) as threshold,
        cast(
            to_json({
                'branches': case when double_amt is null then [] else ['double'] end
                    || case when split_amt is null then [] else ['split'] end,
                'item_code': item_code,
                'incident_date': incident_date,
                'place_text': place_text,
                'fine_amt': cast(fine_amt as double),
                'total_amt': coalesce(double_amt, split_amt),
                'hearing_amt': hearing_amt,
                'split_case_ids': split_case_ids,
                'double_case_ids': double_case_ids
            }) as varchar
        ) as evidence
    from verdicts
    inner join fined using (case_id)
    left join handlers using (case_id)
)

select * from final order by subject_id

-- section: tested
select case_id as subject_id, cast(null as varchar) as officer_id, org_id, area_code, decision_date as occurred_on
from penalty_case
where result_type = '处罚'
    and fine_amt > 0
    and decision_date > cast($as_of - interval ($window_months) month as date)
    and decision_date <= $as_of

-- section: peers
with fined as (
    select *
    from on_site
    where item_code = (select item_code from penalty_case where case_id = $subject_id)
),

plates as (
    select case_id, list(distinct plate_hash order by plate_hash) as plates
    from sunshine_record
    where plate_hash is not null and case_id in (select case_id from fined)
    group by case_id
),

objects as (
    select
        case_id,
        plates,
        regexp_extract_all(
            regexp_replace(illegal_fact, '[0-9]+[-年/.][0-9]+[-月/.][0-9]+日?|[0-9]+[时点:：][0-9]*分?', '', 'g'),
            '[A-Za-z0-9-]*[0-9][A-Za-z0-9-]*'
        ) as signs
    from fined
    left join plates using (case_id)
),

shown as (
    select *
    from fined
    where decision_date > cast($as_of - interval ($window_months) month as date)
    order by case_id = $subject_id desc, md5(case_id)
    limit 2000
),

pairs as (
    select
        shown.case_id,
        shown.incident_date,
        earlier.case_id as earlier_id,
        earlier.incident_date as earlier_incident,
        earlier.fine_amt as earlier_amt,
        coalesce(
            earlier.incident_date = shown.incident_date and earlier.place_text = shown.place_text, false
        ) as is_same_act,
        earlier.decision_date >= shown.decision_date - $split_days
            and coalesce(abs(shown.incident_date - earlier.incident_date) < $act_days, true)
            and shown.fine_amt < shown.hearing_amt
            and earlier.fine_amt < shown.hearing_amt as is_piece
    from shown
    inner join fined as earlier
        on earlier.party_id = shown.party_id
        and (earlier.decision_date, earlier.case_id) < (shown.decision_date, shown.case_id)
    inner join objects as own on own.case_id = shown.case_id
    inner join objects as other on other.case_id = earlier.case_id
    left join annulled on annulled.case_id = earlier.case_id
    where coalesce(annulled_on > shown.decision_date, true)
        and coalesce(list_has_any(own.plates, other.plates), true)
        and coalesce(list_has_all(own.signs, other.signs) or list_has_all(other.signs, own.signs), true)
),

continued as (
    select distinct pairs.case_id, earlier_id
    from pairs
    inner join case_event on case_event.case_id = earlier_id
    where event_type = '责令改正'
        and event_at < $as_of + interval 1 day
        and event_at < incident_date
        and event_at >= earlier_incident
),

doubles as (
    select case_id, sum(earlier_amt) as added_amt
    from pairs
    where is_same_act
    group by case_id
),

splits as (
    select case_id, sum(earlier_amt) as added_amt
    from pairs
    anti join continued using (case_id, earlier_id)
    where is_piece and not is_same_act
    group by case_id
),

final as (
    select
        cast(fine_amt + coalesce(doubles.added_amt, splits.added_amt, 0) as double) as value,
        case_id = $subject_id as is_subject
    from shown
    left join doubles using (case_id)
    left join splits using (case_id)
    order by is_subject desc, md5(case_id)
)

select * from final

-- section: source 本案和同一当事人同一事项的罚款案件
select
    case_id, case_no, doc_no, case_name, party_type, org_id, item_code, incident_date, place_text, filed_date,
    decision_date, fine_amt, illegal_fact, basis_text
from penalty_case
where (party_id, item_code) = (select (party_id, item_code) from penalty_case where case_id = $subject_id)
    and result_type = '处罚'
    and fine_amt > 0
    and decision_date <= $as_of
order by case_id = $subject_id desc, decision_date desc, case_id
limit 200

-- section: source 本案和前案的流程节点
select event_id, case_id, event_type, event_at, operator_id, approver_id, entered_at
from case_event
where case_id in (
    select earlier.case_id
    from penalty_case as earlier
    inner join penalty_case as subject using (party_id, item_code)
    where subject.case_id = $subject_id
        and earlier.decision_date <= subject.decision_date
        and (
            earlier.decision_date >= subject.decision_date - $split_days
            or earlier.incident_date = subject.incident_date
        )
)
    and event_type in ('立案', '责令改正', '法制审核', '集体讨论', '事先告知', '听证告知', '决定')
    and event_at < $as_of + interval 1 day
order by event_at, event_id
limit 200

-- section: source 本案和前案的阳光监管记录
select record_id, case_id, record_type, plate_hash, captured_at, audit_result
from sunshine_record
where case_id in (
    select earlier.case_id
    from penalty_case as earlier
    inner join penalty_case as subject using (party_id, item_code)
    where subject.case_id = $subject_id and earlier.decision_date <= subject.decision_date
)
order by captured_at, record_id
limit 200

-- section: source 本案和前案的复议诉讼
select
    rl_id, case_id, rl_type, accepted_date,
    case when decided_date <= $as_of then decided_date end as decided_date,
    case when decided_date <= $as_of then result_type end as result_type
from review_litigation
where case_id in (
    select earlier.case_id
    from penalty_case as earlier
    inner join penalty_case as subject using (party_id, item_code)
    where subject.case_id = $subject_id and earlier.decision_date <= subject.decision_date
)
    and accepted_date <= $as_of
order by accepted_date, rl_id
limit 200

-- section: source 承办人
select case_id, officer_id, role_type, start_at
from case_officer
where case_id = $subject_id
order by role_type, officer_id
limit 200
