-- How many cases of each pool went to parties who come often, and to others, before what is drawn, and in all:
-- a city that is made by months counts all of them first, one drawn at once has nothing before.
create or replace temp table b_party_turn as
select pool, p, is_frequent(n, pool) as is_frequent, 0::bigint as before, count(*) as total
from b_case_seed group by all;
