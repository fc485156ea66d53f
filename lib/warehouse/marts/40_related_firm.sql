-- The names of the firms that officers declared or were found to be tied to: few among all that are registered.
select uscc, entity_name
from enterprise
where uscc in (select uscc from officer_relation)
order by uscc
