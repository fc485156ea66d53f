-- check: M01 overdue
with last_event as (
    select case_id, max(event_at)::date as last_on from case_event where event_at <= $as_of group by 1
)
select case_id
from penalty_case left join last_event using (case_id)
where procedure_type = '普通'
  and (coalesce(decision_date, $as_of) - filed_date - 90 - extension_cnt - suspended_cnt > 0
       or (decision_date is null and $as_of - coalesce(last_on, filed_date) >= 30))

-- check: M01 every concluded case has a decision date, every undecided one none
select case_id from penalty_case where (decision_date is null) <> (result_type = '未决')

-- check: M02 three fines of one party for one item, on site, half without a recheck
with fined as (
    select party_id, item_code, case_id, exists (
        select 1 from case_event e where e.case_id = c.case_id and e.event_type = '复查') as rechecked
    from penalty_case c where fine_amt > 0 and not is_offsite
)
select party_id, item_code from fined group by all
having count(*) >= 3 and count(*) filter (where not rechecked) >= 0.5 * count(*)

-- check: M03 fewer than two certified handlers
with handler as (
    select o.case_id, o.officer_id, c.filed_date
    from case_officer o join penalty_case c using (case_id) where role_type in ('主办', '协办')
),
valid as (
    select distinct h.case_id, h.officer_id
    from handler h
    join officer f on f.officer_id = h.officer_id and f.officer_type <> '辅助人员'
    join officer_cert k on k.officer_id = h.officer_id and k.cert_status = '有效'
        and h.filed_date between k.issue_date and k.expire_date
)
select c.case_id from penalty_case c left join valid v using (case_id) group by 1 having count(v.officer_id) < 2

-- check: M03 handlers work in the team of the case when it is filed
select o.case_id, o.officer_id
from case_officer o
join penalty_case c using (case_id)
where role_type in ('主办', '协办') and not exists (
    select 1 from officer_posting p
    where p.officer_id = o.officer_id and p.use_org_id = c.org_id
      and c.filed_date >= p.start_date and (p.end_date is null or coalesce(c.decision_date, c.filed_date) <= p.end_date)
)

-- check: M04 late entry or publication
select event_id from case_event e
join workday a on a.day_date = e.event_at::date
join workday b on b.day_date = e.entered_at::date
where event_type in ('立案', '决定') and b.wd_seq - a.wd_seq > 2
union all
select disclosure_id from penalty_disclosure d
join penalty_case c using (case_id)
join org using (org_id)
join workday a on a.day_date = c.decision_date
join workday b on b.day_date = d.publish_at::date
where b.wd_seq - a.wd_seq > if(domain_code = 'SC', 20, 7)
union all
-- nothing that should have been published by now is missing
select case_id from penalty_case c
join org using (org_id)
join workday a on a.day_date = c.decision_date
join workday b on b.day_date = $as_of
where fine_amt > 0 and b.wd_seq - a.wd_seq > if(domain_code = 'SC', 20, 7)
  and not exists (select 1 from penalty_disclosure d where d.case_id = c.case_id)

-- check: M05 fine and payment differ, foreign account, cash kept
with receipt as (
    select
        case_id, max(due_date) filter (where receipt_status <> '作废') as due,
        coalesce(sum(pay_amt) filter (where receipt_status in ('有效', '分期') and paid_at <= $as_of), 0) as paid,
        coalesce(sum(surcharge_amt) filter (where receipt_status in ('有效', '分期') and paid_at <= $as_of), 0) as surcharge
    from fine_receipt group by 1
)
select case_id from penalty_case c left join receipt r using (case_id)
where fine_amt > 0 and coalesce(due, decision_date + 15) < $as_of
  and abs(fine_amt + coalesce(surcharge, 0) - coalesce(paid, 0)) > 1
  and not exists (select 1 from case_event e where e.case_id = c.case_id and event_type = '强制执行')
union all
select receipt_no from fine_receipt where payee_account_hash not in (select account_hash from treasury_account)
union all
select receipt_no from fine_receipt
join workday a on a.day_date = paid_at::date
join workday b on b.day_date = coalesce(handover_at::date, $as_of)
where pay_channel = '当场收缴' and b.wd_seq - a.wd_seq > 1
union all
select case_id from penalty_case join fine_receipt using (case_id)
where receipt_status in ('有效', '分期') and (fine_amt = 0 or (closed_date is not null and paid_at is null))

