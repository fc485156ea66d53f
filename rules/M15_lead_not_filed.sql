/*---
id: M15
name: lead_not_filed
title: 有案不立
risk: 不作为
rationale: >-
  行政机关发现涉嫌违法行为应当全面、客观、公正调查，符合立案标准的应当及时立案。
  线索收到后长期既不立案、也不说明不立案理由，特别是核查属实仍不立案，可能是压案、包庇或不作为。
law:
  - {article: 行政处罚法（2021修订）第三十六条, mark: 已核}
  - {article: 行政处罚法（2021修订）第五十四条, mark: 已核}
  - {article: 行政处罚法（2021修订）第七十六条, mark: 已核}
  - {article: 行政处罚法（2021修订）第八十三条, mark: 已核}
  - {article: 收到线索后十五个工作日核查立案的期限, mark: 待核}
limits:
  - article: 收到线索后十五个工作日核查立案的期限
    mark: 待核
    says: 十五个工作日只约束市场监管部门，其他领域没有统一期限
inputs:
  violation_lead:
    [lead_id, item_code, to_org_id, area_code, received_at, verified_at, verify_result, no_file_reason, feedback_at]
  penalty_case: [case_id, lead_id, filed_date]
  power_item: [item_code, item_name, domain_code]
  workday: [day_date, wd_seq]
parameters:
  - {name: window_months, type: integer, default: 24, lowest: 1, highest: 60, unit: 月, meaning: 按收到线索的时间回看的月数（一般追责期限二年）}
  - {name: long_months, type: integer, default: 60, lowest: 1, highest: 120, unit: 月, meaning: 涉及生命健康、金融安全的线索回看的月数（追责期限五年）}
  - {name: limit_workdays, type: integer, default: 15, lowest: 5, highest: 60, unit: 工作日, meaning: 收到线索后超过此工作日数未立案的提示}
  - {name: red_workdays, type: integer, default: 60, lowest: 20, highest: 250, unit: 工作日, meaning: 属实线索超过此工作日数未立案为红色}
ordered: [[limit_workdays, red_workdays], [window_months, long_months]]
subject: violation_lead
value_title: 收到线索后的工作日数
unit: 工作日
level_logic: >-
  收到线索超过15个工作日，未立案也未写明不立案理由：未核查或部分属实黄色，属实橙色，属实且超过60个工作日红色。
branches:
  unverified: 未核查也未立案
  partial: 部分属实未立案
  verified: 属实未立案
  verified_long: 属实长期未立案
evidence:
  received_at: 收到时间
  verified_at: 核查时间
  verify_result: 核查结果
  waited_workdays: 收到后的工作日数
  feedback_at: 反馈时间
peers: {among: 同一接收单位的线索, title: 收到至立案（未立案的至今）工作日数, unit: 工作日, limits: [limit_workdays, red_workdays]}
aggregation: {mode: direct}
period: none
exclusions:
  - 已有关联案件的不提示，不论案件处理结果
  - 写明不立案理由的不提示，理由是否成立由线下核查
  - 核查结果为不属实、无法查实、虚假办结的不提示
assumptions:
  - 工作日按工作日历计，收到当日不计入
  - 核查结果没有核查时间的视为收到时即有；只有空格、标点的和填作无、暂无、不详、待查的不立案理由视为未写
  - 不立案理由没有日期，视为核查时写明（没有核查时间的视为反馈时，再没有的视为收到时）
  - 截止日之后的核查、理由、反馈、立案视为尚未发生
  - 线索没有承办人，不归到人员
  - 收到线索时视为发现违法行为，追责期限内没有立案的一直提示
decisions:
  - 哪些线索回看五年：应急管理、市场监管、农业农村领域的事项，或者事项名称涉及食品、药品、医疗、卫生、燃气、电梯、特种设备、消防、危险化学品、金融的；有无危害后果尚不可知，从宽看五年
false_positives:
  - 管辖争议：已写明不立案理由的不提示
  - 超过追责期限：违法行为超过二年（涉及生命健康、金融安全等的五年）并写明理由的不提示
  - 核查不属实：核查结果为不属实、无法查实的不提示
offline_check:
  - 调阅线索核查记录、立案审批表，核对实际核查和立案时间
  - 向接收单位了解未立案原因，核对是否已移送其他机关或管辖争议
owner: 市纪委监委数字专班
nature: 明线
max_share: 0.1
precision_floor: 0.5
---*/

-- section: signals
with lasting as (
    select item_code
    from power_item
    where domain_code in ('YJ', 'SC', 'NY')
        or regexp_matches(
            item_name, '食品|药|医疗|卫生|燃气|电梯|特种设备|消防|危险化学品|金融|集资|证券|保险'
        )
),

