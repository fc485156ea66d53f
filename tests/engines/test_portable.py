"""What runs on every engine and what is refused: our own files pass, each construct that differs silently is named."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

import duckdb
import pyarrow as pa
import pytest

from lib.engines import Engine, EngineError, engine
from lib.engines.duckdb import IN_PROCESS
from lib.engines.spark import columns_of, failed, kind_of
from lib.engines.translate import translate
from lib.errors import UserError
from lib.rules import read_rules
from lib.rules.indicators import read_indicators
from lib.rules.portable import indicator_faults, mart_faults, rule_faults
from tests.engines.equality import of_indicator, of_rule

TABLES = {
    "t": {
        "i": "INTEGER", "d": "DOUBLE", "m": "DECIMAL(14,2)", "s": "VARCHAR", "day": "DATE", "at": "TIMESTAMP",
        "l": "VARCHAR[]", "b": "BOOLEAN",
    },
    "u": {"i": "INTEGER", "v": "INTEGER"},
}  # fmt: skip


def said(query: str) -> str:
    try:
        translate(query, {"n": "INTEGER", "as_of": "DATE"}, TABLES)
    except EngineError as error:
        return error.message
    return ""


@pytest.mark.parametrize("rule_id", read_rules())
def test_every_model_runs_elsewhere(rule_id: str) -> None:
    assert list(rule_faults(read_rules()[rule_id])) == []


@pytest.mark.parametrize("indicator_id", read_indicators())
def test_every_indicator_runs_elsewhere(indicator_id: str) -> None:
    assert list(indicator_faults(read_indicators()[indicator_id])) == []


class _Translated:
    """DuckDB that refuses what would be refused on the way to another engine."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con, self._session = con, IN_PROCESS.over(con)

    def run(self, sql: str, values: Mapping[str, Any], seconds: float | None = None) -> pa.Table:
        bound = {name: kind_of(value) for name, value in values.items() if f"${name}" in sql}
        translate(sql, bound, {name: columns for name, columns in columns_of(self._con).items() if name in sql})
        return self._session.run(sql, values, seconds)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)


class _Elsewhere:
    over = _Translated


# What is written about a query is the same for all models that group or do not, and for all indicators of a measure and
# a period, with facts or without: one of each is tried each time, with -m scale all of the others.
_AROUND = {
    *{one.grouped: one.id for one in read_rules().values()}.values(),
    *{(one.measure, one.period, bool(one.facts)): one.id for one in read_indicators().values()}.values(),
}


@pytest.mark.parametrize(
    "file",
    [
        one if one in _AROUND else pytest.param(one, marks=pytest.mark.scale)
        for one in (*read_rules(), *read_indicators())
    ],
)
def test_what_is_asked_around_the_sections_runs_elsewhere(file: str) -> None:
    """Samples, sums, lists and whatever else the program writes about the text of a file."""
    engines = (IN_PROCESS, cast(Engine, _Elsewhere))
    rule = read_rules().get(file)
    tried = of_rule(rule, engines, most=1) if rule else of_indicator(read_indicators()[file], engines, most=1)
    found = list(tried)
    assert len(found) > 3
    assert [f"{one.file} {one.section} {said}" for one in found for said in one.differences] == []


def test_every_mart_runs_elsewhere() -> None:
    assert list(mart_faults()) == []