-- check: M06 outside the benchmark or the statutory range, or no tier
select case_id from penalty_case c
left join discretion_benchmark b using (benchmark_id)
join power_item i on i.item_code = c.item_code
where c.fine_amt > 0
  and (b.benchmark_id is null or b.item_code <> c.item_code or b.party_type <> c.party_type
       or c.fine_amt not between b.fine_min_amt and b.fine_max_amt
       or c.fine_amt not between i.fine_min_amt and i.fine_max_amt
       or incident_date < b.valid_from_date or incident_date > b.valid_to_date)

-- check: M07 robust z of the logarithm of the fine
with fined as (
    select case_id, c.item_code, tier_no, c.party_type, ln(fine_amt) as x
    from penalty_case c join discretion_benchmark using (benchmark_id)
    where fine_amt > 0 and decision_date > $as_of - 365
),
centre as (
    select item_code, tier_no, party_type, median(x) as m, mad(x) as spread, count(*) as n
    from fined group by all having count(*) >= 20
)
select case_id, abs(x - m) * 0.6745 / nullif(spread, 0) as robust_z
from fined join centre using (item_code, tier_no, party_type)
where spread = 0 or abs(x - m) * 0.6745 / spread >= 3.2

-- check: M08 severity of ordinary cases and of officers
with fined as (
    select
        c.case_id, c.item_code, o.officer_id,
        (c.fine_amt - b.fine_min_amt)::double / (b.fine_max_amt - b.fine_min_amt)::double >= 0.8 as is_high
    from penalty_case c
    join discretion_benchmark b using (benchmark_id)
    join case_officer o on o.case_id = c.case_id and o.role_type = '主办'
    where c.fine_amt > 0 and decision_date > ($as_of - interval 6 month)
),
rate as (select item_code, avg(is_high::integer) as p from fined group by 1)
select officer_id from fined join rate using (item_code) group by 1
having (count(*) filter (where is_high) + 5.0) / (sum(p) + 5.0) > 1.4

-- check: M08 between ordinary and high there is nothing
select case_id from penalty_case c join discretion_benchmark b using (benchmark_id)
where fine_amt > 0
  and (fine_amt - b.fine_min_amt)::double / (b.fine_max_amt - b.fine_min_amt)::double between 0.75 and 0.7999

-- check: M08 overturned twice or complained of twice
with overturned as (
    select o.officer_id, count(*) as n
    from review_litigation r join case_officer o on o.case_id = r.case_id and o.role_type = '主办'
    where r.result_type in ('变更', '撤销', '确认违法') group by 1
),
complaint as (
    select officer_id, count(*) as n from (
        select target_officer_id as officer_id, received_at, verify_result from hotline_ticket
        union all select target_officer_id, received_at, verify_result from petition
    ) where officer_id is not null and verify_result in ('属实', '部分属实') and received_at > $as_of - interval 6 month
    group by 1
)
select officer_id from overturned where n > 1 union all select officer_id from complaint where n > 1

-- check: M09 problems found again and again without a case
select org_id, item_code, party_id from inspection_record
where result_type = '发现问题' and started_at > $as_of - interval 12 month group by all having count(*) >= 3

-- check: M10 leniency twice
select party_id, item_code from penalty_case where result_type = '首违不罚' group by all having count(*) > 1

-- check: M11 withdrawn without approval or after the notice
select case_id from penalty_case c
where result_type in ('撤案', '不予处罚')
  and (exists (select 1 from case_event e where e.case_id = c.case_id and event_type = '事先告知')
       or not exists (
            select 1 from case_event e
            where e.case_id = c.case_id and event_type = '撤案审批' and approver_id <> operator_id
              and event_at::date <= c.decision_date
              and not exists (select 1 from case_officer o
                  where o.case_id = c.case_id and o.officer_id = e.approver_id and role_type in ('主办', '协办'))))

-- check: M12 one act fined twice, or split
with fined as (
    select
        case_id, party_id, item_code, incident_date, place_text, decision_date, filed_date, fine_amt,
        if(party_type = '法人及非法人组织', 50000, 5000) as threshold
    from penalty_case where fine_amt > 0
)
select a.case_id from fined a join fined b
  on a.party_id = b.party_id and a.case_id < b.case_id
where (a.item_code = b.item_code and a.incident_date = b.incident_date and a.place_text = b.place_text)
   or (a.fine_amt + b.fine_amt >= a.threshold
       and (abs(a.decision_date - b.decision_date) <= 7 or abs(a.incident_date - b.incident_date) <= 7
            or abs(a.filed_date - b.filed_date) <= 7))

