/*---
id: M13
name: major_procedure_gap
title: 重大程序缺失
risk: 程序违法·规避监督
nature: 明线
max_share: 0.2
precision_floor: 0.5
rationale: >-
  重大处罚须经法制审核、集体讨论并告知听证权利，普通程序须事先告知，当场处罚不得超过法定限额。
  缺少这些步骤，或者先决定后补步骤，可能是程序走过场、个人说了算，也可能是借简易程序规避监督。
law:
  - {article: 行政处罚法（2021修订）第四十四条, mark: 已核}
  - {article: 行政处罚法（2021修订）第五十一条, mark: 已核}
  - {article: 行政处罚法（2021修订）第五十七条, mark: 已核}
  - {article: 行政处罚法（2021修订）第五十八条, mark: 已核}
  - {article: 行政处罚法（2021修订）第六十三条, mark: 已核}
  - {article: 行政处罚法（2021修订）第六十四条, mark: 已核}
  - {article: 听证较大数额标准（自然人五千元、单位五万元）, mark: 待核}
limits:
  - article: 行政处罚法（2021修订）第五十八条
    mark: 已核
    says: 法制审核只限条文所列四类案件；系统里没有的节点，纸质案卷里可能有
inputs:
  penalty_case:
    [case_id, org_id, area_code, party_type, procedure_type, decision_date, result_type, penalty_types, fine_amt, confiscate_amt]
  mart_case_step:
    [case_id, told_at, hearing_at, last_hearing_at, waived_at, reviewed_at, discussed_at]
  mart_case_lead: [case_id, officer_id, led_from, led_until]
  workday: [day_date, wd_seq]
parameters:
  - {name: window_months, type: integer, default: 12, lowest: 1, highest: 36, unit: 月, meaning: 按决定日期回看的月数}
  - {name: person_hearing_amt, type: number, default: 5000, lowest: 500, highest: 100000, unit: 元, meaning: 自然人罚款或没收达到此数额为重大案件}
  - {name: unit_hearing_amt, type: number, default: 50000, lowest: 5000, highest: 1000000, unit: 元, meaning: 单位罚款或没收达到此数额为重大案件}
  - {name: person_summary_amt, type: number, default: 200, lowest: 50, highest: 1000, unit: 元, meaning: 新法施行后当场处罚公民的罚款限额}
  - {name: unit_summary_amt, type: number, default: 3000, lowest: 1000, highest: 10000, unit: 元, meaning: 新法施行后当场处罚法人、其他组织的罚款限额}
  - {name: old_person_summary_amt, type: number, default: 50, lowest: 10, highest: 1000, unit: 元, meaning: 新法施行前当场处罚公民的罚款限额}
  - {name: old_unit_summary_amt, type: number, default: 1000, lowest: 100, highest: 10000, unit: 元, meaning: 新法施行前当场处罚法人、其他组织的罚款限额}
  - {name: law_from, type: date, default: 2021-07-15, lowest: 2021-07-15, highest: 2022-12-31, unit: 日, meaning: 2021年修订的行政处罚法施行日期}
  - {name: hearing_workdays, type: integer, default: 5, lowest: 3, highest: 15, unit: 工作日, meaning: 听证告知后当事人可以要求听证的工作日数}
subject: penalty_case
value_title: 处罚金额（罚款与没收中较高者）
unit: 元
level_logic: >-
  重大案件缺少法制审核或决定之后才审核，或者告知、听证告知、集体讨论晚于决定，橙色；
  重大案件缺少集体讨论或听证告知，普通程序既没有事先告知也没有听证告知，听证告知后五个工作日之内未经当事人放弃听证就决定，
  当场处罚超过决定当日的限额，红色。
branches:
  no_review: 重大案件缺少法制审核
  late_review: 决定之后才法制审核
  late_step: 告知或集体讨论晚于决定
  no_discussion: 重大案件缺少集体讨论
  no_hearing: 重大案件缺少听证告知
  no_notice: 普通程序没有任何告知
  hurried: 听证期限未满就作出决定
  summary_fine: 当场处罚超过限额
evidence:
  fine_amt: 罚款金额（元）
  confiscate_amt: 没收金额（元）
  penalty_types: 处罚种类
  party_type: 当事人类型
  procedure_type: 程序类型
  hearing_amt: 重大案件数额标准（元）
  summary_amt: 当场处罚限额（元）
  decision_date: 决定日期
  noticed_on: 事先告知日期
  hearing_on: 听证告知日期
  hearing_waited: 决定前最后一次听证告知至决定的工作日数
  waived_on: 放弃听证日期
  reviewed_on: 法制审核日期
  discussed_on: 集体讨论日期
peers: {among: 同一单位同类程序的处罚案件, title: 罚款与没收中较高者, unit: 元, limits: [threshold]}
aggregation: {mode: direct}
period: none
exclusions:
  - 未作出处罚的案件不纳入
  - 不是重大案件的，不判断法制审核、集体讨论和有无听证告知
  - 当场处罚不判断事先告知；另有事先告知的，照样判断限额
assumptions:
  - 罚款、没收分别与数额标准比较，不相加；空值按0计
  - 重大案件指罚款或没收达到听证数额标准，或有降低资质等级、吊销许可证件、责令停产停业、责令关闭、限制从业的处罚
  - 个体工商户的听证数额标准各地不一，从宽按单位标准；当场处罚限额按公民标准
  - 步骤的先后按日比较，与决定同一日的不算晚于决定
  - 第四十四条的告知可以是事先告知，也可以是听证告知，有其一即可，早的一次算数
  - 听证期限自告知次日起算，第五个工作日终了届满，第六个工作日起才可以决定；不是重大案件而告知了听证权利的同样要等
  - 几次听证告知的按决定前最后一次起算；该次告知当日及以后、决定当日及以前有放弃听证节点的，不再等期限
  - 按节点发生时间判断，录入时间不影响；截止日之后的节点视为尚未发生
decisions:
  - 当场处罚的限额按哪一天：按决定当日的法律，2021年7月15日以前公民50元、单位1,000元，自该日起200元、3,000元
  - 新法施行前的听证告知：当时的期限是三日、未说明是否工作日，不判断期限是否届满
false_positives:
  - 纸质讨论记录未及时录入：按讨论发生日期判断，事后补录的不提示；完全没有录入的提示后由线下核查排除
  - 不属于法制审核四类情形：不是重大案件的，没有法制审核也不提示
  - 当事人放弃听证：决定之前有放弃听证节点的，期限未满就决定也不提示
offline_check:
  - 调阅集体讨论记录、法制审核意见书原件，核对签名和日期
  - 核对告知书、听证告知书的送达回证
  - 当场处罚超限额的，核对决定书存根和票据
owner: 市纪委监委数字专班
---*/