received as (
    select
        lead_id,
        to_org_id,
        violation_lead.area_code,
        received_at,
        case when verified_at < $as_of + interval 1 day then verified_at end as verified_at,
        case when coalesce(verified_at, received_at) < $as_of + interval 1 day then verify_result end as verify_result,
        case
            when coalesce(verified_at, feedback_at, received_at) < $as_of + interval 1 day
                then nullif(regexp_replace(no_file_reason, '^[^\pL\pN]*(无|暂无|没有|不详|未知|待定|待查|空)?[^\pL\pN]*$', '', 'g'), '')
        end as no_file_reason,
        case when feedback_at < $as_of + interval 1 day then feedback_at end as feedback_at
    from violation_lead
    left join lasting using (item_code)
    where received_at >= interval 1 day + cast(
        $as_of - interval (case when lasting.item_code is null then $window_months else $long_months end) month as date
    )
),

filed as (
    select lead_id
    from penalty_case
    where filed_date <= $as_of
),

unfiled as (
    select *
    from received
    anti join filed using (lead_id)
    where no_file_reason is null
),

waits as (
    select
        unfiled.*,
        received_on.wd_seq as received_seq,
        today.wd_seq - received_on.wd_seq as waited_workdays
    from unfiled
    inner join workday as received_on on received_on.day_date = cast(received_at as date)
    inner join workday as today on today.day_date = $as_of
),

hits as (
    select
        *,
        case
            when verify_result is null then 'unverified'
            when verify_result = '部分属实' then 'partial'
            when verify_result = '属实' and waited_workdays > $red_workdays then 'verified_long'
            when verify_result = '属实' then 'verified'
        end as branch
    from waits
    where waited_workdays > $limit_workdays
),

first_days as (
    select wd_seq, min(day_date) as day_date
    from workday
    group by wd_seq
),

final as (
    select
        lead_id as subject_id,
        case branch when 'verified_long' then 'red' when 'verified' then 'orange' else 'yellow' end as level,
        cast(null as varchar) as officer_id,
        to_org_id as org_id,
        area_code,
        day_date as occurred_on,
        cast(waited_workdays as double) as value,
        cast(case branch when 'verified_long' then $red_workdays else $limit_workdays end as double) as threshold,
        cast(
            to_json({
                'branches': [branch],
                'received_at': received_at,
                'verified_at': verified_at,
                'verify_result': verify_result,
                'waited_workdays': waited_workdays,
                'feedback_at': feedback_at
            }) as varchar
        ) as evidence
    from hits
    inner join first_days on wd_seq = received_seq + $limit_workdays + 1
    where branch is not null
)

select * from final order by subject_id

-- section: tested
with lasting as (
    select item_code
    from power_item
    where domain_code in ('YJ', 'SC', 'NY')
        or regexp_matches(
            item_name, '食品|药|医疗|卫生|燃气|电梯|特种设备|消防|危险化学品|金融|集资|证券|保险'
        )
)

select
    lead_id as subject_id,
    cast(null as varchar) as officer_id,
    to_org_id as org_id,
    violation_lead.area_code,
    cast(received_at as date) as occurred_on
from violation_lead
inner join workday as received_on on received_on.day_date = cast(received_at as date)
inner join workday as today on today.day_date = $as_of
left join lasting using (item_code)
where received_at >= interval 1 day + cast(
        $as_of - interval (case when lasting.item_code is null then $window_months else $long_months end) month as date
    )
    and today.wd_seq - received_on.wd_seq > $limit_workdays

-- section: peers
with subject as (
    select to_org_id
    from violation_lead
    where lead_id = $subject_id
),

filed as (
    select lead_id, min(filed_date) as filed_date
    from penalty_case
    where filed_date <= $as_of
    group by lead_id
),

final as (
    select
        cast(filed_on.wd_seq - received_on.wd_seq as double) as value,
        violation_lead.lead_id = $subject_id as is_subject
    from violation_lead
    inner join subject using (to_org_id)
    left join filed using (lead_id)
    inner join workday as received_on on received_on.day_date = cast(received_at as date)
    inner join workday as filed_on on filed_on.day_date = coalesce(filed_date, $as_of)
    where violation_lead.lead_id = $subject_id
        or (
            received_at >= cast($as_of - interval ($window_months) month as date) + interval 1 day
            and received_at < $as_of + interval 1 day
            and filed_date is not null
        )
    order by is_subject desc, md5(violation_lead.lead_id)
    limit 2000
)

select * from final

-- section: source 违法线索
select
    lead_id, source_type, source_pk, party_id, item_code, from_org_id, to_org_id, received_at, verified_at, verify_result,
    no_file_reason, feedback_due_at, feedback_at
from violation_lead
where lead_id = $subject_id

-- section: source 涉及事项
select item_code, item_name, item_type, domain_code, transfer_status, assigned_org_id
from power_item
where item_code = (select item_code from violation_lead where lead_id = $subject_id)

-- section: source 收到线索后同一当事人的案件
select
    case_id, case_no, case_name, org_id, item_code, lead_id, procedure_type, incident_date, filed_date, decision_date,
    result_type
from penalty_case
where party_id = (select party_id from violation_lead where lead_id = $subject_id)
    and filed_date >= (select cast(received_at as date) from violation_lead where lead_id = $subject_id)
    and filed_date <= $as_of
order by filed_date, case_id
limit 200