-- check: M13 steps missing
with step as (
    select
        case_id, count(*) filter (where event_type = '集体讨论') as discussed,
        count(*) filter (where event_type = '听证告知') as heard, count(*) filter (where event_type = '法制审核') as reviewed,
        count(*) filter (where event_type = '事先告知') as told,
        max(event_at) filter (where event_type in ('集体讨论', '听证告知', '法制审核', '事先告知')) as last_step,
        min(event_at) filter (where event_type = '决定') as decided
    from case_event group by 1
)
select case_id from penalty_case left join step using (case_id)
where result_type = '处罚' and (
    ((fine_amt + confiscate_amt >= if(party_type = '法人及非法人组织', 50000, 5000)
        or list_has_any(penalty_types, ['吊销许可证件', '责令停产停业'])) and least(discussed, heard, reviewed) = 0)
    or (procedure_type = '普通' and told = 0)
    or decided is null or last_step >= decided
    or (procedure_type = '简易' and fine_amt > if(party_type = '法人及非法人组织', 3000, 200))
)

-- check: M14 crime not referred
with ended as (
    select case_id, min(event_at)::date as ended_on from case_event where event_type = '调查终结' group by 1
),
referred as (select case_id, min(referred_at)::date as referred_on from criminal_referral group by 1)
select case_id from penalty_case c
join power_item i on i.item_code = c.item_code
left join ended using (case_id)
left join referred using (case_id)
left join workday a on a.day_date = ended_on
left join workday b on b.day_date = referred_on
where case_value_amt >= 0.5 * crime_threshold_amt
  and not (result_type = '移送' and fine_amt = 0 and b.wd_seq - a.wd_seq between 0 and 3)

-- check: M15 leads left lying
select l.lead_id from violation_lead l
join workday a on a.day_date = l.received_at::date
join workday b on b.day_date = $as_of
where b.wd_seq - a.wd_seq > 12 and no_file_reason is null
  and not exists (select 1 from penalty_case c where c.lead_id = l.lead_id)
union all
select l.lead_id from violation_lead l join penalty_case c using (lead_id)
where c.filed_date < l.received_at::date or c.party_id <> l.party_id or c.item_code <> l.item_code

-- check: M16 late, reopened, closed at once, photo used twice
select dispatch_id from grid_dispatch where coalesce(if(finished_at <= $as_of, finished_at, null), $as_of) > due_at
union all
select dispatch_id from grid_dispatch where finished_at < assigned_at + interval 20 minute or verify_result = '虚假办结'
union all
select max(dispatch_id) from grid_dispatch where photo_hash is not null group by photo_hash having count(*) > 1
union all
select d.dispatch_id from grid_dispatch d
join grid_event e using (event_no)
join grid_event f on f.place_text = e.place_text and f.event_type = e.event_type and f.event_no <> e.event_no
    and f.reported_at > d.finished_at and f.reported_at <= d.finished_at + interval 7 day
where e.event_type <> '流动摊贩'

-- check: M17 an interest in the party
select c.case_id from penalty_case c
join case_officer o using (case_id)
join officer_relation r using (officer_id)
left join enterprise e on e.uscc = c.party_id
where r.uscc = c.party_id or r.relative_hash = c.party_id or r.relative_hash = e.legal_rep_hash
   or list_contains(e.holder_hashes, r.relative_hash)

-- check: M18 inspected too often
with visits as (
    select party_id, count(distinct (r.org_id, started_at::date)) as n
    from inspection_record r
    left join inspection_plan p using (task_id)
    where started_at > $as_of - interval 12 month and check_type <> '投诉核查' and joint_id is null
      and coalesce(plan_type, '') <> '项目分阶段检查'
    group by 1
)
select party_id from visits join enterprise on uscc = party_id
where n > case risk_type when 'A' then 2 when 'B' then 4 when 'C' then 6 else 12 end

-- check: M19 on-site steps without a clip
with onsite as (
    select event_id, event_at, operator_id, c.org_id
    from case_event join penalty_case c using (case_id)
    where event_type in ('先行登记保存', '查封扣押', '强制执行') or (event_type = '调查取证' and not is_offsite)
)
select event_id from onsite o
where not exists (
    select 1 from body_camera_log b
    where b.officer_id = o.operator_id and b.started_at <= o.event_at + interval 10 minute
      and b.ended_at >= o.event_at - interval 10 minute)

-- check: M19 on-site work at night, on free days or on leave
with duty as (
    select event_id as id, event_at as happened_at, operator_id as officer_id
    from case_event where event_type in ('先行登记保存', '查封扣押', '强制执行', '调查取证', '复查')
    union all select inspection_id, started_at, officer_id from inspection_record
    union all select inspection_id, started_at, officer2_id from inspection_record
)
select id from duty join workday on day_date = happened_at::date
where not is_workday or hour(happened_at) >= 22 or hour(happened_at) < 6
union all
select id from duty d join attendance a on a.officer_id = d.officer_id and a.day_date = d.happened_at::date
where a.status_type not in ('出勤', '出差')