-- section: signals
with cases as (
    select
        case_id,
        org_id,
        area_code,
        party_type,
        procedure_type,
        decision_date,
        penalty_types,
        coalesce(fine_amt, 0) as fine_amt,
        coalesce(confiscate_amt, 0) as confiscate_amt,
        case when party_type = '自然人' then $person_hearing_amt else $unit_hearing_amt end as hearing_amt,
        case
            when decision_date < $law_from and party_type = '法人及非法人组织' then $old_unit_summary_amt
            when decision_date < $law_from then $old_person_summary_amt
            when party_type = '法人及非法人组织' then $unit_summary_amt
            else $person_summary_amt
        end as summary_amt
    from penalty_case
    where decision_date > cast($as_of - interval ($window_months) month as date)
        and decision_date <= $as_of
        and result_type = '处罚'
),

classified as (
    select
        *,
        fine_amt >= hearing_amt
            or confiscate_amt >= hearing_amt
            or coalesce(
                list_has_any(penalty_types, ['降低资质等级', '吊销许可证件', '责令停产停业', '责令关闭', '限制从业']), false
            ) as is_major
    from cases
),

-- Either notice informs the party; one of a hearing binds the authority to wait.
steps as (
    select
        case_id,
        cast(last_hearing_at as date) as last_hearing_on,
        case when least(told_at, hearing_at) < $as_of + interval 1 day then cast(least(told_at, hearing_at) as date) end
            as informed_on,
        case when told_at < $as_of + interval 1 day then cast(told_at as date) end as noticed_on,
        case when hearing_at < $as_of + interval 1 day then cast(hearing_at as date) end as hearing_on,
        case when reviewed_at < $as_of + interval 1 day then cast(reviewed_at as date) end as reviewed_on,
        case when discussed_at < $as_of + interval 1 day then cast(discussed_at as date) end as discussed_on,
        case when waived_at < $as_of + interval 1 day then cast(waived_at as date) end as waived_on
    from mart_case_step
),

