/*---
id: I06
name: certified_handlers
title: 持证率
list: L1
focus: F05
unit: '%'
measure: share
period: month
lower_is_better: false
green: 100
red: 98
monitor: false
numerator: 立案或接手时持有效证件的承办人（人次）
denominator: 案件的主办、协办（人次）
subject: case_officer
rationale: >-
  行政处罚应当由具有行政执法资格的人员实施。由没有证件、证件过期或被暂扣的人员或辅助人员承办，
  处罚可能因主体不适格被撤销，也说明承接的力量没有跟上划转的事项。
law:
  - {article: 行政处罚法（2021修订）第四十二条, mark: 已核}
  - {article: 浙江省综合行政执法条例第二十八条, mark: 已核}
  - {article: 浙江省综合行政执法条例第三十条, mark: 已核}
inputs:
  penalty_case: [case_id, org_id, area_code, filed_date, decision_date]
  case_officer: [case_id, officer_id, role_type, start_at]
  officer: [officer_id, officer_type]
  officer_cert: [officer_id, issue_date, expire_date, cert_status]
parameters:
  - {name: renewal_days, from: M03.renewal_days, meaning: 旧证到期后此天数内发新证的，中间视为持证}
exclusions:
  - 审核、审批人员不是承办人，不计入
  - 决定之后才接手的主办、协办没有参加办案，不计入，与模型 M03 相同
  - 截止日之后才接手的尚未发生，不计入
assumptions:
  - 一案一人为一人次，同一人承办几案的各计一次；编号为案件编号加人员编号
  - 计入立案的月份，立案以后才接手的计入接手的月份；接手时间为空的算立案时已接手
  - 持证与否与模型 M03 的判断一致：M03 列为“不计入的承办人”的，本指标都不计入分子；M03 看一案够不够人，本指标看每个人；M03 的换证天数经审批调整的，本指标一并调整
  - M03 只看已决定的案件，本指标未决的案件一并计入，案件决定以后两处仍一致
  - 暂扣的证件在任何时候都不算有效；证件状态没有变动日期，按现状判断，以前各月随现状变化
  - 不比对证件领域与案件领域；人员库中没有的人员不当作辅助人员
  - 归案件的办案单位和区划，不是人员现在的单位：县属乡用、调动的人员算在当时办案的单位
decisions:
  - 哪一日持证：看立案当日（后来接手的看接手当日），有效期的首日和末日都算有效；以后才领证的不算
  - 辅助人员：辅助人员没有执法资格，登记为主办、协办的计入分母，持什么证都不计入分子
  - 换证空档：旧证到期后换证天数内发了新证的，中间视为持证；新证要到发出以后才看得见，以前的数因此可能变好
  - 换证注销：注销以后同一人另有更晚的有效证件的，旧证算到新证发出为止；没有新证的，注销的证件在任何时候都不算
---*/

-- section: shared
with auxiliaries as (
    select officer_id
    from officer
    where officer_type = '辅助人员'
),

held as (
    select officer_id, issue_date, expire_date
    from officer_cert
    where cert_status = '有效' and issue_date <= $as_of and officer_id not in (select officer_id from auxiliaries)
),

-- Cancelled because a later one came in its place, not because the officer lost it.
replaced as (
    select officer_id, old.issue_date, least(old.expire_date, min(held.issue_date)) as expire_date
    from officer_cert as old
    inner join held using (officer_id)
    where cert_status = '注销' and held.issue_date > old.issue_date
    group by officer_id, old.issue_date, old.expire_date
),

certs as (
    select officer_id, issue_date, expire_date
    from held

    union all

    select officer_id, issue_date, expire_date
    from replaced
),

-- A renewal without a gap gives a period that ends before it begins, which holds no day.
periods as (
    select officer_id, issue_date as first_on, expire_date as last_on
    from certs

    union all

    select ended.officer_id, ended.expire_date as first_on, renewed.issue_date as last_on
    from certs as ended
    inner join certs as renewed
        on renewed.officer_id = ended.officer_id
        and renewed.issue_date <= ended.expire_date + interval ($renewal_days) day
)

-- section: counted
with handled as (
    select
        case_id,
        officer_id,
        org_id,
        penalty_case.area_code,
        greatest(filed_date, cast(start_at as date)) as judged_on
    from case_officer
    inner join penalty_case using (case_id)
    where role_type in ('主办', '协办')
        and filed_date <= $as_of
        and coalesce(start_at < $as_of + interval 1 day, true)
        and coalesce(start_at < decision_date + interval 1 day, true)
),

uncertified as (
    select case_id, officer_id
    from handled
    anti join periods
        on periods.officer_id = handled.officer_id and first_on <= judged_on and last_on >= judged_on
),

final as (
    select
        concat(handled.case_id, ' ', handled.officer_id) as subject_id,
        handled.officer_id,
        org_id,
        area_code,
        judged_on as occurred_on,
        uncertified.officer_id is null as met
    from handled
    left join uncertified on uncertified.case_id = handled.case_id and uncertified.officer_id = handled.officer_id
)

select * from final

-- section: source 承办人
select case_id, officer_id, role_type, start_at
from case_officer
where concat(case_id, ' ', officer_id) = $subject_id

-- section: source 处罚案件
select case_id, case_no, case_name, org_id, item_code, procedure_type, filed_date, decision_date, result_type
from penalty_case
where case_id in (select case_id from case_officer where concat(case_id, ' ', officer_id) = $subject_id)

-- section: source 执法证件
select cert_no, officer_id, domain_code, issue_date, expire_date, cert_status
from officer_cert
where issue_date <= $as_of
    and officer_id in (select officer_id from case_officer where concat(case_id, ' ', officer_id) = $subject_id)
order by issue_date, cert_no
limit 200
