-- robust z of ln(fine) among the same item, tier, kind of party and direction of 减轻 or 从重, twenty cases or more, not
-- fined by quantity; where more than half are the same, by the mean deviation and only beyond a tenth
with fined as (
    select
        case_id, item_code, benchmark_id, party_type,
        if(mitigate_type in ('减轻', '从重'), mitigate_type, '') as turn, ln(fine_amt) as height, ln(fine_amt / nullif(case_value_amt, 0)) as rate
    from penalty_case
    where result_type = '处罚' and fine_amt > 0 and benchmark_id is not null
        and decision_date > $as_of - interval 12 month and decision_date <= $as_of
),

centred as (
    select
        *, median(height) over alike as centre, median(rate) over alike as usual_rate, count(*) over alike as alike
    from fined window alike as (partition by item_code, benchmark_id, party_type, turn)
),

scaled as (
    select
        *, median(abs(height - centre)) over alike as spread, avg(abs(height - centre)) over alike as mean, median(abs(rate - usual_rate)) over alike as rate_spread
    from centred window alike as (partition by item_code, benchmark_id, party_type, turn)
),

judged as (
    select
        *, if(spread > 0, 0.6745 * abs(height - centre) / spread, abs(height - centre) / nullif(1.253314 * mean, 0)) as z
    from scaled
    where spread > 0 or abs(height - centre) >= ln(1.1)
),

final as (
    select
        case_id as subject_id, count(*) over (partition by item_code, benchmark_id, party_type, turn) as outliers, alike,
        if(z >= 5, 'orange', 'yellow') as level
    from judged
    where alike >= 20 and z >= 3.5 and coalesce(rate_spread, 1) > 0.001
)

select subject_id, level from final where outliers <= alike / 4
