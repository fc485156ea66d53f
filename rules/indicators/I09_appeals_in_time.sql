/*---
id: I09
name: appeals_in_time
title: 诉求按期率
list: L2
focus: F07
unit: '%'
measure: share
period: month
lower_is_better: false
green: 98
red: 90
monitor: false
numerator: 在办结期限内答复的涉企工单
denominator: 办结期限已满的涉企工单
subject: hotline_ticket
rationale: >-
  涉及企业的诉求应当在规定期限内办结答复。到期不答复，企业的困难没有人管，被反映的问题没有人查，
  也可能是承办单位推诿或者袒护。
law:
  - {article: 优化营商环境条例（建立畅通的政企沟通机制，及时回应企业诉求）, mark: 待核}
  - {article: 12345工单办结期限（浙江省统一政务咨询投诉举报平台办法）, mark: 待核}
inputs:
  hotline_ticket: [ticket_no, org_id, area_code, party_id, target_officer_id, due_at, replied_at]
  enterprise: [uscc]
parameters: []
exclusions:
  - 没有登记办结期限的工单无从判断是否按期，不计入
  - 办结期限未满的工单不计入，不论是否已经答复
  - 没有登记对象的工单、对象是自然人的工单不是涉企工单，不计入
assumptions:
  - 工单计入办结期限届满的月份，期限一满，当月的数不再因以后的答复而变化
  - 归承办单位，区划取工单登记的；工单反映某执法人员的，列出该人员，其本人看不到
  - 没有答复时间的视为没有答复，即使已有核实结果
  - 只看答复的时间；核实结果为虚假办结的仍按答复时间判断，虚假办结另由指标 I28 和模型 M16 反映
  - 几类工单（咨询、投诉、举报、求助、建议）期限各按工单登记的，一并计入
  - 作废的工单和旧版本在数据归集时已经剔除
decisions:
  - 哪些是涉企：工单没有来电人的身份，只有所涉对象；对象的统一社会信用代码在企业登记中的为涉企工单，个体工商户同样算，注销的也算
  - 期限当日：期限当日尚未过完，次日起计入
  - 期限写到时分：期限写明时分的，晚一秒也不算按期；只登记日期的（时刻为零点整），当日全天都在期限内
  - 提前答复：期限未满而已经答复的，到期限届满的月份才计入
---*/

-- section: counted
with due as (
    select
        ticket_no,
        org_id,
        area_code,
        target_officer_id,
        replied_at,
        cast(due_at as date) as due_on,
        case when due_at > due_on then due_at end as until_at
    from hotline_ticket
    where due_at >= $since and due_at < $as_of and party_id in (select uscc from enterprise)
),

final as (
    select
        ticket_no as subject_id,
        target_officer_id as officer_id,
        org_id,
        area_code,
        due_on as occurred_on,
        coalesce(replied_at <= until_at or (until_at is null and replied_at < due_on + interval 1 day), false) as met
    from due
)

select * from final

-- section: source 12345工单
select
    ticket_no, ticket_type, received_at, org_id, party_id, place_text, due_at,
    case when replied_at < $as_of + interval 1 day then replied_at end as replied_at, verify_result
from hotline_ticket
where ticket_no = $subject_id

-- section: source 企业
select uscc, entity_name, entity_type, founded_date, status_type, risk_type
from enterprise
where uscc = (select party_id from hotline_ticket where ticket_no = $subject_id)
