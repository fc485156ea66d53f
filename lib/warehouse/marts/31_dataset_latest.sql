-- How recent the facts in each dataset are: the newest moment at which something in it happened, was decided or
-- recorded. Times that lie ahead by their nature (due, expiry, planned ends) say nothing about that and are left out;
-- lists without such a time go by when they came in.
create or replace table mart_dataset_latest as
with newest as (
    select 'officer' as dataset, max(ingested_at)::timestamp as latest_at from officer
    union all select 'officer_cert', max(issue_date)::timestamp from officer_cert
    union all select 'officer_posting', max(start_date)::timestamp from officer_posting
    union all select 'officer_integrity', max(entry_date)::timestamp from officer_integrity
    union all select 'officer_relation', max(ingested_at)::timestamp from officer_relation
    union all select 'power_item', max(ingested_at)::timestamp from power_item
    union all select 'discretion_benchmark', max(valid_from_date)::timestamp from discretion_benchmark
    union all select 'penalty_case', max(greatest(filed_date, decision_date, closed_date))::timestamp from penalty_case
    union all select 'case_event', max(event_at)::timestamp from case_event
    union all select 'case_officer', max(start_at)::timestamp from case_officer
    union all select 'penalty_disclosure', max(publish_at)::timestamp from penalty_disclosure
    union all select 'fine_receipt', max(paid_at)::timestamp from fine_receipt
    union all select 'inspection_record', max(started_at)::timestamp from inspection_record
    union all select 'inspection_plan', max(approved_at)::timestamp from inspection_plan
    union all select 'enterprise', max(founded_date)::timestamp from enterprise
    union all select 'enterprise_credit', max(eval_date)::timestamp from enterprise_credit
    union all select 'construction_project', max(start_date)::timestamp from construction_project
    union all select 'sunshine_record', max(captured_at)::timestamp from sunshine_record
    union all select 'hotline_ticket', max(received_at)::timestamp from hotline_ticket
    union all select 'petition', max(received_at)::timestamp from petition
    union all select 'grid_event', max(reported_at)::timestamp from grid_event
    union all select 'grid_dispatch', max(assigned_at)::timestamp from grid_dispatch
    union all select 'violation_lead', max(received_at)::timestamp from violation_lead
    union all select 'criminal_referral', max(referred_at)::timestamp from criminal_referral
    union all select 'review_litigation', max(greatest(accepted_date, decided_date))::timestamp from review_litigation
    union all select 'body_camera_log', max(started_at)::timestamp from body_camera_log
    union all select 'vehicle_trip', max(started_at)::timestamp from vehicle_trip
    union all select 'attendance', max(day_date)::timestamp from attendance
    union all select 'case_review', max(review_date)::timestamp from case_review
),

final as (
    select dataset, latest_at
    from newest
    order by dataset
)

select * from final;
