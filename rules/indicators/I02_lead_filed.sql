/*---
id: I02
name: lead_filed
title: 移交立案率
list: L1
focus: F02
unit: '%'
measure: share
period: month
lower_is_better: false
green: 98
red: 90
monitor: false
numerator: 已立案或说明不立案理由的线索
denominator: 收到的部门移送线索
subject: violation_lead
rationale: >-
  部门移送综合执法的违法线索，承接单位应当及时核查，符合条件的立案，不立案的说明理由。
  既不立案也不说明理由，移送就成了空转，可能是压案不查。
law:
  - {article: 行政处罚法（2021修订）第五十四条, mark: 已核}
  - {article: 行政处罚法（2021修订）第七十六条, mark: 已核}
  - {article: 收到线索后十五个工作日核查立案的期限, mark: 待核}
inputs:
  violation_lead: [lead_id, source_type, to_org_id, area_code, received_at, verified_at, no_file_reason, feedback_at]
  penalty_case: [case_id, lead_id, filed_date]
  workday: [day_date, wd_seq]
parameters:
  - {name: limit_workdays, from: M15.limit_workdays, meaning: 核查立案的期限，期限内尚无结果的线索不计入}
exclusions:
  - 网格上报、投诉举报、检查发现和上级交办的线索不是部门移送，不计入
assumptions:
  - 核查立案的期限就是模型 M15 的期限，M15 经审批调整的，本指标一并调整
  - 线索计入收到的月份；以后才立案或说明理由的，同样算在收到的月份
  - 截止日之后的立案、理由视为尚未发生
decisions:
  - 核查期限未满：核查期限未满、还没有结果的线索尚不能判断，不计入；已有结果的计入
  - 空洞的理由：只写“无”“待定”或标点的，不算说明理由
  - 立案早于收到：线索对应的案件不论何时立案，都算已立案
---*/

-- section: counted
with received as (
    select
        lead_id,
        to_org_id,
        area_code,
        cast(received_at as date) as received_on,
        case
            when coalesce(verified_at, feedback_at, received_at) < $as_of + interval 1 day
                then nullif(regexp_replace(no_file_reason, '^[^\pL\pN]*(无|暂无|没有|不详|未知|待定|待查|空)?[^\pL\pN]*$', '', 'g'), '')
        end as no_file_reason
    from violation_lead
    where source_type = '部门移送' and received_at < $as_of + interval 1 day
),

filed as (
    select distinct lead_id
    from penalty_case
    where filed_date <= $as_of and lead_id is not null
),

answered as (
    select received.*, no_file_reason is not null or filed.lead_id is not null as met
    from received
    left join filed using (lead_id)
),

final as (
    select
        lead_id as subject_id,
        cast(null as varchar) as officer_id,
        to_org_id as org_id,
        area_code,
        received_on as occurred_on,
        met
    from answered
    left join workday as first on first.day_date = received_on
    left join workday as today on today.day_date = $as_of
    where met or today.wd_seq - first.wd_seq > $limit_workdays
)

select * from final

-- section: source 违法线索
select
    lead_id, source_type, source_pk, party_id, item_code, from_org_id, to_org_id, received_at, verified_at, verify_result,
    no_file_reason, feedback_due_at, feedback_at
from violation_lead
where lead_id = $subject_id

-- section: source 据线索立的案件
select
    case_id, case_no, case_name, org_id, item_code, lead_id, procedure_type, incident_date, filed_date, decision_date,
    result_type
from penalty_case
where lead_id = $subject_id and filed_date <= $as_of
order by filed_date, case_id
limit 200
