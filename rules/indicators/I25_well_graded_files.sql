/*---
id: I25
name: well_graded_files
title: 评查优良率
list: L6
focus: F22
unit: '%'
measure: share
period: month
lower_is_better: false
green: 90
red: 75
monitor: false
numerator: 评为优秀、良好的案卷
denominator: 已评查的案卷
subject: case_review
rationale: >-
  案卷评查检验事实、证据、程序和裁量。优良率低，说明办案质量差，也提示权力行使不规范。
law:
  - {article: 行政处罚法（2021修订）第七十五条, mark: 待核}
  - {article: 行政执法案卷评查办法和评分标准, mark: 待核}
inputs:
  case_review: [review_id, case_id, review_type, review_date, grade_type, area_code]
  penalty_case: [case_id, org_id, area_code]
  mart_case_lead: [case_id, officer_id, led_from, led_until]
  lookback_facts: [review_id, case_id, org_id, area_code, reviewed_on, good]
parameters: []
exclusions:
  - 案件回访、案件审理不评案卷等次，不计入；只有分数没有等次的不计入
  - 回头看的结果在报告之后才计入，盲评、裁决中的不计入
assumptions:
  - 归集的评查计入评查日期所在的月份，回头看的计入报告之日所在的月份
  - 评查归案件的承办单位和区域；案件不在数据里的只在全市的数里，归评查记录登记的区划
  - 案件归截止日的主办人员
decisions:
  - 一案多评：一件案件被评查几次，每次各算一次；归集的评查和本系统的回头看各算各的
  - 合格：合格不是优良，不在分子
---*/

-- section: counted
with gathered as (
    select
        review_id,
        case_id,
        penalty_case.org_id,
        coalesce(penalty_case.area_code, case_review.area_code) as area_code,
        review_date as occurred_on,
        grade_type in ('优秀', '良好') as met
    from case_review
    left join penalty_case using (case_id)
    where review_type = '案卷评查' and grade_type is not null and review_date <= $as_of
),

own as (
    select review_id, case_id, org_id, area_code, reviewed_on as occurred_on, good as met
    from lookback_facts
    where reviewed_on <= $as_of
),

reviewed as (
    select * from gathered

    union all

    select * from own
),

leads as (
    select case_id, officer_id
    from mart_case_lead
    where led_from < $as_of + interval 1 day and coalesce(led_until >= $as_of + interval 1 day, true)
),

final as (
    select review_id as subject_id, officer_id, org_id, area_code, occurred_on, met
    from reviewed
    left join leads using (case_id)
)

select * from final

-- section: source 处罚案件
select
    case_id, case_no, case_name, org_id, item_code, procedure_type, filed_date, decision_date, closed_date, result_type
from penalty_case
where case_id in (
        select case_id from case_review where review_id = $subject_id

        union all

        select case_id from lookback_facts where review_id = $subject_id
    )

-- section: source 归集的评查
select review_id, case_id, review_type, review_date, score, grade_type, issue_text
from case_review
where review_id = $subject_id