@pytest.mark.parametrize(
    ("expression", "portable"),
    [
        ("date_diff('month', day, $as_of)", "month(b) - month(a)"),
        ("datediff('year', day, $as_of)", "year(b) - year(a)"),
        ("date_diff('hour', at, at)", "3600"),
        ("date_diff('minute', at, at)", "60"),
        ("date_diff('week', day, day)", "date_diff('day', …)"),
        ("date_trunc('week', day)", "day、month"),
        ("isodow(day)", "星期一为 0"),
        ("dayofweek(day)", "星期一为 0"),
        ("timestamp '2022-01-01 10:00:00'::date", "cast(… as …)"),
        ("date '2022-01-01'::timestamp", "cast(… as …)"),
        ("list(s)", "order by"),
        ("array_agg(s)", "order by"),
        ("list(s) filter (where b)", "order by"),
        ("string_agg(s, ',')", "distinct"),
        ("last(s)", "order by"),
        ("first(s)", "arg_min"),
        ("any_value(s)", "min 或 max"),
        ("arg_max(s, i, 3)", "row_number"),
        ("cast(d as integer)", "round"),
        ("cast(m as integer)", "round"),
        ("m::bigint", "round"),
        ("cast(d as varchar)", "decimal"),
        ("cast(s as integer)", "是数的一列"),
        ("median(m)", "double"),
        ("quantile_cont(d, 0.5)", "median"),
        ("percentile_cont(0.5) within group (order by d)", "median"),
        ("regexp_replace(s, 'a', 'b')", "'g'"),
        ("regexp_extract_all(s, '(a)b', 1)", "整个匹配"),
        ("left(s, -1)", "left"),
        ("substring(s, 0, 2)", "substring"),
        ("log(d)", "ln"),
        ("chr(i)", "字符"),
        ("monthname(day)", "month"),
        ("skewness(d)", "stddev_samp"),
        ("hash(s)", "md5"),
        ("l[i]", "固定的位次"),
        ("try_cast(s as date)", "cast"),
        ("columns('i|d')", "逐列"),
        ("reverse(s)", "regexp_extract_all"),
        ("no_such_function(s)", "没有在两种计算引擎上比对过"),
        ("strftime(day, '%Y')", "year、month、day"),
        ("s ~ 'a'", "regexp_matches"),
        ("s similar to 'a'", "regexp_matches"),
        ("s glob 'a*'", "regexp_matches"),
        ("s ilike 'a'", "regexp_matches"),
        ("s like s", "直接写成"),
        ("s like 'a!%' escape '!'", "regexp_matches"),
        ("regexp_matches(s, 'a', 'i')", "大小写"),
        ("regexp_matches(s, s)", "直接写成"),
        ("regexp_matches(s, '(?i)a')", "只用文字"),
        ("regexp_matches(s, '[[:alpha:]]')", "只用文字"),
        ("regexp_matches(s, '\\bx')", "只用文字"),
        ("regexp_replace(s, 'x*', '-', 'g')", "写成 +"),
        ("regexp_replace(s, '(x)', '\\1', 'g')", "固定的文字"),
        ("s[1]", "regexp_extract_all"),
        ("s[1:2]", "位次"),
        ("l[0]", "从 1 起"),
        ("l[1:2]", "固定的位次"),
        ("list_sort(l, 'desc')", "list_sort(x)"),
        ("list_transform(l, lambda x, n: x)", "一个变量"),
        ("[x for x in l]", "list_transform"),
        ("generate_series(1, i)", "range(a, b)"),
        ("range(1, i, 2)", "range"),
        ("i in l", "list_contains"),
        ("i between symmetric 1 and 2", "least"),
        ("i = any (select v from u)", "exists"),
        ("i ** 2", "连乘"),
        ("i & 1", "// 和 %"),
        ("extract(year from day)", "year"),
        ("quarter(day)", "(month(d) + 2) // 3"),
        ("current_date", "$as_of"),
        ("now()", "$as_of"),
        ("random()", "md5"),
        ("uuid()", "md5"),
        ("at - at", "date_diff"),
        ("interval (1) day", "加减"),
        ("day + interval (d) day", "round"),
        ("day + interval 1.5 day", "整数"),
        ("date 'infinity'", "9999-12-31"),
        ("date '2024-1-5'", "2024-01-31"),
        ("cast(i as float)", "double"),
        ("cast(i as uinteger)", "bigint"),
        ("cast(s as date)", "目录"),
        ("cast(l as varchar)", "目录"),
        ("cast(s as json)", "varchar"),
        ("cast('12:00:00' as time)", "date"),
        ("s = i", "同一类型"),
        ("coalesce(s, i)", "同一类型"),
        ("case when b then 1 else 'a' end", "同一类型"),
        ("not i", "<> 0"),
        ("d // 2", "round"),
        ("i % m", "round"),
        ("round(d, i)", "固定的位数"),
        ("sum(b)", "cast"),
        ("sum(distinct i)", "distinct"),
        ("max(i, 2)", "row_number"),
        ("count(distinct i, s)", "(a, b)"),
        ("count()", "count(*)"),
        ("string_agg(distinct s, ',' order by s desc)", "order by x"),
        ("string_agg(distinct s, ',' order by s) filter (where b)", "case when"),
        ("last(s order by i desc)", "arg_min"),
        ("list(s order by i nulls first)", "is not null"),
        ("max(l)", "其中的一项"),
        ("count(distinct s) over (partition by i order by day)", "分组去重"),
        ("lag(s ignore nulls) over (order by i)", "NULL"),
        ("lag(s, i) over (order by i)", "正整数"),
        ("ntile(3) over (order by i)", "row_number"),
        ("sum(i) over (order by i rows between i preceding and current row)", "固定"),
        ("sum(i) over (order by i groups between 1 preceding and current row)", "rows 或 range"),
        ("sum(i) over (order by i rows between 1 preceding and current row exclude ties)", "减去"),
        ("sum(i) over (order by d range between 1 preceding and current row)", "整数"),
        ("list(s order by i) over (partition by i)", "join"),
        ("{'a': i}.a", "分列"),
        ("to_json(i)", "to_json({"),
        ("to_json({'a': i}) = to_json({'a': i})", "其中的一项"),
        ("to_json({'a': [at]})", "逐项"),
        ("list_distinct(l)", "list_sort(list_distinct(x))"),
        ("[]", "cast([] as varchar[])"),
        ("1e400", "bigint"),
        ("timestamp '2022-01-01 24:00:00'", "08:00:00"),
        ("12345678901234567890", "bigint"),
        ("e'a\\n'", "单引号"),
        ("$$a$$", "单引号"),
    ],
)
def test_what_differs_silently_is_refused_and_the_portable_form_named(expression: str, portable: str) -> None:
    assert any(one in said(f"select {expression} as x from t") for one in portable.split("|"))


