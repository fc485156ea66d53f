-- How much work of which kind each officer had, by month: what a count of warnings is divided by.
-- made as: view
select * from mart_case_exposure
union all
select * from mart_field_exposure
