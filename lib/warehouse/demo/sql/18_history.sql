-- amended decisions: what is in force is version 2, what was decided first stays in the history
insert into penalty_case_history
select
    c.* replace (
        if(b.is_fined and u(b.n, 'amended fine') < 0.3, round(c.fine_amt * 1.25), c.fine_amt)::decimal(14, 2) as fine_amt,
        null as closed_date,
        case when u(b.n, 'amended fine') >= 0.3 then c.illegal_fact || '(文书有误,已更正)' else c.illegal_fact end as illegal_fact,
        (b.decided_on + 20 + pick(b.n, 'first version', 20))::timestamp + interval 23 hour as ingested_at,
        code('A', b.n, 7) as batch_id
    )
from penalty_case c join b_case b on c.case_id = code('C', b.n, 7)
where b.is_amended
order by c.case_id;

update penalty_case set version_no = 2
where case_id in (select code('C', n, 7) from b_case where is_amended);

-- records entered twice and voided: they have no current version
insert into penalty_case_history
select
    c.* replace (
        'C9' || ltrim(substr(c.case_id, 2, 1), '0') || substr(c.case_id, 3) as case_id,
        'C9' || ltrim(substr(c.case_id, 2, 1), '0') || substr(c.case_id, 3) as source_pk,
        null as doc_no, null as lead_id, null as closed_date, true as is_void, 2 as version_no,
        c.case_no || '(重复录入)' as case_no
    )
from penalty_case c join b_case b on c.case_id = code('C', b.n, 7)
where u(b.n, 'entered twice') < 0.0012 and b.decided_on < getvariable('as_of') - 40
order by c.case_id;

insert into fine_receipt_history
select
    f.* replace (
        (f.pay_amt * 10)::decimal(14, 2) as pay_amt,
        f.paid_at + interval 2 hour as ingested_at
    )
from fine_receipt f join b_receipt b on f.receipt_no = code('F', b.r, 8)
where b.is_paid and u(b.r, 'mistyped') < 0.0025
order by f.receipt_no;

update fine_receipt set version_no = 2
where receipt_no in (select receipt_no from fine_receipt_history);
