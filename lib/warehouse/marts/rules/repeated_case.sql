-- The cases of a party under an item of which there is more than one (一事多案): the few in which a fine may be repeated, split or
-- spared again. Which of them had been by a day is asked of these rows.
-- reads: penalty_case (case_id, party_id, item_code)
with repeated as (
    select party_id, item_code
    from penalty_case
    group by party_id, item_code
    having count(*) > 1
),

final as (
    select case_id, party_id, item_code
    from penalty_case
    semi join repeated using (party_id, item_code)
    order by case_id
)

select * from final
