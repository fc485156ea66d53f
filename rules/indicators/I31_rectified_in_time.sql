/*---
id: I31
name: rectified_in_time
title: 整改按期率
list: L7
focus: F27
unit: '%'
measure: share
period: month
lower_is_better: false
green: 95
red: 85
monitor: false
numerator: 按期整改并销号的通知书
denominator: 整改期限已满的执法监督通知书
subject: notice_facts
rationale: >-
  执法监督通知书送达后，被监督单位应当在期限内整改并反馈，经复核后销号。逾期不改，监督就落了空。
law:
  - {article: 执法监督通知书整改期限（默认十个工作日，复杂事项十五个工作日）, mark: 待核}
inputs:
  notice_facts: [notice_id, org_id, area_code, officer_id, due_on, answered_on, closed_on]
parameters: []
exclusions:
  - 没有送达的、计时暂停的通知书没有期限，不计入
assumptions:
  - 期限包括经批准的延期；通知书计入期限届满的月份
  - 退回重新整改的，以销号所依据的最后一次反馈为准
decisions:
  - 按期看反馈：销号要在反馈之后经过复核，复核不占单位的期限；反馈在期限内、后来经复核销号的为按期，期限内反馈而未销号的不算
  - 期限当日：期限当日尚未届满，次日起计入
---*/

-- section: counted
select
    notice_id as subject_id,
    officer_id,
    org_id,
    area_code,
    due_on as occurred_on,
    coalesce(answered_on <= due_on and closed_on <= $as_of, false) as met
from notice_facts
where due_on < $as_of

-- section: source 执法监督通知书
select notice_id, org_id, delivered_on, due_on, answered_on, closed_on
from notice_facts
where notice_id = $subject_id
