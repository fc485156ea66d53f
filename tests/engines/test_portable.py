"""What runs on every engine and what is refused: our own files pass, each construct that differs silently is named."""

import pytest

from lib.engines import EngineError, engine
from lib.engines.translate import translate
from lib.errors import UserError
from lib.rules import read_rules
from lib.rules.indicators import read_indicators
from lib.rules.portable import indicator_faults, mart_faults, rule_faults

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
        ("reverse(s)", "没有在两种计算引擎上比对过"),
        ("no_such_function(s)", "没有在两种计算引擎上比对过"),
        ("strftime(day, '%Y')", "没有在两种计算引擎上比对过"),
    ],
)
def test_what_differs_silently_is_refused_and_the_portable_form_named(expression: str, portable: str) -> None:
    assert portable in said(f"select {expression} as x from t")


@pytest.mark.parametrize(
    ("query", "portable"),
    [
        ("select unnest(l) as a, unnest(l) as b from t", "两层"),
        ("select x from t left join unnest(l) as q(x) on true", "unnest"),
        ("select x from unnest([1, 2]) as q(x)", "unnest"),
        ("select i from t union all by name select i from u", "逐列"),
        ("select t.i from t asof join u on t.i >= u.i", "row_number"),
        ("select t.i from t positional join u", "连接的列"),
        ("select i from t using sample 3", "md5"),
        ("pivot t on s using sum(i)", "只有一条查询"),
        ("select i from t full join u using (i) join u as w using (i)", "CTE"),
        ("select i from t; select 1", "一条查询"),
        ("select nothing from t", "对不上"),
        ("select i from t where (i, i) in (select (i, v) from u union all select (i, i) from u)", "select (c, d)"),
    ],
)
def test_a_shape_that_differs_is_refused(query: str, portable: str) -> None:
    assert portable in said(query)


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


def test_an_address_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COCKPIT_ENGINE", "http://127.0.0.1:1")
    with pytest.raises(UserError, match=r"不认识的计算引擎.*sc://"):
        engine()


def test_without_pyspark_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COCKPIT_ENGINE", "sc://127.0.0.1:15999")
    monkeypatch.setitem(__import__("sys").modules, "pyspark.sql.connect.session", None)
    with pytest.raises(UserError, match=r"PySpark.*requirements-spark.txt"):
        engine()