measures as (
    select
        classified.*,
        steps.* exclude (case_id),
        decided.wd_seq - told.wd_seq as hearing_waited
    from classified
    left join steps using (case_id)
    left join workday as told on told.day_date = last_hearing_on
    left join workday as decided on decided.day_date = decision_date
    where is_major or procedure_type = '简易' or informed_on is null or informed_on > decision_date or last_hearing_on is not null
),

hits as (
    select case_id, 'no_review' as branch, 2 as severity
    from measures
    where is_major and reviewed_on is null

    union all

    select case_id, 'late_review' as branch, 2 as severity
    from measures
    where is_major and reviewed_on > decision_date

    union all

    select case_id, 'late_step' as branch, 2 as severity
    from measures
    where (is_major and (discussed_on > decision_date or hearing_on > decision_date))
        or (procedure_type = '普通' and informed_on > decision_date)

    union all

    select case_id, 'no_discussion' as branch, 3 as severity
    from measures
    where is_major and discussed_on is null

    union all

    select case_id, 'no_hearing' as branch, 3 as severity
    from measures
    where is_major and hearing_on is null

    union all

    select case_id, 'no_notice' as branch, 3 as severity
    from measures
    where procedure_type = '普通' and informed_on is null

    union all

    select case_id, 'hurried' as branch, 3 as severity
    from measures
    where hearing_waited <= $hearing_workdays
        and last_hearing_on >= $law_from
        and coalesce(waived_on > decision_date, true)

    union all

    select case_id, 'summary_fine' as branch, 3 as severity
    from measures
    where procedure_type = '简易' and fine_amt > summary_amt
),

verdicts as (
    select case_id, max(severity) as severity, list_sort(list(branch)) as branches
    from hits
    group by case_id
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
        case severity when 3 then 'red' else 'orange' end as level,
        officer_id,
        org_id,
        area_code,
        decision_date as occurred_on,
        cast(greatest(fine_amt, confiscate_amt) as double) as value,
        cast(
            case
                when list_contains(branches, 'summary_fine') then summary_amt
                when greatest(fine_amt, confiscate_amt) >= hearing_amt then hearing_amt
            end as double
        ) as threshold,
        cast(
            to_json({
                'branches': branches,
                'fine_amt': cast(fine_amt as double),
                'confiscate_amt': cast(confiscate_amt as double),
                'penalty_types': penalty_types,
                'party_type': party_type,
                'procedure_type': procedure_type,
                'hearing_amt': hearing_amt,
                'summary_amt': case when procedure_type = '简易' then summary_amt end,
                'decision_date': decision_date,
                'noticed_on': noticed_on,
                'hearing_on': hearing_on,
                'hearing_waited': hearing_waited,
                'waived_on': waived_on,
                'reviewed_on': reviewed_on,
                'discussed_on': discussed_on
            }) as varchar
        ) as evidence
    from verdicts
    inner join measures using (case_id)
    left join handlers using (case_id)
)

select * from final order by subject_id

-- section: tested
select case_id as subject_id, cast(null as varchar) as officer_id, org_id, area_code, decision_date as occurred_on
from penalty_case
where decision_date > cast($as_of - interval ($window_months) month as date)
    and decision_date <= $as_of
    and result_type = '处罚'

-- section: peers
with subject as (
    select org_id, procedure_type
    from penalty_case
    where case_id = $subject_id
),

final as (
    select
        cast(greatest(coalesce(fine_amt, 0), coalesce(confiscate_amt, 0)) as double) as value,
        case_id = $subject_id as is_subject
    from penalty_case
    inner join subject using (org_id, procedure_type)
    where decision_date > cast($as_of - interval ($window_months) month as date)
        and decision_date <= $as_of
        and result_type = '处罚'
    order by is_subject desc, md5(case_id)
    limit 2000
)

select * from final

-- section: source 处罚案件
select
    case_id, case_no, doc_no, case_name, party_type, org_id, item_code, procedure_type, filed_date, decision_date,
    penalty_types, fine_amt, confiscate_amt, result_type, illegal_fact
from penalty_case
where case_id = $subject_id

-- section: source 流程节点
select event_id, case_id, event_type, event_at, operator_id, approver_id, entered_at
from case_event
where case_id = $subject_id and event_at < $as_of + interval 1 day
order by event_at, event_id
limit 200

-- section: source 承办人
select case_id, officer_id, role_type, start_at
from case_officer
where case_id = $subject_id
order by role_type, officer_id
limit 200
