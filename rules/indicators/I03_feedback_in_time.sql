/*---
id: I03
name: feedback_in_time
title: 反馈按期率
list: L1
focus: F02
unit: '%'
measure: share
period: month
lower_is_better: false
green: 95
red: 85
monitor: false
numerator: 在反馈期限内反馈的线索
denominator: 反馈期限已满的部门移送线索
subject: violation_lead
rationale: >-
  部门移送的违法线索，承接单位应当在期限内向移送部门反馈处理情况。到期不反馈，移送部门不知道线索是否有人管，
  监管与处罚就脱了节，也可能是压案不查、等待说情。
law:
  - {article: 行政处罚法（2021修订）第五十四条, mark: 已核}
  - {article: 浙江省综合行政执法条例（线索移送与处理情况反馈的期限）, mark: 待核}
inputs:
  violation_lead: [lead_id, source_type, to_org_id, area_code, feedback_due_at, feedback_at]
parameters: []
exclusions:
  - 没有登记反馈期限的线索无从判断是否按期，不计入
  - 反馈期限未满的线索不计入，不论是否已经反馈
assumptions:
  - 线索计入反馈期限届满的月份，不是收到的月份；期限一满，当月的数不再因以后的反馈而变化
  - 只看反馈的时间，不看反馈的内容；有没有立案、有没有理由由指标 I02 反映
  - 线索归应当反馈的接收单位，区划取线索登记的区划；线索没有承办人员，不归到个人
  - 没有反馈时间的视为没有反馈，即使已有核查结果
  - 作废的线索和旧版本在数据归集时已经剔除
decisions:
  - 哪些线索：本重点是移交案件，与指标 I02 一样只看部门移送的，其他来源的线索没有移送部门等待反馈
  - 期限当日：期限当日尚未过完，次日起计入
  - 期限写到时分：期限写明时分的，晚一秒也不算按期；只登记日期的（时刻为零点整），当日全天都在期限内
  - 提前反馈：期限未满而已经反馈的，到期限届满的月份才计入，不提前拉高当月的数
---*/

-- section: counted
with due as (
    select
        lead_id,
        to_org_id,
        area_code,
        feedback_at,
        cast(feedback_due_at as date) as due_on,
        case when feedback_due_at > due_on then feedback_due_at end as due_at
    from violation_lead
    where source_type = '部门移送' and feedback_due_at < $as_of
),

final as (
    select
        lead_id as subject_id,
        cast(null as varchar) as officer_id,
        to_org_id as org_id,
        area_code,
        due_on as occurred_on,
        coalesce(feedback_at <= due_at or (due_at is null and feedback_at < due_on + interval 1 day), false) as met
    from due
)

select * from final

-- section: source 违法线索
select
    lead_id, source_type, source_pk, party_id, item_code, from_org_id, to_org_id, received_at, verified_at, verify_result,
    no_file_reason, feedback_due_at,
    case when feedback_at < $as_of + interval 1 day then feedback_at end as feedback_at
from violation_lead
where lead_id = $subject_id
