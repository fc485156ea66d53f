-- Every piece of work an officer had a part in, with the kind of work (stratum) in which it is compared: a case by
-- everybody on it, each in the weightiest of the own roles, a grid dispatch, an inspection by both inspectors (as 主办).
-- `begun` and `month` are those of filing and decision; a case that is not decided yet has no month: it is in hand.
-- made as: view
select * from mart_case_work
union all
select * from mart_field_work
