-- Forms that the two engines were told to answer alike, over the tables of queries.py; each was once another.
select key, i // 2 as a, j % 3 as b, (i + 1) // nullif(g, 0) as c from t
;
select key, cast(d as decimal(10,2)) as a, cast(d as decimal(24,6)) as b, round(d, 2) as c, cast(cast(d
as decimal(20,4)) as varchar) as e, round(m, 1) as f, round(m) as g, round(n, 3) as h, round(i, -1) as k,
round(m, -1) as l from t
;
select key, cast(0.0000001 as varchar) as a, cast(cast(0 as decimal(30,20)) as varchar) as b, cast(n * m
as varchar) as c from t
;
select sum(j + 9223372036854775000) as x from t where j > 0
;
select sum(9223372036854775807) as x, avg(9223372036854775807) as y from t
;
select key, lgamma(0.5) as a, lgamma(i + 0.25) as b from t where i > 0
;
select key, lgamma(-1.5) as a, lgamma(d) as b from t where d <> 0
;
select key, exp(i) as a, exp(1000) as b from t
;
select key, count(*) over (partition by g order by came range between interval (1) hour preceding and
current row) as a from t
;
select g, count(distinct (i, s)) as a, count(distinct l) as b from t group by g
;
select distinct l, b from t
;
select l, count(*) as n from t group by l
;
select t.key, u.key as k2 from t join u on t.l = u.l
;
select key, l = ['a', null] as a, l is not distinct from ['a'] as b, l <> ['a'] as c from t
;
select key, (i, s) = (i, s) as a, (i, null) = (i, null) as b, (i, 's') in ((1, 's'), (null, 's')) as c,
(i, s) is distinct from (j, s) as d from t
;
select arg_max(l, key) as a, arg_min(b, key) as b, arg_max(s, (day, key)) as c, arg_max(key, s) as d from
t
;
select g, list(day order by key) as a, list(came order by key desc) as b, list(m order by m, key) as c,
list(b order by key) as e, list_sort(list(i)) as f from t group by g
;
select g, cast(to_json(list({'k': key, 'at': came, 'm': m, 'd': d, 'l': l} order by key)) as varchar) as
a from t group by g
;
select key, cast(to_json({'d': d, 'e': d / 3, 'big': 1e20, 'n': n, 'neg': -0.0}) as varchar) as a from t
;
select key, day + 3 as a, day - 3 as b, day - eve as c, day + interval (1) month as d, day + interval
(-1) year as e, came - interval 1 month as f, cast(day + interval (13) month as date) as h from t where
day < date '9000-01-01' and day > date '1000-01-01'
;
select key, date_trunc('month', came) as a, date_trunc('quarter', day) as b, cast(date_trunc('year', day)
as varchar) as c, year(day) as y, date_diff('day', day, came) as d from t
;
select key, cast(came as varchar) as a, cast(day as varchar) as b, cast(day as timestamp) as c, cast(came
as date) as d, hour(day) as e from t
;
select key, coalesce(day, came) as a, greatest(day, came) as b, case when b then day else came end as c,
day = came as d, nullif(came, day) as e from t
;
select key, concat(s, i, m, day, came, b) as a, s || i as b, concat_ws('-', i, s, day) as c from t
;
select key, regexp_matches(s, 'b$') as a, regexp_matches(s, 'a.b') as b, regexp_replace(s, '\s', '_',
'g') as c, regexp_extract_all(s, '\w+') as d, regexp_matches(s, '^\s*$') as e, regexp_replace(s,
'^[ab]*', 'x', 'g') as f, regexp_matches(s, '\pL') as h, regexp_matches(s, '[^a-z]') as k from t
;
select key, range(i) as a, range(g, i) as b, len(range(key)) as c from t where i < 10
;
select key, list_transform(range(key), lambda x: x * 2) as a, list_sum(list_transform(range(key), lambda
x: x / 2)) as b, list_filter(range(key), lambda x: x % 2 = 0) as c from t
;
select key, list_sum([i, j]) as a, list_sum([m, 1.5]) as b, list_min([i, j]) as c, [i, m] as e, [i, 1.5]
as f from t
;
select key, sign(d) * 2 as a, sign(i) as b, abs(m) as c, -m as d, i * 1.5 as e, m * m as f, m * n * 2 as
g, m + 1 as h, m / 3 as k, i / 0 as l, ln(i) as o from t
;
select key, case i when null then 1 when 1 then 2 else 3 end as a, if(b, 1, 2) as b, i in (1, 2.0, null)
as c, i between 1 and 2.5 as d, m in (2.5, 0) as e from t
;
select sum(m * n) as a, sum(m * m * n) as b, avg(n) as c, stddev(m) as d, stddev_samp(i) as e, mad(d) as
f, mad(i) as g, median(d) as h from t
;
select g, string_agg(distinct s, ',' order by s) as a, max(b) as c, min(b) as d, max(day) as e,
bool_or(b) as f from t group by all order by g nulls first limit 2
;
select * exclude (l, b) replace (i + 1 as i) from t
;
select t.key, u.s from t full join u using (key)
;
select key as k, k + 1 as l, l * 2 as m2 from t where l > 3
;
select i + 1 as i, i * 2 as y from t
;
select i + 1 as i, count(*) as n from t group by i
;
select key, 1 as t from t
;
select q.key from t as q, (select * from u where g = 1) as v where q.g = v.g order by q.key limit 4
;
with t as (select * from t where g = 1) select count(*) as n from t
;
with x(a, b) as (select key, s from t) select a, b from x
;
select key from t as q(key2)
;
select (select max(v.key) from u as v where v.g = t.g and v.key < t.key) as a, (select count(*) from u as
v where v.g < t.g) as b from t
;
select (select s from u as v where v.key = t.key) as a from t
;
select key, exists (select 1 from u where u.key = t.key) as a, t.key in (select u.key from u where u.g =
t.g) as b, t.g not in (select g from u) as c from t
;
select key from t where i > (select avg(i) from u) or s in (select s from u where u.g = t.g)
;
select key, trim(' a ') as a, upper('straße') as b, lower('İΣ') as c from t
;
select key, min(day) over (partition by g order by key rows 2 preceding) as a, sum(d) over w as b,
row_number() over w as c from t window w as (partition by g order by key)
;
select g, rank() over (order by count(*) desc, g) as r, sum(count(*)) over () as s from t group by g
;
select key, count(*) as n from t group by key having n > 0
;
select s, row_number() over (order by s desc nulls first, key) as n from t qualify n <= 3
;
select * replace (i + 1 as i) from t
;
select key, lgamma(i) as x from t where i = -2
;
select key, lgamma(i) as x from t where i = 0
;
select key, lgamma(-1.5) as x from t
;
select key, lgamma(-0.5) a1, lgamma(-20.5) as x, lgamma(0.1) as b, lgamma(j) as c, lgamma(d) as e from t
where d <> 0
;
select key, to_json({'x': d, 'y': d / nullif(i, 0)}) as a from t
;
select * from t
;
select t.*, u.key as k2 from t join u using (g)
;
select * from t join u using (key, g)
;
select key, (((j // -3), s) < (day(day), cast(came as varchar))) as a, (day(day), s) = (length(s), s) as
b, (m * n, s) < (m, s) as c, (b, s) = (true, s) as d, (day, s) < (came, s) as e, (i, 1.5) in ((j, 2),
(null, m)) as f from t where abs(m) < 100
;
with cte2 as (select cast(q5.n as varchar) as c0 from u as q5 where ((q5.day, 'a\d') in ((if((q5.eve <
q5.came), q5.day, q5.eve), coalesce(q5.r, q5.r)), (q5.day, 'a'))) union select md5(q6.r) as c0 from
nothing as q6 where (q6.day < (select max(q7.day) from u as q7))) select q8.key as k, bool_or(((q8.key,
q8.r) >= (q8.j, q8.r))) over (partition by lower('处罚') order by q8.r) as w0 from t as q8 where (q8.came
between q8.came and (q8.eve + to_days(1))) qualify row_number() over (partition by q8.g order by q8.key)
<= 2
;
select q8.key as k, bool_or(((q8.key, q8.r) >= (q8.j, q8.r))) over (partition by 1 order by q8.r) as w0
from t as q8
;
select q8.key as k, bool_or(b) over (partition by lower('处罚') order by q8.r) as w0 from t as q8
;
select q8.key as k, (((q8.key, q8.r) >= (q8.j, q8.r))) as w0 from t as q8
;
select key, upper(s) as a, lower(r) as b, trim(s) as c, rtrim(r) as d from t
;
select key, cast(day as varchar) as a, cast(came as varchar) as b, concat(day, came) as c,
to_json({'d': day, 'at': came, 'l': [day]}) as e from t
;
select cast(date '0001-01-01' + 1 as varchar) as a, cast(date '9999-12-30' + 1 as varchar) as b,
date '0001-01-01' - date '9999-12-31' as c, date_diff('day', date '0001-01-01', date '9999-12-31') as d,
cast(date '9999-12-31' + interval '23:59:59' as varchar) as e, date '2020-02-29' + interval (12) month as f
;
select '${HOME}' as a, '${env:HOME}' as b, '\n\' as c, 1 as "${x}"
;
select key, cast(d as decimal(20,1)) as a, cast(case when d > 0 then d end as decimal(20,0)) as b from t
;
select key, case when null then 1 else 2 end as a, if(null, i, j) as b, list_contains(l, null) as c, len(list_distinct(l)) as d from t
;
select key, list_contains($mixed, j) as a, list_contains($gaps, s) as b, $mixed as c, $gaps as d, $halves as e, $days as f from t
;
select key, '' || null as a, coalesce(l, []) as b, cast([] as integer[]) as c from t
;
