-- The companies of which an officer, or a relative an officer has declared, is legal representative or shareholder: the few
-- in which one may have a hand in a case of one's own. One row for each person, company and tie; since when somebody is a
-- relative is asked of the declarations, on the day.
-- reads: enterprise (uscc, legal_rep_hash, holder_hashes)
-- reads: officer (officer_id, person_hash)
-- reads: officer_relation (relation_id, relative_hash)
with kin as (
    select relative_hash as person_hash
    from officer_relation

    union

    select person_hash
    from officer
),

people as (
    select legal_rep_hash as person_hash, uscc as party_id, '法定代表人' as tie
    from enterprise

    union all

    select unnest(holder_hashes) as person_hash, uscc as party_id, '股东' as tie
    from enterprise
),

final as (
    select person_hash, party_id, tie
    from people
    semi join kin using (person_hash)
    where person_hash <> ''
)

select * from final