@pytest.mark.parametrize(
    ("query", "portable"),
    [
        ("select unnest(l) as a, unnest(l) as b from t", "两层"),
        ("select x from t left join unnest(l) as q(x) on true", "unnest"),
        ("select x from unnest([1, 2]) as q(x)", "unnest"),
        ("select x from range(1, 5) as q(x)", "unnest(range(…))"),
        ("select t.i from t, u full join t as w on u.i = w.i", "cross join"),
        ("values (1), (2)", "请以 select"),
        ("select i from t union all by name select i from u", "逐列"),
        ("select t.i from t asof join u on t.i >= u.i", "row_number"),
        ("select t.i from t positional join u", "连接的列"),
        ("select i from t using sample 3", "md5"),
        ("pivot t on s using sum(i)", "只有一条查询"),
        ("select i from t full join u using (i) join u as w using (i)", "CTE"),
        ("select i from t; select 1", "一条查询"),
        ("select distinct on (i) i, s from t", "row_number"),
        ("select i from t limit 3", "order by"),
        ("select i from t order by i limit 3 offset 1", "row_number"),
        ("select i from t order by i limit 10%", "固定的行数"),
        ("select i from t order by all", "逐列"),
        ("select i from t order by s collate nocase", "lower"),
        ("select i, sum(d) from t group by rollup (i)", "union all"),
        ("select i, sum(d) from t group by grouping sets ((i), ())", "union all"),
        ("with recursive a as (select 1 as i union all select i + 1 from a where i < 9) select i from a", "range"),
        ("select i from (values (1), (2)) as q(i)", "union all"),
        ("select i from main.t", "表名"),
        ("select i from t natural join u", "连接的列"),
        ("select q.v from t, lateral (select v from u where u.i = t.i) as q", "unnest"),
        ("select * rename (i as k) from t", "as"),
        ("select i from t union all select s from t", "同一类型"),
        ("select m from t union all select d from t", "同一类型"),
        ("select upper(x) as y from (select unnest(l) || 'x' as x from t) as q", "单列一层"),
        ("select unnest(l) as x from t order by x limit 3", "分成两层"),
        ("select distinct to_json({'a': i}) as x from t", "先 distinct"),
        ("select i from t where d", "<> 0"),
        ("select i from t join u on t.s = u.i", "列或表|同一类型"),
        (
            "select count(*) as n from t inner join u using (i) group by s having min(d) filter (where i = 1) > 0",
            "表名",
        ),
        ("select nothing from t", "对不上"),
        ("select i from t where (i, i) in (select (i, v) from u union all select (i, i) from u)", "select (c, d)"),
    ],
)
def test_a_shape_that_differs_is_refused(query: str, portable: str) -> None:
    assert any(one in said(query) for one in portable.split("|"))


