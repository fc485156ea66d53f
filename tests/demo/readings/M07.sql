-- robust z of ln(fine) among the same item, tier and kind of party, twenty cases or more, not fined by quantity
with fined as (
    select
        case_id, item_code, benchmark_id, party_type, ln(fine_amt) as height, ln(fine_amt / nullif(case_value_amt, 0)) as rate
    from penalty_case
    where result_type = '处罚' and fine_amt > 0 and benchmark_id is not null
        and decision_date > $as_of - interval 12 month and decision_date <= $as_of
),

centred as (
    select
        *, median(height) over alike as centre, median(rate) over alike as usual_rate, count(*) over alike as alike
    from fined window alike as (partition by item_code, benchmark_id, party_type)
),

scaled as (
    select
        *, median(abs(height - centre)) over alike as spread, median(abs(rate - usual_rate)) over alike as rate_spread
    from centred window alike as (partition by item_code, benchmark_id, party_type)
),

final as (
    select
        case_id as subject_id, count(*) over (partition by item_code, benchmark_id, party_type) as outliers, alike,
        if(0.6745 * abs(height - centre) / spread >= 5, 'orange', 'yellow') as level
    from scaled
    where alike >= 20 and 0.6745 * abs(height - centre) / nullif(spread, 0) >= 3.5 and coalesce(rate_spread, 1) > 0.001
)

select subject_id, level from final where outliers <= alike / 4
