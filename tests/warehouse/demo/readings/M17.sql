-- somebody on the case, or a relative, is the party, its legal representative or a holder, and did not withdraw
with handled as (
    select case_id, party_id, filed_date, closed_date, officer_id
    from penalty_case
    join case_officer using (case_id)
    where decision_date > $as_of - interval 12 month and decision_date <= $as_of
        and (case_id, officer_id) not in (
            select (case_id, operator_id) from case_event where event_type = '回避' and operator_id is not null
        )
),

-- dates of a share or post do not end a kinship, dates of a relation without a company do
bonds as (
    select officer_id, relation_type, relative_hash, if(uscc is null, start_date, null) as start_date,
        if(uscc is null, end_date, null) as end_date
    from officer_relation
),

interests as (
    select officer_id, relation_type, start_date, end_date, uscc as party_id
    from officer_relation where uscc is not null
    union all
    select officer_id, relation_type, start_date, end_date, relative_hash from bonds
    union all
    select
        officer_id, relation_type,
        -- a share or post in this very company that is known to begin on a day was not there before
        coalesce(bonds.start_date, (
            select min(start_date) from officer_relation as known
            where known.relative_hash = bonds.relative_hash and known.uscc = enterprise.uscc
        )) as start_date,
        end_date, enterprise.uscc
    from bonds
    join enterprise on relative_hash = legal_rep_hash or list_contains(holder_hashes, relative_hash)
),

final as (
    select
        case_id as subject_id,
        if(bool_or(relation_type in ('本人', '配偶', '子女', '父母')), 'red', 'orange') as level
    from handled
    join interests using (officer_id, party_id)
    where coalesce(start_date <= coalesce(closed_date, $as_of), true) and coalesce(end_date >= filed_date, true)
    group by case_id
)

select * from final
