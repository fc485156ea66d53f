-- How much work of which kind each officer had in cases, by month. See mart_officer_exposure.
-- day: begun
with final as (
    select officer_id, role, org_id, area_code, domain_code, kind, stratum, begun, month, count(*) as exposure
    from mart_case_work
    group by all
    order by officer_id, stratum, month, begun, role, org_id, area_code
)

select * from final