def test_every_refusal_names_what_to_write() -> None:
    """Of every function of DuckDB that is not known to give the same."""
    with duckdb.connect(":memory:") as con:
        rows = con.execute("select distinct function_name from duckdb_functions() where function_type = 'scalar'")
        names = [name for (name,) in rows.fetchall() if name.isidentifier()]
    found = [said(f'select "{name}"(s) as x from t') for name in names]
    assert len([one for one in found if one]) > 300
    assert [one for one in found if one and "请" not in one and "读不懂" not in one] == []


@pytest.mark.parametrize(
    ("query", "whole"),
    [
        ("select i in (select v from u) as x from t", False),
        ("select i from t where i in (select v from u) is null", False),
        ("select i from t where b or i not in (select v from u)", False),
        ("select count(*) filter (where i not in (select v from u)) from t", False),
        ("select case when i not in (select v from u) then 1 end as x from t", False),
        ("select case when b and i in (select v from u) then 1 end as x from t", True),
        ("select i from t where b or i in (select v from u)", True),
        ("select i from t where b and i not in (select v from u)", True),
        ("select i from t group by i having i not in (select v from u)", True),
    ],
)
def test_membership_that_may_be_unknown_is_said_in_full(query: str, whole: bool) -> None:
    """Spark has FALSE for NULL outside of conditions, and compares each with each for NOT IN outside of WHERE."""
    assert ("EXISTS" not in translate(query, {}, TABLES).sql) == whole


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ('<_InactiveRpcError … StatusCode.UNAVAILABLE details = "failed to connect to all addresses"', "服务在运行"),
        ("[FAILED_READ_FILE.FILE_NOT_EXIST] Encountered error while reading file file:///lake/t.parquet", "--verify"),
        ("[DIVIDE_BY_ZERO] Division by zero", ""),
    ],
)
def test_what_to_do_about_a_server_or_a_lake_is_told(said: str, hint: str) -> None:
    found = failed(RuntimeError(said))
    assert hint in found.hint and bool(hint) == bool(found.hint)


@pytest.mark.parametrize(
    "values",
    [
        [1, 2**31],
        [1, 2.5],
        [None, "a"],
        [Decimal("1.5"), Decimal("12.255")],
        [1, Decimal("1.5")],
        [2**70, 1],
        [[1], [2]],
    ],
    ids=str,
)
def test_a_bound_list_has_the_type_that_duckdb_gives_it(values: list) -> None:
    with duckdb.connect(":memory:") as con:
        (kind,) = con.execute("select typeof($values)", {"values": values}).fetchall()[0]
    assert kind_of(values).replace(" ", "") == kind


def test_an_address_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COCKPIT_ENGINE", "http://127.0.0.1:1")
    with pytest.raises(UserError, match=r"不认识的计算引擎.*sc://"):
        engine()


def test_without_pyspark_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COCKPIT_ENGINE", "sc://127.0.0.1:15999")
    monkeypatch.setitem(__import__("sys").modules, "pyspark.sql.connect.session", None)
    with pytest.raises(UserError, match=r"PySpark.*requirements-spark.txt"):
        engine()
